// The guard's other side: what the hub says, and what the guard remembers of it.
#include "broker/guard.hpp"
#include "gatetorio/identity.hpp"

namespace gatetorio::transport_mqtt {
namespace {

// What a device that is connected has to subscribe to its new name, before it must connect anew.
constexpr std::chrono::seconds kTimeToFollow{5};

template <class T>
bool read(const Frame& frame, T& message) {
  return frame.type == T::kType && wire::decode(frame.body, message);
}

}  // namespace

void Guard::hear() {
  if (!link_->has_news()) return;
  for (const Frame& frame : link_->take()) hear_frame(frame);
}

void Guard::hear_frame(const Frame& frame) {
  ConnectReply reply;
  SetPolicy set;
  Relayed relayed;
  if (frame.type == Link::kUp) {
    tell_sessions();
  } else if (frame.type == Link::kDown) {
    synced_ = false;
    unanswered_.clear();
  } else if (frame.type == Synced::kType) {
    synced_ = true;
  } else if (read(frame, relayed)) {
    if (relayed.peer.empty()) relayed_.erase(relayed.address);
    if (!relayed.peer.empty()) relayed_[relayed.address] = std::move(relayed.peer);
  } else if (read(frame, set)) {
    set_policy(std::move(set.policy));
  } else if (read(frame, reply)) {
    // Kept even when it comes too late for the client that caused it: the next attempt finds it here.
    if (reply.allow) set_policy(std::move(reply.policy));
    const auto asked = unanswered_.find(reply.id);
    if (asked != unanswered_.end()) {
      if (!reply.allow) budgets_.was_wrong(asked->second.first, asked->second.second, Steady::now());
      unanswered_.erase(asked);
    }
    if (reply.id == awaited_request_) awaited_answer_ = reply.allow;
  }
}

void Guard::tell_sessions() {
  Sessions list;
  for (const Session& session : sessions_.all()) {
    if (is_hub(session.username)) continue;
    list.sessions.push_back({session.number, session.username, session.client_id, session.peer});
  }
  list.statuses = statuses_told_;
  link_->send(to_frame(list));
  link_->send(to_frame(AbsentHolders{client_ids_.holders()}));
}

void Guard::set_policy(Policy policy) {
  if (policy.username.empty() || is_hub(policy.username)) return;
  sort_rules(policy);
  const std::string name(own_controller(policy));
  // A device whose rights cannot be found out at this moment has no rules, and keeps its name.
  if (policy.kind == "device" && (!policy.valid || !name.empty())) {
    set_name(policy.id, policy.username, policy.valid ? std::string_view(name) : std::string_view());
  }
  if (!policy.valid) {
    to_kick_.push_back(policy.username);
    for (std::string& client_id : client_ids_.of(policy.username)) to_judge_.push_back(std::move(client_id));
    client_ids_.release(policy.username);
  }
  policies_[policy.username] = std::move(policy);
}

// Of a device that is called otherwise, or not at all any more, nothing stays under the old name.
void Guard::set_name(std::int64_t device_id, const std::string& username, std::string_view name) {
  std::string& known = names_[device_id];
  if (known != name && !known.empty()) {
    const auto holder = holders_.find(known);
    if (holder != holders_.end() && holder->second == device_id) holders_.erase(holder);
    name_changes_.given_up(known);
    if (retained_.forget(known)) to_clear_.push_back(topic_of(settings_.topic_prefix, known, TopicKind::kStatus));
    if (!name.empty()) follow_name(username);
  }
  if (name.empty()) {
    names_.erase(device_id);
  } else {
    known = name;
    holders_[known] = device_id;
  }
}

// Whoever is connected has a moment to subscribe to the new name, and hears commands by the old one until then. Whoever
// is away subscribes anew when it comes back.
void Guard::follow_name(const std::string& username) {
  strayed_[username] = Steady::now() + kTimeToFollow;
  for (std::string& client_id : client_ids_.of(username)) to_judge_.push_back(std::move(client_id));
}

void Guard::end_strayed_sessions(Steady::time_point now) {
  std::erase_if(strayed_, [&](const auto& entry) {
    if (entry.second > now) return false;
    const Policy* policy = policy_of(entry.first);
    const std::string_view name = policy == nullptr ? std::string_view() : own_controller(*policy);
    const std::string topic = topic_of(settings_.topic_prefix, name, TopicKind::kCommands);
    for (const SessionTable::Client client : sessions_.live(entry.first)) {
      Session& session = *sessions_.find(client);
      if (filter_matches(session.listens_by, topic) || session.revoked) continue;
      session.revoked = true;
      session.listens_by.clear();
      hooks_.kick_session(session.client_id);
    }
    return true;
  });
}

const Policy* Guard::policy_of(std::string_view username) {
  const auto found = policies_.find(username);
  return found == policies_.end() ? nullptr : &found->second;
}

const Policy* Guard::policy_of(std::int64_t device_id) { return policy_of(name_of(PrincipalId{"device", device_id})); }

std::int64_t Guard::holder_of(std::string_view controller_id) const {
  const auto found = holders_.find(controller_id);
  return found == holders_.end() ? 0 : found->second;
}

}  // namespace gatetorio::transport_mqtt
