#include "group.hpp"

#include <algorithm>

namespace gatetorio::storage_sqlite {
namespace {

enum class Outcome {
  kKept,     // done, or undone alone: the transaction goes on
  kSpoiled,  // it failed and its traces can only be undone together with everything before it
  kLost,     // the file cannot be written: no use in going on
};

Failure deferred_key_failure() {
  return invalid("The data violates a rule of the database.", "a foreign key has no row at the end of its batch");
}

// What SQLite's automatic rollback means. An interrupt, or a plugin's own "OR ROLLBACK", concerns this batch only.
Outcome after_rollback(const Failure& failure) {
  const Status status = failure.error.status;
  return status == Status::kFull || status == Status::kUnavailable ? Outcome::kLost : Outcome::kSpoiled;
}

// A single statement undoes itself when it fails; a savepoint would only cost. The rare one that leaves something
// behind all the same ("OR FAIL", triggers before a guard) spoils the transaction.
Outcome run_single(Connection& connection, Entry& entry) {
  const std::int64_t changes = connection.total_changes();
  entry.failure = connection.run(entry.batch, entry.results);
  if (!entry.failure && connection.owes_foreign_keys()) entry.failure = deferred_key_failure();
  if (!entry.failure) return Outcome::kKept;
  if (!connection.in_transaction()) return after_rollback(*entry.failure);
  return connection.total_changes() == changes ? Outcome::kKept : Outcome::kSpoiled;
}

Outcome run_several(Connection& connection, Entry& entry) {
  if ((entry.failure = connection.control("SAVEPOINT batch"))) return Outcome::kSpoiled;
  entry.failure = connection.run(entry.batch, entry.results);
  if (!entry.failure && connection.owes_foreign_keys()) entry.failure = deferred_key_failure();
  if (!entry.failure) {
    entry.failure = connection.control("RELEASE batch");
    return entry.failure ? Outcome::kSpoiled : Outcome::kKept;
  }
  if (!connection.in_transaction()) return after_rollback(*entry.failure);
  const bool undone = !connection.control("ROLLBACK TO batch") && !connection.control("RELEASE batch");
  return undone ? Outcome::kKept : Outcome::kSpoiled;
}

Outcome run_entry(Connection& connection, Entry& entry) {
  entry.results.clear();
  return entry.statements == 1 ? run_single(connection, entry) : run_several(connection, entry);
}

void fail_all(std::span<Entry> entries, const Failure& failure) {
  for (Entry& entry : entries) {
    if (entry.failure) continue;
    entry.failure = failure;
    entry.failure->error.statement = -1;  // none of its own statements
    entry.failure->log.clear();           // said once
  }
}

// Runs all entries that have not failed. kSpoiled where one of them must be left out and the others run again.
Outcome run_all(Connection& connection, std::span<Entry> entries) {
  for (Entry& entry : entries) {
    if (entry.failure) continue;
    const Outcome outcome = run_entry(connection, entry);
    if (outcome == Outcome::kLost) fail_all(entries, *entry.failure);
    if (outcome != Outcome::kKept) return outcome;
  }
  return Outcome::kKept;
}

void roll_back(Connection& connection) {
  if (connection.in_transaction()) connection.control("ROLLBACK");
}

// Begins, runs and commits once.
Outcome attempt(Connection& connection, std::span<Entry> entries) {
  std::optional<Failure> failure = connection.control("BEGIN IMMEDIATE");
  if (!failure) {
    const Outcome outcome = run_all(connection, entries);
    if (outcome != Outcome::kKept) return outcome;
    failure = connection.control("COMMIT");
  }
  if (!failure) return Outcome::kKept;
  fail_all(entries, *failure);
  entries.front().failure->log = failure->log;
  return Outcome::kLost;
}

}  // namespace

bool commit_group(Connection& connection, std::span<Entry> entries) {
  // Each round leaves out one entry more, so this ends.
  for (;;) {
    const Outcome outcome = attempt(connection, entries);
    roll_back(connection);
    if (outcome == Outcome::kKept) return true;
    if (outcome == Outcome::kLost) return false;
    if (std::all_of(entries.begin(), entries.end(), [](const Entry& e) { return e.failure.has_value(); })) return true;
  }
}

}  // namespace gatetorio::storage_sqlite
