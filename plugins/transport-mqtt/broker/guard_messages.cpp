// What the guard says of subscriptions and messages.
#include <algorithm>

#include "broker/guard.hpp"
#include "broker/payload.hpp"
#include "gatetorio/json.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// No command waits longer than this for its device, whatever its payload says.
constexpr std::int64_t kLongestTtlUs = 300 * kMicrosecondsPerSecond;

}  // namespace

bool Guard::may_subscribe(std::string_view username, std::string_view filter) {
  hear();
  // While an absent client is only being asked about, its subscriptions must survive the question.
  if (probing_) return true;
  if (is_hub(username)) return true;
  const Policy* policy = policy_of(username);
  return policy != nullptr && transport_mqtt::may_subscribe(*policy, settings_.topic_prefix, filter, now().us);
}

bool Guard::may_publish(std::string_view username, const Message& message) {
  hear();
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  if (topic.kind == TopicKind::kCommands && message.retained) {
    ++counters_.commands_retained;
    return false;
  }
  if (is_hub(username)) return topic.kind != TopicKind::kOther;
  const Policy* policy = policy_of(username);
  if (policy == nullptr || !transport_mqtt::may_publish(*policy, topic, now().us)) {
    ++counters_.publishes_refused;
    return false;
  }
  // Here and not in `judge`, because wills pass only here.
  if (topic.kind == TopicKind::kStatus && !is_json_object(message.payload)) {
    ++counters_.statuses_malformed;
    return false;
  }
  return true;
}

bool Guard::may_receive(std::string_view username, const Message& message) {
  hear();
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  if (is_hub(username)) return topic.kind == TopicKind::kStatus || message.topic == kRequestTopic;
  const Policy* policy = policy_of(username);
  const std::int64_t now_us = now().us;
  if (policy == nullptr || !transport_mqtt::may_receive(*policy, topic, now_us)) return false;
  if (topic.kind == TopicKind::kStatus) return true;
  // Two clocks: the date that the device will see, and the ledger's, which cannot be set.
  const auto mark = read_mark(message.payload);
  const bool in_time =
      mark && !message.retained && now_us <= mark->expires_at_us && ledger_.in_time(mark->command_id, Steady::now());
  if (in_time) {
    link_->send(to_frame(CommandPassed{std::string(topic.controller_id), mark->command_id, now_us}));
  } else {
    ++counters_.commands_late;
  }
  return in_time;
}

Verdict Guard::judge(SessionTable::Client client, std::string_view username, const Message& message) {
  hear();
  const Topic topic = parse_topic(settings_.topic_prefix, message.topic);
  if (topic.kind == TopicKind::kStatus) return {};
  if (topic.kind != TopicKind::kCommands) return {Verdict::Kind::kRefuse};
  Verdict verdict = is_hub(username) ? judge_hub_command(message) : judge_app_command(client, topic, message);
  if (verdict.kind == Verdict::Kind::kRefuse) {
    ++counters_.commands_malformed;
  } else if (!device_listens(topic.controller_id)) {
    // Never queued for later: an absent device must not be surprised by it when it returns.
    ++counters_.commands_undeliverable;
    // The hub's client library does not see the reason code of "nobody", so the hub is refused instead.
    return {is_hub(username) ? Verdict::Kind::kRefuse : Verdict::Kind::kNobody};
  }
  return verdict;
}

Verdict Guard::judge_hub_command(const Message& message) {
  const auto mark = read_mark(message.payload);
  if (!mark) return {Verdict::Kind::kRefuse};
  const auto left = std::chrono::microseconds(std::min(mark->expires_at_us - now().us, kLongestTtlUs));
  const auto steady_now = Steady::now();
  ledger_.accept(mark->command_id, steady_now + left, steady_now);
  return {};
}

// It goes to the hub, which writes down who wants what before anything moves.
Verdict Guard::judge_app_command(SessionTable::Client client, const Topic& topic, const Message& message) {
  const Session* session = sessions_.find(client);
  if (session == nullptr || !is_json_object(message.payload)) return {Verdict::Kind::kRefuse};
  std::string payload = json::write(CommandRequest{.username = session->username,
                                                   .peer = session->peer,
                                                   .controller_id = std::string(topic.controller_id),
                                                   .received_at_us = now().us});
  payload.back() = ',';
  payload.append("\"command\":").append(message.payload).push_back('}');
  return {Verdict::Kind::kToHub, std::move(payload)};
}

bool Guard::device_listens(std::string_view controller_id) const {
  const auto username = device_usernames_.find(controller_id);
  if (username == device_usernames_.end()) return false;
  const auto clients = sessions_.live(username->second);
  return std::any_of(clients.begin(), clients.end(),
                     [this](SessionTable::Client client) { return hooks_.subscription_count(client) > 0; });
}

}  // namespace gatetorio::transport_mqtt
