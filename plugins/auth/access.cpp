#include "access.hpp"

#include <algorithm>

#include "gatetorio/find_device.hpp"
#include "gatetorio/resource_kinds.hpp"

namespace gatetorio::auth {

namespace {

// 0: not one of the ordered words.
int rank(std::string_view word) {
  if (word == "owner") return 3;
  if (word == "engineer") return 2;
  return word == "readonly" ? 1 : 0;
}

std::int64_t zero_if_never(Timestamp time) { return time.us == kForeverUs ? 0 : time.us; }

}  // namespace

bool covers(std::string_view level, std::string_view need) {
  if (level.empty()) return false;
  if (level == need || (level == "admin" && need == "viewer")) return true;
  return rank(need) > 0 && rank(level) >= rank(need);
}

Task<Result<Decision>> AccessDecisions::check(AccessQuery query) {
  Decision decision;
  if (query.principal.kind == "admin") query.principal = co_await ok(present(query.principal));
  const std::size_t kind_ends = std::min(query.resource.find(':'), query.resource.size());
  if (query.resource_id == 0 && query.resource.empty()) {
    decision.access.level = query.principal.role;
  } else if (query.resource_id == 0 && kind_ends > 0 && kind_ends < query.resource.size()) {
    std::string kind = query.resource.substr(0, kind_ends), id = query.resource.substr(kind_ends + 1);
    Access access = co_await ok(access_to(query.principal, std::move(kind), std::move(id)));
    access.resource = std::move(query.resource);
    decision.access = std::move(access);
  } else {
    const Device device = co_await ok(find(std::move(query.resource), query.resource_id));
    Access access = co_await ok(access_of(query.principal, device));
    decision.access = std::move(access);
  }
  decision.is_allowed = covers(decision.access.level, query.need);
  co_return decision;
}

// Whoever keeps a principal for long, as streams do, asks again: the role may be another one now, or the session over.
Task<Result<Principal>> AccessDecisions::present(Principal principal) {
  if (!admins_.available()) co_return principal;
  Result<Principal> current = co_await admins_.call<Principals::Current>(principal);
  if (current || current.error().status != Status::kNotFound) co_return current;
  principal.role.clear();
  co_return principal;
}

Task<Result<Device>> AccessDecisions::find(std::string name, std::int64_t id) {
  return id == 0 ? devices_.call<DeviceRegistry::FindByName>(std::move(name)) : find_device(devices_, id);
}

Task<Result<Access>> AccessDecisions::access_of(Principal principal, Device device) {
  Access access{.resource_id = device.id, .resource = device.controller_id};
  if (principal.kind == "device") {
    if (principal.id == device.id) access.level = "self";
  } else if (principal.kind == "admin") {
    access.level = principal.role;
  } else if (principal.kind == "user" && principal.id != 0) {
    const Standing standing = co_await ok(repository_.standing(device.id, principal.id));
    if (standing.grant) {
      access.level = standing.grant->level;
      access.expires_at_us = zero_if_never(standing.grant->opening.changes_at);
      access.name = standing.grant->name;
      access.counts_uses = standing.grant->max_uses.has_value();
      access.source = standing.grant->source;
      access.file_kinds = standing.grant->file_kinds;
    }
  }
  co_return access;
}

Task<Result<Access>> AccessDecisions::access_to(Principal principal, std::string kind, std::string id) {
  ServiceClient& owner = owner_of(kind);
  co_return co_await owner.call<ResourceKind::Find>(std::move(principal), std::move(id));
}

ServiceClient& AccessDecisions::owner_of(const std::string& kind) {
  const std::lock_guard lock(mutex_);
  return owners_.try_emplace(kind, host_, ResourceKind::kId, kind).first->second;
}

Task<Result<Grants>> AccessDecisions::list(Principal principal) {
  Grants out;
  if (principal.kind == "device") {
    const Device device = co_await ok(find_device(devices_, principal.id));
    out.grants.push_back({.resource_id = device.id, .resource = device.controller_id, .level = "self"});
  }
  if (principal.kind != "user") co_return out;
  constexpr std::int64_t kAtOnce = 1000;  // what the registry takes in one call
  std::int64_t last = 0;
  while (true) {
    Repository::GrantPage page = co_await ok(repository_.grants_of(principal.id, last, kAtOnce));
    if (!page.grants.empty()) co_await ok(add_grants(std::move(page.grants), &out));
    if (!page.next) co_return out;
    last = *page.next;
  }
}

Task<Result<void>> AccessDecisions::add_grants(std::vector<Grant> grants, Grants* out) {
  DeviceIds ids;
  for (const Grant& grant : grants) ids.ids.push_back(grant.device_id);
  const DeviceList devices = co_await ok(devices_.call<DeviceRegistry::FindByIds>(ids));
  for (const Device& device : devices.devices) {
    const auto grant =
        std::find_if(grants.begin(), grants.end(), [&](const Grant& g) { return g.device_id == device.id; });
    out->grants.push_back({.resource_id = device.id,
                           .resource = device.controller_id,
                           .level = grant->level,
                           .expires_at_us = zero_if_never(grant->opening.changes_at),
                           .source = grant->source,
                           .file_kinds = grant->file_kinds});
  }
  co_return Result<void>();
}

}  // namespace gatetorio::auth
