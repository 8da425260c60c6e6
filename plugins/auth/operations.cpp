#include "operations.hpp"

namespace gatetorio::auth {

namespace {

std::int64_t or_first(const std::optional<RowId>& after) { return after ? after->value : 0; }
std::int64_t or_most(const std::optional<PageLimit>& limit) { return limit ? limit->value : 1000; }

}  // namespace

Operations::Operations(Host& host, Service& service, Repository& repository)
    : service_(service), repository_(repository), set_(host, this) {}

void Operations::declare() {
  set_.add({.id = "auth.authorize",
            .method = "POST",
            .path = "/users/authorize",
            .summary = "A device gives a user access to itself.",
            .callers = {{"device"}},
            .errors = {Status::kForbidden}},
           &Operations::authorize);
  set_.add({.id = "auth.discover",
            .method = "POST",
            .path = "/users/discover",
            .summary = "The devices that the calling user has access to.",
            .callers = {{"user"}},
            .credential_field = "user_token"},
           &Operations::discover);
  set_.add({.id = "auth.my-devices",
            .method = "GET",
            .path = "/users/me/devices",
            .summary = "The devices that the calling user has access to.",
            .callers = {{"user"}}},
           &Operations::my_devices);
  set_.add({.id = "auth.access",
            .method = "GET",
            .path = "/users/access/{controller_id}",
            .summary = "What the calling user may do with a device.",
            .callers = {{"user"}}},
           &Operations::access);
  set_.add({.id = "auth.users",
            .method = "GET",
            .path = "/devices/{controller_id}/users",
            .summary = "Who has access to a device.",
            .callers = {{"user", "owner"}, {"device", "self"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kForbidden, Status::kNotFound}},
           &Operations::users);
  set_.add({.id = "auth.remove",
            .method = "DELETE",
            .path = "/devices/{controller_id}/users/{user_id}",
            .summary = "Take a user's access to a device.",
            .callers = {{"user", "owner"}, {"device", "self"}, {"admin", "admin"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .success = {Status::kNoContent},
            .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict}},
           &Operations::remove);
  set_.add({.id = "auth.mqtt-credentials",
            .method = "POST",
            .path = "/users/mqtt-credentials",
            .summary = "A name and a password for the broker.",
            .callers = {{"user"}},
            .credential_field = "user_token",
            .errors = {Status::kForbidden}},
           &Operations::mqtt_credentials);
}

Task<Result<Reply<AuthorizeOutput>>> Operations::authorize(Call call, AuthorizeInput input) {
  auto authorizing = service_.authorize(std::move(call), std::move(input));
  Result<AuthorizeOutput> out = co_await authorizing;
  if (!out) co_return out.error();
  co_return Reply<AuthorizeOutput>(*std::move(out));
}

Task<Result<Reply<DiscoverOutput>>> Operations::discover(Call call, DiscoverInput input) {
  auto discovering = service_.discover(std::move(call), or_first(input.after), or_most(input.limit));
  Result<DiscoverOutput> out = co_await discovering;
  if (!out) co_return out.error();
  co_return Reply<DiscoverOutput>(*std::move(out));
}

Task<Result<Reply<DiscoverOutput>>> Operations::my_devices(Call call, MyDevicesInput input) {
  DiscoverInput same;
  same.limit = input.limit;
  same.after = input.after;
  return discover(std::move(call), std::move(same));
}

Task<Result<Reply<AccessOutput>>> Operations::access(Call call, DeviceRef input) {
  auto looking = service_.access(std::move(call), std::move(input.controller_id.value));
  Result<AccessOutput> out = co_await looking;
  if (!out) co_return out.error();
  co_return Reply<AccessOutput>(*std::move(out));
}

Task<Result<Reply<UsersOutput>>> Operations::users(Call call, UsersInput input) {
  const std::int64_t limit = or_most(input.limit);
  auto listing = repository_.users_of(call.access.resource_id, or_first(input.after), limit + 1);
  Result<std::vector<UserEntry>> users = co_await listing;
  if (!users) co_return users.error();
  UsersOutput out;
  out.users = *std::move(users);
  if (out.users.size() > static_cast<std::size_t>(limit)) {
    out.users.pop_back();
    out.next = out.users.back().user_id;
  }
  co_return Reply<UsersOutput>(std::move(out));
}

Task<Result<Reply<Nothing>>> Operations::remove(Call call, UserRef input) {
  auto removing = service_.remove(std::move(call), input.user_id.value);
  const Result<void> removed = co_await removing;
  if (!removed) co_return removed.error();
  co_return Reply<Nothing>(Status::kNoContent, Nothing{});
}

Task<Result<Reply<MqttCredentialsOutput>>> Operations::mqtt_credentials(Call call, TokenInput) {
  auto making = service_.mqtt_credentials(std::move(call));
  Result<MqttCredentialsOutput> out = co_await making;
  if (!out) co_return out.error();
  co_return Reply<MqttCredentialsOutput>(*std::move(out));
}

}  // namespace gatetorio::auth
