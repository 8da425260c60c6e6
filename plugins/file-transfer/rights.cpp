#include "rights.hpp"

#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

Error may_not() { return {.status = Status::kForbidden, .detail = "This is no longer allowed."}; }

}  // namespace

Task<Result<Timestamp>> Rights::check(PrincipalId who, std::int64_t device_id, std::uint32_t deadline_ms) {
  if (who.kind == "admin") {
    auto finding = find_device(device_id, deadline_ms);
    const Result<Device> found = co_await finding;
    if (!found) co_return found.error();
    co_return Timestamp{kForeverUs};
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

Task<Result<Timestamp>> Rights::check(Holder holder, std::int64_t device_id, std::uint32_t deadline_ms) {
  auto looking = this->holder(holder.who, deadline_ms);
  const Result<Holder> present = co_await looking;
  if (!present) co_return present.error();
  if (*present != holder) co_return may_not();
  auto asking = check(holder.who, device_id, deadline_ms);
  const Result<Timestamp> until = co_await asking;
  co_return until;
}

Task<Result<Holder>> Rights::holder(PrincipalId who, std::uint32_t deadline_ms) {
  if (who.kind != "device") co_return Holder{std::move(who), {}};
  auto finding = find_device(who.id, deadline_ms);
  Result<Device> device = co_await finding;
  if (!device) co_return device.error();
  co_return Holder{std::move(who), std::move(device->credentials)};
}

Task<Result<Holder>> Rights::holder(Principal caller) {
  if (caller.kind == "device" && !caller.subject.empty()) co_return Holder{caller.who(), fingerprint(caller.subject)};
  auto looking = holder(caller.who());
  Result<Holder> present = co_await looking;
  co_return present;
}

Task<Result<Device>> Rights::find_device(std::int64_t device_id, std::uint32_t deadline_ms) {
  DeviceIds wanted;
  wanted.ids.push_back(device_id);
  auto finding = devices_.call<DeviceRegistry::FindByIds>(std::move(wanted), deadline_ms);
  Result<DeviceList> found = co_await finding;
  if (!found) co_return found.error();
  if (found->devices.empty()) co_return may_not();
  co_return std::move(found->devices.front());
}

}  // namespace gatetorio::file_transfer
