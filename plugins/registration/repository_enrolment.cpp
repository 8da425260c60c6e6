#include "repository_words.hpp"

namespace gatetorio::registration {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

std::optional<Blob> blob(const std::optional<std::string>& bytes) {
  return bytes ? std::optional(Blob{*bytes}) : std::nullopt;
}

// A key that was made for this hardware lets it in once, however it came in: were it deleted, an unused one would let
// it come back.
void end_fleet_key(Batch& batch, const std::string& hardware_id) {
  batch.add("DELETE FROM enrolment_keys WHERE hardware_id = $1 AND uses < max_uses", hardware_id);
}

}  // namespace

Task<Result<std::variant<std::int64_t, Repository::Refusal>>> Repository::create(Announcement device,
                                                                                 Admission admission,
                                                                                 NewCredentials credentials,
                                                                                 Call call) {
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  const int insert = admission.key_hash || admission.claim_hash ? 1 : 0;  // which statement it is
  if (admission.key_hash) {
    batch.require(
        "UPDATE enrolment_keys SET uses = uses + 1 WHERE key_hash = $1 AND uses < max_uses AND expires_at > $2"
        " AND (hardware_id IS NULL OR hardware_id = $3) AND (controller_id IS NULL OR controller_id = $4)",
        Blob{*admission.key_hash}, at, device.hardware_id, device.controller_id);
  } else if (admission.claim_hash) {
    batch.require(
        "DELETE FROM pending_claims WHERE claim_hash = $1 AND hardware_id = $2 AND is_approved = 1 AND expires_at > $3",
        Blob{*admission.claim_hash}, device.hardware_id, at);
  }
  const std::string token_hash = credentials.token_hash(), password_hash = credentials.mqtt_password_hash();
  batch.require(
      "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash,"
      " reenrol_until, online_until, last_seen, created_at, updated_at)"
      " VALUES ($1, $2, COALESCE(NULLIF($3, ''), (SELECT device_name FROM enrolment_keys WHERE key_hash = $8), ''), $4,"
      " $5, $6, 0, 0, $7, $7, $7) ON CONFLICT DO NOTHING RETURNING id",
      device.hardware_id, device.controller_id, device.device_name.value_or(""), device.firmware_version.value_or(""),
      Blob{token_hash}, Blob{password_hash}, at, blob(admission.key_hash));
  // Whoever else waits with this hardware id is not that hardware.
  batch.add("DELETE FROM pending_claims WHERE hardware_id = $1", device.hardware_id);
  end_fleet_key(batch, device.hardware_id);
  audit(batch, call, "device.register", "hardware:" + device.hardware_id);
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  std::variant<std::int64_t, Refusal> created;
  if (results) {
    created = (*results)[static_cast<std::size_t>(insert)].integer(0, 0);
    co_return created;
  }
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  const Known known = co_await ok(look_up(device.hardware_id, std::nullopt));
  created = known.hardware                        ? Refusal::kHardwareIsKnown
            : results.error().statement == insert ? Refusal::kNameTaken
                                                  : Refusal::kNotAdmitted;
  co_return created;
}

