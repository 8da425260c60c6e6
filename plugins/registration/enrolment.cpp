// How hardware becomes a device, and gets its credentials again.
#include "gatetorio/credentials.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/network.hpp"
#include "gatetorio/secret.hpp"
#include "repository_words.hpp"
#include "service.hpp"

namespace gatetorio::registration {

namespace {

constexpr std::int64_t kPendingPerNetwork = 20;

Announcement announcement(const RegisterInput& input) {
  Announcement device{.hardware_id = input.hardware_id.value, .controller_id = input.controller_id.value};
  if (input.device_name) device.device_name = input.device_name->value;
  if (input.firmware_version) device.firmware_version = input.firmware_version->value;
  return device;
}

Error needs_token() {
  return {.status = Status::kUnauthenticated,
          .detail =
              "This hardware is registered: send its device_token as Bearer, or have an admin release it and send the "
              "enrolment_key of that release."};
}

Error needs_key() {
  return {.status = Status::kForbidden, .detail = "A valid enrolment_key is needed to register new hardware."};
}

Error wrong_claim() {
  return {
      .status = Status::kUnauthenticated,
      .detail =
          "This claim_token opens nothing: it has ended, was denied or used, or belongs to other hardware. Register "
          "again without it."};
}

Reply<RegisterOutput> waiting(const Announcement& device, std::string claim_token) {
  RegisterOutput out{.message = "Waiting for an admin's approval. Register again later, with this claim_token.",
                     .claim_token = std::move(claim_token),
                     .device_id = {}};
  out.controller_id = device.controller_id;
  return {Status::kAccepted, std::move(out)};
}

std::int64_t hours_from_now(std::int64_t hours) { return now().us + hours * kMicrosecondsPerHour; }

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
  co_return co_await importing;
}

Task<Result<Reply<RegisterOutput>>> Service::register_device(Call call, RegisterInput input) {
  const Announcement device = announcement(input);
  if (call.principal && call.principal->kind == "device") {
    Result<Reply<RegisterOutput>> booted = co_await boot(call, device);
    // The token may be of other hardware (a swapped card): then this is a new registration.
    if (booted || booted.error().status != Status::kNotFound) co_return booted;
  }
  // Elsewhere it is enough that the write tells of hardware that is known.
  Repository::Known known;
  if (input.enrolment_key || settings_.enrolment == "approval") {
    std::optional<std::string> key_hash;
    if (input.enrolment_key) key_hash = sha256(input.enrolment_key->value);
    known = co_await ok(repository_.look_up(device.hardware_id, std::move(key_hash)));
  }
  if (known.hardware) co_return co_await reenrol(call, device, std::move(input));
  co_return co_await enrol(call, device, std::move(input), known.key);
}

Task<Result<Reply<RegisterOutput>>> Service::boot(Call call, Announcement device) {
  const std::int64_t id = call.principal->id;
  const NewCredentials credentials = make_credentials();
  const Repository::Booted booted = co_await ok(repository_.boot(id, device, credentials, call));
  tell_access_changed(id);
  tell_renamed(id, booted.old_controller_id, device.controller_id);
  publish(host_, DeviceRegistered{.device_id = id, .controller_id = device.controller_id, .is_new = false},
          std::to_string(id));
  co_return co_await answer(Status::kOk, id, device, credentials, false);
}

Task<Result<Reply<RegisterOutput>>> Service::reenrol(Call call, Announcement device, RegisterInput input) {
  std::optional<std::string> key_hash;
  if (input.enrolment_key) key_hash = sha256(input.enrolment_key->value);
  const NewCredentials credentials = make_credentials();
  const Result<Repository::Reenrolled> again =
      co_await repository_.reenrol(device, std::move(key_hash), credentials, call);
  if (!again) co_return again.error().status == Status::kNotFound ? needs_token() : again.error();
  const PrincipalId who = device_principal(again->device_id);
  publish(host_, CredentialsReplaced{.kind = who.kind, .id = who.id}, key_of(who));
  tell_access_changed(again->device_id);
  tell_renamed(again->device_id, again->old_controller_id, device.controller_id);
  co_return co_await answer(Status::kOk, again->device_id, device, credentials, true);
}

Task<Result<Reply<RegisterOutput>>> Service::enrol(Call call, Announcement device, RegisterInput input,
                                                   Repository::KeyKind kind) {
  Repository::Admission admission;
  const std::string key = input.enrolment_key ? input.enrolment_key->value : std::string();
  if (kind == Repository::KeyKind::kRelease) co_return needs_key();  // it is for its own hardware, which is known
  if (kind == Repository::KeyKind::kOneHardware) {
    admission.key_hash = sha256(key);  // whoever made it has approved this hardware
  } else if (settings_.enrolment == "approval") {
    if (!input.claim_token) {
      co_return co_await ask(call, device);
    }
    admission.claim_hash = sha256(input.claim_token->value);
  } else if (settings_.enrolment == "key") {
    const bool is_standing_key = input.enrolment_key && !settings_.enrolment_key.empty() &&
                                 is_same_secret(key, settings_.enrolment_key.reveal());
    if (!is_standing_key) admission.key_hash = sha256(key);
  }
  const NewCredentials credentials = make_credentials();
  const auto created = co_await ok(repository_.create(device, admission, credentials, call));
  if (const auto* refusal = std::get_if<Repository::Refusal>(&created)) {
    if (*refusal == Repository::Refusal::kHardwareIsKnown) co_return co_await reenrol(call, device, std::move(input));
    if (*refusal == Repository::Refusal::kNameTaken) co_return name_taken();
    if (!admission.claim_hash) co_return needs_key();
    co_return co_await wait(call, device, input.claim_token->value);
  }
  const std::int64_t id = std::get<std::int64_t>(created);
  publish(host_, DeviceRegistered{.device_id = id, .controller_id = device.controller_id, .is_new = true},
          std::to_string(id));
  co_return co_await answer(Status::kCreated, id, device, credentials, true);
}

// A row of its own for each who asks: a hardware id is no secret.
Task<Result<Reply<RegisterOutput>>> Service::ask(Call call, Announcement device) {
  std::string claim_token = std::string(kClaimPrefix) + random_text();
  Claim claim{.hash = sha256(claim_token),
              .device = device,
              .network = network_of(call.peer, 24, 56),
              .expires_at = {hours_from_now(settings_.pending_hours)}};
  co_await ok(repository_.add_claim(std::move(claim), settings_.max_pending, kPendingPerNetwork, call));
  co_return waiting(device, std::move(claim_token));
}

// The holder of a claim asks again, before its approval.
Task<Result<Reply<RegisterOutput>>> Service::wait(Call call, Announcement device, std::string claim_token) {
  const Result<FoundClaim> claim = co_await repository_.find_claim(sha256(claim_token));
  if (!claim && claim.error().status != Status::kNotFound) co_return claim.error();
  if (!claim || claim->hardware_id != device.hardware_id) co_return wrong_claim();
  const bool is_renamed = claim->controller_id != device.controller_id ||
                          device.device_name.value_or(claim->device_name) != claim->device_name;
  if (is_renamed) {
    co_await ok(repository_.rename_claim(claim->id, device, call));
  }
  co_return waiting(device, std::move(claim_token));
}

Task<Result<Reply<RegisterOutput>>> Service::answer(Status status, std::int64_t device_id, Announcement device,
                                                    NewCredentials credentials, bool with_token) {
  RegisterOutput out{.message = "registered", .claim_token = {}, .device_id = device_id};
  out.controller_id = device.controller_id;
  if (with_token) out.device_token = device_token(device_id, credentials.token_secret);
  out.mqtt_username = name_of(device_principal(device_id));
  out.mqtt_password = credentials.mqtt_password;
  if (link_.available()) {
    const Result<LinkEndpoint> endpoint = co_await link_.call<DeviceLink::Endpoint>();
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

Task<Result<PendingOutput>> Service::pending(Call, PendingInput input) {
  co_return co_await repository_.pending(std::move(input));
}

Task<Result<void>> Service::approve(Call call, PendingRef input) {
  return repository_.approve(input.pending_id.value, {hours_from_now(settings_.pending_hours)}, std::move(call));
}

Task<Result<void>> Service::deny(Call call, PendingRef input) {
  return repository_.deny(input.pending_id.value, std::move(call));
}

Task<Result<ReleaseOutput>> Service::release(Call call, ReleaseInput input) {
  ReleaseOutput out{.enrolment_key = {}, .expires_at = {hours_from_now(settings_.release_hours)}};
  if (!input.key_hash) out.enrolment_key = std::string(kKeyPrefix) + random_text();
  std::string hash = input.key_hash ? from_hex(input.key_hash->value) : sha256(*out.enrolment_key);
  co_await ok(repository_.release(call.access.resource_id, std::move(hash), out.expires_at, call));
  co_return out;
}

Task<Result<NewKeyOutput>> Service::make_key(Call call, NewKeyInput input) {
  constexpr std::int64_t kDefaultHours = 7 * 24;
  const std::int64_t hours = input.expires_in_hours ? input.expires_in_hours->value : kDefaultHours;
  const std::int64_t uses = input.max_uses ? input.max_uses->value : 1;
  const std::string name = input.name ? input.name->value : "";
  NewKeyOutput out{
      .key_id = 0, .enrolment_key = std::string(kKeyPrefix) + random_text(), .expires_at = {hours_from_now(hours)}};
  out.key_id = co_await ok(repository_.add_key(sha256(out.enrolment_key), name, uses, out.expires_at, call));
  co_return out;
}

}  // namespace gatetorio::registration
