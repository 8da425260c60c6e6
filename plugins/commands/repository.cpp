#include "repository.hpp"

namespace gatetorio::commands {

namespace {

using sql::Batch;
using sql::Mode;

constexpr std::string_view kColumns =
    "SELECT id, device_id, sender_kind, sender_id, command, state, result, issued_at, expires_at, updated_at"
    " FROM commands ";

Result<Command> command_from(const Result<sql::Results>& results) {
  if (!results) return results.error();
  const sql::Table& table = (*results)[0];
  if (table.empty()) return Error{.status = Status::kNotFound, .detail = "There is no such command."};
  return Command{.id = table.text(0, 0),
                 .device_id = table.integer(0, 1),
                 .sender_kind = table.text(0, 2),
                 .sender_id = table.integer(0, 3),
                 .command = table.text(0, 4),
                 .state = table.text(0, 5),
                 .result = table.text_or_null(0, 6),
                 .issued_at = {table.integer(0, 7)},
                 .expires_at = {table.integer(0, 8)},
                 .updated_at = {table.integer(0, 9)}};
}

}  // namespace

Task<Result<Repository::Recorded>> Repository::record(Command command, Timestamp window_start, Call call) {
  Batch batch(Mode::kWrite);
  std::size_t nonce = 2;  // which statement asks for it
  if (command.idempotency_key) {
    batch.add(
        "UPDATE commands SET idempotency_key = NULL WHERE device_id = $1 AND sender_kind = $2 AND sender_id = $3"
        " AND idempotency_key = $4 AND issued_at < $5",
        command.device_id, command.sender_kind, command.sender_id, *command.idempotency_key, window_start);
    nonce = 3;
  }
  batch.require(
      "INSERT INTO commands (id, device_id, sender_kind, sender_id, command, state, idempotency_key, issued_at,"
      " expires_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'sent', $6, $7, $8, $7) ON CONFLICT DO NOTHING",
      command.id, command.device_id, command.sender_kind, command.sender_id, command.command, command.idempotency_key,
      command.issued_at, command.expires_at);
  audit(batch, call, "command.send", "device:" + std::to_string(command.device_id),
        "{\"command_id\":\"" + command.id + "\"}");
  batch.add("SELECT boot_nonce FROM device_status WHERE device_id = $1", command.device_id);
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results && results.error().status == Status::kGuardFailed)
    co_return Recorded{.is_repetition = true, .boot_nonce = {}};
  if (!results) co_return results.error();
  Recorded recorded;
  if (!(*results)[nonce].empty()) recorded.boot_nonce = (*results)[nonce].text_or_null(0, 0);
  co_return recorded;
}

Task<Result<Command>> Repository::find_repeated(Command like, Timestamp window_start) {
  Result<sql::Results> results = co_await database_.read(
      std::string(kColumns) +
          "WHERE device_id = $1 AND sender_kind = $2 AND sender_id = $3 AND idempotency_key = $4 AND issued_at >= $5",
      like.device_id, like.sender_kind, like.sender_id, like.idempotency_key, window_start);
  co_return command_from(results);
}

Task<Result<Command>> Repository::find(std::string command_id) {
  Result<sql::Results> results = co_await database_.read(std::string(kColumns) + "WHERE id = $1", command_id);
  co_return command_from(results);
}

Task<Result<void>> Repository::set_failed(std::string command_id, std::string why) {
  co_await ok(
      database_.write("UPDATE commands SET state = 'failed', result = $2, idempotency_key = NULL, updated_at = $3"
                      " WHERE id = $1 AND state = 'sent'",
                      command_id, why, now()));
  co_return Result<void>();
}

Task<Result<void>> Repository::set_unconfirmed(std::string command_id) {
  co_await ok(database_.write("UPDATE commands SET state = $2, updated_at = $3 WHERE id = $1 AND state = 'sent'",
                              command_id, kUnconfirmed, now()));
  co_return Result<void>();
}

Task<Result<void>> Repository::save_outcomes(std::vector<Outcome> list) {
  Batch batch(Mode::kWrite);
  for (const Outcome& outcome : list) {
    if (outcome.state == "delivered") {
      batch.add(
          "UPDATE commands SET state = 'delivered', updated_at = $3"
          " WHERE id = $1 AND device_id = $2 AND state IN ('sent', 'unconfirmed') AND expires_at > $3",
          outcome.command_id, outcome.device_id, outcome.at);
      continue;
    }
    batch.add(
        "UPDATE commands SET state = $3, result = $4, updated_at = $5"
        " WHERE id = $1 AND device_id = $2 AND state IN ('sent', 'delivered', 'unconfirmed')",
        outcome.command_id, outcome.device_id, outcome.state, outcome.result, outcome.at);
  }
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> Repository::save_statuses(std::vector<LastStatus> list, std::vector<std::int64_t> deleted) {
  Batch batch(Mode::kWrite);
  for (const LastStatus& last : list) {
    batch.add(
        "INSERT INTO device_status (device_id, status, status_at, boot_nonce) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (device_id) DO UPDATE SET status = $2, status_at = $3,"
        " boot_nonce = $4",
        last.device_id, last.status, last.status_at, last.boot_nonce);
  }
  for (const std::int64_t device_id : deleted) batch.add("DELETE FROM device_status WHERE device_id = $1", device_id);
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<std::vector<std::int64_t>>> Repository::devices_after(std::int64_t device_id, std::int64_t limit) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT device_id FROM device_status WHERE device_id > $1 ORDER BY device_id LIMIT $2", device_id, limit));
  std::vector<std::int64_t> ids;
  const sql::Table& table = results[0];
  for (std::size_t row = 0; row < table.rows(); ++row) ids.push_back(table.integer(row, 0));
  co_return ids;
}

Task<Result<std::optional<LastStatus>>> Repository::last_status(std::int64_t device_id) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT device_id, status, status_at, boot_nonce FROM device_status WHERE device_id = $1", device_id));
  std::optional<LastStatus> last;
  const sql::Table& table = results[0];
  if (!table.empty()) {
    last = LastStatus{table.integer(0, 0), table.text(0, 1), {table.integer(0, 2)}, table.text_or_null(0, 3)};
  }
  co_return last;
}

}  // namespace gatetorio::commands
