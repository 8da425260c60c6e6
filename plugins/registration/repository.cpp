#include "repository.hpp"

#include "gatetorio/secret.hpp"
#include "repository_words.hpp"

namespace gatetorio::registration {

namespace {

using sql::Batch;
using sql::Mode;

// The number stands in the text, so that the indexes of those serve it.
const std::string kForever = std::to_string(kForeverUs);
const std::string kIsConnected = "online_until = " + kForever;
const std::string kIsBeating = "online_until > 0 AND online_until < " + kForever;

const std::string kAllOffline =
    "UPDATE devices SET online_until = 0 WHERE online_hub IN ($1, '') AND " + kIsConnected + " RETURNING id, last_seen";

// Who comes is this hub's; who leaves it, or is alive by a heartbeat here, may be connected to another one meanwhile,
// and stays that. A date that lies ahead was written before the clock was set back.
const std::string kKeepsHolder =
    " CASE WHEN CAST($2 AS BIGINT) IS NULL OR (online_hub NOT IN ($5, '') AND (CAST($2 AS BIGINT) = 0"
    " OR (CAST($2 AS BIGINT) < " +
    kForever + " AND " + kIsConnected + ")))";
const std::string kWritePresence =
    "UPDATE devices SET online_until =" + kKeepsHolder +
    " THEN online_until ELSE CAST($2 AS BIGINT) END, online_hub =" + kKeepsHolder +
    " THEN online_hub ELSE $5 END, last_seen ="
    " CASE WHEN last_seen < $3 OR last_seen > $4 THEN $3 ELSE last_seen END WHERE id = $1";

std::string select_devices(std::string_view rest) {
  return "SELECT " + std::string(kDeviceColumns) + " FROM devices " + std::string(rest);
}

}  // namespace

StoredDevice Repository::device_from(const sql::Table& table, std::size_t row) const {
  const std::string hub = table.text(row, 9);
  return {.device = {.id = table.integer(row, 0),
                     .controller_id = table.text(row, 1),
                     .hardware_id = table.text(row, 2),
                     .device_name = table.text(row, 3),
                     .firmware_version = table.text(row, 4),
                     .is_online = false,
                     .last_seen_us = table.integer(row, 6),
                     .created_at_us = table.integer(row, 7),
                     .credentials = fingerprint(table.text(row, 8))},
          .online_until_us = table.integer(row, 5),
          .is_held_here = hub.empty() || hub == hub_};
}

Result<std::vector<StoredDevice>> Repository::all_devices(const Result<sql::Results>& results) const {
  if (!results) return results.error();
  std::vector<StoredDevice> devices;
  for (std::size_t i = 0; i < results->size(); ++i) {
    const sql::Table& table = (*results)[i];
    for (std::size_t row = 0; row < table.rows(); ++row) devices.push_back(device_from(table, row));
  }
  return devices;
}

Task<Result<StoredDevice>> Repository::find_by_name(std::string controller_id) {
  const sql::Results results = co_await ok(database_.read(select_devices("WHERE controller_id = $1"), controller_id));
  if (results[0].empty()) co_return not_found();
  co_return device_from(results[0], 0);
}

Task<Result<DeviceCount>> Repository::count() {
  const sql::Results results = co_await ok(
      database_.read("SELECT (SELECT COUNT(*) FROM devices), (SELECT COUNT(*) FROM devices WHERE online_until > 0)"));
  co_return DeviceCount{results[0].integer(0, 0), results[0].integer(0, 1)};
}

Task<Result<std::vector<StoredDevice>>> Repository::find_by_ids(std::vector<std::int64_t> ids) {
  // Eight a statement, the rest filled up with 0, which no device has: one prepared statement serves any number.
  constexpr std::size_t kPerStatement = 8;
  const std::string select = select_devices("WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)");
  if (ids.empty()) co_return std::vector<StoredDevice>();
  ids.resize((ids.size() + kPerStatement - 1) / kPerStatement * kPerStatement, 0);
  Batch batch(Mode::kRead);
  for (std::size_t at = 0; at < ids.size(); at += kPerStatement) {
    const std::int64_t* id = &ids[at];
    batch.add(select, id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]);
  }
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return all_devices(results);
}

Task<Result<std::vector<StoredDevice>>> Repository::find_after(std::int64_t id, std::int64_t limit) {
  Result<sql::Results> results =
      co_await database_.read(select_devices("WHERE id > $1 ORDER BY id LIMIT $2"), id, limit);
  co_return all_devices(results);
}

Task<Result<DeviceSecrets>> Repository::secrets(std::int64_t device_id) {
  const sql::Results results = co_await ok(
      database_.read("SELECT token_hash, mqtt_password_hash, device_name FROM devices WHERE id = $1", device_id));
  const sql::Table& table = results[0];
  if (table.empty()) co_return not_found();
  co_return DeviceSecrets{table.text(0, 0), table.text(0, 1), table.text(0, 2)};
}

