#include "repository.hpp"

namespace gatetorio::registration {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

// The hardware id of an imported device that has not registered yet is what lets it in: nobody is shown it.
constexpr std::string_view kDeviceColumns =
    "SELECT id, controller_id, CASE WHEN LENGTH(token_hash) = 0 THEN '' ELSE hardware_id END, device_name, firmware_version, online_until, last_seen, created_at"
    " FROM devices ";

Device device_from(const sql::Table& table, std::size_t row) {
  return {.id = table.integer(row, 0),
          .controller_id = table.text(row, 1),
          .hardware_id = table.text(row, 2),
          .device_name = table.text(row, 3),
          .firmware_version = table.text(row, 4),
          .is_online = table.integer(row, 5) > now().us,
          .last_seen_us = table.integer(row, 6),
          .created_at_us = table.integer(row, 7)};
}

std::string target(std::int64_t device_id) { return "device:" + std::to_string(device_id); }

Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such device."}; }

Error name_taken() { return {.status = Status::kConflict, .detail = "Another device has this controller_id."}; }

// The words for the caller in place of those for the log.
Error in_words(const Error& error) {
  if (error.status == Status::kConflict) return name_taken();
  if (error.status == Status::kGuardFailed) return not_found();
  return error;
}

}  // namespace

Task<Result<Repository::Created>> Repository::create(Announcement device, Admission admission,
                                                     NewCredentials credentials, Call call) {
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  int insert = 0;  // which statement it is
  if (admission.key_hash) {
    batch.require("UPDATE enrolment_keys SET uses = uses + 1 WHERE key_hash = $1 AND uses < max_uses AND expires_at > $2",
                  Blob{*admission.key_hash}, at);
    insert = 1;
  } else if (admission.needs_approval) {
    batch.require("DELETE FROM pending_enrolments WHERE hardware_id = $1 AND is_approved = 1", device.hardware_id);
    insert = 1;
  }
  const std::string token_hash = credentials.token_hash(), password_hash = credentials.mqtt_password_hash();
  batch.require(
      "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash,"
      " reenrol_until, online_until, last_seen, created_at, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7, $7) ON CONFLICT DO NOTHING RETURNING id",
      device.hardware_id, device.controller_id, device.device_name.value_or(""), device.firmware_version.value_or(""),
      Blob{token_hash}, Blob{password_hash}, at);
  audit(batch, call, "device.register", "hardware:" + device.hardware_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (results) co_return Created{.device_id = (*results)[static_cast<std::size_t>(insert)].integer(0, 0)};
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  co_return Created{.device_id = {},
                    .refusal = results.error().statement == insert ? Refusal::kNameOrHardwareTaken
                                                                   : Refusal::kNotAdmitted};
}

Task<Result<Repository::Booted>> Repository::boot(std::int64_t device_id, Announcement device,
                                                  NewCredentials credentials, Call call) {
  const std::string password_hash = credentials.mqtt_password_hash();
  Batch batch(Mode::kWrite);
  batch.require("SELECT controller_id FROM devices WHERE id = $1", device_id);
  batch.require(
      "UPDATE devices SET controller_id = $3, device_name = COALESCE($4, device_name),"
      " firmware_version = COALESCE($5, firmware_version), mqtt_password_hash = $6, last_seen = $7, updated_at = $7"
      " WHERE id = $1 AND hardware_id = $2",
      device_id, device.hardware_id, device.controller_id, device.device_name, device.firmware_version,
      Blob{password_hash}, now());
  audit(batch, call, "device.boot", target(device_id));
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return in_words(results.error());
  co_return Booted{(*results)[0].text(0, 0)};
}

Task<Result<Repository::Reenrolled>> Repository::reenrol(Announcement device, NewCredentials credentials, Call call) {
  const Timestamp at = now();
  const std::string token_hash = credentials.token_hash(), password_hash = credentials.mqtt_password_hash();
  Batch batch(Mode::kWrite);
  batch.require("SELECT id, controller_id FROM devices WHERE hardware_id = $1", device.hardware_id);
  batch.require(
      "UPDATE devices SET controller_id = $2, device_name = COALESCE($3, device_name),"
      " firmware_version = COALESCE($4, firmware_version), token_hash = $5, mqtt_password_hash = $6,"
      " reenrol_until = 0, last_seen = $7, updated_at = $7 WHERE hardware_id = $1 AND reenrol_until > $7",
      device.hardware_id, device.controller_id, device.device_name, device.firmware_version, Blob{token_hash},
      Blob{password_hash}, at);
  audit(batch, call, "device.reenrol", "hardware:" + device.hardware_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return in_words(results.error());
  co_return Reenrolled{(*results)[0].integer(0, 0), (*results)[0].text(0, 1)};
}

// One that was imported and has not registered yet has empty hashes, which no secret has.
Task<Result<DeviceImported>> Repository::import(DeviceImport device, Call call) {
  const Blob none{std::string_view()};
  Batch batch(device.is_dry_run ? Mode::kRead : Mode::kWrite);
  batch.add("SELECT hardware_id FROM imported_devices WHERE hardware_id = $1", device.hardware_id);
  if (device.is_dry_run) {
    batch.add("SELECT id FROM devices WHERE controller_id = $1", device.controller_id);
  } else {
    batch.add(
        "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash, mqtt_password_hash,"
        " reenrol_until, online_until, last_seen, created_at, updated_at)"
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
    audit(batch, call, "device.import", "hardware:" + device.hardware_id);
  }
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
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

Task<Result<bool>> Repository::knows_hardware(std::string hardware_id) {
  Batch batch(Mode::kRead);
  batch.add("SELECT 1 FROM devices WHERE hardware_id = $1", hardware_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  co_return !(*results)[0].empty();
}

Task<Result<Device>> Repository::find_by_name(std::string controller_id) {
  Batch batch(Mode::kRead);
  batch.add(std::string(kDeviceColumns) + "WHERE controller_id = $1", controller_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  if ((*results)[0].empty()) co_return not_found();
  co_return device_from((*results)[0], 0);
}

Task<Result<std::vector<Device>>> Repository::find_by_ids(std::vector<std::int64_t> ids) {
  // Eight a statement, the rest filled up with 0, which no device has: one prepared statement serves any number.
  constexpr std::size_t kPerStatement = 8;
  const std::string select = std::string(kDeviceColumns) + "WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)";
  ids.resize((ids.size() + kPerStatement - 1) / kPerStatement * kPerStatement, 0);
  Batch batch(Mode::kRead);
  for (std::size_t at = 0; at < ids.size(); at += kPerStatement) {
    const std::int64_t* id = &ids[at];
    batch.add(select, id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]);
  }
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  std::vector<Device> devices;
  for (std::size_t i = 0; i < results->size(); ++i) {
    const sql::Table& table = (*results)[i];
    for (std::size_t row = 0; row < table.rows(); ++row) devices.push_back(device_from(table, row));
  }
  co_return devices;
}

Task<Result<DeviceSecrets>> Repository::secrets(std::int64_t device_id) {
  Batch batch(Mode::kRead);
  batch.add("SELECT token_hash, mqtt_password_hash, device_name FROM devices WHERE id = $1", device_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  const sql::Table& table = (*results)[0];
  if (table.empty()) co_return not_found();
  co_return DeviceSecrets{table.text(0, 0), table.text(0, 1), table.text(0, 2)};
}

Task<Result<void>> Repository::update(std::int64_t device_id, std::optional<std::string> controller_id,
                                      std::optional<std::string> device_name, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "UPDATE devices SET controller_id = COALESCE($2, controller_id), device_name = COALESCE($3, device_name),"
      " updated_at = $4 WHERE id = $1",
      device_id, controller_id, device_name, now());
  audit(batch, call, "device.update", target(device_id));
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return in_words(results.error());
  co_return Result<void>();
}

Task<Result<void>> Repository::remove(std::int64_t device_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM devices WHERE id = $1", device_id);
  audit(batch, call, "device.delete", target(device_id));
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return in_words(results.error());
  co_return Result<void>();
}

Task<Result<void>> Repository::heartbeat(std::int64_t device_id, Timestamp at, std::int64_t online_until) {
  Batch batch(Mode::kWrite);
  batch.require(
      "UPDATE devices SET last_seen = $2, online_until = CASE WHEN online_until > $3 THEN online_until ELSE $3 END"
      " WHERE id = $1",
      device_id, at, online_until);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return in_words(results.error());
  co_return Result<void>();
}

Task<Result<void>> Repository::set_online(std::int64_t device_id, Timestamp at, std::int64_t online_until) {
  Batch batch(Mode::kWrite);
  batch.add("UPDATE devices SET last_seen = $2, online_until = $3 WHERE id = $1", device_id, at, online_until);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  co_return Result<void>();
}

Task<Result<std::vector<Repository::Seen>>> Repository::set_all_offline() {
  Batch batch(Mode::kWrite);
  // The number stands in the text, so that the index of those serves it.
  static const std::string update =
      "UPDATE devices SET online_until = 0 WHERE online_until = " + std::to_string(kForeverUs) + " RETURNING id, last_seen";
  batch.add(update);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  const sql::Table& table = (*results)[0];
  std::vector<Seen> gone;
  for (std::size_t row = 0; row < table.rows(); ++row) gone.push_back({table.integer(row, 0), table.integer(row, 1)});
  co_return gone;
}

Task<Result<void>> Repository::set_seen(std::vector<std::pair<std::string, std::int64_t>> seen) {
  Batch batch(Mode::kWrite);
  for (const auto& [controller_id, at] : seen) {
    batch.add("UPDATE devices SET last_seen = $2 WHERE controller_id = $1 AND last_seen < $2", controller_id, at);
  }
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  co_return Result<void>();
}

Task<Result<void>> Repository::add_pending(Announcement device, Call call) {
  Batch batch(Mode::kWrite);
  batch.add(
      "INSERT INTO pending_enrolments (hardware_id, controller_id, device_name, peer, requested_at, is_approved)"
      " VALUES ($1, $2, $3, $4, $5, 0)"
      " ON CONFLICT (hardware_id) DO UPDATE SET controller_id = $2, device_name = $3, peer = $4, requested_at = $5",
      device.hardware_id, device.controller_id, device.device_name.value_or(""), call.peer, now());
  audit(batch, call, "device.ask", "hardware:" + device.hardware_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  co_return Result<void>();
}

Task<Result<std::vector<PendingDevice>>> Repository::pending() {
  Batch batch(Mode::kRead);
  batch.add(
      "SELECT hardware_id, controller_id, device_name, peer, requested_at FROM pending_enrolments"
      " WHERE is_approved = 0 ORDER BY requested_at LIMIT 1000");
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  const sql::Table& table = (*results)[0];
  std::vector<PendingDevice> list;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    list.push_back({table.text(row, 0), table.text(row, 1), table.text(row, 2), table.text(row, 3),
                    Timestamp{table.integer(row, 4)}});
  }
  co_return list;
}

Task<Result<void>> Repository::approve(std::string hardware_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE pending_enrolments SET is_approved = 1 WHERE hardware_id = $1", hardware_id);
  audit(batch, call, "device.approve", "hardware:" + hardware_id);
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return in_words(results.error());
  co_return Result<void>();
}

Task<Result<void>> Repository::release(std::int64_t device_id, Timestamp until, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE devices SET reenrol_until = $2 WHERE id = $1", device_id, until);
  audit(batch, call, "device.release", target(device_id));
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
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
  auto running = database_.run(std::move(batch));
  Result<sql::Results> results = co_await running;
  if (!results) co_return results.error();
  co_return (*results)[0].integer(0, 0);
}

}  // namespace gatetorio::registration
