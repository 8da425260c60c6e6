#include "service.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <chrono>

#include "command_payload.hpp"
#include "expectation.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/sharing.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::uint32_t kPublishDeadlineMs = 5'000;
constexpr std::uint32_t kStateDeadlineMs = 2'000;
// A right that was judged longer ago is judged again before the command goes out.
constexpr std::chrono::milliseconds kRightHolds(250);
// How often a motion is tried that is in the way of others which end at once.
constexpr int kAttempts = 3;
// How long somebody waits for a motion into which this one may be merged, until it has gone out or not.
constexpr std::uint64_t kLookMs = 20;
constexpr int kLooks = 300;
constexpr std::int64_t kClockSlackUs = 5 * kMicrosecondsPerSecond;

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

Error key_is_taken() {
  return {.status = Status::kInvalid,
          .detail = "Some fields are wrong.",
          .fields = {{"/idempotency_key", "was used for another command; take a new key for each command"}}};
}

Error busy() {
  return {.status = Status::kUnavailable,
          .detail = "Others move this gate just now; the command was not sent.",
          .retry_after_s = 1};
}

// A stop never waits.
Error too_many(std::uint32_t wait_s) {
  return {.status = Status::kRateLimited,
          .detail = "Too many requests; the command was not sent. A stop would have been.",
          .retry_after_s = wait_s};
}

Error stopped() {
  return {.status = Status::kConflict,
          .detail = "A stop, or a change of the gate's rules, came before the command went out; it was not sent."};
}

struct Outstanding {
  std::string command_id;
  std::string sender;
  std::string sender_name;
  std::string verb;
  Timestamp sent_at;
};
BOOST_DESCRIBE_STRUCT(Outstanding, (), (command_id, sender, sender_name, verb, sent_at))

// The next step of a gate's own logic means something else after somebody else's motion.
Error is_moved_by_other(const Command& first) {
  const Outstanding other{first.id, key_of(PrincipalId{first.sender_kind, first.sender_id}), first.sender_name,
                          word_of(first.motion.verb), first.issued_at};
  return {.status = Status::kConflict,
          .detail = "Somebody else has just moved this gate; the command was not sent.",
          .extensions = json::write(other)};
}

SendOutput sent(const Command& command) {
  return {
      .success = true, .message = "The command was sent.", .command_id = command.id, .expires_at = command.expires_at};
}

SendOutput merged(std::string into, Timestamp expires_at) {
  return {.success = true,
          .message = "The gate is doing that already; nothing more was sent.",
          .command_id = std::move(into),
          .expires_at = expires_at,
          .merged = true};
}

std::string new_command_id() { return "cmd_" + random_text(16); }

VerbPatterns patterns_of(const Settings& settings) {
  Result<VerbPatterns> patterns = VerbPatterns::read(settings.verbs, settings.gate_member);
  if (!patterns) throw SetupError("verbs: " + patterns.error().detail);
  return *std::move(patterns);
}

std::string way_of(const Call& call) {
  if (call.principal->kind == "admin") return "admin";
  if (call.transport == "transport-mqtt") return "mqtt";
  return call.access.source.starts_with(kSharingSource) ? "link" : "app";
}

Command command_from(const Call& call, const SendInput& input, std::int64_t ttl_seconds) {
  Command command{.id = new_command_id(),
                  .device_id = call.access.resource_id,
                  .sender_kind = call.principal->kind,
                  .sender_id = call.principal->id,
                  .sender_name = call.principal->name.empty() ? call.access.name : call.principal->name,
                  .via = way_of(call),
                  .command = input.command.text,
                  .issued_at = call.received_at,
                  .expires_at = {call.received_at.us + ttl_seconds * kMicrosecondsPerSecond}};
  if (input.idempotency_key) command.idempotency_key = input.idempotency_key->value;
  if (call.expires_at.us != 0) command.expires_at = std::min(command.expires_at, call.expires_at);
  return command;
}

}  // namespace

Service::Service(Host& host, Repository& repository, StatusBoard& board, MotionWatch& motions, UnderWay& under_way,
                 RuleBook& rules, const Settings& settings)
    : host_(host),
      repository_(repository),
      board_(board),
      link_(host, DeviceLink::kId),
      access_(host, AccessControl::kId),
      grants_(host, GrantStore::kId),
      settings_(settings),
      verbs_(patterns_of(settings)),
      motions_(motions),
      under_way_(under_way),
      rules_(rules) {}

