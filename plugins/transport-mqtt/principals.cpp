#include "principals.hpp"

#include <algorithm>

namespace gatetorio::transport_mqtt {

std::string key_of(const Principal& principal) { return principal.kind + ":" + std::to_string(principal.id); }

Policy make_policy(const std::string& username, const Principal& principal, const std::vector<Access>& grants) {
  Policy policy;
  policy.username = username;
  policy.kind = principal.kind;
  policy.id = principal.id;
  for (const Access& grant : grants) {
    Rule rule;
    rule.controller_id = grant.resource;
    rule.is_self = grant.level == "self";
    rule.may_command = grant.level == "owner" || grant.level == "engineer";
    rule.may_read_status = rule.may_command || grant.level == "readonly";
    rule.expires_at_us = grant.expires_at_us;
    if (rule.is_self || rule.may_read_status) policy.rules.push_back(std::move(rule));
  }
  policy.valid = !policy.rules.empty();
  sort_rules(policy);
  return policy;
}

std::uint64_t Principals::begin(const Principal& principal, const std::string& username) {
  const std::string key = key_of(principal);
  const std::lock_guard lock(mutex_);
  Known& known = known_[key];
  known.principal = principal;
  known.username = username;
  by_username_[username] = key;
  return known.ticket;
}

std::optional<std::uint64_t> Principals::changed(const Principal& principal) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key_of(principal));
  if (found == known_.end()) return std::nullopt;
  return ++found->second.ticket;
}

bool Principals::commit(const Principal& principal, std::uint64_t ticket, const std::vector<Access>& grants,
                        const std::function<void(const Policy&)>& tell) {
  const std::lock_guard lock(mutex_);
  Known& known = known_[key_of(principal)];
  if (known.ticket != ticket) return false;
  known.device_ids.clear();
  for (const Access& grant : grants) known.device_ids.push_back(grant.resource_id);
  tell(make_policy(known.username, principal, grants));
  return true;
}

std::optional<Principal> Principals::find(const std::string& username) const {
  const std::lock_guard lock(mutex_);
  const auto key = by_username_.find(username);
  if (key == by_username_.end()) return std::nullopt;
  return known_.at(key->second).principal;
}

std::vector<Principal> Principals::with_access_to(std::int64_t device_id) const {
  std::vector<Principal> list;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, known] : known_) {
    if (std::find(known.device_ids.begin(), known.device_ids.end(), device_id) != known.device_ids.end()) {
      list.push_back(known.principal);
    }
  }
  return list;
}

std::vector<Principal> Principals::all() const {
  std::vector<Principal> list;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, known] : known_) list.push_back(known.principal);
  return list;
}

}  // namespace gatetorio::transport_mqtt
