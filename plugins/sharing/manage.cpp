// What owners and admins do with tokens after they have made them.
#include <algorithm>

#include "gatetorio/events.hpp"
#include "gatetorio/find_device.hpp"
#include "gatetorio/secret.hpp"
#include "gatetorio/sharing.hpp"
#include "qr_code.hpp"
#include "service.hpp"

namespace gatetorio::sharing {

namespace {

Error unknown() { return {.status = Status::kNotFound, .detail = "There is no such token, or it is not yours."}; }

TokenEntry to_entry(Token token) {
  TokenEntry entry{.token_id = token.id,
                   .token = token.shown + "\u2026",
                   .access_level = std::move(token.access_level),
                   .is_used = token.claimed_at.has_value(),
                   .used_by = token.used_by,
                   .expires_at = token.expires_at,
                   .created_at = token.created_at,
                   .notes = std::move(token.notes),
                   .revoked = token.is_revoked,
                   .valid_from = {},
                   .schedule = {},
                   .max_uses = token.max_uses,
                   .ends_at = {},
                   .files = std::move(token.file_kinds)};
  if (token.visit_ends_at) entry.ends_at = Timestamp{*token.visit_ends_at};
  if (token.valid_from.us > 0) entry.valid_from = token.valid_from;
  const Result<Schedule> schedule = json::parse<Schedule>(token.schedule);
  if (schedule) entry.schedule = *schedule;
  return entry;
}

}  // namespace

Task<Result<TokensOutput>> Service::list(Call call, ListInput input) {
  constexpr std::int64_t kDefaultLimit = 1000;
  const std::int64_t limit = input.limit ? input.limit->value : kDefaultLimit;
  auto listing =
      repository_.of_device(call.access.resource_id, input.before ? input.before->value : kForeverUs, limit + 1);
  Result<std::vector<Token>> tokens = co_await listing;
  if (!tokens) co_return tokens.error();
  TokensOutput out;
  for (Token& token : *tokens) out.tokens.push_back(to_entry(std::move(token)));
  if (out.tokens.size() > static_cast<std::size_t>(limit)) {
    out.tokens.pop_back();
    out.next = out.tokens.back().token_id;
  }
  co_return out;
}

Task<Result<AllTokensOutput>> Service::list_all(Call, AllTokensInput input) {
  std::optional<std::int64_t> device_id;
  if (input.controller_id) {
    const std::int64_t id = co_await ok(find_device_id(devices_, input.controller_id->value));
    device_id = id;
  }
  const Repository::Page page = co_await ok(repository_.list(std::move(input), device_id));
  AllTokensOutput out{{}, page.end.next_cursor, page.end.total};
  for (const Token& token : page.tokens) {
    TokenEntry shown = to_entry(token);
    out.tokens.push_back({.token_id = shown.token_id,
                          .token = std::move(shown.token),
                          .device_id = token.device_id,
                          .controller_id = {},
                          .created_by = key_of(PrincipalId{token.creator_kind, token.creator_id}),
                          .access_level = std::move(shown.access_level),
                          .is_used = shown.is_used,
                          .used_by = shown.used_by,
                          .expires_at = shown.expires_at,
                          .created_at = shown.created_at,
                          .notes = std::move(shown.notes),
                          .revoked = shown.revoked,
                          .valid_from = shown.valid_from,
                          .schedule = std::move(shown.schedule),
                          .max_uses = shown.max_uses,
                          .ends_at = shown.ends_at,
                          .files = std::move(shown.files)});
  }
  co_await ok(name_devices(devices_, &out.tokens));
  co_return out;
}

// The token, where the caller is an owner of its device or an admin with the role.
Task<Result<Token>> Service::managed(Call call, std::int64_t token_id, std::string admin_role) {
  Result<Token> token = co_await repository_.find(token_id);
  if (!token) co_return token.error().status == Status::kNotFound ? unknown() : token.error();
  const bool is_admin = call.principal->kind == "admin";
  if (!is_admin) admin_role = "owner";
  const Result<bool> may = co_await holds(*call.principal, token->device_id, admin_role);
  if (!may) co_return may.error().status == Status::kNotFound ? unknown() : may.error();
  if (!*may) co_return unknown();
  co_return token;
}

Task<Result<void>> Service::revoke(Call call, RevokeInput input) {
  const Token token = co_await ok(managed(call, input.token_id.value, "admin"));
  co_return co_await end(call, token, input.revoke_access.value_or(false) || token.visit_ends_at);
}

Task<Result<void>> Service::end(Call call, Token token, bool take_access) {
  // The mark first: whoever is giving the access at this moment sees it afterwards, or we see the access.
  co_await ok(repository_.revoke(token, take_access, call));
  if (take_access) {
    const GrantTaken grant{token.device_id, source_of(token.id), {*call.principal, call.peer, call.request_id}};
    co_await ok(grants_.call<GrantStore::Take>(grant));
  }
  {
    const std::lock_guard lock(mutex_);
    secrets_.erase(token.id);
  }
  publish(host_, SharingRevoked{token.id, token.device_id, take_access}, std::to_string(token.device_id));
  co_return Result<void>();
}

Task<Result<Bytes>> Service::qr(Call call, TokenRef input) {
  const bool is_png = call.preferred == kPng;
  const std::string url = co_await ok(share_url(std::move(call), input.token_id.value));
  Result<std::string> picture = is_png ? qr_png(url) : qr_svg(url);
  if (!picture) co_return picture.error();
  co_return Bytes{std::string(is_png ? kPng : kSvg), *std::move(picture)};
}

// What the QR code of an open token says.
Task<Result<std::string>> Service::share_url(Call call, std::int64_t token_id) {
  const Token token = co_await ok(managed(call, token_id, "admin"));
  if (token.is_revoked || token.expires_at <= now()) {
    co_return Error{.status = Status::kGone, .detail = "The token has expired or been revoked."};
  }
  if (token.claimed_at) co_return Error{.status = Status::kConflict, .detail = "The token has been used."};
  {
    const std::lock_guard lock(mutex_);
    const auto known = secrets_.find(token_id);
    if (known != secrets_.end()) co_return url_of(known->second);
  }
  // Made by a process that is gone, and only its hash is kept: another secret for the same token.
  const std::string secret = "gts_" + random_text();
  co_await ok(repository_.add_secret(token, sha256(secret), call));
  remember(token_id, secret);
  co_return url_of(secret);
}

void Service::device_deleted(DeviceDeleted event) { host_.run(forget(event.device_id)); }

Task<void> Service::forget(std::int64_t device_id) {
  const Result<void> done = co_await repository_.forget_device(device_id);
  if (!done)
    host_.warn("tokens for a deleted device stay (they open nothing)", {{"device", std::to_string(device_id)}});
}

Task<Result<void>> Service::finish_claim(Job job) {
  const Result<Token> token = co_await repository_.find(std::stoll(job.key));
  if (!token && token.error().status == Status::kNotFound) co_return Result<void>();
  if (!token) co_return token.error();
  if (!token->claimed_at || token->used_by || token->is_access_taken) co_return Result<void>();
  const Result<Device> device = co_await device_of(*token);
  if (!device && device.error().status == Status::kGone) co_return Result<void>();
  if (!device) co_return device.error();
  const Principal claimant{.kind = "user", .id = token->claimant_id, .subject = token->claimant_subject};
  auto giving = give(*token, *device, OnBehalf{claimant, "", ""});
  const Result<RedeemOutput> given = co_await giving;
  if (!given && given.error().status != Status::kGone) co_return given.error();
  co_return Result<void>();
}

}  // namespace gatetorio::sharing
