#include "principals.hpp"

#include <algorithm>

#include "gatetorio/file_kinds.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::transport_mqtt {

Task<Result<Principal>> authenticate(Host& host, std::string username, std::string password) {
  auto start = [&host, &username, &password](gtr_completion done) {
    host.operations().authenticate(host.raw(), to_bytes("password"), to_bytes(username), to_bytes(password), done);
  };
  const std::string bytes = co_await ok(host.complete(start));
  Principal principal;
  if (!wire::decode(bytes, principal)) co_return Error{.status = Status::kInternal, .detail = "No principal."};
  co_return principal;
}

Policy make_policy(const PrincipalId& principal, const std::vector<Access>& grants) {
  Policy policy;
  policy.username = name_of(principal);
  policy.kind = principal.kind;
  policy.id = principal.id;
  for (const Access& grant : grants) {
    Rule rule;
    rule.controller_id = grant.resource;
    rule.device_id = grant.resource_id;
    rule.is_self = grant.level == "self";
    rule.may_command = grant.level == "owner" || grant.level == "engineer";
    rule.may_read_status = rule.may_command || grant.level == "readonly";
    rule.expires_at_us = grant.expires_at_us;
    rule.file_kinds = file_kinds_of(grant);
    if (rule.is_self || rule.may_read_status) policy.rules.push_back(std::move(rule));
  }
  policy.valid = !policy.rules.empty();
  sort_rules(policy);
  return policy;
}

std::uint64_t Principals::begin(const Principal& principal) {
  const std::lock_guard lock(mutex_);
  Known& known = known_[principal.who()];
  known.principal = principal;
  return known.ticket;
}

std::optional<std::uint64_t> Principals::changed(const PrincipalId& principal) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(principal);
  if (found == known_.end()) return std::nullopt;
  return ++found->second.ticket;
}

bool Principals::commit(const PrincipalId& principal, std::uint64_t ticket, const std::vector<Access>& grants,
                        const std::function<void(const Policy&)>& tell) {
  const std::lock_guard lock(mutex_);
  Known& known = known_[principal];
  if (known.ticket != ticket) return false;
  known.device_ids.clear();
  for (const Access& grant : grants) known.device_ids.push_back(grant.resource_id);
  tell(make_policy(principal, grants));
  return true;
}

std::optional<Principal> Principals::find(const PrincipalId& principal) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(principal);
  return found == known_.end() ? std::nullopt : std::optional(found->second.principal);
}

std::vector<PrincipalId> Principals::with_access_to(std::int64_t device_id) const {
  std::vector<PrincipalId> list;
  const std::lock_guard lock(mutex_);
  for (const auto& [principal, known] : known_) {
    if (std::find(known.device_ids.begin(), known.device_ids.end(), device_id) != known.device_ids.end()) {
      list.push_back(principal);
    }
  }
  return list;
}

std::vector<PrincipalId> Principals::all() const {
  std::vector<PrincipalId> list;
  const std::lock_guard lock(mutex_);
  for (const auto& [principal, known] : known_) list.push_back(principal);
  return list;
}

}  // namespace gatetorio::transport_mqtt
