#include "service.hpp"

#include <boost/json.hpp>

#include "command_payload.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::uint32_t kPublishDeadlineMs = 5'000;
constexpr std::uint64_t kFlushMs = 100;

Error device_is_away() {
  return {.status = Status::kUnavailable,
          .detail = "The device is not connected; the command was not sent.",
          .retry_after_s = 5};
}

// The broker may have it or not: a second try with the same key must not send it twice.
Error unconfirmed() {
  return {.status = Status::kUnavailable,
          .detail = "The broker did not confirm the command; it may arrive until it expires, not later.",
          .retry_after_s = 5};
}

Error too_late() {
  return {.status = Status::kUnavailable,
          .detail = "The command's time was over before it could be sent.",
          .retry_after_s = 1};
}

Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such command, or it is not yours."}; }

std::optional<Object> object_from(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  boost::system::error_code wrong;
  auto parsed = boost::json::parse(*text, wrong);
  if (wrong || !parsed.is_object()) return Object{{{"message", *text}}};
  return Object{std::move(parsed.get_object())};
}

SendOutput sent(const Command& command) {
  return {
      .success = true, .message = "The command was sent.", .command_id = command.id, .expires_at = command.expires_at};
}

}  // namespace

Task<Result<SendOutput>> Service::send(Call call, SendInput input) {
  const Result<void> fit = check_command(input.command.value);
  if (!fit) co_return fit.error();
  auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{input.controller_id.value});
  const Result<Device> device = co_await finding;
  if (!device) co_return device.error();

  Command command{.id = "cmd_" + random_text(16),
                  .device_id = device->id,
                  .sender_kind = call.principal->kind,
                  .sender_id = call.principal->id,
                  .command = boost::json::serialize(input.command.value),
                  .issued_at = call.received_at,
                  .expires_at = {}};
  if (input.idempotency_key) command.idempotency_key = input.idempotency_key->value;
  const std::int64_t ttl = input.ttl_seconds ? input.ttl_seconds->value : settings_.ttl_seconds;
  command.expires_at.us = command.issued_at.us + ttl * kMicrosecondsPerSecond;
  if (!device->is_online) {
    if (!command.idempotency_key) co_return device_is_away();
    auto repeating = repeat(command);  // the first answer holds, wherever the device is by now
    Result<SendOutput> first = co_await repeating;
    if (!first && first.error().status == Status::kNotFound) co_return device_is_away();
    co_return first;
  }

  const Timestamp window_start{command.issued_at.us - settings_.idempotency_window_seconds * kMicrosecondsPerSecond};
  // Asked before the database is, so that a status which is written meanwhile is found there.
  const std::optional<LastStatus> unwritten = board_.unwritten(device->controller_id);
  auto recording = repository_.record(command, window_start, call);
  const Result<Repository::Recorded> recorded = co_await recording;
  if (!recorded) co_return recorded.error();
  if (recorded->is_repetition) {
    auto repeating = repeat(command);
    Result<SendOutput> first = co_await repeating;
    co_return first;
  }
  const Stamp stamp{command.id, command.issued_at, command.expires_at,
                    unwritten ? unwritten->boot_nonce : recorded->boot_nonce};
  Publish message{device->controller_id, stamped(std::move(input.command.value), stamp), command.expires_at.us};
  auto publishing = publish(std::move(message), command.id);
  const Result<void> published = co_await publishing;
  if (!published) co_return published.error();
  co_return sent(command);
}

Task<Result<SendOutput>> Service::repeat(Command like) {
  auto finding = repository_.find_repeated(std::move(like));
  const Result<Command> first = co_await finding;
  if (!first) co_return first.error();
  if (first->state == kUnconfirmed) co_return unconfirmed();
  co_return sent(*first);
}

Task<Result<void>> Service::publish(Publish message, std::string command_id) {
  auto publishing = link_.call<DeviceLink::PublishCommand>(std::move(message), kPublishDeadlineMs);
  const Result<Published> published = co_await publishing;
  if (published && published->has_receiver) co_return Result<void>();
  const bool is_late = !published && published.error().status == Status::kGone;
  // It expires anyway where these cannot be written.
  if (published || is_late) {
    auto marking = repository_.set_failed(command_id, is_late ? "Its time was over before it could be sent."
                                                              : "The device was not connected.");
    const Result<void> marked = co_await marking;
    static_cast<void>(marked);
    co_return is_late ? too_late() : device_is_away();
  }
  auto marking = repository_.set_unconfirmed(command_id);
  const Result<void> marked = co_await marking;
  static_cast<void>(marked);
  co_return unconfirmed();
}

Task<bool> Service::may_see(Principal principal, Command command) {
  if (command.sender_kind == principal.kind && command.sender_id == principal.id) co_return true;
  auto finding = devices_.call<DeviceRegistry::FindByIds>(DeviceIds{{command.device_id}});
  const Result<DeviceList> devices = co_await finding;
  if (!devices || devices->devices.empty()) co_return false;
  const std::string need = principal.kind == "user" ? "owner" : principal.kind == "device" ? "self" : "viewer";
  auto checking = access_.call<AccessControl::Check>(AccessQuery{principal, devices->devices[0].controller_id, need});
  const Result<Decision> decision = co_await checking;
  co_return decision && decision->is_allowed;
}

Task<Result<CommandOutput>> Service::find(Call call, std::string command_id) {
  auto finding = repository_.find(std::move(command_id));
  const Result<Command> command = co_await finding;
  if (!command) co_return command.error().status == Status::kNotFound ? not_found() : command.error();
  auto asking = may_see(*call.principal, *command);
  const bool allowed = co_await asking;
  if (!allowed) co_return not_found();
  const bool is_unconfirmed = command->state == kUnconfirmed;
  const bool is_open = is_unconfirmed || command->state == "sent" || command->state == "delivered";
  const bool has_expired = is_open && command->expires_at <= now();
  co_return CommandOutput{.command_id = command->id,
                          .state = has_expired ? "expired" : is_unconfirmed ? "sent" : command->state,
                          .sent_at = command->issued_at,
                          .updated_at = has_expired ? command->expires_at : command->updated_at,
                          .result = object_from(command->result)};
}

void Service::delivered(const CommandDelivered& event) {
  const std::lock_guard lock(mutex_);
  delivered_.emplace_back(event.command_id, Timestamp{event.at_us});
}

Task<void> Service::keep_writing() {
  while (true) {
    auto sleeping = host_.sleep(kFlushMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    std::vector<std::pair<std::string, Timestamp>> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(delivered_);
    }
    if (taken.empty()) continue;
    auto writing = repository_.set_delivered(std::move(taken));
    const Result<void> written = co_await writing;
    if (!written) host_.warn("which commands were delivered could not be written", {{"why", written.error().detail}});
  }
}

Task<Result<StatusOutput>> Service::status(Call call) {
  auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{call.access.resource});
  const Result<Device> device = co_await finding;
  if (!device) co_return device.error();
  auto reading = board_.last(*device);
  const Result<std::optional<LastStatus>> last = co_await reading;
  if (!last) co_return last.error();
  StatusOutput out{.controller_id = device->controller_id,
                   .is_online = device->is_online,
                   .last_seen = {},
                   .firmware_version = device->firmware_version};
  std::int64_t seen_us = device->last_seen_us;
  if (*last) {
    out.status = object_from((*last)->status);
    out.status_at = (*last)->status_at;
    seen_us = std::max(seen_us, (*last)->status_at.us);
  }
  if (seen_us > 0) out.last_seen = Timestamp{seen_us};
  co_return out;
}

}  // namespace gatetorio::commands
