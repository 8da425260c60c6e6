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
           &Operations::send);
  set_.add({.id = "commands.get",
            .method = "GET",
            .path = "/commands/{command_id}",
            .summary = "What became of a command.",
            .callers = {{"user"}, {"device"}, {"admin"}},
            .errors = {Status::kNotFound}},
           &Operations::find);
  set_.add({.id = "commands.status",
            .method = "GET",
            .path = "/commands/status/{controller_id}",
            .summary = "Whether a device is there, and what it said last.",
            .callers = {{"user", "readonly"}, {"device", "self"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound}},
           &Operations::status);
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

Task<Result<Reply<SendOutput>>> Operations::send(Call call, SendInput input) {
  auto sending = service_.send(std::move(call), std::move(input));
  Result<SendOutput> out = co_await sending;
  if (!out) co_return out.error();
  co_return Reply<SendOutput>(Status::kAccepted, *std::move(out));
}

Task<Result<Reply<CommandOutput>>> Operations::find(Call call, CommandRef input) {
  auto finding = service_.find(std::move(call), std::move(input.command_id.value));
  Result<CommandOutput> out = co_await finding;
  if (!out) co_return out.error();
  co_return Reply<CommandOutput>(*std::move(out));
}

Task<Result<Reply<StatusOutput>>> Operations::status(Call call, DeviceRef) {
  auto reading = service_.status(std::move(call));
  Result<StatusOutput> out = co_await reading;
  if (!out) co_return out.error();
  co_return Reply<StatusOutput>(*std::move(out));
}

Task<Result<Reply<Nothing>>> Operations::events(Call call, DeviceRef) {
  auto entering = feed_.watch(std::move(call), [this](Call of) { return state_text(std::move(of)); });
  const Result<std::uint64_t> stream = co_await entering;
  if (!stream) co_return stream.error();
  Reply<Nothing> reply(Nothing{});
  reply.stream = *stream;
  co_return reply;
}

Task<Result<std::string>> Operations::state_text(Call call) {
  auto reading = service_.status(std::move(call));
  const Result<StatusOutput> state = co_await reading;
  if (!state) co_return state.error();
  co_return json::write(*state);
}

}  // namespace gatetorio::commands
