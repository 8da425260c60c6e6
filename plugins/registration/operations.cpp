#include "operations.hpp"

namespace gatetorio::registration {

namespace {

DeviceOutput to_output(const Device& device) {
  DeviceOutput out{.id = device.id,
                   .controller_id = device.controller_id,
                   .hardware_id = device.hardware_id,
                   .device_name = device.device_name,
                   .firmware_version = device.firmware_version,
                   .is_online = device.is_online,
                   .last_seen = {},
                   .created_at = {device.created_at_us}};
  if (device.last_seen_us > 0) out.last_seen = Timestamp{device.last_seen_us};
  return out;
}

}  // namespace

Operations::Operations(Host& host, Service& service, Presence& presence, Repository& repository)
    : service_(service), presence_(presence), repository_(repository), set_(host, this) {}

void Operations::declare() {
  set_.add({.id = "registration.register",
            .method = "POST",
            .path = "/devices/register",
            .summary = "Register a device, or tell that a known one has booted.",
            .callers = {{"anyone"}},
            .success = {Status::kOk, Status::kCreated, Status::kAccepted},
            .errors = {Status::kUnauthenticated, Status::kForbidden, Status::kConflict}},
           &Operations::register_device);
  set_.add({.id = "registration.get",
            .method = "GET",
            .path = "/devices/{controller_id}",
            .summary = "What the hub knows of a device.",
            .callers = {{"device", "self"}, {"user", "readonly"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound}},
           &Operations::get);
  set_.add({.id = "registration.update",
            .method = "PATCH",
            .path = "/devices/{controller_id}",
            .summary = "Rename a device.",
            .callers = {{"device", "self"}, {"user", "owner"}, {"admin", "admin"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict},
            .body_only = true},
           &Operations::update);
  set_.add({.id = "registration.heartbeat",
            .method = "POST",
            .path = "/devices/{controller_id}/heartbeat",
            .summary = "Tell that a device is alive.",
            .callers = {{"device", "self"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound}},
           &Operations::heartbeat);
  set_.add({.id = "registration.delete",
            .method = "DELETE",
            .path = "/devices/{controller_id}",
            .summary = "Forget a device; its credentials die at once.",
            .callers = {{"user", "owner"}, {"admin", "admin"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .success = {Status::kNoContent},
            .errors = {Status::kForbidden, Status::kNotFound}},
           &Operations::remove);
  set_.add({.id = "registration.pending",
            .method = "GET",
            .path = "/admin/pending-devices",
            .summary = "Devices that wait for approval.",
            .callers = {{"admin", "viewer"}}},
           &Operations::pending);
  set_.add({.id = "registration.approve",
            .method = "POST",
            .path = "/admin/pending-devices/{pending_id}/approve",
            .summary = "Let a waiting device register.",
            .callers = {{"admin", "admin"}},
            .success = {Status::kNoContent},
            .errors = {Status::kNotFound}},
           &Operations::approve);
  set_.add({.id = "registration.deny",
            .method = "DELETE",
            .path = "/admin/pending-devices/{pending_id}",
            .summary = "Turn a waiting device away, or take its approval back before it is used.",
            .callers = {{"admin", "admin"}},
            .success = {Status::kNoContent},
            .errors = {Status::kNotFound}},
           &Operations::deny);
  set_.add({.id = "registration.release",
            .method = "POST",
            .path = "/admin/devices/{controller_id}/release",
            .summary = "Make a key by which known hardware gets new credentials once (a replaced SD card).",
            .callers = {{"admin", "admin"}},
            .resource = "controller_id",
            .errors = {Status::kNotFound}},
           &Operations::release);
  set_.add({.id = "registration.make-key",
            .method = "POST",
            .path = "/admin/enrolment-keys",
            .summary = "Make an enrolment key; it is shown this once.",
            .callers = {{"admin", "admin"}},
            .success = {Status::kCreated}},
           &Operations::make_key);
}

Task<Result<Reply<RegisterOutput>>> Operations::register_device(Call call, RegisterInput input) {
  return service_.register_device(std::move(call), std::move(input));
}

Task<Result<Reply<DeviceOutput>>> Operations::get(Call call, DeviceRef) {
  auto finding = service_.find(call.access.resource_id);
  const Result<Device> device = co_await finding;
  if (!device) co_return device.error();
  co_return Reply<DeviceOutput>(to_output(*device));
}

Task<Result<Reply<DeviceOutput>>> Operations::update(Call call, UpdateInput input) {
  auto updating = service_.update(std::move(call), std::move(input));
  const Result<Device> device = co_await updating;
  if (!device) co_return device.error();
  co_return Reply<DeviceOutput>(to_output(*device));
}

Task<Result<Reply<HeartbeatOutput>>> Operations::heartbeat(Call call, DeviceRef) {
  auto beating = presence_.heartbeat(call.access.resource_id);
  const Result<Timestamp> at = co_await beating;
  if (!at) co_return at.error();
  co_return Reply<HeartbeatOutput>(HeartbeatOutput{.status = "ok", .last_seen = *at});
}

Task<Result<Reply<Nothing>>> Operations::remove(Call call, DeviceRef) {
  auto removing = service_.remove(std::move(call));
  const Result<void> done = co_await removing;
  if (!done) co_return done.error();
  co_return Reply<Nothing>(Status::kNoContent, Nothing{});
}

Task<Result<Reply<PendingOutput>>> Operations::pending(Call, Nothing) {
  auto listing = repository_.pending();
  Result<std::vector<PendingDevice>> list = co_await listing;
  if (!list) co_return list.error();
  co_return Reply<PendingOutput>(PendingOutput{*std::move(list)});
}

Task<Result<Reply<Nothing>>> Operations::approve(Call call, PendingRef input) {
  auto approving = service_.approve(std::move(call), input.pending_id.value);
  const Result<void> done = co_await approving;
  if (!done) co_return done.error();
  co_return Reply<Nothing>(Status::kNoContent, Nothing{});
}

Task<Result<Reply<Nothing>>> Operations::deny(Call call, PendingRef input) {
  auto denying = repository_.deny(input.pending_id.value, std::move(call));
  const Result<void> done = co_await denying;
  if (!done) co_return done.error();
  co_return Reply<Nothing>(Status::kNoContent, Nothing{});
}

Task<Result<Reply<ReleaseOutput>>> Operations::release(Call call, DeviceRef) {
  auto releasing = service_.release(std::move(call));
  Result<ReleaseOutput> key = co_await releasing;
  if (!key) co_return key.error();
  co_return Reply<ReleaseOutput>(*std::move(key));
}

Task<Result<Reply<NewKeyOutput>>> Operations::make_key(Call call, NewKeyInput input) {
  auto making = service_.make_key(std::move(call), std::move(input));
  Result<NewKeyOutput> key = co_await making;
  if (!key) co_return key.error();
  co_return Reply<NewKeyOutput>(Status::kCreated, *std::move(key));
}

}  // namespace gatetorio::registration
