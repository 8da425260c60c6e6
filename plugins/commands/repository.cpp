#include "repository.hpp"

#include "rule_repository.hpp"

namespace gatetorio::commands {

namespace {

using sql::Batch;
using sql::Mode;

constexpr std::string_view kColumns =
    "id, device_id, sender_kind, sender_id, command, state, result, issued_at, expires_at, updated_at, verb, gate,"
    " merged_into, delivered_at, answered_at, moving_at, ended_at, sender_name, via";

std::string select_commands(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM commands " + std::string(rest);
}

const ListSource kCommands{.name = "commands",
                           .columns = kColumns,
                           .from = "commands",
                           .default_sort = "-sent_at",
                           .sorts = {{"sent_at", {list_integer("issued_at"), list_text("id")}}}};

std::optional<Timestamp> time_or_null(const sql::Table& table, std::size_t row, std::size_t column) {
  const auto us = table.integer_or_null(row, column);
  return us ? std::optional(Timestamp{*us}) : std::nullopt;
}

Motion motion_at(const sql::Table& table, std::size_t row, std::size_t column) {
  Motion motion{.gate = table.integer(row, column + 1)};
  boost::describe::enum_from_string(table.text(row, column).c_str(), motion.verb);
  return motion;
}

Command command_at(const sql::Table& table, std::size_t row) {
  return {.id = table.text(row, 0),
          .device_id = table.integer(row, 1),
          .sender_kind = table.text(row, 2),
          .sender_id = table.integer(row, 3),
          .sender_name = table.text(row, 17),
          .via = table.text(row, 18),
          .command = table.text(row, 4),
          .motion = motion_at(table, row, 10),
          .state = table.text(row, 5),
          .result = table.text_or_null(row, 6),
          .issued_at = {table.integer(row, 7)},
          .expires_at = {table.integer(row, 8)},
          .updated_at = {table.integer(row, 9)},
          .merged_into = table.text_or_null(row, 12),
          .delivered_at = time_or_null(table, row, 13),
          .answered_at = time_or_null(table, row, 14),
          .moving_at = time_or_null(table, row, 15),
          .ended_at = time_or_null(table, row, 16)};
}

Result<Command> command_from(const Result<sql::Results>& results) {
  if (!results) return results.error();
  if ((*results)[0].empty()) return Error{.status = Status::kNotFound, .detail = "There is no such command."};
  return command_at((*results)[0], 0);
}

// What a state that is shown is in the table.
void add_state(ListQuery& query, State state) {
  switch (state) {
    case State::failed:  // a literal, for which there is an index
      return void(query.where("state = 'failed'"));
    case State::acknowledged:
    case State::moving:
    case State::completed:
    case State::reversed:
    case State::merged:
      return void(query.search("state = ?", std::string(boost::describe::enum_to_string(state, ""))));
    case State::sent:
      return void(query.search("state IN ('sent', 'unconfirmed') AND expires_at > ?", now()));
    case State::delivered:
      return void(query.search("state = 'delivered' AND expires_at > ?", now()));
    case State::expired:
      return void(query.search("state IN ('sent', 'unconfirmed', 'delivered') AND expires_at <= ?", now()));
  }
}

}  // namespace

// A key that was used before the window is free again. The number of statements added.
int Repository::release_key(Batch& batch, const Command& command, Timestamp window_start) {
  if (!command.idempotency_key) return 0;
  batch.add(
      "UPDATE commands SET idempotency_key = NULL WHERE device_id = $1 AND sender_kind = $2 AND sender_id = $3"
      " AND idempotency_key = $4 AND issued_at < $5",
      command.device_id, command.sender_kind, command.sender_id, *command.idempotency_key, window_start);
  return 1;
}

void Repository::add_insert(Batch& batch, const Command& command) {
  batch.require(
      "INSERT INTO commands (id, device_id, sender_kind, sender_id, command, verb, gate, state, merged_into,"
      " idempotency_key, issued_at, expires_at, updated_at, sender_name, via)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $13, $14) ON CONFLICT DO NOTHING",
      command.id, command.device_id, command.sender_kind, command.sender_id, command.command,
      word_of(command.motion.verb), command.motion.gate, command.state, command.merged_into, command.idempotency_key,
      command.issued_at, command.expires_at, command.sender_name, command.via);
}

// A motion takes the place of the gate's last one, or finds no room: an equal one is outstanding, or it is the next
// step of the gate's own logic after somebody else's motion.
void Repository::add_motion(Batch& batch, const Command& command, Outstanding outstanding) {
  const Motion& motion = command.motion;
  if (motion.verb == Verb::stop && !motion.names_gate) {
    batch.add("DELETE FROM motions WHERE device_id = $1", command.device_id);
  } else if (motion.verb == Verb::stop) {
    batch.add("DELETE FROM motions WHERE device_id = $1 AND gate = $2", command.device_id, motion.gate);
  } else if (motion.moves()) {
    batch.add("DELETE FROM motions WHERE device_id = $1 AND gate <> $2 AND outstanding_till <= $3", command.device_id,
              motion.gate, now());
    batch.require(
        "INSERT INTO motions (device_id, gate, command_id, verb, place, sender_kind, sender_id, outstanding_till)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (device_id, gate) DO UPDATE SET command_id = $3,"
        " verb = $4, place = $5, sender_kind = $6, sender_id = $7, outstanding_till = $8"
        " WHERE motions.outstanding_till <= $9 OR motions.outstanding_till > $10 OR EXISTS (SELECT 1 FROM commands "
        "WHERE id = motions.command_id"
        "   AND (answered_at IS NOT NULL OR state = 'failed'))"
        " OR NOT ((motions.verb = $4 AND motions.place = $5)"
        "   OR ($4 = 'toggle' AND (motions.sender_kind <> $6 OR motions.sender_id <> $7)))"
        " RETURNING command_id",
        command.device_id, motion.gate, command.id, word_of(motion.verb), motion.place, command.sender_kind,
        command.sender_id, outstanding.till, now(), outstanding.no_later_than);
  }
}

Task<Result<Repository::Recorded>> Repository::record(Command command, std::optional<std::int64_t> rules_version,
                                                      Timestamp window_start, Outstanding outstanding, Call call) {
  Batch batch(Mode::kWrite);
  constexpr std::int32_t kRules = 1;
  std::int32_t insert = 1;  // which statement takes the key
  batch.add("SELECT boot_nonce FROM device_status WHERE device_id = $1", command.device_id);
  if (rules_version) {
    require_version(batch, command.device_id, *rules_version);
    ++insert;
  }
  insert += release_key(batch, command, window_start);
  add_insert(batch, command);
  add_motion(batch, command, outstanding);
  audit(batch, call, "command.send", "device:" + std::to_string(command.device_id),
        "{\"command_id\":\"" + command.id + "\",\"verb\":\"" + word_of(command.motion.verb) +
            "\",\"gate\":" + std::to_string(command.motion.gate) + "}");
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  Recorded recorded;
  if (!results) {
    if (results.error().status != Status::kGuardFailed) co_return results.error();
    const std::int32_t failed = results.error().statement;
    recorded.write = failed == insert                    ? Write::is_repetition
                     : rules_version && failed == kRules ? Write::rules_have_changed
                                                         : Write::motion_is_outstanding;
    co_return recorded;
  }
  if (!(*results)[0].empty()) recorded.boot_nonce = (*results)[0].text_or_null(0, 0);
  tell(word_of(command.motion.verb), "sent");
  co_return recorded;
}

Task<Result<std::optional<Command>>> Repository::find_outstanding(std::int64_t device_id, std::int64_t gate,
                                                                  Timestamp no_later_than) {
  const sql::Results results = co_await ok(
      database_.read(select_commands("WHERE id = (SELECT command_id FROM motions WHERE device_id = $1 AND gate = $2"
                                     " AND outstanding_till > $3 AND outstanding_till <= $4) AND answered_at IS NULL"
                                     " AND state <> 'failed'"),
                     device_id, gate, now(), no_later_than));
  std::optional<Command> found;
  if (!results[0].empty()) found = command_at(results[0], 0);
  co_return found;
}

Task<Result<void>> Repository::record_merged(Command command, std::string into, Timestamp window_start, Call call) {
  command.state = kMerged;
  command.merged_into = into;
  Batch batch(Mode::kWrite);
  release_key(batch, command, window_start);
  add_insert(batch, command);
  audit(batch, call, "command.merge", "device:" + std::to_string(command.device_id),
        "{\"command_id\":\"" + into + "\",\"verb\":\"" + word_of(command.motion.verb) + "\"}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  // The same key twice in one moment: the other call wrote it.
  if (!results && results.error().status != Status::kGuardFailed) co_return results.error();
  if (results) tell(word_of(command.motion.verb), kMerged);
  co_return Result<void>();
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

Task<Result<bool>> Repository::is_wished_by(std::string command_id, Principal principal) {
  const sql::Results results = co_await ok(
      database_.read("SELECT 1 FROM commands WHERE merged_into = $1 AND sender_kind = $2 AND sender_id = $3 LIMIT 1",
                     command_id, principal.kind, principal.id));
  co_return !results[0].empty();
}

Task<Result<Repository::Page>> Repository::list(CommandsInput input, std::optional<std::int64_t> device_id) {
  ListQuery query(kCommands, input);
  if (device_id) query.where("device_id = ?", *device_id);
  if (input.state) add_state(query, *input.state);
  if (input.sender) {
    const PrincipalId sender = *SenderRule::parse(input.sender->value);
    query.search("sender_kind = ? AND sender_id = ?", sender.kind, sender.id);
  }
  if (input.from) query.where("issued_at >= ?", time_of(*input.from));
  if (input.until) query.where("issued_at < ?", time_of(*input.until));
  co_return co_await read(std::move(query));
}

Task<Result<Repository::Page>> Repository::activity(std::int64_t device_id, ActivityInput input) {
  ListQuery query(kCommands, input);
  query.where("device_id = ?", device_id);
  co_return co_await read(std::move(query));
}

Task<Result<Repository::Page>> Repository::read(ListQuery query) {
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  Page page{list.page, {}};
  for (std::size_t row = 0; row < list.page.rows; ++row) page.commands.push_back(command_at(list.table(), row));
  co_return page;
}

Task<Result<void>> Repository::set_failed(std::string command_id, std::string why) {
  Batch batch(Mode::kWrite);
  batch.add(
      "UPDATE commands SET state = 'failed', result = $2, idempotency_key = NULL, updated_at = $3"
      " WHERE id = $1 AND state = 'sent' RETURNING verb",
      command_id, why, now());
  batch.add("UPDATE commands SET idempotency_key = NULL WHERE merged_into = $1", command_id);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  if (!results[0].empty()) tell(results[0].text(0, 0), "undelivered");
  co_return Result<void>();
}

Task<Result<void>> Repository::set_unconfirmed(std::string command_id) {
  const sql::Results results = co_await ok(
      database_.write("UPDATE commands SET state = $2, updated_at = $3 WHERE id = $1 AND state = 'sent' RETURNING verb",
                      command_id, kUnconfirmed, now()));
  if (!results[0].empty()) tell(results[0].text(0, 0), kUnconfirmed);
  co_return Result<void>();
}

Task<Result<std::vector<Outcome>>> Repository::save_outcomes(std::vector<Outcome> list) {
  Batch batch(Mode::kWrite);
  for (const Outcome& outcome : list) add_outcome(batch, outcome);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  std::vector<Outcome> new_ones;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (results[i].empty()) continue;
    tell(results[i].text(0, 0), list[i].state);
    new_ones.push_back(std::move(list[i]));
  }
  co_return new_ones;
}

// States only go on.
void Repository::add_outcome(Batch& batch, const Outcome& outcome) {
  if (outcome.state == "delivered") {
    batch.add(
        "UPDATE commands SET state = 'delivered', delivered_at = $3, updated_at = $3"
        " WHERE id = $1 AND device_id = $2 AND state IN ('sent', 'unconfirmed') AND expires_at > $3 RETURNING verb",
        outcome.command_id, outcome.device_id, outcome.at);
  } else if (outcome.state == "moving") {
    batch.add(
        "UPDATE commands SET state = 'moving', moving_at = $3, updated_at = $3 WHERE id = $1 AND device_id = $2"
        " AND state = 'acknowledged' RETURNING verb",
        outcome.command_id, outcome.device_id, outcome.at);
  } else if (outcome.state == "completed" || outcome.state == "reversed") {
    batch.add(
        "UPDATE commands SET state = $4, ended_at = $3, updated_at = $3 WHERE id = $1 AND device_id = $2"
        " AND state IN ('acknowledged', 'moving') RETURNING verb",
        outcome.command_id, outcome.device_id, outcome.at, outcome.state);
  } else {
    batch.add(
        "UPDATE commands SET state = $3, result = $4, answered_at = $5, updated_at = $5"
        " WHERE id = $1 AND device_id = $2 AND state IN ('sent', 'delivered', 'unconfirmed') RETURNING verb",
        outcome.command_id, outcome.device_id, outcome.state, outcome.result, outcome.at);
  }
}

Task<Result<void>> Repository::save_statuses(std::vector<LastStatus> list, std::vector<std::int64_t> deleted) {
  Batch batch(Mode::kWrite);
  for (const LastStatus& last : list) {
    batch.add(
        "INSERT INTO device_status (device_id, status, status_at, boot_nonce, sequence) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (device_id) DO UPDATE SET status = $2, status_at = $3, boot_nonce = $4, sequence = $5",
        last.device_id, last.status, last.status_at, last.boot_nonce, last.sequence);
  }
  for (const std::int64_t device_id : deleted) {
    batch.add("DELETE FROM device_status WHERE device_id = $1", device_id);
    batch.add("DELETE FROM motions WHERE device_id = $1", device_id);
    delete_rules(batch, device_id);
  }
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
      "SELECT device_id, status, status_at, boot_nonce, sequence FROM device_status WHERE device_id = $1", device_id));
  std::optional<LastStatus> last;
  const sql::Table& table = results[0];
  if (!table.empty()) {
    last = LastStatus{
        table.integer(0, 0), table.text(0, 1), {table.integer(0, 2)}, table.text_or_null(0, 3), table.integer(0, 4)};
  }
  co_return last;
}

}  // namespace gatetorio::commands
