#include "rights.hpp"

#include "gatetorio/find_device.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

Error may_not() { return {.status = Status::kForbidden, .detail = "This is no longer allowed."}; }

}  // namespace

Task<Result<Timestamp>> Rights::check(PrincipalId who, std::int64_t device_id, std::string kind,
                                      std::uint32_t deadline_ms) {
  if (who.kind == "admin") {
    co_await ok(find_device(device_id, deadline_ms));
    co_return Timestamp{kForeverUs};
  }
  AccessQuery query{.principal = {.kind = who.kind, .id = who.id},
                    .need = who.kind == "device" ? "self" : "engineer",
                    .resource_id = device_id};
  const Result<Decision> decision = co_await access_.call_within<AccessControl::Check>(deadline_ms, std::move(query));
  if (!decision && decision.error().status == Status::kNotFound) co_return may_not();  // the device is gone
  if (!decision) co_return decision.error();
  if (!decision->is_allowed || !includes(decision->access.file_kinds, kind)) co_return may_not();
  const std::int64_t until = decision->access.expires_at_us;
  co_return Timestamp{until == 0 ? kForeverUs : until};
}

Task<Result<Timestamp>> Rights::check(Holder holder, std::int64_t device_id, std::string kind,
                                      std::uint32_t deadline_ms) {
  const Holder present = co_await ok(this->holder(holder.who, deadline_ms));
  if (present != holder) co_return may_not();
  co_return co_await check(holder.who, device_id, std::move(kind), deadline_ms);
}

Task<Result<Holder>> Rights::holder(PrincipalId who, std::uint32_t deadline_ms) {
  if (who.kind != "device") co_return Holder{std::move(who), {}};
  Device device = co_await ok(find_device(who.id, deadline_ms));
  co_return Holder{std::move(who), std::move(device.credentials)};
}

Task<Result<Holder>> Rights::holder(Principal caller) {
  if (caller.kind == "device" && !caller.subject.empty()) co_return Holder{caller.who(), fingerprint(caller.subject)};
  co_return co_await holder(caller.who());
}

Task<Result<Device>> Rights::find_device(std::int64_t device_id, std::uint32_t deadline_ms) {
  Result<Device> device = co_await gatetorio::find_device(devices_, device_id, deadline_ms);
  if (!device && device.error().status == Status::kNotFound) co_return may_not();
  co_return device;
}

}  // namespace gatetorio::file_transfer
