#include "rights.hpp"

namespace gatetorio::file_transfer {

namespace {

Error may_not() { return {.status = Status::kForbidden, .detail = "This is no longer allowed."}; }

}  // namespace

Task<Result<Timestamp>> Rights::check(PrincipalId who, std::int64_t device_id, std::uint32_t deadline_ms) {
  if (who.kind == "admin") {
    auto looking = check_device(device_id, deadline_ms);
    const Result<Timestamp> exists = co_await looking;
    co_return exists;
  }
  AccessQuery query{.principal = {.kind = who.kind, .id = who.id},
                    .need = who.kind == "device" ? "self" : "engineer",
                    .resource_id = device_id};
  auto checking = access_.call<AccessControl::Check>(std::move(query), deadline_ms);
  const Result<Decision> decision = co_await checking;
  if (!decision && decision.error().status == Status::kNotFound) co_return may_not();  // the device is gone
  if (!decision) co_return decision.error();
  if (!decision->is_allowed) co_return may_not();
  const std::int64_t until = decision->access.expires_at_us;
  co_return Timestamp{until == 0 ? kForeverUs : until};
}

Task<Result<Timestamp>> Rights::check_device(std::int64_t device_id, std::uint32_t deadline_ms) {
  auto finding = devices_.call<DeviceRegistry::FindByIds>(DeviceIds{{device_id}}, deadline_ms);
  const Result<DeviceList> found = co_await finding;
  if (!found) co_return found.error();
  if (found->devices.empty()) co_return may_not();
  co_return Timestamp{kForeverUs};
}

}  // namespace gatetorio::file_transfer
