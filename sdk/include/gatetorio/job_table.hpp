// The rows of jobs.hpp, in the table that every storage makes beside the audit log: migrations/storage-*/0003_jobs.sql.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/database.hpp"

namespace gatetorio {

struct Job {
  std::string kind;
  std::string key;
  std::string payload;
  std::int64_t attempt = 1;  // since it was put in
};

namespace detail {

// Who has a job, by its row: empty, nobody. While its owner lives the number changes every few seconds.
struct JobLease {
  std::string owner;
  std::int64_t number = 0;
  friend bool operator==(const JobLease&, const JobLease&) = default;
};

struct TakenJob {
  Job job;
  std::int64_t version = 0;  // of the row, when it was taken
  Timestamp due_at;
};

// What a row becomes when an attempt has failed.
struct JobFailure {
  Timestamp due_at;
  std::int64_t attempts = 0;
  std::string error;
  std::optional<Timestamp> failed_at = {};  // given up
};

// Of one plugin, with the eyes of one process.
class JobTable {
 public:
  // Given up: later than anything that is due.
  static constexpr Timestamp kNever{kForeverUs};
  struct Row {
    std::string key;
    Timestamp due_at;
    JobLease lease;
  };
  struct Count {
    std::int64_t waiting = 0;
    std::int64_t failed = 0;
  };

  JobTable(Database& database, std::string plugin) : database_(database), plugin_(std::move(plugin)) {
    std::random_device random;
    owner_ = std::to_string(random()) + "-" + std::to_string(random()) + "-" + std::to_string(random());
  }
  const std::string& plugin() const { return plugin_; }
  bool is_mine(const JobLease& lease) const { return lease.owner == owner_; }

  void put(sql::Batch& batch, std::string_view kind, std::string_view key, std::string_view payload,
           std::optional<Timestamp> not_before) const {
    const Timestamp at = now();
    batch.add(
        "INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts, owner, lease, "
        "error)"
        " VALUES ($1, $2, $3, $4, 1, $5, $6, 0, '', 0, '') ON CONFLICT (plugin, kind, key) DO UPDATE SET"
        " payload = excluded.payload, version = gatetorio_jobs.version + 1, due_at = excluded.due_at,"
        " set_at = excluded.set_at, attempts = 0, error = '', failed_at = NULL",
        plugin_, kind, key, payload, not_before.value_or(at), at);
  }
  void remove(sql::Batch& batch, std::string_view kind, std::string_view key) const {
    batch.add("DELETE FROM gatetorio_jobs WHERE plugin = $1 AND kind = $2 AND key = $3", plugin_, kind, key);
  }

  // Of each kind the next `most`, in the order of their times.
  Task<Result<std::vector<std::vector<Row>>>> next(std::vector<std::string> kinds, std::int64_t most) {
    sql::Batch batch(sql::Mode::kRead);
    for (const std::string& kind : kinds) {
      batch.add(
          "SELECT key, due_at, owner, lease FROM gatetorio_jobs WHERE plugin = $1 AND kind = $2 AND due_at < $3"
          " ORDER BY due_at LIMIT $4",
          plugin_, kind, kNever, most);
    }
    const sql::Results results = co_await ok(database_.run(std::move(batch)));
    std::vector<std::vector<Row>> all(kinds.size());
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      const sql::Table& rows = results[kind];
      for (std::size_t row = 0; row < rows.rows(); ++row) {
        all[kind].push_back(
            {rows.text(row, 0), Timestamp{rows.integer(row, 1)}, {rows.text(row, 2), rows.integer(row, 3)}});
      }
    }
    co_return all;
  }

  // Takes a job that is due and has this lease still. None: somebody was faster, or it is not due any more.
  Task<Result<std::optional<TakenJob>>> take(std::string kind, std::string key, JobLease seen) {
    const sql::Results taken = co_await ok(database_.write(
        "UPDATE gatetorio_jobs SET owner = $4, lease = $5, attempts = attempts + 1 WHERE plugin = $1 AND kind = $2"
        " AND key = $3 AND owner = $6 AND lease = $7 AND due_at <= $5 RETURNING payload, attempts, version, due_at",
        plugin_, kind, key, owner_, now(), seen.owner, seen.number));
    const sql::Table& row = taken[0];
    if (row.empty()) co_return std::optional<TakenJob>();
    Job job{std::move(kind), std::move(key), row.text(0, 0), row.integer(0, 1)};
    TakenJob mine{std::move(job), row.integer(0, 2), Timestamp{row.integer(0, 3)}};
    co_return std::optional<TakenJob>(std::move(mine));
  }

  // Keeps the leases of these.
  Task<Result<void>> renew(std::vector<Job> jobs) {
    if (jobs.empty()) co_return Result<void>();
    sql::Batch batch(sql::Mode::kWrite);
    for (const Job& job : jobs) of_mine(batch, "UPDATE gatetorio_jobs SET lease = $5", "", job, now());
    co_await ok(database_.run(std::move(batch)));
    co_return Result<void>();
  }

  // Ends an attempt: the row goes, or becomes what `failure` says. One that was put in again meanwhile stays as it is.
  Task<Result<void>> record(TakenJob taken, std::optional<JobFailure> failure) {
    constexpr std::string_view kSame = " AND version = $5";
    sql::Batch batch(sql::Mode::kWrite);
    if (failure) {
      of_mine(batch, "UPDATE gatetorio_jobs SET due_at = $6, set_at = $7, attempts = $8, error = $9, failed_at = $10",
              kSame, taken.job, taken.version, failure->due_at, now(), failure->attempts, failure->error,
              failure->failed_at);
    } else {
      of_mine(batch, "DELETE FROM gatetorio_jobs", kSame, taken.job, taken.version);
    }
    of_mine(batch, "UPDATE gatetorio_jobs SET owner = '', lease = 0", "", taken.job);
    co_await ok(database_.run(std::move(batch)));
    co_return Result<void>();
  }

  // The clock was ahead: what was put in then, to wait for so long, waits for so long from now on.
  Task<Result<void>> clock_was_ahead(Timestamp at, std::chrono::microseconds by_more_than) {
    co_await ok(
        database_.write("UPDATE gatetorio_jobs SET due_at = due_at - (set_at - $2), set_at = $2"
                        " WHERE plugin = $1 AND set_at > $3 AND due_at < $4",
                        plugin_, at, at.us + by_more_than.count(), kNever));
    co_return Result<void>();
  }

  Task<Result<Count>> count(std::string kind) {
    constexpr std::string_view kCount = "SELECT COUNT(*) FROM gatetorio_jobs WHERE plugin = $1 AND kind = $2";
    sql::Batch batch(sql::Mode::kRead);
    batch.add(std::string(kCount) + " AND due_at < $3", plugin_, kind, kNever);
    batch.add(std::string(kCount) + " AND due_at = $3", plugin_, kind, kNever);
    const sql::Results results = co_await ok(database_.run(std::move(batch)));
    co_return Count{results[0].integer(0, 0), results[1].integer(0, 0)};
  }

 private:
  template <class... Args>
  void of_mine(sql::Batch& batch, std::string_view change, std::string_view also, const Job& job,
               const Args&... more) const {
    batch.add(std::string(change) + " WHERE plugin = $1 AND kind = $2 AND key = $3 AND owner = $4" + std::string(also),
              plugin_, job.kind, job.key, owner_, more...);
  }

  Database& database_;
  const std::string plugin_;
  std::string owner_;  // this process
};

}  // namespace detail
}  // namespace gatetorio
