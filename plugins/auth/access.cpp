#include "access.hpp"

#include <algorithm>

namespace gatetorio::auth {

namespace {

// 0: not one of the ordered words.
int rank(std::string_view word) {
  if (word == "owner") return 3;
  if (word == "engineer") return 2;
  return word == "readonly" ? 1 : 0;
}

std::int64_t zero_if_never(Timestamp expires_at) { return expires_at.us == kForeverUs ? 0 : expires_at.us; }

}  // namespace

bool covers(std::string_view level, std::string_view need) {
  if (level.empty()) return false;
  if (level == need || (level == "admin" && need == "viewer")) return true;
  return rank(need) > 0 && rank(level) >= rank(need);
}

Task<Result<Decision>> AccessDecisions::check(AccessQuery query) {
  Decision decision;
  if (query.resource_id == 0 && query.resource.empty()) {
    decision.access.level = query.principal.role;
  } else {
    auto finding = find(std::move(query.resource), query.resource_id);
    const Result<Device> device = co_await finding;
    if (!device) co_return device.error();
    auto looking = access_of(query.principal, *device);
    Result<Access> access = co_await looking;
    if (!access) co_return access.error();
    decision.access = *std::move(access);
  }
  decision.is_allowed = covers(decision.access.level, query.need);
  co_return decision;
}

Task<Result<Device>> AccessDecisions::find(std::string name, std::int64_t id) {
  if (id == 0) {
    auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{std::move(name)});
    Result<Device> device = co_await finding;
    co_return device;
  }
  auto finding = devices_.call<DeviceRegistry::FindByIds>(DeviceIds{{id}});
  Result<DeviceList> found = co_await finding;
  if (!found) co_return found.error();
  if (found->devices.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
  co_return std::move(found->devices.front());
}

Task<Result<Access>> AccessDecisions::access_of(Principal principal, Device device) {
  Access access{.resource_id = device.id, .resource = device.controller_id};
  if (principal.kind == "device") {
    if (principal.id == device.id) access.level = "self";
  } else if (principal.kind == "admin") {
    access.level = principal.role;
  } else if (principal.kind == "user" && principal.id != 0) {
    auto looking = repository_.find_grant(device.id, principal.id);
    const Result<std::optional<Grant>> grant = co_await looking;
    if (!grant) co_return grant.error();
    if (*grant) {
      access.level = (*grant)->level;
      access.expires_at_us = zero_if_never((*grant)->expires_at);
    }
  }
  co_return access;
}

Task<Result<Grants>> AccessDecisions::list(Principal principal) {
  Grants out;
  if (principal.kind == "device") {
    auto finding = devices_.call<DeviceRegistry::FindByIds>(DeviceIds{{principal.id}});
    const Result<DeviceList> devices = co_await finding;
    if (!devices) co_return devices.error();
    if (devices->devices.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
    const Device& device = devices->devices.front();
    out.grants.push_back({.resource_id = device.id, .resource = device.controller_id, .level = "self"});
  }
  if (principal.kind != "user") co_return out;
  constexpr std::int64_t kAtOnce = 1000;  // what the registry takes in one call
  std::int64_t last = 0;
  while (true) {
    auto looking = repository_.grants_of(principal.id, last, kAtOnce);
    const Result<std::vector<Grant>> grants = co_await looking;
    if (!grants) co_return grants.error();
    if (grants->empty()) co_return out;
    last = grants->back().device_id;
    auto adding = add_grants(*grants, &out);
    const Result<void> added = co_await adding;
    if (!added) co_return added.error();
    if (grants->size() < static_cast<std::size_t>(kAtOnce)) co_return out;
  }
}

Task<Result<void>> AccessDecisions::add_grants(std::vector<Grant> grants, Grants* out) {
  DeviceIds ids;
  for (const Grant& grant : grants) ids.ids.push_back(grant.device_id);
  auto finding = devices_.call<DeviceRegistry::FindByIds>(ids);
  const Result<DeviceList> devices = co_await finding;
  if (!devices) co_return devices.error();
  for (const Device& device : devices->devices) {
    const auto grant =
        std::find_if(grants.begin(), grants.end(), [&](const Grant& g) { return g.device_id == device.id; });
    out->grants.push_back({.resource_id = device.id,
                           .resource = device.controller_id,
                           .level = grant->level,
                           .expires_at_us = zero_if_never(grant->expires_at)});
  }
  co_return Result<void>();
}

}  // namespace gatetorio::auth
