#include "history.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "gatetorio/find_device.hpp"

namespace gatetorio::commands {

namespace {

Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such command, or it is not yours."}; }

// A device's answer as it gave it; why the hub failed a command is a sentence.
ObjectText result_from(const std::string& text) {
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(text, wrong);
  if (!wrong && parsed.is_object()) return {text};
  ObjectText out{"{\"message\":"};
  json::append_string(out.text, text);
  out.text.push_back('}');
  return out;
}

CommandOutput to_output(const Command& command) {
  const bool is_unconfirmed = command.state == kUnconfirmed;
  const bool is_open = is_unconfirmed || command.state == "sent" || command.state == "delivered";
  const bool has_expired = is_open && command.expires_at <= now();
  CommandOutput out{.command_id = command.id,
                    .state = has_expired      ? "expired"
                             : is_unconfirmed ? "sent"
                                              : command.state,
                    .verb = word_of(command.motion.verb),
                    .gate_number = command.motion.gate,
                    .sent_at = command.issued_at,
                    .updated_at = has_expired ? command.expires_at : command.updated_at,
                    .delivered_at = command.delivered_at,
                    .acknowledged_at = command.answered_at,
                    .moving_at = command.moving_at,
                    .completed_at = command.ended_at,
                    .result = {}};
  if (command.result) out.result = result_from(*command.result);
  return out;
}

}  // namespace

Task<bool> History::may_see(Principal principal, Command command) {
  if (command.is_of(principal)) co_return true;
  const Result<bool> wished = co_await repository_.is_wished_by(command.id, principal);
  if (wished && *wished) co_return true;
  const std::string need = principal.kind == "user" ? "owner" : principal.kind == "device" ? "self" : "viewer";
  AccessQuery query{std::move(principal), "", need, command.device_id};
  const Result<Decision> decision = co_await access_.call<AccessControl::Check>(std::move(query));
  co_return decision && decision->is_allowed;
}

Task<Result<CommandOutput>> History::find(Call call, CommandRef input) {
  const Result<Command> command = co_await repository_.find(std::move(input.command_id.value));
  if (!command) co_return command.error().status == Status::kNotFound ? not_found() : command.error();
  const bool allowed = co_await may_see(*call.principal, *command);
  if (!allowed) co_return not_found();
  co_return to_output(*command);
}

Task<Result<CommandsOutput>> History::list(Call, CommandsInput input) {
  std::optional<std::int64_t> device_id;
  if (input.controller_id) {
    const std::int64_t id = co_await ok(find_device_id(devices_, input.controller_id->value));
    device_id = id;
  }
  const Repository::Page page = co_await ok(repository_.list(std::move(input), device_id));
  CommandsOutput out{{}, page.end.next_cursor, page.end.total};
  for (const Command& command : page.commands) {
    CommandOutput shown = to_output(command);
    out.commands.push_back({.command_id = command.id,
                            .device_id = command.device_id,
                            .controller_id = {},
                            .sender = key_of(PrincipalId{command.sender_kind, command.sender_id}),
                            .sender_name = command.sender_name,
                            .via = command.via,
                            .command = ObjectText{command.command},
                            .verb = std::move(shown.verb),
                            .gate_number = shown.gate_number,
                            .state = std::move(shown.state),
                            .sent_at = shown.sent_at,
                            .updated_at = shown.updated_at,
                            .result = std::move(shown.result)});
  }
  co_await ok(name_devices(devices_, &out.commands));
  co_return out;
}

Task<Result<ActivityOutput>> History::activity(Call call, ActivityInput input) {
  const Repository::Page page = co_await ok(repository_.activity(call.access.resource_id, std::move(input)));
  ActivityOutput out{{}, page.end.next_cursor};
  for (const Command& command : page.commands) {
    CommandOutput shown = to_output(command);
    out.entries.push_back({.at = command.issued_at,
                           .who = key_of(PrincipalId{command.sender_kind, command.sender_id}),
                           .name = command.sender_name,
                           .via = command.via,
                           .verb = std::move(shown.verb),
                           .gate_number = shown.gate_number,
                           .command_id = command.merged_into.value_or(command.id),
                           .state = std::move(shown.state),
                           .updated_at = shown.updated_at});
  }
  co_return out;
}

Task<Result<StatusOutput>> History::status(Call call, DeviceRef) {
  const Device device = co_await ok(find_device(devices_, call.access.resource_id));
  const std::optional<LastStatus> last = co_await ok(board_.last(device.id));
  StatusOutput out{.controller_id = device.controller_id,
                   .is_online = device.is_online,
                   .last_seen = {},
                   .firmware_version = device.firmware_version};
  std::int64_t seen_us = device.last_seen_us;
  if (last) {
    out.status = ObjectText{last->status};
    out.status_at = last->status_at;
    out.sequence = last->sequence;
    seen_us = std::max(seen_us, last->status_at.us);
  }
  if (seen_us > 0) out.last_seen = Timestamp{seen_us};
  co_return out;
}

}  // namespace gatetorio::commands
