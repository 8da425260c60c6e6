#include "service.hpp"

#include "gatetorio/events.hpp"
#include "gatetorio/find_device.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/sharing.hpp"

namespace gatetorio::sharing {

namespace {

constexpr std::string_view kPrefix = "gts_";
constexpr std::size_t kShownCharacters = 8;
constexpr std::int64_t kDefaultHours = 24;
constexpr std::size_t kMaxRemembered = 10'000;

Error used() { return {.status = Status::kConflict, .detail = "The token has been used."}; }
Error revoked() { return {.status = Status::kGone, .detail = "The token has been revoked."}; }
Error expired() { return {.status = Status::kGone, .detail = "The token has expired."}; }

// By what stays the same when a user whom the hub had never seen becomes one with an id.
bool is_claimant(const Token& token, const Principal& principal) {
  return !principal.subject.empty() && token.claimant_subject == principal.subject;
}

// Whose guesses are counted together.
std::string guesser(const Principal& principal) {
  return principal.id != 0 ? key_of(principal.who()) : principal.subject;
}

std::string event_key(const Token& token) { return std::to_string(token.device_id); }

RedeemOutput redeemed(const Device& device, const std::string& level, std::int64_t expires_at_us,
                      std::int64_t opens_at_us) {
  RedeemOutput out{
      .success = true,
      .message = opens_at_us == 0 ? "You have access to the device." : "You will have access when it begins.",
      .device_info = {device.id, device.controller_id, device.device_name, device.firmware_version, device.is_online},
      .access_level = level,
      .expires_at = {},
      .opens_at = {}};
  if (opens_at_us != 0 && opens_at_us != kForeverUs) out.opens_at = Timestamp{opens_at_us};
  if (expires_at_us != 0) out.expires_at = Timestamp{expires_at_us};
  return out;
}

}  // namespace

Service::Service(Host& host, Jobs& jobs, Repository& repository, ServiceClient& devices, const Settings& settings)
    : host_(host),
      repository_(repository),
      devices_(devices),
      access_(host, AccessControl::kId),
      grants_(host, GrantStore::kId),
      settings_(settings),
      limiter_(settings.guesses_per_minute, settings.guesses_per_minute_address),
      deleted_devices_(
          host, devices,
          [this](std::int64_t after, std::int64_t most) { return repository_.devices_after(after, most); },
          [this](std::int64_t device_id) { return forget(device_id); }) {
  jobs.handle(std::string(kClaimJob), [this](Job job) { return finish_claim(std::move(job)); });
}

Task<Result<CreateOutput>> Service::create(Call call, CreateInput input) {
  const AccessLevel level = input.access_level.value_or(AccessLevel::engineer);
  const std::int64_t hours = input.expires_in_hours ? input.expires_in_hours->value : kDefaultHours;
  Token token{.access_level = boost::describe::enum_to_string(level, ""),
              .expires_at = {now().us + hours * kMicrosecondsPerHour}};
  if (input.access_expires_in_hours) token.access_hours = input.access_expires_in_hours->value;
  if (input.notes) token.notes = input.notes->value;
  if (input.valid_from) token.valid_from = time_of(*input.valid_from);
  if (input.max_uses) token.max_uses = input.max_uses->value;
  const Made made = co_await ok(make(call, token, std::move(input.schedule)));
  co_return CreateOutput{.token = made.secret,
                         .token_id = made.id,
                         .share_url = url_of(made.secret),
                         .expires_at = token.expires_at,
                         .controller_id = call.access.resource};
}

Task<Result<Service::Made>> Service::make(Call call, Token token, std::optional<Schedule> schedule) {
  const std::string secret = std::string(kPrefix) + random_text();
  token.device_id = call.access.resource_id;
  token.creator_kind = call.principal->kind;
  token.creator_id = call.principal->id;
  token.shown = secret.substr(0, kShownCharacters);
  token.created_at = now();
  if (schedule) {
    const ScheduleText text{json::write(*schedule)};
    co_await ok(grants_.call<GrantStore::Check>(text));
    if (!schedule->windows.empty()) token.schedule = text.json;
  }
  const std::int64_t id = co_await ok(repository_.create(token, sha256(secret), call));
  remember(id, secret);
  const std::int64_t owner_id = token.creator_kind == "user" ? token.creator_id : 0;
  publish(host_, SharingCreated{id, token.device_id, owner_id, token.access_level, token.expires_at.us},
          event_key(token));
  co_return Made{id, secret};
}

Task<Result<CreateOutput>> Service::create_as_admin(Call call, AdminCreateInput input) {
  CreateInput same{.controller_id = std::move(input.controller_id),
                   .user_token = {},
                   .access_level = input.access_level,
                   .expires_in_hours = input.expires_in_hours,
                   .access_expires_in_hours = input.access_expires_in_hours,
                   .notes = std::move(input.notes),
                   .valid_from = std::move(input.valid_from),
                   .schedule = std::move(input.schedule),
                   .max_uses = input.max_uses};
  return create(std::move(call), std::move(same));
}

Task<Result<RedeemOutput>> Service::redeem(Call call, RedeemInput input) {
  const Principal principal = *call.principal;
  const auto arrived = GuessLimiter::Clock::now();
  if (const std::uint32_t wait = limiter_.wait_s(guesser(principal), call.peer, arrived)) {
    co_return Error{.status = Status::kRateLimited, .detail = "Too many tokens that are none.", .retry_after_s = wait};
  }
  const Result<Token> token = co_await repository_.find_by_secret(sha256(input.token));
  if (!token) {
    if (token.error().status != Status::kNotFound) co_return token.error();
    limiter_.count(guesser(principal), call.peer, arrived);
    co_return Error{.status = Status::kNotFound, .detail = "There is no such token."};
  }
  if (token->is_revoked) co_return revoked();
  if (token->claimed_at && !is_claimant(*token, principal)) co_return used();
  if (!token->claimed_at && token->expires_at <= now()) co_return expired();
  const Device device = co_await ok(device_of(*token));
  if (token->claimed_at) {
    co_return co_await repeat(call, *token, device);
  }
  const bool is_good = co_await ok(is_offer_good(*token));
  if (!is_good) co_return revoked();

  const bool is_mine = co_await ok(repository_.claim(*token, call));
  const Token claimed = co_await ok(repository_.find(token->id));
  if (!is_mine) co_return claimed.is_revoked ? revoked() : claimed.claimed_at ? used() : expired();
  auto giving = give(claimed, device, {principal, call.peer, call.request_id});
  co_return co_await giving;
}

// The same user again: its first answer was lost, or the hub died before it could give the access. What was given and
// taken again since does not come back.
Task<Result<RedeemOutput>> Service::repeat(Call call, Token token, Device device) {
  if (!token.used_by) {
    auto giving = give(token, device, {*call.principal, call.peer, call.request_id});
    co_return co_await giving;
  }
  AccessQuery query{*call.principal, "", "readonly", device.id};
  const Decision decision = co_await ok(access_.call<AccessControl::Check>(std::move(query)));
  if (decision.is_allowed) co_return redeemed(device, decision.access.level, decision.access.expires_at_us, 0);
  const GrantNamed its{token.device_id, source_of(token.id)};
  const Result<GrantHeld> held = co_await grants_.call<GrantStore::Find>(its);
  if (!held && held.error().status == Status::kNotFound) co_return used();
  if (!held) co_return held.error();
  co_return redeemed(device, held->level, held->expires_at_us, held->opens_at_us);
}

// Gives what a claimed token promises, and notes that it did. Repeatable at any point: the grant is known by its
// source.
Task<Result<RedeemOutput>> Service::give(Token token, Device device, OnBehalf by) {
  GrantGiven grant{.to = Principal{.kind = "user", .id = token.claimant_id, .subject = token.claimant_subject},
                   .device_id = token.device_id,
                   .level = token.access_level,
                   .expires_at_us = token.access_expires_at.value_or(0),
                   .source = source_of(token.id),
                   .name = token.notes,
                   .by = by,
                   .valid_from_us = token.valid_from.us,
                   .schedule = token.schedule,
                   .max_uses = token.max_uses.value_or(0),
                   .file_kinds = token.file_kinds};
  const GrantHeld held = co_await ok(grants_.call<GrantStore::Give>(std::move(grant)));
  const bool finished = co_await ok(repository_.finish(token.id, held.user_id));
  if (!finished) {  // its owner took it back while we gave it
    co_await ok(grants_.call<GrantStore::Take>(token.device_id, source_of(token.id), by));
    co_return revoked();
  }
  {
    const std::lock_guard lock(mutex_);
    secrets_.erase(token.id);
  }
  publish(
      host_,
      SharingRedeemed{token.id, token.device_id, held.user_id, token.access_level, token.access_expires_at.value_or(0)},
      event_key(token));
  co_return redeemed(device, held.level, held.expires_at_us, held.opens_at_us);
}

Task<Result<Device>> Service::device_of(Token token) {
  Result<Device> device = co_await find_device(devices_, token.device_id);
  if (!device && device.error().status == Status::kNotFound) co_return revoked();
  co_return device;
}

// An offer is worth what its maker is: with the access of a lost phone, what it had offered dies too, and with an admin
// who is none any more.
Task<Result<bool>> Service::is_offer_good(Token token) {
  Principal maker{.kind = token.creator_kind, .id = token.creator_id};
  return holds(std::move(maker), token.device_id, token.creator_kind == "admin" ? "admin" : "owner");
}

Task<Result<bool>> Service::holds(Principal principal, std::int64_t device_id, std::string need) {
  AccessQuery query{std::move(principal), "", std::move(need), device_id};
  const Decision decision = co_await ok(access_.call<AccessControl::Check>(std::move(query)));
  co_return decision.is_allowed;
}

void Service::remember(std::int64_t token_id, std::string secret) {
  const std::lock_guard lock(mutex_);
  if (secrets_.size() >= kMaxRemembered) secrets_.erase(secrets_.begin());
  secrets_[token_id] = std::move(secret);
}

// In the fragment, which browsers keep to themselves: no server and no log sees it.
std::string Service::url_of(const std::string& secret) const {
  return (settings_.public_url.empty() ? "gatetorio:" : settings_.public_url) + "/share#" + secret;
}

}  // namespace gatetorio::sharing
