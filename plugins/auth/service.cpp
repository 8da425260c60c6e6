#include "service.hpp"

#include <algorithm>

#include "gatetorio/events.hpp"
#include "gatetorio/find_device.hpp"
#include "gatetorio/secret.hpp"
#include "grant_rows.hpp"

namespace gatetorio::auth {

namespace {

constexpr std::size_t kMostIds = 500;

std::int64_t or_first(const std::optional<RowId>& after) { return after ? after->value : 0; }
std::int64_t or_most(const std::optional<PageLimit>& limit) { return limit ? limit->value : 1000; }

bool is_user_token(std::string_view token) {
  return token.size() >= UserTokenRule::kMin && token.size() <= UserTokenRule::kMax && UserTokenRule::valid(token);
}

// What a device wishes for a user. Errors: kInvalid.
Result<Repository::Wish> read_wish(const AuthorizeInput& input, std::int64_t device_id) {
  Repository::Wish wish{.device_id = device_id,
                        .token_hash = sha256(input.user_token.value),
                        .level = {},
                        .name = {},
                        .expires_at = {},
                        .valid_from = {},
                        .schedule = {},
                        .max_uses = {}};
  if (input.access_level) wish.level = boost::describe::enum_to_string(*input.access_level, "");
  if (input.name) wish.name = input.name->value;
  if (input.expires_in_hours) {
    wish.expires_at = Timestamp{now().us + input.expires_in_hours->value * kMicrosecondsPerHour};
  }
  if (input.max_uses) wish.max_uses = input.max_uses->value;
  if (input.valid_from) wish.valid_from = time_of(*input.valid_from);
  if (wish.valid_from && wish.expires_at && *wish.valid_from >= *wish.expires_at) {
    return Error{.status = Status::kInvalid,
                 .detail = "Some fields are wrong.",
                 .fields = {{"/valid_from", "must be before the end, which is counted from now"}}};
  }
  if (!input.schedule) return wish;
  const Result<void> good = check_schedule(*input.schedule, "/schedule");
  if (!good) return good.error();
  wish.schedule = input.schedule->windows.empty() ? "" : json::write(*input.schedule);
  return wish;
}

std::string words_for(const Grant& grant) {
  if (grant.time.expires_at <= now())
    return "The user's access has ended. Give expires_in_hours to let it begin again.";
  return grant.opening.is_open ? "The user has access." : "The user will have access when it begins.";
}

UserDevice to_output(const Device& device, const Grant& grant) {
  UserDevice out{.id = device.id,
                 .controller_id = device.controller_id,
                 .hardware_id = device.hardware_id,
                 .device_name = device.device_name,
                 .firmware_version = device.firmware_version,
                 .is_online = device.is_online,
                 .last_seen = {},
                 .created_at = {device.created_at_us},
                 .access_level = grant.level,
                 .expires_at = unless_forever(grant.time.expires_at)};
  if (device.last_seen_us > 0) out.last_seen = Timestamp{device.last_seen_us};
  return out;
}

}  // namespace

Task<Result<AuthorizeOutput>> Service::authorize(Call call, AuthorizeInput input) {
  const std::int64_t device_id = call.principal->id;
  if (input.controller_id) {
    const Result<Device> own = co_await find_device(devices_, device_id);
    if (!own && own.error().status != Status::kNotFound) co_return own.error();
    if (!own || own->controller_id != input.controller_id->value) {
      co_return Error{.status = Status::kForbidden, .detail = "A device gives access to itself only."};
    }
  }
  Result<Repository::Wish> wish = read_wish(input, device_id);
  if (!wish) co_return wish.error();
  const Grant grant = co_await ok(repository_.grant(*std::move(wish), call));
  tell_access_changed(grant.user_id);
  AuthorizeOutput out{.success = true,
                      .message = words_for(grant),
                      .user_id = grant.user_id,
                      .access_level = grant.level,
                      .expires_at = {},
                      .valid_from = {},
                      .schedule = {},
                      .max_uses = {},
                      .uses = {}};
  show_terms(grant, &out);
  co_return out;
}

Task<Result<DiscoverOutput>> Service::my_devices(Call call, MyDevicesInput input) {
  DiscoverInput same;
  same.limit = input.limit;
  same.after = input.after;
  return discover(std::move(call), std::move(same));
}

Task<Result<DiscoverOutput>> Service::discover(Call call, DiscoverInput input) {
  DiscoverOutput out;
  const Repository::GrantPage page =
      co_await ok(repository_.grants_of(call.principal->id, or_first(input.after), or_most(input.limit)));
  const std::vector<Grant>& grants = page.grants;
  out.next = page.next;
  DeviceIds ids;
  for (const Grant& grant : grants) ids.ids.push_back(grant.device_id);
  if (ids.ids.empty()) co_return out;
  const DeviceList devices = co_await ok(devices_.call<DeviceRegistry::FindByIds>(ids));
  for (const Device& device : devices.devices) {
    const auto grant =
        std::find_if(grants.begin(), grants.end(), [&](const Grant& g) { return g.device_id == device.id; });
    out.devices.push_back(to_output(device, *grant));
  }
  std::sort(out.devices.begin(), out.devices.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  co_return out;
}

Task<Result<AccessOutput>> Service::access(Call call, DeviceRef input) {
  const Result<Device> device =
      co_await devices_.call<DeviceRegistry::FindByName>(std::move(input.controller_id.value));
  if (!device && device.error().status != Status::kNotFound) co_return device.error();
  AccessOutput out;
  if (!device) co_return out;
  const Standing standing = co_await ok(repository_.standing(device->id, call.principal->id));
  out.opens_at = standing.opens_at;
  if (!standing.grant) co_return out;
  const Grant& grant = *standing.grant;
  out.has_access = true;
  out.access_level = grant.level;
  out.expires_at = unless_forever(grant.time.expires_at);
  out.open_until = unless_forever(grant.opening.changes_at);
  if (grant.max_uses) out.uses_left = std::max<std::int64_t>(*grant.max_uses - grant.uses, 0);
  co_return out;
}

Task<Result<UsersOutput>> Service::users(Call call, UsersInput input) {
  const std::int64_t limit = or_most(input.limit);
  UsersOutput out;
  out.users = co_await ok(repository_.users_of(call.access.resource_id, or_first(input.after), limit + 1));
  if (out.users.size() > static_cast<std::size_t>(limit)) {
    out.users.pop_back();
    out.next = out.users.back().user_id;
  }
  co_return out;
}

Task<Result<void>> Service::remove(Call call, UserRef input) {
  const std::int64_t user_id = input.user_id.value;
  const bool is_itself = call.principal->kind == "user" && call.principal->id == user_id;
  co_await ok(repository_.remove_grant(call.access.resource_id, user_id, is_itself, call));
  tell_access_changed(user_id);
  co_return Result<void>();
}

Task<Result<AllUsersOutput>> Service::all_users(Call, AllUsersInput input) {
  co_return co_await repository_.all_users(std::move(input));
}

Task<Result<GrantsOutput>> Service::all_grants(Call, GrantsInput input) {
  std::optional<std::int64_t> device_id;
  if (input.controller_id) {
    const std::int64_t id = co_await ok(find_device_id(devices_, input.controller_id->value));
    device_id = id;
  }
  GrantsOutput out = co_await ok(repository_.all_grants(std::move(input), device_id));
  co_await ok(name_devices(devices_, &out.grants));
  co_return out;
}

Task<Result<void>> Service::remove_user(Call call, UserIdRef input) {
  co_await ok(repository_.remove_user(input.user_id.value, std::move(call)));
  tell_access_changed(input.user_id.value);
  co_return Result<void>();
}

Task<Result<MqttCredentialsOutput>> Service::mqtt_credentials(Call call, TokenInput) {
  const std::int64_t user_id = call.principal->id;
  const Error unknown{.status = Status::kForbidden, .detail = "No device has paired with this user yet."};
  if (user_id == 0) co_return unknown;
  MqttCredentialsOutput out;
  out.mqtt_username = name_of(PrincipalId{"user", user_id});
  out.mqtt_password = random_text();
  out.expires_at = {now().us + settings_.mqtt_credentials_hours * kMicrosecondsPerHour};
  const Result<void> added =
      co_await repository_.add_mqtt_password(user_id, sha256(out.mqtt_password), out.expires_at, call);
  if (!added) co_return added.error().status == Status::kNotFound ? unknown : added.error();
  if (!link_.available()) co_return out;
  const Result<LinkEndpoint> endpoint = co_await link_.call<DeviceLink::Endpoint>();
  if (endpoint) {
    out.mqtt_broker_host = endpoint->host;
    out.mqtt_broker_port = endpoint->port;
    out.mqtt_tls = endpoint->tls;
    if (!endpoint->websocket_url.empty()) out.mqtt_websocket_url = endpoint->websocket_url;
  }
  co_return out;
}

Task<Result<Principal>> Service::authenticate(Credential credential) {
  if (credential.scheme == "password") return by_password(std::move(credential.name), std::move(credential.secret));
  return by_token(std::move(credential.secret));
}

Task<Result<Principal>> Service::by_token(std::string token) {
  if (!is_user_token(token)) {
    co_return Error{.status = Status::kUnauthenticated, .detail = "The credential is not valid."};
  }
  const std::string hash = sha256(token);
  const std::int64_t id = co_await ok(repository_.user_by_token(hash));
  Principal principal{.kind = "user", .id = id, .subject = hash};
  if (id != 0) {
    const std::lock_guard lock(mutex_);
    seen_[id] = now().us;
  }
  co_return principal;
}

Task<Result<Principal>> Service::by_password(std::string username, std::string password) {
  const auto claimed = parse_principal_name(username);
  const std::int64_t user_id =
      claimed && claimed->kind == "user" ? claimed->id : 0;  // 0: of nobody, asked all the same
  const std::vector<MqttPassword> passwords = co_await ok(repository_.mqtt_passwords(user_id));
  const std::string given = sha256(password);
  const MqttPassword* fitting = nullptr;
  for (const MqttPassword& known : passwords) {
    if (equal_in_constant_time(known.hash, given)) fitting = &known;
  }
  if (fitting == nullptr) {
    co_return Error{.status = Status::kUnauthenticated, .detail = "The credential is not valid."};
  }
  co_return Principal{.kind = "user", .id = user_id, .valid_until_us = fitting->expires_at.us};
}

Task<Result<KnownPasswords>> Service::find_passwords(PasswordsQuery query) {
  if (query.ids.size() > kMostIds) co_return Error{.status = Status::kInvalid, .detail = "At most 500 ids a call."};
  if (query.ids.empty()) co_return KnownPasswords();
  std::vector<KnownPassword> passwords = co_await ok(repository_.passwords_of(std::move(query.ids)));
  co_return KnownPasswords{std::move(passwords)};
}

// As GrantKeeper does of grants.
Task<void> Service::tell_of_ended() {
  const Timestamp at = now();
  const auto steady = std::chrono::steady_clock::now();
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(steady - told_at_);
  const Stretch passed = stretch_since(told_until_, at, elapsed);
  const Result<std::vector<std::int64_t>> users =
      co_await repository_.passwords_ended_between(passed.from, passed.until);
  if (!users) co_return;  // the next time asks for this stretch again
  told_until_ = at;
  told_at_ = steady;
  for (const std::int64_t id : *users) publish(host_, CredentialsEnded{"user", id}, key_of(PrincipalId{"user", id}));
}

void Service::device_deleted(DeviceDeleted event) { host_.run(forget_device(event.device_id)); }

Task<void> Service::forget_device(std::int64_t device_id) {
  const Result<std::vector<std::int64_t>> users = co_await repository_.remove_device(device_id);
  if (!users) {
    host_.warn("grants on a deleted device stay (they open nothing)", {{"device", std::to_string(device_id)}});
    co_return;
  }
  for (const std::int64_t user_id : *users) tell_access_changed(user_id);
}

void Service::tell_access_changed(std::int64_t user_id) const {
  publish(host_, AccessChanged{.kind = "user", .id = user_id}, key_of(PrincipalId{"user", user_id}));
}

Task<Result<void>> Service::flush_seen() {
  std::map<std::int64_t, std::int64_t> seen;
  {
    const std::lock_guard lock(mutex_);
    seen.swap(seen_);
  }
  co_return co_await repository_.set_seen(std::move(seen));
}

}  // namespace gatetorio::auth
