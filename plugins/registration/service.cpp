#include "service.hpp"

#include "gatetorio/events.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::registration {

void Service::tell_access_changed(std::int64_t device_id) const {
  const PrincipalId device = device_principal(device_id);
  publish(host_, AccessChanged{.kind = device.kind, .id = device.id}, key_of(device));
}

void Service::tell_renamed(std::int64_t device_id, const std::string& old_name, const std::string& new_name) const {
  if (old_name == new_name) return;
  publish(host_, DeviceRenamed{.device_id = device_id, .old_controller_id = old_name, .controller_id = new_name},
          std::to_string(device_id));
}

Task<Result<Device>> Service::find(std::int64_t device_id) {
  auto finding = find_by_ids({device_id});
  Result<std::vector<Device>> devices = co_await finding;
  if (!devices) co_return devices.error();
  if (devices->empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
  co_return std::move(devices->front());
}

Task<Result<Device>> Service::find_by_name(std::string controller_id) {
  auto finding = repository_.find_by_name(std::move(controller_id));
  Result<StoredDevice> stored = co_await finding;
  if (!stored) co_return stored.error();
  co_return presence_.shown(*std::move(stored));
}

Task<Result<std::vector<Device>>> Service::find_by_ids(std::vector<std::int64_t> ids) {
  auto finding = repository_.find_by_ids(std::move(ids));
  Result<std::vector<StoredDevice>> stored = co_await finding;
  if (!stored) co_return stored.error();
  std::vector<Device> devices;
  for (StoredDevice& device : *stored) devices.push_back(presence_.shown(std::move(device)));
  co_return devices;
}

Task<Result<Device>> Service::update(Call call, UpdateInput input) {
  const std::int64_t id = call.access.resource_id;
  std::optional<std::string> name, label;
  if (input.controller_id) name = input.controller_id->value;
  if (input.device_name) label = input.device_name->value;
  auto updating = repository_.update(id, name, label, call);
  Result<Repository::Updated> updated = co_await updating;
  if (!updated) co_return updated.error();
  tell_renamed(id, updated->old_controller_id, updated->device.device.controller_id);
  co_return presence_.shown(std::move(updated->device));
}

Task<Result<void>> Service::remove(Call call) {
  const std::int64_t id = call.access.resource_id;
  auto removing = repository_.remove(id, call);
  Result<std::string> name = co_await removing;
  if (!name) co_return name.error();
  presence_.forget(id);
  publish(host_, DeviceDeleted{.device_id = id, .controller_id = *std::move(name)}, std::to_string(id));
  tell_access_changed(id);
  co_return Result<void>();
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
  auto looking = repository_.secrets(claim.device_id);
  const Result<DeviceSecrets> secrets = co_await looking;
  if (!secrets && secrets.error().status != Status::kNotFound) co_return secrets.error();
  const std::string given = sha256(claim.secret);
  const std::string expected =
      secrets ? (is_password ? secrets->mqtt_password_hash : secrets->token_hash) : std::string(given.size(), '\0');
  if (!equal_in_constant_time(given, expected) || !secrets) co_return refused;
  Principal principal{.kind = "device", .id = claim.device_id, .name = secrets->device_name};
  if (!is_password) principal.subject = given;
  co_return principal;
}

}  // namespace gatetorio::registration
