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
  DeviceIds ids;
  std::vector<Grant> grants;
  if (principal.kind == "device") {
    ids.ids.push_back(principal.id);
  } else if (principal.kind == "user") {
    auto looking = repository_.grants_of(principal.id);
    Result<std::vector<Grant>> found = co_await looking;
    if (!found) co_return found.error();
    grants = *std::move(found);
    for (const Grant& grant : grants) ids.ids.push_back(grant.device_id);
  }
  if (ids.ids.empty()) co_return out;
  auto finding = devices_.call<DeviceRegistry::FindByIds>(ids);
  const Result<DeviceList> devices = co_await finding;
  if (!devices) co_return devices.error();
  for (const Device& device : devices->devices) {
    Access access{.resource_id = device.id, .resource = device.controller_id, .level = "self"};
    if (principal.kind == "user") {
      const auto grant =
          std::find_if(grants.begin(), grants.end(), [&](const Grant& g) { return g.device_id == device.id; });
      access.level = grant->level;
      access.expires_at_us = zero_if_never(grant->expires_at);
    }
    out.grants.push_back(std::move(access));
  }
  if (principal.kind == "device" && out.grants.empty()) {
    co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
  }
  co_return out;
}

}  // namespace gatetorio::auth
