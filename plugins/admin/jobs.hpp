// Work on many things at once: each row is a call of an operation that exists anyway, as the admin who asked for the
// job, so that rights, audit and rules are those of a single call. A job survives the hub's end and goes on at its
// start; a row that was under way then is called once more.
#pragma once

#include <string>
#include <vector>

#include "feed.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/identifiers.hpp"
#include "operation_calls.hpp"
#include "types.hpp"

namespace gatetorio::admin {

struct NewJobInput {
  std::string kind;
  std::vector<std::string> items;
};
BOOST_DESCRIBE_STRUCT(NewJobInput, (), (kind, items))

struct JobEntry {
  std::int64_t job_id = 0;
  std::string kind;
  std::string state;  // running, done, cancelled
  Timestamp created_at;
  std::string created_by;
  std::int64_t total = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
};
BOOST_DESCRIBE_STRUCT(JobEntry, (), (job_id, kind, state, created_at, created_by, total, done, failed))

// What the admin who made the job alone has, and once: for each row the secret that its call makes good.
struct JobSecret {
  std::string item;
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(JobSecret, (), (item, secret))

struct NewJobOutput {
  std::int64_t job_id = 0;
  std::string kind;
  std::string state;
  Timestamp created_at;
  std::string created_by;
  std::int64_t total = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::optional<std::vector<JobSecret>> secrets;  // null: this kind has none
};
BOOST_DESCRIBE_STRUCT(NewJobOutput, (), (job_id, kind, state, created_at, created_by, total, done, failed, secrets))

struct JobsOutput {
  std::vector<JobEntry> jobs;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(JobsOutput, (), (jobs, next_cursor, total))

struct JobRef {
  RowId job_id;
};
BOOST_DESCRIBE_STRUCT(JobRef, (), (job_id))

struct JobInput {
  RowId job_id;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(JobInput, (), (job_id, limit, cursor))

struct JobRow {
  std::int64_t number = 0;  // from 1
  std::string item;
  std::string state;  // waiting, done, failed
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(JobRow, (), (number, item, state, detail))

struct JobOutput {
  JobEntry job;
  std::vector<JobRow> rows;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(JobOutput, (), (job, rows, next_cursor))

// Any thread.
class Jobs {
 public:
  static constexpr std::size_t kMostItems = 5'000;

  Jobs(Host& host, Database& database, OperationCalls& operations, Feed::Current current)
      : host_(host), database_(database), operations_(operations), current_(std::move(current)) {}

  Task<Result<Reply<NewJobOutput>>> create(Call call, NewJobInput input);
  Task<Result<JobsOutput>> list(Call call, PageInput page);
  Task<Result<JobOutput>> get(Call call, JobInput input);
  // Rows that have not begun stay as they are.
  Task<Result<void>> cancel(Call call, JobRef input);

  // In start(). Until the hub stops.
  void begin();

 private:
  struct Job {
    std::int64_t id = 0;
    std::string kind;
    Principal principal;
    std::string peer;
  };
  struct Row {
    std::int64_t number = 0;
    std::string item;
    std::string secret_hash;
    Error error = {.status = Status::kOk};
  };

  Task<Result<void>> work();
  Task<Result<std::optional<Job>>> claim();
  Task<Result<void>> work_on(Job job);
  Task<Result<bool>> is_running(std::int64_t job_id);
  Task<Result<std::vector<Row>>> next_rows(std::int64_t job_id);
  Task<Result<void>> save(std::int64_t job_id, std::vector<Row> rows);
  Task<Result<void>> call(Job job, Row row);

  Host& host_;
  Database& database_;
  OperationCalls& operations_;
  const Feed::Current current_;
  Ticker look_;
};

}  // namespace gatetorio::admin
