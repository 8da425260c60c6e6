// Keys for devices that are to come.
#include <utility>

#include "repository_words.hpp"

namespace gatetorio::registration {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

// So many values stand in one statement; the rest is filled up with '', which no device has: one prepared statement
// serves any number.
constexpr std::size_t kAtOnce = 250;

// "(VALUES ($first), ...)" of kAtOnce values. As rows, not as a list: PostgreSQL keeps the plan that it made when the
// tables were empty, and that must serve when they are full.
std::string list_from(std::size_t first) {
  std::string list = "(VALUES ";
  for (std::size_t i = 0; i < kAtOnce; ++i)
    list.append(i == 0 ? "($" : ", ($").append(std::to_string(first + i)).append(")");
  return list + ")";
}

// `sql` for all values, behind those that it has each time.
void add_each(Batch& batch, const std::string& sql, const std::vector<std::string>& values,
              const std::vector<sql::Value>& before = {}) {
  for (std::size_t at = 0; at < values.size(); at += kAtOnce) {
    std::vector<sql::Value> arguments = before;
    for (std::size_t i = at; i < at + kAtOnce; ++i) arguments.emplace_back(i < values.size() ? values[i] : "");
    batch.add(sql, arguments);
  }
}

// Rows of one INSERT; those that are left over take one each.
constexpr std::size_t kRowsAtOnce = 50;

// Behind three values for all of them: first all hashes, then all hardware ids, names, labels.
std::string insert_of(std::size_t rows) {
  std::string sql =
      "INSERT INTO enrolment_keys (name, max_uses, uses, expires_at, created_at, key_hash, hardware_id, controller_id,"
      " device_name) VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "($1, 1, 0, $2, $3" : ", ($1, 1, 0, $2, $3";
    for (std::size_t column = 0; column < 4; ++column) sql += ", $" + std::to_string(4 + column * rows + row);
    sql += ")";
  }
  return sql;
}

template <std::size_t... Row>
void insert_rows(Batch& batch, const Repository::FleetKey* keys, const std::string& name, Timestamp expires_at,
                 Timestamp at, std::index_sequence<Row...>) {
  static const std::string sql = insert_of(sizeof...(Row));
  batch.add(sql, name, expires_at, at, Blob{keys[Row].hash}..., keys[Row].device.hardware_id...,
            keys[Row].device.controller_id..., keys[Row].device.device_name...);
}

void insert_keys(Batch& batch, const std::vector<Repository::FleetKey>& keys, const std::string& name,
                 Timestamp expires_at, Timestamp at) {
  std::size_t next = 0;
  for (; next + kRowsAtOnce <= keys.size(); next += kRowsAtOnce) {
    insert_rows(batch, &keys[next], name, expires_at, at, std::make_index_sequence<kRowsAtOnce>());
  }
  for (; next < keys.size(); ++next) {
    insert_rows(batch, &keys[next], name, expires_at, at, std::make_index_sequence<1>());
  }
}

template <std::size_t... Value>
void require_with(Batch& batch, const std::string& sql, const std::string* values, std::index_sequence<Value...>) {
  batch.require(sql, values[Value]...);
}

// As add_each, where each statement must give a row.
void require_each(Batch& batch, const std::string& sql, std::vector<std::string> values) {
  values.resize((values.size() + kAtOnce - 1) / kAtOnce * kAtOnce);
  for (std::size_t at = 0; at < values.size(); at += kAtOnce) {
    require_with(batch, sql, &values[at], std::make_index_sequence<kAtOnce>());
  }
}

std::vector<std::string> hardware_of(const std::vector<FleetLine>& lines) {
  std::vector<std::string> list;
  for (const FleetLine& line : lines) list.push_back(line.hardware_id);
  return list;
}

std::vector<std::string> names_of(const std::vector<FleetLine>& lines) {
  std::vector<std::string> list;
  for (const FleetLine& line : lines) {
    if (line.controller_id) list.push_back(*line.controller_id);
  }
  return list;
}

}  // namespace

Task<Result<Repository::FleetMeets>> Repository::meet_fleet(std::vector<FleetLine> lines) {
  static const std::string hardware = "SELECT 0, hardware_id, '' FROM devices WHERE hardware_id IN " + list_from(1);
  static const std::string names = "SELECT 1, controller_id, '' FROM devices WHERE controller_id IN " + list_from(1);
  static const std::string open_key =
      "SELECT 2, hardware_id, controller_id FROM enrolment_keys WHERE uses < max_uses AND expires_at > $1 AND ";
  static const std::string keys = open_key + "hardware_id IN " + list_from(2);
  static const std::string key_names = open_key + "controller_id IN " + list_from(2);
  if (lines.empty()) co_return FleetMeets();  // a batch has at least one statement
  const std::vector<sql::Value> at(1, now().us);
  Batch batch(Mode::kRead);
  add_each(batch, hardware, hardware_of(lines));
  add_each(batch, names, names_of(lines));
  add_each(batch, keys, hardware_of(lines), at);
  add_each(batch, key_names, names_of(lines), at);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  FleetMeets meets;
  for (std::size_t statement = 0; statement < results.size(); ++statement) {
    const sql::Table& table = results[statement];
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::int64_t what = table.integer(row, 0);
      if (what == 0) meets.hardware.insert(table.text(row, 1));
      if (what == 1) meets.names.insert(table.text(row, 1));
      if (what == 2) meets.open_keys.emplace(table.text(row, 1), table.text_or_null(row, 2));
    }
  }
  co_return meets;
}

Task<Result<void>> Repository::add_fleet(std::vector<FleetKey> keys, std::string name, Timestamp expires_at,
                                         bool replace, Call call) {
  static const std::string ended = "DELETE FROM enrolment_keys WHERE (uses >= max_uses OR expires_at <= $1) AND ";
  static const std::string drop_ended = ended + "hardware_id IN " + list_from(2);
  static const std::string drop_ended_names = ended + "controller_id IN " + list_from(2);
  static const std::string drop_all = "DELETE FROM enrolment_keys WHERE hardware_id IN " + list_from(1);
  static const std::string none = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM devices WHERE ";
  static const std::string no_hardware = none + "hardware_id IN " + list_from(1) + ")";
  static const std::string no_name = none + "controller_id IN " + list_from(1) + ")";
  const Timestamp at = now();
  const std::vector<sql::Value> before(1, at.us);
  std::vector<FleetLine> lines;
  for (const FleetKey& key : keys) lines.push_back(key.device);
  Batch batch(Mode::kWrite);
  if (replace) add_each(batch, drop_all, hardware_of(lines));
  if (!replace) add_each(batch, drop_ended, hardware_of(lines), before);
  add_each(batch, drop_ended_names, names_of(lines), before);
  insert_keys(batch, keys, name, expires_at, at);
  // Nobody who registers meanwhile can do so unseen: the batch is one.
  require_each(batch, no_hardware, hardware_of(lines));
  require_each(batch, no_name, names_of(lines));
  audit(batch, call, "enrolment_key.import", "enrolment_key:" + name, "{\"keys\":" + std::to_string(keys.size()) + "}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  const Status why = results.error().status;
  if (why != Status::kGuardFailed && why != Status::kConflict) co_return results.error();
  co_return Error{.status = Status::kConflict,
                  .detail =
                      "Somebody else has made a key for one of these devices, or it has registered, meanwhile: "
                      "nothing was imported. Try it again."};
}

}  // namespace gatetorio::registration