Task<Result<SendOutput>> Service::send(Call call, SendInput input) {
  const auto begun_at = std::chrono::steady_clock::now();
  const Result<void> fit = check_command(input.command.text);
  if (!fit) co_return fit.error();
  // Where motions are not merged, commands pass as they did before the hub understood them.
  const auto unclear = settings_.motion_seconds > 0 ? VerbPatterns::Unclear::kRefuse : VerbPatterns::Unclear::kPassOn;
  Result<Motion> motion = verbs_.motion_of(input.command.text, unclear);
  if (!motion) co_return motion.error();
  if (call.over_limit_s != 0 && motion->verb != Verb::stop) co_return too_many(call.over_limit_s);
  const std::int64_t ttl_seconds = input.ttl_seconds ? input.ttl_seconds->value : settings_.ttl_seconds;
  Command command = command_from(call, input, ttl_seconds);
  command.motion = *std::move(motion);
  const bool is_stop = command.motion.verb == Verb::stop;  // which is right whatever the gate does
  Terms terms{.expect = is_stop ? std::nullopt : std::move(input.expect),
              .level = call.principal->kind == "admin" ? "owner" : call.access.level,
              .rules = nullptr,
              .judged_at = begun_at};
  const Timestamp window_start{command.issued_at.us - settings_.idempotency_window_seconds * kMicrosecondsPerSecond};
  std::optional<UnderWay::Place> place;
  if (!is_stop) place.emplace(under_way_, command);
  Result<Terms> judged = co_await judge(command, std::move(terms));
  if (!judged) {
    if (!command.idempotency_key) co_return judged.error();
    // The first answer holds, whatever would become of a second.
    Result<SendOutput> first = co_await repeat(command, window_start);
    if (!first && first.error().status == Status::kNotFound) co_return judged.error();
    co_return first;
  }

  // Asked before the database is, so that a status which is written meanwhile is found there.
  const std::optional<LastStatus> unwritten = board_.unwritten(command.device_id);
  Repository::Recorded recorded;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::optional<std::int64_t> version;
    if (judged->rules) version = judged->rules->version;
    recorded = co_await ok(write(command, version, window_start, call));
    if (recorded.write == Repository::Write::rules_have_changed) {
      judged->rules = co_await ok(rules_.read(command.device_id));
      judged = co_await ok(judge(command, *std::move(judged)));
      continue;
    }
    if (recorded.write != Repository::Write::motion_is_outstanding) break;
    const std::optional<Command> first = co_await ok(wait_for_outstanding(command));
    if (first) co_return co_await join(call, command, *first, window_start);
  }
  // They came and ended in between.
  if (recorded.write == Repository::Write::motion_is_outstanding) co_return busy();
  if (recorded.write == Repository::Write::rules_have_changed) co_return busy();
  if (recorded.write == Repository::Write::is_repetition) {
    Result<SendOutput> first = co_await repeat(command, window_start);
    // The first failed in this very moment.
    if (!first && first.error().status == Status::kNotFound) co_return device_is_away();
    co_return first;
  }
  const std::optional<std::string> nonce = unwritten ? unwritten->boot_nonce : recorded.boot_nonce;
  const Stamp stamp{command.id, command.issued_at, command.expires_at, nonce};
  Publish message{command.device_id, stamped(command.command, stamp), command.expires_at.us};
  UnderWay::Place* const its_place = place ? &*place : nullptr;
  co_await ok(send_out(std::move(call), command, std::move(message), *std::move(judged), its_place));
  gatetorio::publish(host_, CommandOutcome{command.device_id, command.id, "sent", command.issued_at.us},
                     std::to_string(command.device_id));
  co_return sent(command);
}

Task<Result<Repository::Recorded>> Service::write(Command command, std::optional<std::int64_t> rules_version,
                                                  Timestamp window_start, Call call) {
  const Repository::Outstanding its = outstanding(command);
  co_return co_await repository_.record(std::move(command), rules_version, window_start, its, std::move(call));
}

// Nobody waits for a command whose time is over.
Repository::Outstanding Service::outstanding(const Command& command) const {
  const std::int64_t most_us = settings_.motion_seconds * kMicrosecondsPerSecond;
  return {.till = std::min(Timestamp{command.issued_at.us + most_us}, command.expires_at),
          .no_later_than = {now().us + most_us + kClockSlackUs}};
}

