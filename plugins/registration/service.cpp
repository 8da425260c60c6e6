#include "service.hpp"

#include "gatetorio/events.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::registration {

namespace {

Announcement announcement(const RegisterInput& input) {
  Announcement device{.hardware_id = input.hardware_id.value, .controller_id = input.controller_id.value};
  if (input.device_name) device.device_name = input.device_name->value;
  if (input.firmware_version) device.firmware_version = input.firmware_version->value;
  return device;
}

std::string key_of(std::int64_t device_id) { return std::to_string(device_id); }

Error needs_token() {
  return {.status = Status::kUnauthenticated,
          .detail = "This hardware is registered: send its device_token as Bearer, or have an admin release it."};
}

}  // namespace

Task<Result<DeviceImported>> Service::import(DeviceImport device) {
  RegisterInput checked;
  json::Errors errors;
  json::read_text(device.hardware_id, checked.hardware_id, "/hardware_id", errors);
  json::read_text(device.controller_id, checked.controller_id, "/controller_id", errors);
  json::read_text(device.device_name, checked.device_name.emplace(), "/device_name", errors);
  json::read_text(device.firmware_version, checked.firmware_version.emplace(), "/firmware_version", errors);
  if (!errors.empty()) {
    co_return Error{.status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = std::move(errors)};
  }
  auto importing = repository_.import(std::move(device), Call{});
  Result<DeviceImported> imported = co_await importing;
  co_return imported;
}

Task<Result<Reply<RegisterOutput>>> Service::register_device(Call call, RegisterInput input) {
  Announcement device = announcement(input);
  if (call.principal && call.principal->kind == "device") {
    auto booting = boot(call, device);
    Result<Reply<RegisterOutput>> booted = co_await booting;
    // The token may be of other hardware (a swapped card): then this is a new registration.
    if (booted || booted.error().status != Status::kNotFound) co_return booted;
  }
  std::optional<std::string> key;
  if (input.enrolment_key) key = input.enrolment_key->value;
  auto enrolling = enrol(call, device, key);
  Result<Reply<RegisterOutput>> enrolled = co_await enrolling;
  co_return enrolled;
}

Task<Result<Reply<RegisterOutput>>> Service::boot(Call call, Announcement device) {
  const std::int64_t id = call.principal->id;
  NewCredentials credentials = make_credentials();
  auto booting = repository_.boot(id, device, credentials, call);
  const Result<Repository::Booted> booted = co_await booting;
  if (!booted) co_return booted.error();
  publish(host_, AccessChanged{.kind = "device", .id = id}, "device:" + key_of(id));
  tell_renamed(id, booted->old_controller_id, device.controller_id);
  publish(host_, DeviceRegistered{.device_id = id, .controller_id = device.controller_id, .is_new = false}, key_of(id));
  auto answering = answer(Status::kOk, id, device, credentials, false);
  Result<Reply<RegisterOutput>> out = co_await answering;
  co_return out;
}

Task<Result<Reply<RegisterOutput>>> Service::enrol(Call call, Announcement device, std::optional<std::string> key) {
  Repository::Admission admission;
  if (settings_.enrolment == "approval") {
    admission.needs_approval = true;
  } else if (settings_.enrolment == "key") {
    const bool is_standing_key = key && !settings_.enrolment_key.empty() &&
                                 equal_in_constant_time(sha256(*key), sha256(settings_.enrolment_key.reveal()));
    if (!is_standing_key) admission.key_hash = sha256(key.value_or(""));
  }
  NewCredentials credentials = make_credentials();
  auto creating = repository_.create(device, admission, credentials, call);
  const Result<Repository::Created> created = co_await creating;
  if (!created) co_return created.error();
  if (created->device_id) {
    const std::int64_t id = *created->device_id;
    publish(host_, DeviceRegistered{.device_id = id, .controller_id = device.controller_id, .is_new = true}, key_of(id));
    auto answering = answer(Status::kCreated, id, device, credentials, true);
    Result<Reply<RegisterOutput>> out = co_await answering;
    co_return out;
  }
  auto knowing = repository_.knows_hardware(device.hardware_id);
  const Result<bool> known = co_await knowing;
  if (!known) co_return known.error();
  if (*known) {
    auto reenrolling = repository_.reenrol(device, credentials, call);
    const Result<Repository::Reenrolled> again = co_await reenrolling;
    if (!again) co_return again.error().status == Status::kNotFound ? needs_token() : again.error();
    publish(host_, AccessChanged{.kind = "device", .id = again->device_id}, "device:" + key_of(again->device_id));
    tell_renamed(again->device_id, again->old_controller_id, device.controller_id);
    auto answering = answer(Status::kOk, again->device_id, device, credentials, true);
    Result<Reply<RegisterOutput>> out = co_await answering;
    co_return out;
  }
  if (created->refusal == Repository::Refusal::kNameOrHardwareTaken) {
    co_return Error{.status = Status::kConflict, .detail = "Another device has this controller_id."};
  }
  if (admission.needs_approval) {
    auto asking = ask(call, device);
    Result<Reply<RegisterOutput>> asked = co_await asking;
    co_return asked;
  }
  co_return Error{.status = Status::kForbidden,
                  .detail = "A valid enrolment_key is needed to register new hardware."};
}

Task<Result<Reply<RegisterOutput>>> Service::ask(Call call, Announcement device) {
  auto adding = repository_.add_pending(device, call);
  const Result<void> added = co_await adding;
  if (!added) co_return added.error();
  RegisterOutput out{.message = "Waiting for an admin's approval. Register again later.", .device_id = {}};
  out.controller_id = device.controller_id;
  co_return Reply<RegisterOutput>(Status::kAccepted, std::move(out));
}

