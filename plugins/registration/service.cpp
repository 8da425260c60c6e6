#include "service.hpp"

#include <algorithm>

#include "gatetorio/events.hpp"
#include "gatetorio/secret.hpp"
#include "repository_words.hpp"

namespace gatetorio::registration {

namespace {

DeviceOutput to_output(const Device& device) {
  DeviceOutput out{.id = device.id,
                   .controller_id = device.controller_id,
                   .hardware_id = device.hardware_id,
                   .device_name = device.device_name,
                   .firmware_version = device.firmware_version,
                   .is_online = device.is_online,
                   .last_seen = {},
                   .created_at = {device.created_at_us}};
  if (device.last_seen_us > 0) out.last_seen = Timestamp{device.last_seen_us};
  return out;
}

// Of what people may change: whether a device is there, and what it boots, makes no edit of another one late.
std::string etag_of(const Device& device) {
  const std::string state = std::to_string(device.id) + " " + device.controller_id + " " + device.device_name;
  return "\"" + to_hex(sha256(state)).substr(0, 32) + "\"";
}

// An If-Match header (RFC 9110) names this state. A weak tag never does.
bool names_state(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    std::string_view tag = header.substr(0, header.find(','));
    header.remove_prefix(std::min(tag.size() + 1, header.size()));
    while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
    while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
    if (tag == etag || tag == "*") return true;
  }
  return false;
}

Reply<DeviceOutput> with_etag(const Device& device) {
  Reply<DeviceOutput> reply(to_output(device));
  reply.headers.emplace_back("ETag", etag_of(device));
  return reply;
}

}  // namespace

void Service::tell_access_changed(std::int64_t device_id) const {
  const PrincipalId device = device_principal(device_id);
  publish(host_, AccessChanged{.kind = device.kind, .id = device.id}, key_of(device));
}

void Service::tell_renamed(std::int64_t device_id, const std::string& old_name, const std::string& new_name) const {
  if (old_name == new_name) return;
  publish(host_, DeviceRenamed{.device_id = device_id, .old_controller_id = old_name, .controller_id = new_name},
          std::to_string(device_id));
}

Task<Result<Device>> Service::find_by_name(std::string controller_id) {
  StoredDevice stored = co_await ok(repository_.find_by_name(std::move(controller_id)));
  co_return presence_.shown(std::move(stored));
}

Task<Result<std::vector<Device>>> Service::find_by_ids(std::vector<std::int64_t> ids) {
  std::vector<StoredDevice> stored = co_await ok(repository_.find_by_ids(std::move(ids)));
  std::vector<Device> devices;
  for (StoredDevice& device : stored) devices.push_back(presence_.shown(std::move(device)));
  co_return devices;
}

Task<Result<Reply<DeviceOutput>>> Service::get(Call call, DeviceRef) {
  std::vector<std::int64_t> ids(1, call.access.resource_id);
  const std::vector<Device> devices = co_await ok(find_by_ids(std::move(ids)));
  if (devices.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
  co_return with_etag(devices.front());
}

Task<Result<Reply<DeviceOutput>>> Service::update(Call call, UpdateInput input) {
  const std::int64_t id = call.access.resource_id;
  std::optional<std::string> name, label;
  if (input.controller_id) name = input.controller_id->value;
  if (input.device_name) label = input.device_name->value;
  std::optional<DeviceNames> expected;
  if (input.if_match) {
    std::vector<std::int64_t> ids(1, id);
    const std::vector<Device> devices = co_await ok(find_by_ids(std::move(ids)));
    if (devices.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
    const Device& device = devices.front();
    if (!names_state(*input.if_match, etag_of(device))) co_return changed_meanwhile();
    if (!names_state(*input.if_match, "*")) expected = DeviceNames{device.controller_id, device.device_name};
  }
  Repository::Updated updated = co_await ok(repository_.update(id, name, label, std::move(expected), call));
  tell_renamed(id, updated.old_controller_id, updated.device.device.controller_id);
  co_return with_etag(presence_.shown(std::move(updated.device)));
}

Task<Result<DevicesOutput>> Service::devices(Call, DevicesInput input) {
  std::optional<bool> online = input.online;
  if (input.offline_for_seconds && !online) online = false;
  if (online) {
    co_await presence_.settle();
  }
  Repository::DevicePage page = co_await ok(repository_.devices(std::move(input)));
  DevicesOutput out{{}, std::move(page.end.next_cursor), page.end.total};
  for (StoredDevice& stored : page.devices) {
    const Device device = presence_.shown(std::move(stored));
    if (online && device.is_online != *online) continue;  // it came or went this moment
    out.devices.push_back(to_output(device));
  }
  co_return out;
}

Task<Result<PresenceOutput>> Service::presence(Call call, PresenceInput input) {
  co_return co_await repository_.presence(call.access.resource_id, std::move(input));
}

Task<Result<KeysOutput>> Service::keys(Call, KeysInput input) { co_return co_await repository_.keys(std::move(input)); }

Task<Result<void>> Service::remove_key(Call call, KeyRef input) {
  co_return co_await repository_.remove_key(input.key_id.value, std::move(call));
}

Task<Result<void>> Service::remove(Call call, DeviceRef) {
  const std::int64_t id = call.access.resource_id;
  std::string name = co_await ok(repository_.remove(id, call));
  presence_.forget(id);
  publish(host_, DeviceDeleted{.device_id = id, .controller_id = std::move(name)}, std::to_string(id));
  tell_access_changed(id);
  co_return Result<void>();
}

Task<Result<KnownPasswords>> Service::find_passwords(PasswordsQuery query) {
  constexpr std::size_t kMost = 500;
  if (query.ids.size() > kMost) co_return Error{.status = Status::kInvalid, .detail = "At most 500 ids a call."};
  if (query.ids.empty()) co_return KnownPasswords();
  std::vector<KnownPassword> passwords = co_await ok(repository_.passwords_of(std::move(query.ids)));
  co_return KnownPasswords{std::move(passwords)};
}

Task<Result<Principal>> Service::authenticate(Credential credential) {
  const Error refused{.status = Status::kUnauthenticated, .detail = "The credential is not valid."};
  const bool is_password = credential.scheme == "password";
  ClaimedIdentity claim;  // of nobody: 0 is no device's
  if (is_password) {
    claim = {parse_username(credential.name).value_or(0), credential.secret};
  } else {
    claim = parse_token(credential.secret).value_or(ClaimedIdentity{});
  }
  const Result<DeviceSecrets> secrets = co_await repository_.secrets(claim.device_id);
  if (!secrets && secrets.error().status != Status::kNotFound) co_return secrets.error();
  const std::string given = sha256(claim.secret);
  const std::string expected =
      secrets ? (is_password ? secrets->mqtt_password_hash : secrets->token_hash) : std::string(given.size(), '\0');
  if (!equal_in_constant_time(given, expected) || !secrets) co_return refused;
  // By whichever it came: the token that goes with it, so that those who knew an earlier one can be told apart.
  Principal principal{
      .kind = "device", .id = claim.device_id, .name = secrets->device_name, .subject = secrets->token_hash};
  co_return principal;
}

}  // namespace gatetorio::registration
