// What the guard says of subscriptions and messages.
#include <algorithm>
#include <string>

#include "broker/guard.hpp"
#include "broker/payload.hpp"
#include "gatetorio/file_kinds.hpp"
#include "gatetorio/json.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// No command waits longer than this for its device, whatever its payload says.
constexpr std::int64_t kLongestTtlUs = 300 * kMicrosecondsPerSecond;
// What may wait for a hub that is slow to read; then statuses are refused, so that their senders keep them.
constexpr std::size_t kMostBacklog = 32 * 1024 * 1024;

}  // namespace

// Counts only what a connection sends, not what is asked about a will or a retained message.
Guard::Spending Guard::spend(SessionTable::Client client, std::string_view username, const Message& message) {
  const Session* session = sessions_.find(client);
  if (is_hub(username) || session == nullptr || session->superseded) return Spending::kYes;
  const auto answer = budgets_.publish(session->username, message.payload.size(), Steady::now());
  if (answer == Answer::kYes) return Spending::kYes;
  return answer == Answer::kNo ? Spending::kRefuse : Spending::kClose;
}

// A filter costs the broker something with every message.
bool Guard::has_room_for(Session& session, const Policy& policy, SessionTable::Client client, std::string_view filter) {
  const Limits& limits = budgets_.limits();
  std::vector<std::string>& wildcards = session.wildcards;
  if (std::find(wildcards.begin(), wildcards.end(), filter) != wildcards.end()) return true;  // once more
  const auto most = std::max(limits.client_subscriptions, 2 * static_cast<std::int64_t>(policy.rules.size()));
  if (limits.client_subscriptions > 0 && hooks_.subscription_count(client) >= most) return false;
  if (filter.find_first_of("+#") == std::string_view::npos) return true;
  const auto most_wildcards = static_cast<std::size_t>(limits.client_wildcards);
  if (most_wildcards > 0 && wildcards.size() >= most_wildcards) return false;
  wildcards.emplace_back(filter);
  return true;
}

bool Guard::may_subscribe(SessionTable::Client client, std::string_view username, std::string_view filter) {
  hear();
  // While an absent client is only being asked about, its subscriptions must survive the question.
  if (probing_) return true;
  // Statuses reach the hub over the link; its subscription lets the broker tell their senders that somebody hears them.
  if (is_hub(username)) return filter == kRequestTopic || filter == settings_.topic_prefix + "/+/status";
  const Policy* policy = policy_of(username);
  Session* session = sessions_.find(client);
  if (policy == nullptr || !may_hear(*policy, filter)) {
    // One that the broker had, and ends now.
    if (!judged_.empty()) client_ids_.listens_no_more(judged_, filter);
    if (session != nullptr) unsubscribed(client, filter);
    return false;
  }
  if (session == nullptr) return true;
  session->heard_at = Steady::now();
  if (!has_room_for(*session, *policy, client, filter)) {
    budgets_.exceeded(Budget::subscriptions, username);
    return false;
  }
  const std::string_view own = own_controller(*policy);
  if (!own.empty() && filter_matches(filter, topic_of(settings_.topic_prefix, own, TopicKind::kCommands))) {
    session->listens_by = filter;
    session->may_listen = false;
  }
  return true;
}

bool Guard::may_hear(const Policy& policy, std::string_view filter) const {
  const Topic topic = parse_topic(settings_.topic_prefix, filter);
  if (topic.kind == TopicKind::kOther)
    return transport_mqtt::may_subscribe(policy, settings_.topic_prefix, filter, now().us);
  return policy.valid && transport_mqtt::may_receive(policy, as_known_to(policy, topic), now().us);
}

// A policy may still call the device by its name before, for as long as the hub takes to tell: rights are to the
// device.
Topic Guard::as_known_to(const Policy& policy, const Topic& topic) const {
  const std::int64_t holder = holder_of(topic.controller_id);
  const Rule* rule = find_rule(policy, topic.controller_id, now().us);
  if (holder == 0 || (rule != nullptr && rule->device_id == holder)) return topic;
  const auto found = std::find_if(policy.rules.begin(), policy.rules.end(),
                                  [holder](const Rule& other) { return other.device_id == holder; });
  return found == policy.rules.end() ? topic : Topic{topic.kind, found->controller_id};
}

void Guard::unsubscribed(SessionTable::Client client, std::string_view filter) {
  Session* session = sessions_.find(client);
  if (session == nullptr) return;
  session->heard_at = Steady::now();
  if (filter == session->listens_by) session->listens_by.clear();
  std::erase(session->wildcards, filter);
}

