// The guard's other side: what the hub says, and what the guard remembers of it.
#include "broker/guard.hpp"

namespace gatetorio::transport_mqtt {
namespace {

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
  if (frame.type == Link::kUp) {
    tell_sessions();
  } else if (frame.type == Link::kDown) {
    synced_ = false;
    unanswered_ = 0;
  } else if (frame.type == Synced::kType) {
    synced_ = true;
  } else if (read(frame, set)) {
    set_policy(std::move(set.policy));
  } else if (read(frame, reply)) {
    // Kept even when it comes too late for the client that caused it: the next attempt finds it here.
    if (reply.allow) set_policy(std::move(reply.policy));
    if (unanswered_ > 0) --unanswered_;
    if (reply.id == awaited_request_) awaited_answer_ = reply.allow;
  }
}

void Guard::tell_sessions() {
  Sessions list;
  for (const Session& session : sessions_.all()) {
    if (is_hub(session.username)) continue;
    list.sessions.push_back({session.number, session.username, session.client_id, session.peer});
  }
  link_->send(to_frame(list));
}

void Guard::set_policy(Policy policy) {
  if (policy.username.empty() || is_hub(policy.username)) return;
  sort_rules(policy);
  Policy& known = policies_[policy.username];
  if (const auto old = own_controller(known); !old.empty() && old != own_controller(policy)) {
    const auto entry = device_usernames_.find(old);
    if (entry != device_usernames_.end() && entry->second == known.username) device_usernames_.erase(entry);
  }
  if (const auto own = own_controller(policy); !own.empty() && policy.valid) {
    device_usernames_[std::string(own)] = policy.username;
  }
  if (!policy.valid) to_kick_.push_back(policy.username);
  known = std::move(policy);
}

const Policy* Guard::policy_of(std::string_view username) {
  const auto found = policies_.find(username);
  return found == policies_.end() ? nullptr : &found->second;
}

}  // namespace gatetorio::transport_mqtt