Task<Result<std::vector<KnownPassword>>> Repository::passwords_of(std::vector<std::int64_t> device_ids) {
  Batch batch(Mode::kRead);
  for (const std::int64_t id : device_ids) {
    batch.add("SELECT mqtt_password_hash, token_hash FROM devices WHERE id = $1", id);
  }
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  std::vector<KnownPassword> passwords;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const sql::Table& table = results[i];
    if (table.empty()) continue;
    passwords.push_back({device_ids[i], fingerprint(table.text(0, 0)), fingerprint(table.text(0, 1))});
  }
  co_return passwords;
}

Task<Result<Repository::Updated>> Repository::update(std::int64_t device_id, std::optional<std::string> controller_id,
                                                     std::optional<std::string> device_name,
                                                     std::optional<DeviceNames> expected, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("SELECT controller_id FROM devices WHERE id = $1", device_id);
  if (expected) {
    batch.require("SELECT 1 FROM devices WHERE id = $1 AND controller_id = $2 AND device_name = $3", device_id,
                  expected->controller_id, expected->device_name);
  }
  batch.require(
      "UPDATE devices SET controller_id = COALESCE($2, controller_id), device_name = COALESCE($3, device_name),"
      " updated_at = $4 WHERE id = $1 RETURNING " +
          std::string(kDeviceColumns),
      device_id, controller_id, device_name, now());
  audit(batch, call, "device.update", target(device_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) {
    const bool is_other = expected && results.error().statement == 1;
    co_return is_other&& results.error().status == Status::kGuardFailed ? changed_meanwhile()
                                                                        : in_words(results.error());
  }
  co_return Updated{(*results)[0].text(0, 0), device_from((*results)[expected ? 2 : 1], 0)};
}

Task<Result<std::string>> Repository::remove(std::int64_t device_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM devices WHERE id = $1 RETURNING controller_id", device_id);
  batch.add("DELETE FROM presence_periods WHERE device_id = $1", device_id);
  audit(batch, call, "device.delete", target(device_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return in_words(results.error());
  co_return (*results)[0].text(0, 0);
}

Task<Result<Repository::PresenceWritten>> Repository::write_presence(PresenceChange change) {
  Batch batch(Mode::kWrite);
  if (change.has_reset) batch.add(kAllOffline, hub_);
  for (const PresenceRow& row : change.rows) {
    batch.add(kWritePresence, row.device_id, row.online_until_us, row.last_seen_us, now(), hub_);
  }
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  PresenceWritten written;
  std::size_t statement = 0;
  if (change.has_reset) {
    const sql::Table& table = results[statement++];
    for (std::size_t row = 0; row < table.rows(); ++row) {
      written.left.push_back({table.integer(row, 0), table.integer(row, 1)});
    }
  }
  for (; statement < results.size(); ++statement) written.exists.push_back(results[statement].changes > 0);
  co_return written;
}

Task<Result<std::vector<StoredDevice>>> Repository::find_held(Held which, std::int64_t after, std::int64_t limit) {
  const std::string& until = which == Held::kConnected ? kIsConnected : kIsBeating;
  const std::string found = select_devices("WHERE " + until + " AND online_hub IN ($3, '') AND id > $1");
  Result<sql::Results> results = co_await database_.read(found + " ORDER BY id LIMIT $2", after, limit, hub_);
  co_return all_devices(results);
}

Task<Result<std::vector<HubBeat>>> Repository::beats() {
  const sql::Results results = co_await ok(database_.read("SELECT hub, alive_at FROM presence_clock WHERE hub <> ''"));
  std::vector<HubBeat> beats;
  for (std::size_t row = 0; row < results[0].rows(); ++row) {
    beats.push_back({results[0].text(row, 0), {results[0].integer(row, 1)}});
  }
  co_return beats;
}

Task<Result<std::vector<LastSeen>>> Repository::take_over(HubBeat dead) {
  static const std::string adopt = "UPDATE devices SET online_hub = $2 WHERE online_hub = $1 AND " + kIsBeating;
  static const std::string end_periods =
      "UPDATE presence_periods SET ended_at = CASE WHEN begun_at > $2 THEN begun_at ELSE $2 END,"
      " ended_by = 'hub died' WHERE hub = $1 AND ended_at = " +
      kForever;
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM presence_clock WHERE hub = $1 AND alive_at = $2", dead.hub, dead.alive_at);
  batch.add(
      "UPDATE devices SET online_until = 0 WHERE online_hub = $1 AND " + kIsConnected + " RETURNING id, last_seen",
      dead.hub);
  batch.add(adopt, dead.hub, hub_);
  batch.add(end_periods, dead.hub, dead.alive_at);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  std::vector<LastSeen> left;
  for (std::size_t row = 0; row < results[1].rows(); ++row) {
    left.push_back({results[1].integer(row, 0), results[1].integer(row, 1)});
  }
  co_return left;
}

}  // namespace gatetorio::registration