bool Guard::may_publish(SessionTable::Client client, std::string_view username, const Message& message) {
  hear();
  if (is_hub(username)) return parse_address(message.topic).kind != TopicKind::kOther && !message.retained;
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  // Else it is a last will, or the sender of a retained message is asked about.
  Session* session = sessions_.find(client);
  const bool is_packet = session != nullptr && !session->superseded;
  if (is_packet) session->heard_at = Steady::now();
  if (topic.kind == TopicKind::kCommands && message.retained) {
    ++counters_.commands_retained;
    return false;
  }
  const Policy* policy = policy_of(username);
  const Topic known = policy == nullptr ? topic : as_known_to(*policy, topic);
  const Rule* rule = policy == nullptr ? nullptr : find_rule(*policy, known.controller_id, now().us);
  // Of commands only packets get as far as `judge`, which hands them to the hub.
  const bool is_allowed = rule != nullptr && transport_mqtt::may_publish(*policy, known, now().us) &&
                          (topic.kind == TopicKind::kStatus || is_packet);
  if (!is_allowed) {
    ++counters_.publishes_refused;
    return false;
  }
  return topic.kind == TopicKind::kCommands || may_publish_status(client, *rule, message, is_packet);
}

bool Guard::may_publish_status(SessionTable::Client client, const Rule& rule, const Message& message, bool is_packet) {
  const bool clears = message.payload.empty() && message.retained;
  if (!clears && !is_json_object(message.payload)) {
    ++counters_.statuses_malformed;
    return false;
  }
  if (is_packet || !sessions_.may_send_will(client, name_of(PrincipalId{"device", rule.device_id}))) return true;
  sessions_.will_sent(client);
  if (budgets_.will(name_of(PrincipalId{"device", rule.device_id}), Steady::now()) != Answer::kYes) return false;
  if (message.retained) {
    retained_.keep(rule.controller_id, rule.device_id, message.payload, RetainedOwners::From::kWill);
  }
  if (clears) return true;
  name_changes_.published(rule.controller_id, rule.device_id, message.payload);
  tell_status({rule.device_id, std::string(message.payload)});
  return true;
}

bool Guard::may_receive(SessionTable::Client client, std::string_view username, const Message& message) {
  hear();
  if (is_hub(username)) return message.topic == kRequestTopic;
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  const Policy* policy = policy_of(username);
  if (policy == nullptr || topic.kind == TopicKind::kOther) return false;
  if (topic.kind == TopicKind::kCommands) return may_receive_command(client, *policy, message);
  const std::int64_t now_us = now().us;
  const Topic known = as_known_to(*policy, topic);
  if (!transport_mqtt::may_receive(*policy, known, now_us) || message.payload.empty()) return false;
  const Rule& rule = *find_rule(*policy, known.controller_id, now_us);
  const auto kind = rule.file_kinds ? announced_kind(message.payload) : std::nullopt;
  if (kind && !includes(rule.file_kinds, *kind)) return false;
  // The name may have gone to another device since the rule was made. Where no device with this name has come since the
  // broker's start, nobody but its owner can have left the message that it kept.
  const std::int64_t holder = holder_of(topic.controller_id);
  if (holder != rule.device_id && !(holder == 0 && message.retained)) return false;
  if (message.retained) return retained_.is_of(topic.controller_id, rule.device_id, message.payload);
  return name_changes_.may_be_of(topic.controller_id, rule.device_id, message.payload);
}

// For whom a command is says the ledger. The topic may be one that the device had a moment ago.
bool Guard::may_receive_command(SessionTable::Client client, const Policy& device, const Message& message) {
  if (!device.valid || device.kind != "device" || own_controller(device).empty()) return false;
  const std::int64_t now_us = now().us;
  const auto* command = message.retained ? nullptr : ledger_.find(message.payload, device.id, Steady::now(), now_us);
  if (command == nullptr) {
    ++counters_.commands_late;
    return false;
  }
  const Session* session = sessions_.find(client);
  link_->send(
      to_frame(CommandPassed{device.id, command->command_id, now_us, session == nullptr ? 0 : session->number}));
  return true;
}

Verdict Guard::judge(SessionTable::Client client, std::string_view username, const Message& message) {
  hear();
  if (is_hub(username)) return judge_from_hub(message);
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  if (topic.kind == TopicKind::kStatus) return judge_status(client, message);
  if (topic.kind != TopicKind::kCommands) return {Verdict::Kind::kRefuse};
  return judge_app_command(client, policy_of(username), topic, message);
}

