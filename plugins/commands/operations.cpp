#include "operations.hpp"

namespace gatetorio::commands {

Operations::Operations(Host& host, Service& service, EventFeed& feed)
    : service_(service), feed_(feed), set_(host, this) {}

void Operations::declare() {
  set_.add({.id = "commands.send",
            .method = "POST",
            .path = "/commands/send",
            .summary = "Send a command to a connected device.",
            .callers = {{"user", "engineer"}},
            .resource = "controller_id",
            .credential_field = "user_token",
            .success = {Status::kAccepted},
            .errors = {Status::kForbidden, Status::kNotFound, Status::kTooLarge, Status::kUnavailable}},
           service_, &Service::send);
  set_.add({.id = "commands.get",
            .method = "GET",
            .path = "/commands/{command_id}",
            .summary = "What became of a command.",
            .callers = {{"user"}, {"device"}, {"admin"}},
            .errors = {Status::kNotFound}},
           service_, &Service::find);
  set_.add({.id = "commands.send-as-admin",
            .method = "POST",
            .path = "/admin/devices/{controller_id}/commands",
            .summary = "Send a command to a connected device, as an admin.",
            .callers = {{"admin", "admin"}},
            .resource = "controller_id",
            .success = {Status::kAccepted},
            .errors = {Status::kNotFound, Status::kTooLarge, Status::kUnavailable}},
           service_, &Service::send_as_admin);
  set_.add({.id = "commands.list",
            .method = "GET",
            .path = "/admin/commands",
            .summary = "Commands to all devices and what became of them, the newest first.",
            .callers = {{"admin", "viewer"}}},
           service_, &Service::list);
  set_.add({.id = "commands.status",
            .method = "GET",
            .path = "/commands/status/{controller_id}",
            .summary = "Whether a device is there, and what it said last.",
            .callers = {{"user", "readonly"}, {"device", "self"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound}},
           service_, &Service::status);
  set_.add({.id = "commands.activity",
            .method = "GET",
            .path = "/devices/{controller_id}/activity",
            .summary = "Who did what at a device, the newest first.",
            .callers = {{"user", "owner"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kForbidden, Status::kNotFound}},
           service_, &Service::activity);
  set_.add({.id = "commands.events",
            .method = "GET",
            .path = "/devices/{controller_id}/events",
            .summary = "The same as it happens.",
            .callers = {{"user", "readonly"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound},
            .stream = true},
           &Operations::events);
}

Task<Result<Reply<Nothing>>> Operations::events(Call call, DeviceRef device) {
  const auto state = [this, device](Call of) { return state_text(std::move(of), device); };
  const std::uint64_t stream = co_await ok(feed_.watch(std::move(call), state));
  Reply<Nothing> reply(Nothing{});
  reply.stream = stream;
  co_return reply;
}

Task<Result<std::string>> Operations::state_text(Call call, DeviceRef device) {
  const StatusOutput state = co_await ok(service_.status(std::move(call), std::move(device)));
  co_return json::write(state);
}

}  // namespace gatetorio::commands