Task<Result<Reply<RegisterOutput>>> Service::answer(Status status, std::int64_t device_id, Announcement device,
                                                    NewCredentials credentials, bool with_token) {
  RegisterOutput out{.message = "registered", .device_id = device_id};
  out.controller_id = device.controller_id;
  if (with_token) out.device_token = device_token(device_id, credentials.token_secret);
  out.mqtt_username = mqtt_username(device_id);
  out.mqtt_password = credentials.mqtt_password;
  if (link_.available()) {
    auto asking = link_.call<DeviceLink::Endpoint>(EndpointQuery{});
    const Result<LinkEndpoint> endpoint = co_await asking;
    if (endpoint) {
      const std::string topic = endpoint->topic_prefix + "/" + device.controller_id;
      out.mqtt_broker_host = endpoint->host;
      out.mqtt_broker_port = endpoint->port;
      out.mqtt_tls = endpoint->tls;
      out.mqtt_topic_commands = topic + "/commands";
      out.mqtt_topic_status = topic + "/status";
    }
  }
  co_return Reply<RegisterOutput>(status, std::move(out));
}

void Service::tell_renamed(std::int64_t device_id, const std::string& old_name, const std::string& new_name) {
  if (old_name == new_name) return;
  publish(host_, DeviceRenamed{.device_id = device_id, .old_controller_id = old_name, .controller_id = new_name},
          key_of(device_id));
}

Task<Result<Device>> Service::update(Call call, UpdateInput input) {
  const std::int64_t id = call.access.resource_id;
  std::optional<std::string> name, label;
  if (input.controller_id) name = input.controller_id->value;
  if (input.device_name) label = input.device_name->value;
  auto updating = repository_.update(id, name, label, call);
  const Result<void> updated = co_await updating;
  if (!updated) co_return updated.error();
  if (name) tell_renamed(id, call.access.resource, *name);
  auto finding = repository_.find_by_name(name.value_or(call.access.resource));
  Result<Device> device = co_await finding;
  co_return device;
}

Task<Result<void>> Service::remove(Call call) {
  const std::int64_t id = call.access.resource_id;
  auto removing = repository_.remove(id, call);
  const Result<void> removed = co_await removing;
  if (!removed) co_return removed.error();
  publish(host_, DeviceDeleted{.device_id = id, .controller_id = call.access.resource}, key_of(id));
  publish(host_, AccessChanged{.kind = "device", .id = id}, "device:" + key_of(id));
  co_return Result<void>();
}

Task<Result<Timestamp>> Service::heartbeat(Call call) {
  const Timestamp at = now();
  const std::int64_t online_until = at.us + settings_.heartbeat_timeout_seconds * kMicrosecondsPerSecond;
  auto beating = repository_.heartbeat(call.access.resource_id, at, online_until);
  const Result<void> done = co_await beating;
  if (!done) co_return done.error();
  publish(host_,
          DevicePresence{.device_id = call.access.resource_id,
                         .is_online = true,
                         .last_seen_us = at.us,
                         .online_until_us = online_until},
          key_of(call.access.resource_id));
  co_return at;
}

Task<Result<Timestamp>> Service::release(Call call, std::string controller_id) {
  auto finding = repository_.find_by_name(std::move(controller_id));
  const Result<Device> device = co_await finding;
  if (!device) co_return device.error();
  const Timestamp until{now().us + settings_.release_hours * kMicrosecondsPerHour};
  auto releasing = repository_.release(device->id, until, call);
  const Result<void> done = co_await releasing;
  if (!done) co_return done.error();
  co_return until;
}

Task<Result<NewKeyOutput>> Service::make_key(Call call, NewKeyInput input) {
  constexpr std::int64_t kDefaultHours = 7 * 24;
  const std::int64_t hours = input.expires_in_hours ? input.expires_in_hours->value : kDefaultHours;
  NewKeyOutput out{.key_id = 0,
                   .enrolment_key = "gte_" + random_text(),
                   .expires_at = {now().us + hours * kMicrosecondsPerHour}};
  auto adding = repository_.add_key(sha256(out.enrolment_key), input.name ? input.name->value : std::string(),
                                    input.max_uses ? input.max_uses->value : 1, out.expires_at, call);
  const Result<std::int64_t> id = co_await adding;
  if (!id) co_return id.error();
  out.key_id = *id;
  co_return out;
}

Task<Result<Principal>> Service::authenticate(Credential credential) {
  const Error refused{.status = Status::kUnauthenticated, .detail = "The credential is not valid."};
  const bool is_password = credential.scheme == "password";
  ClaimedIdentity claim;
  if (is_password) {
    claim = {parse_username(credential.name).value_or(0), credential.secret};
  } else {
    claim = parse_token(credential.secret).value_or(ClaimedIdentity{});
  }
  auto looking = repository_.secrets(claim.device_id);
  const Result<DeviceSecrets> secrets = co_await looking;
  if (!secrets && secrets.error().status != Status::kNotFound) co_return secrets.error();
  const std::string given = sha256(claim.secret);
  const std::string expected = secrets ? (is_password ? secrets->mqtt_password_hash : secrets->token_hash)
                                       : std::string(given.size(), '\0');
  if (!equal_in_constant_time(given, expected) || !secrets) co_return refused;
  co_return Principal{.kind = "device", .id = claim.device_id, .name = secrets->device_name};
}

}  // namespace gatetorio::registration
