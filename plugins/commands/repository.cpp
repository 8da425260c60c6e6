#include "repository.hpp"

namespace gatetorio::commands {

namespace {

using sql::Batch;
using sql::Mode;

constexpr std::string_view kColumns =
    "id, device_id, sender_kind, sender_id, command, state, result, issued_at, expires_at, updated_at";

std::string select_commands(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM commands " + std::string(rest);
}

const ListSource kCommands{.name = "commands",
                           .columns = kColumns,
                           .from = "commands",
                           .default_sort = "-sent_at",
                           .sorts = {{"sent_at", {list_integer("issued_at"), list_text("id")}}}};

Command command_at(const sql::Table& table, std::size_t row) {
  return {.id = table.text(row, 0),
          .device_id = table.integer(row, 1),
          .sender_kind = table.text(row, 2),
          .sender_id = table.integer(row, 3),
          .command = table.text(row, 4),
          .state = table.text(row, 5),
          .result = table.text_or_null(row, 6),
          .issued_at = {table.integer(row, 7)},
          .expires_at = {table.integer(row, 8)},
          .updated_at = {table.integer(row, 9)}};
}

Result<Command> command_from(const Result<sql::Results>& results) {
  if (!results) return results.error();
  if ((*results)[0].empty()) return Error{.status = Status::kNotFound, .detail = "There is no such command."};
  return command_at((*results)[0], 0);
}

// What a state that is shown is in the table.
void add_state(ListQuery& query, State state) {
  switch (state) {
    case State::acknowledged:
      return void(query.where("state = 'acknowledged'"));
    case State::failed:
      return void(query.where("state = 'failed'"));
    case State::sent:
      return void(query.where("state IN ('sent', 'unconfirmed') AND expires_at > ?", now()));
    case State::delivered:
      return void(query.where("state = 'delivered' AND expires_at > ?", now()));
    case State::expired:
      return void(query.where("state IN ('sent', 'unconfirmed', 'delivered') AND expires_at <= ?", now()));
  }
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
      select_commands(
          "WHERE device_id = $1 AND sender_kind = $2 AND sender_id = $3 AND idempotency_key = $4 AND issued_at >= $5"),
      like.device_id, like.sender_kind, like.sender_id, like.idempotency_key, window_start);
  co_return command_from(results);
}

Task<Result<Command>> Repository::find(std::string command_id) {
  Result<sql::Results> results = co_await database_.read(select_commands("WHERE id = $1"), command_id);
  co_return command_from(results);
}

Task<Result<Repository::Page>> Repository::list(CommandsInput input, std::optional<std::int64_t> device_id) {
  ListQuery query(kCommands, input);
  if (device_id) query.where("device_id = ?", *device_id);
  if (input.state) add_state(query, *input.state);
  if (input.sender) {
    const PrincipalId sender = *SenderRule::parse(input.sender->value);
    query.where("sender_kind = ? AND sender_id = ?", sender.kind, sender.id);
  }
  if (input.from) query.where("issued_at >= ?", time_of(*input.from));
  if (input.until) query.where("issued_at < ?", time_of(*input.until));
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  Page page{list.page, {}};
  for (std::size_t row = 0; row < list.page.rows; ++row) page.commands.push_back(command_at(list.table(), row));
  co_return page;
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
