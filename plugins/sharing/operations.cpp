#include "operations.hpp"

#include "qr_code.hpp"

namespace gatetorio::sharing {

namespace {

constexpr std::string_view kSvg = "image/svg+xml", kPng = "image/png";

}  // namespace

void Operations::declare() {
  set_.add({.id = "sharing.create",
            .method = "POST",
            .path = "/sharing/create",
            .summary = "Make a token by which somebody gets access to a device.",
            .callers = {{"user", "owner"}},
            .resource = "controller_id",
            .credential_field = "user_token",
            .success = {Status::kCreated},
            .errors = {Status::kForbidden, Status::kNotFound}},
           &Operations::create);
  set_.add({.id = "sharing.redeem",
            .method = "POST",
            .path = "/sharing/redeem",
            .summary = "Get the access that a token promises.",
            .callers = {{"user"}},
            .credential_field = "user_token",
            .errors = {Status::kNotFound, Status::kConflict, Status::kGone}},
           &Operations::redeem);
  set_.add({.id = "sharing.tokens",
            .method = "GET",
            .path = "/sharing/tokens/{controller_id}",
            .summary = "The tokens that were made for a device.",
            .callers = {{"user", "owner"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kForbidden, Status::kNotFound}},
           &Operations::list);
  // The next two name no device: whose the token is decides the service.
  set_.add({.id = "sharing.revoke",
            .method = "DELETE",
            .path = "/sharing/tokens/{token_id}",
            .summary = "End a token, and with revoke_access the access that came of it.",
            .callers = {{"user"}, {"admin"}},
            .success = {Status::kNoContent},
            .errors = {Status::kNotFound}},
           &Operations::revoke);
  set_.add({.id = "sharing.qr",
            .method = "GET",
            .path = "/sharing/tokens/{token_id}/qr",
            .summary = "A QR code of a token's share_url.",
            .callers = {{"user"}, {"admin"}},
            .errors = {Status::kNotFound, Status::kConflict, Status::kGone},
            .content_types = {kSvg, kPng}},
           &Operations::qr);
}

Task<Result<Reply<CreateOutput>>> Operations::create(Call call, CreateInput input) {
  auto creating = service_.create(std::move(call), std::move(input));
  Result<CreateOutput> out = co_await creating;
  if (!out) co_return out.error();
  co_return Reply<CreateOutput>(Status::kCreated, *std::move(out));
}

Task<Result<Reply<RedeemOutput>>> Operations::redeem(Call call, RedeemInput input) {
  auto redeeming = service_.redeem(std::move(call), std::move(input.token));
  Result<RedeemOutput> out = co_await redeeming;
  if (!out) co_return out.error();
  co_return Reply<RedeemOutput>(*std::move(out));
}

Task<Result<Reply<TokensOutput>>> Operations::list(Call call, ListInput input) {
  auto listing = service_.list(std::move(call), std::move(input));
  Result<TokensOutput> out = co_await listing;
  if (!out) co_return out.error();
  co_return Reply<TokensOutput>(*std::move(out));
}

Task<Result<Reply<Nothing>>> Operations::revoke(Call call, RevokeInput input) {
  auto revoking = service_.revoke(std::move(call), input.token_id.value, input.revoke_access.value_or(false));
  const Result<void> revoked = co_await revoking;
  if (!revoked) co_return revoked.error();
  co_return Reply<Nothing>(Status::kNoContent, Nothing{});
}

Task<Result<Reply<Bytes>>> Operations::qr(Call call, TokenRef input) {
  const bool is_png = call.preferred == kPng;
  auto asking = service_.share_url(std::move(call), input.token_id.value);
  const Result<std::string> url = co_await asking;
  if (!url) co_return url.error();
  Result<std::string> picture = is_png ? qr_png(*url) : qr_svg(*url);
  if (!picture) co_return picture.error();
  co_return Reply<Bytes>(Bytes{std::string(is_png ? kPng : kSvg), *std::move(picture)});
}

}  // namespace gatetorio::sharing