Verdict Guard::judge_status(SessionTable::Client client, const Message& message) {
  const Session* session = sessions_.find(client);
  if (session == nullptr || session->device_id == 0) return {Verdict::Kind::kRefuse};
  const bool is_news = !message.payload.empty();
  if (is_news && !tell_status({session->device_id, std::string(message.payload), session->number})) {
    return {Verdict::Kind::kLater};
  }
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  name_changes_.published(topic.controller_id, session->device_id, message.payload);
  if (message.retained) {
    retained_.keep(topic.controller_id, session->device_id, message.payload, RetainedOwners::From::kPublish);
  }
  return {};
}

bool Guard::tell_status(DeviceStatus status) {
  if (!link_->up() || link_->backlog() > kMostBacklog) {
    ++counters_.statuses_unheard;
    return false;
  }
  status.number = ++statuses_told_;
  link_->send(to_frame(status));
  return true;
}

Verdict Guard::judge_from_hub(const Message& message) {
  const Address to = parse_address(message.topic);
  const Policy* device = policy_of(to.device_id);
  const std::string_view name = device == nullptr ? std::string_view() : own_controller(*device);
  const bool is_known = device != nullptr && device->valid && !name.empty() && holder_of(name) == to.device_id;
  if (to.kind == TopicKind::kStatus && is_known) {
    name_changes_.published(name, to.device_id, message.payload);
    tell_status({to.device_id, std::string(message.payload)});  // those who watch over HTTP hear it, too
    return {Verdict::Kind::kMove, topic_of(settings_.topic_prefix, name, TopicKind::kStatus)};
  }
  const auto mark = read_mark(message.payload);
  if (!mark || to.kind != TopicKind::kCommands) {
    ++counters_.commands_malformed;
    return {Verdict::Kind::kRefuse};
  }
  std::string topic = is_known ? command_topic(*device) : std::string();
  if (topic.empty()) {
    // Never queued for later: an absent device must not be surprised by it when it returns. The hub's client library
    // does not see the reason code of "nobody", so the hub is refused instead.
    ++counters_.commands_undeliverable;
    return {Verdict::Kind::kRefuse};
  }
  const auto left = std::chrono::microseconds(std::min(mark->expires_at_us - now().us, kLongestTtlUs));
  const auto steady_now = Steady::now();
  ledger_.accept(message.payload, {mark->command_id, to.device_id, mark->expires_at_us, steady_now + left}, steady_now);
  return {Verdict::Kind::kMove, std::move(topic)};
}

// It goes to the hub, which writes down who wants what before anything moves.
Verdict Guard::judge_app_command(SessionTable::Client client, const Policy* policy, const Topic& topic,
                                 const Message& message) {
  const Session* session = sessions_.find(client);
  const Topic known = policy == nullptr ? topic : as_known_to(*policy, topic);
  const Rule* rule = policy == nullptr ? nullptr : find_rule(*policy, known.controller_id, now().us);
  if (session == nullptr || rule == nullptr || !is_json_object(message.payload, kMostNested - 1)) {
    ++counters_.commands_malformed;
    return {Verdict::Kind::kRefuse};
  }
  const Policy* device = policy_of(rule->device_id);
  const bool is_its_name = holder_of(topic.controller_id) == rule->device_id;
  if (device == nullptr || !is_its_name || command_topic(*device).empty()) {
    ++counters_.commands_undeliverable;
    return {Verdict::Kind::kNobody};
  }
  std::string payload = json::write(CommandRequest{.username = session->username,
                                                   .peer = session->peer,
                                                   .device_id = rule->device_id,
                                                   .controller_id = std::string(topic.controller_id),
                                                   .received_at_us = now().us,
                                                   .statuses = statuses_told_});
  payload.back() = ',';
  payload.append("\"command\":").append(message.payload).push_back('}');
  return {Verdict::Kind::kMove, std::string(kRequestTopic), std::move(payload)};
}

// The topic on which a connected session of the device hears commands: its own, or, shortly after it got another name,
// its last one. Nothing where it hears none.
std::string Guard::command_topic(const Policy& device) const {
  const std::string own = topic_of(settings_.topic_prefix, own_controller(device), TopicKind::kCommands);
  std::string topic;
  for (const SessionTable::Client client : sessions_.live(device.username)) {
    const Session& session = *sessions_.find(client);
    if (hooks_.subscription_count(client) == 0) continue;
    if (session.may_listen || filter_matches(session.listens_by, own)) return own;
    if (!session.listens_by.empty()) topic = session.listens_by;
  }
  return topic;
}

}  // namespace gatetorio::transport_mqtt
