// Lists for admins, and what is kept of presence.
#include "gatetorio/lists.hpp"
#include "repository_words.hpp"

namespace gatetorio::registration {

namespace {

using sql::Batch;
using sql::Mode;

const ListSource kDevices{.name = "devices",
                          .columns = kDeviceColumns,
                          .from = "devices",
                          .default_sort = "controller_id",
                          .sorts = {{"controller_id", {list_text("controller_id")}},
                                    {"device_name", {list_text("device_name"), list_integer("id")}},
                                    {"firmware_version", {list_text("firmware_version"), list_text("controller_id")}},
                                    {"last_seen", {list_integer("last_seen"), list_integer("id")}},
                                    {"created_at", {list_integer("created_at"), list_integer("id")}}}};

const ListSource kKeys{.name = "enrolment-keys",
                       .columns = "id, name, max_uses, uses, expires_at, created_at, hardware_id, controller_id",
                       .from = "enrolment_keys",
                       .default_sort = "-created_at",
                       .sorts = {{"created_at", {list_integer("created_at"), list_integer("id")}},
                                 {"name", {list_text("name"), list_integer("id")}},
                                 {"expires_at", {list_integer("expires_at"), list_integer("id")}}}};

const ListSource kPending{.name = "pending-devices",
                          .columns = "id, hardware_id, controller_id, device_name, peer, requested_at, expires_at",
                          .from = "pending_claims",
                          .default_sort = "requested_at",
                          .sorts = {{"requested_at", {list_integer("requested_at"), list_integer("id")}}}};

const ListSource kPresence{.name = "presence",
                           .columns = "begun_at, ended_at, via, ended_by",
                           .from = "presence_periods",
                           .default_sort = "-from",
                           .sorts = {{"from", {list_integer("begun_at")}}},
                           .has_total = false};

}  // namespace

Task<Result<Repository::DevicePage>> Repository::devices(DevicesInput input) {
  ListQuery query(kDevices, input);
  if (input.query && !input.query->value.empty()) {
    const std::string part = like_part(input.query->value);
    query.search(
        "LOWER(controller_id) LIKE LOWER(?) ESCAPE '!' OR LOWER(device_name) LIKE LOWER(?) ESCAPE '!'"
        " OR (LENGTH(token_hash) > 0 AND LOWER(hardware_id) LIKE LOWER(?) ESCAPE '!')",
        part, part, part);
  }
  if (input.online) query.where(*input.online ? "online_until > 0" : "online_until = 0");
  if (input.offline_for_seconds) {
    const std::int64_t seconds = input.offline_for_seconds->value;
    query.where("online_until = 0").where("last_seen <= ?", now().us - seconds * kMicrosecondsPerSecond);
  }
  if (input.firmware) query.where("firmware_version = ?", input.firmware->value);
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  DevicePage page{list.page, {}};
  for (std::size_t row = 0; row < list.page.rows; ++row) page.devices.push_back(device_from(list.table(), row));
  co_return page;
}

Task<Result<KeysOutput>> Repository::keys(KeysInput input) {
  const ListRows list = co_await ok(read_list(database_, ListQuery(kKeys, std::move(input))));
  const ListPage& page = list.page;
  const sql::Table& table = list.table();
  KeysOutput out{{}, page.next_cursor, page.total};
  for (std::size_t row = 0; row < page.rows; ++row) {
    out.keys.push_back({.key_id = table.integer(row, 0),
                        .name = table.text(row, 1),
                        .max_uses = table.integer(row, 2),
                        .uses = table.integer(row, 3),
                        .expires_at = {table.integer(row, 4)},
                        .created_at = {table.integer(row, 5)},
                        .hardware_id = table.text_or_null(row, 6),
                        .controller_id = table.text_or_null(row, 7)});
  }
  co_return out;
}

Task<Result<void>> Repository::remove_key(std::int64_t key_id, Call call) {
  const Error unknown{.status = Status::kNotFound, .detail = "There is no such enrolment key."};
  const sql::Results known = co_await ok(database_.read("SELECT name FROM enrolment_keys WHERE id = $1", key_id));
  if (known[0].empty()) co_return unknown;
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM enrolment_keys WHERE id = $1", key_id);
  audit(batch, call, "enrolment_key.delete", "enrolment_key:" + known[0].text(0, 0),
        "{\"key_id\":" + std::to_string(key_id) + "}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  co_return results.error().status == Status::kGuardFailed ? unknown : results.error();
}

Task<Result<PendingOutput>> Repository::pending(PendingInput input) {
  const Timestamp at = now();
  ListQuery query(kPending, std::move(input));
  query
      .column(
          "(SELECT COUNT(*) FROM pending_claims AS same WHERE same.hardware_id = pending_claims.hardware_id"
          " AND same.is_approved = 0 AND same.expires_at > ?)",
          at)
      .where("is_approved = 0 AND expires_at > ?", at);
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  const ListPage& page = list.page;
  const sql::Table& table = list.table();
  PendingOutput out{{}, page.next_cursor, page.total};
  for (std::size_t row = 0; row < page.rows; ++row) {
    out.pending.push_back({.pending_id = table.integer(row, 0),
                           .hardware_id = table.text(row, 1),
                           .controller_id = table.text(row, 2),
                           .device_name = table.text(row, 3),
                           .peer = table.text(row, 4),
                           .requested_at = {table.integer(row, 5)},
                           .expires_at = {table.integer(row, 6)},
                           .pending_for_hardware = table.integer(row, 7)});
  }
  co_return out;
}

Task<Result<PresenceOutput>> Repository::presence(std::int64_t device_id, PresenceInput input) {
  ListQuery query(kPresence, std::move(input));
  query.where("device_id = ?", device_id);
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  const ListPage& page = list.page;
  const sql::Table& table = list.table();
  PresenceOutput out{{}, page.next_cursor};
  for (std::size_t row = 0; row < page.rows; ++row) {
    PresenceSession session{.from = {table.integer(row, 0)}, .until = {}, .via = table.text(row, 2), .ended_by = {}};
    const bool has_ended = table.integer(row, 1) != kForeverUs;
    if (has_ended) session.until = Timestamp{table.integer(row, 1)};
    if (has_ended) session.ended_by = table.text(row, 3);
    out.sessions.push_back(std::move(session));
  }
  co_return out;
}

Task<Result<bool>> Repository::save_periods(std::vector<PresencePeriod> periods, Timestamp alive_at) {
  Batch batch(Mode::kWrite);
  batch.add("UPDATE presence_clock SET alive_at = $2 WHERE hub = $1", hub_, alive_at);
  batch.add("INSERT INTO presence_clock (hub, alive_at) VALUES ($1, $2) ON CONFLICT (hub) DO NOTHING", hub_, alive_at);
  for (const PresencePeriod& period : periods) {
    batch.add(
        "INSERT INTO presence_periods (device_id, begun_at, ended_at, via, ended_by, hub) SELECT $1, $2, $3, $4, $5, $6"
        " WHERE EXISTS (SELECT 1 FROM devices WHERE id = $1)"
        " ON CONFLICT (device_id, begun_at) DO UPDATE SET ended_at = $3, ended_by = $5",
        period.device_id, period.begun_at_us, period.ended_at_us, period.via, period.ended_by, hub_);
  }
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return results[0].changes > 0;
}

Task<Result<std::int64_t>> Repository::end_open_periods(std::int64_t most) {
  // The number stands in the text, so that the index of those serves it.
  static const std::string open =
      "FROM presence_periods WHERE hub IN ($1, '') AND ended_at = " + std::to_string(kForeverUs);
  static const std::string end_some =
      "UPDATE presence_periods SET ended_at = COALESCE((SELECT alive_at FROM presence_clock"
      " WHERE presence_clock.hub = presence_periods.hub AND alive_at > begun_at), begun_at), ended_by = 'hub restarted'"
      " WHERE (device_id, begun_at) IN (SELECT device_id, begun_at " +
      open + " LIMIT $2)";
  const sql::Results results = co_await ok(database_.write(end_some, hub_, most));
  co_return results[0].changes;
}

}  // namespace gatetorio::registration