// The motion that this one may be merged into, once it is known whether that goes out.
Task<Result<std::optional<Command>>> Service::wait_for_outstanding(Command command) {
  const Timestamp no_later_than = outstanding(command).no_later_than;
  for (int i = 0;; ++i) {
    std::optional<Command> first =
        co_await ok(repository_.find_outstanding(command.device_id, command.motion.gate, no_later_than));
    const bool is_going_out = first && under_way_.has(first->device_id, first->id);
    if (!is_going_out || i == kLooks) co_return first;
    const bool go_on = co_await host_.sleep(kLookMs);
    if (!go_on) co_return first;
  }
}

// An equal motion is on its way: this one is the same, or it is the next step after somebody else's.
Task<Result<SendOutput>> Service::join(Call call, Command command, Command first, Timestamp window_start) {
  if (command.motion.verb == Verb::toggle && !first.is_of(*call.principal)) co_return is_moved_by_other(first);
  if (first.state == kUnconfirmed) co_return unconfirmed();
  command.expires_at = first.expires_at;
  co_await ok(repository_.record_merged(std::move(command), first.id, window_start, std::move(call)));
  co_return merged(std::move(first.id), first.expires_at);
}

// What was written goes out, if nothing speaks against it now. `place`: of all but a stop.
Task<Result<void>> Service::send_out(Call call, Command command, Publish message, Terms terms, UnderWay::Place* place) {
  const Result<GrantUse> use = co_await take_use(call, command);
  Result<void> may = use ? Result<void>() : use.error();
  if (may) may = co_await judge_again(*call.principal, command, std::move(terms));
  if (may && place != nullptr && !place->go()) may = stopped();
  if (!may) {
    const Result<void> marked = co_await repository_.set_failed(command.id, may.error().detail);
    static_cast<void>(marked);
    if (use) co_await give_back(*use);
    co_return may;
  }
  if (command.motion.verb == Verb::stop) {
    const UnderWay::Stop stop{command, std::move(call)};
    under_way_.stop(stop);
  }
  motions_.begin(command.device_id, command.id, command.motion, MotionWatch::Clock::now());
  const Result<void> published = co_await publish(std::move(message), command.id, *use);
  if (!published) motions_.end(command.device_id, command.id);
  std::optional<UnderWay::Stop> stop = place == nullptr ? std::nullopt : place->stop_since();
  if (stop) co_await stop_again(*std::move(stop));
  co_return published;
}

// Of access that counts uses each command is one, but a stop. A use without a source is none.
Task<Result<GrantUse>> Service::take_use(Call call, Command command) {
  GrantUse use;
  if (!call.access.counts_uses || command.motion.verb == Verb::stop) co_return use;
  use.device_id = command.device_id;
  use.user_id = call.principal->id;
  const UsedGrant used = co_await ok(grants_.call<GrantStore::Use>(use));
  use.source = used.source;
  co_return use;
}

// Nothing came of it. Where that cannot be written the use is lost: better than one too many.
Task<void> Service::give_back(GrantUse use) {
  if (use.source.empty()) co_return;
  const Result<Checked> given = co_await grants_.call<GrantStore::GiveBack>(std::move(use));
  static_cast<void>(given);
}

// A motion may have overtaken a stop on the way to the broker. The second stop is a command of its own: a device does
// none twice.
Task<void> Service::stop_again(UnderWay::Stop stop) {
  Command command = std::move(stop.command);
  command.id = new_command_id();
  command.idempotency_key.reset();
  command.issued_at = now();
  const std::optional<LastStatus> unwritten = board_.unwritten(command.device_id);
  const Result<Repository::Recorded> recorded =
      co_await write(command, std::nullopt, command.issued_at, std::move(stop.call));
  if (!recorded) co_return;
  const std::optional<std::string> nonce = unwritten ? unwritten->boot_nonce : recorded->boot_nonce;
  const Stamp stamp{command.id, command.issued_at, command.expires_at, nonce};
  Publish message{command.device_id, stamped(command.command, stamp), command.expires_at.us};
  const GrantUse none;
  const Result<void> published = co_await publish(std::move(message), command.id, none);
  static_cast<void>(published);  // written where it failed
}