// The token is judged once more in the write itself: it may have been replaced since the call began.
Task<Result<Repository::Booted>> Repository::boot(std::int64_t device_id, Announcement device,
                                                  NewCredentials credentials, Call call) {
  const std::string password_hash = credentials.mqtt_password_hash();
  Batch batch(Mode::kWrite);
  batch.require("SELECT controller_id FROM devices WHERE id = $1", device_id);
  batch.require(
      "UPDATE devices SET controller_id = $3, device_name = COALESCE($4, device_name),"
      " firmware_version = COALESCE($5, firmware_version), mqtt_password_hash = $6, last_seen = $7, updated_at = $7"
      " WHERE id = $1 AND hardware_id = $2 AND token_hash = $8",
      device_id, device.hardware_id, device.controller_id, device.device_name, device.firmware_version,
      Blob{password_hash}, now(), Blob{call.principal->subject});
  audit(batch, call, "device.boot", target(device_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return in_words(results.error());
  co_return Booted{(*results)[0].text(0, 0)};
}

// One that was imported and has not registered yet has empty hashes, which no secret has.
Task<Result<Repository::Reenrolled>> Repository::reenrol(Announcement device, std::optional<std::string> key_hash,
                                                         NewCredentials credentials, Call call) {
  const Timestamp at = now();
  const std::string token_hash = credentials.token_hash(), password_hash = credentials.mqtt_password_hash();
  Batch batch(Mode::kWrite);
  batch.require("SELECT id, controller_id FROM devices WHERE hardware_id = $1", device.hardware_id);
  batch.require(
      "UPDATE devices SET controller_id = $2, device_name = COALESCE($3, device_name),"
      " firmware_version = COALESCE($4, firmware_version), token_hash = $5, mqtt_password_hash = $6,"
      " reenrol_until = 0, release_key_hash = NULL, release_until = 0, last_seen = $7, updated_at = $7"
      " WHERE hardware_id = $1 AND ((release_key_hash = $8 AND release_until > $7)"
      " OR (LENGTH(token_hash) = 0 AND reenrol_until > $7))",
      device.hardware_id, device.controller_id, device.device_name, device.firmware_version, Blob{token_hash},
      Blob{password_hash}, at, blob(key_hash));
  audit(batch, call, "device.reenrol", "hardware:" + device.hardware_id);
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return in_words(results.error());
  co_return Reenrolled{(*results)[0].integer(0, 0), (*results)[0].text(0, 1)};
}

Task<Result<DeviceImported>> Repository::import(DeviceImport device, Call call) {
  const Blob none{std::string_view()};
  Batch batch(device.is_dry_run ? Mode::kRead : Mode::kWrite);
  batch.add("SELECT hardware_id FROM imported_devices WHERE hardware_id = $1", device.hardware_id);
  if (device.is_dry_run) {
    batch.add("SELECT id FROM devices WHERE controller_id = $1", device.controller_id);
  } else {
    batch.add(
        "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash,"
        " mqtt_password_hash, reenrol_until, online_until, last_seen, created_at, updated_at)"
        " SELECT $1, $2, $3, $4, $5, $5, $6, 0, $7, $8, $9"
        " WHERE NOT EXISTS (SELECT 1 FROM imported_devices WHERE hardware_id = $1) ON CONFLICT DO NOTHING RETURNING id",
        device.hardware_id, device.controller_id, device.device_name, device.firmware_version, none,
        Timestamp{device.reenrol_until_us}, Timestamp{device.last_seen_us}, Timestamp{device.created_at_us}, now());
  }
  batch.add("SELECT id, token_hash FROM devices WHERE hardware_id = $1", device.hardware_id);
  if (!device.is_dry_run) {
    batch.require(
        "SELECT hardware_id FROM devices WHERE hardware_id = $1"
        " UNION SELECT hardware_id FROM imported_devices WHERE hardware_id = $1",
        device.hardware_id);
    batch.add("INSERT INTO imported_devices (hardware_id, imported_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
              device.hardware_id, now());
    batch.add("UPDATE devices SET reenrol_until = $2 WHERE hardware_id = $1 AND token_hash = $3", device.hardware_id,
              Timestamp{device.reenrol_until_us}, none);
    end_fleet_key(batch, device.hardware_id);
    audit(batch, call, "device.import", "hardware:" + device.hardware_id);
  }
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return results.error().status == Status::kGuardFailed ? name_taken() : results.error();
  const bool was_imported = !(*results)[0].empty();
  const sql::Table &second = (*results)[1], &known = (*results)[2];
  if (known.empty() && was_imported) co_return DeviceImported{.is_ours = true};  // deleted here
  if (known.empty() && !second.empty()) co_return name_taken();
  if (known.empty()) co_return DeviceImported{.is_new = true};
  co_return DeviceImported{.device_id = known.integer(0, 0),
                           .is_new = !device.is_dry_run && !second.empty(),
                           .is_ours = !known.text(0, 1).empty()};
}

Task<Result<Repository::Known>> Repository::look_up(std::string hardware_id, std::optional<std::string> key_hash) {
  const sql::Results results = co_await ok(
      database_.read("SELECT (SELECT COUNT(*) FROM devices WHERE hardware_id = $1),"
                     " (SELECT COUNT(*) FROM devices WHERE release_key_hash = $2),"
                     " (SELECT COUNT(*) FROM enrolment_keys WHERE key_hash = $2 AND hardware_id IS NOT NULL)",
                     hardware_id, blob(key_hash)));
  const sql::Table& table = results[0];
  Known known{.hardware = table.integer(0, 0) > 0};
  if (table.integer(0, 1) > 0) {
    known.key = KeyKind::kRelease;
  } else if (table.integer(0, 2) > 0) {
    known.key = KeyKind::kOneHardware;
  }
  co_return known;
}

Task<Result<void>> Repository::release(std::int64_t device_id, std::string key_hash, Timestamp until, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE devices SET release_key_hash = $2, release_until = $3 WHERE id = $1", device_id, Blob{key_hash},
                until);
  audit(batch, call, "device.release", target(device_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return in_words(results.error());
  co_return Result<void>();
}

Task<Result<std::int64_t>> Repository::add_key(std::string key_hash, std::string name, std::int64_t max_uses,
                                               Timestamp expires_at, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "INSERT INTO enrolment_keys (key_hash, name, max_uses, uses, expires_at, created_at)"
      " VALUES ($1, $2, $3, 0, $4, $5) RETURNING id",
      Blob{key_hash}, name, max_uses, expires_at, now());
  audit(batch, call, "enrolment_key.create", "enrolment_key:" + name);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return results[0].integer(0, 0);
}

}  // namespace gatetorio::registration