// Gives the terms with the rules by which it was judged.
Task<Result<Service::Terms>> Service::judge(Command command, Terms terms) {
  co_await ok(find_connected(command.device_id));
  if (command.motion.verb != Verb::stop) {
    if (!terms.rules) terms.rules = co_await ok(rules_.known(command.device_id));
    Result<void> allowed = terms.rules->allow(command.motion.verb, terms.level, now());
    if (!allowed) {  // another hub may have lifted that
      terms.rules = co_await ok(rules_.read(command.device_id));
      allowed = terms.rules->allow(command.motion.verb, terms.level, now());
    }
    if (!allowed) co_return allowed.error();
  }
  co_await ok(check_status(std::move(command), terms));
  co_return terms;
}

Task<Result<void>> Service::check_status(Command command, Terms terms) {
  const bool has_conditions = terms.rules && terms.rules->has_conditions_for(command.motion.verb);
  if (!terms.expect && !has_conditions) co_return Result<void>();
  const std::optional<LastStatus> last = co_await ok(board_.last(command.device_id));
  if (terms.expect) {
    Result<void> is_as_expected = check_expectation(*terms.expect, last, now());
    if (!is_as_expected) co_return is_as_expected;
  }
  if (!has_conditions) co_return Result<void>();
  co_return terms.rules->check_status(command.motion.verb, last, now());
}

// The status may be another one by now; and where the storage took its time, the sender may have lost its right, or the
// device may be gone.
Task<Result<void>> Service::judge_again(Principal sender, Command command, Terms terms) {
  co_await ok(check_status(command, terms));
  if (std::chrono::steady_clock::now() - terms.judged_at <= kRightHolds) co_return Result<void>();
  const std::string need = sender.kind == "admin" ? "admin" : "engineer";
  AccessQuery query{std::move(sender), "", need, command.device_id};
  const Decision decision = co_await ok(access_.call<AccessControl::Check>(std::move(query)));
  if (!decision.is_allowed) {
    co_return Error{.status = Status::kForbidden, .detail = "You may not send commands to this device."};
  }
  if (!terms.rules) co_return Result<void>();
  co_return terms.rules->allow(command.motion.verb, need == "admin" ? "owner" : decision.access.level, now());
}

// The transport knows; what storage says of presence is late.
Task<Result<void>> Service::find_connected(std::int64_t device_id) {
  const Result<LinkState> state = co_await link_.call_within<DeviceLink::State>(kStateDeadlineMs, device_id);
  if (!state || !state->is_connected) co_return device_is_away();
  co_return Result<void>();
}

Task<Result<SendOutput>> Service::repeat(Command like, Timestamp window_start) {
  const Command first = co_await ok(repository_.find_repeated(like, window_start));
  if (!is_same_command(first.command, like.command)) co_return key_is_taken();
  if (first.state == kMerged) {
    const Result<Command> into = co_await repository_.find(first.merged_into.value_or(""));
    if (into && into->state == kUnconfirmed) co_return unconfirmed();
    co_return merged(first.merged_into.value_or(""), first.expires_at);
  }
  if (first.state == kUnconfirmed) co_return unconfirmed();
  co_return sent(first);
}

Task<Result<void>> Service::publish(Publish message, std::string command_id, GrantUse use) {
  const Result<Published> published =
      co_await link_.call_within<DeviceLink::PublishCommand>(kPublishDeadlineMs, std::move(message));
  if (published && published->has_receiver) co_return Result<void>();
  const bool is_late = !published && published.error().status == Status::kGone;
  const bool is_unknown = !published && published.error().status == Status::kNotFound;  // deleted meanwhile
  // It expires anyway where these cannot be written.
  if (published || is_late || is_unknown) {
    const char* const why = is_late ? "Its time was over before it could be sent." : "The device was not connected.";
    const Result<void> marked = co_await repository_.set_failed(command_id, why);
    static_cast<void>(marked);
    co_await give_back(std::move(use));
    co_return is_late ? too_late() : device_is_away();
  }
  const Result<void> marked = co_await repository_.set_unconfirmed(command_id);
  static_cast<void>(marked);
  co_return unconfirmed();
}

Task<Result<SendOutput>> Service::send_as_admin(Call call, AdminSendInput input) {
  SendInput same{.controller_id = std::move(input.controller_id),
                 .user_token = {},
                 .command = std::move(input.command),
                 .ttl_seconds = input.ttl_seconds,
                 .idempotency_key = std::move(input.idempotency_key),
                 .expect = std::move(input.expect)};
  return send(std::move(call), std::move(same));
}

}  // namespace gatetorio::commands
