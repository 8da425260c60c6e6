// One SQLite connection with the guards that statements of plugins run under.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "failure.hpp"
#include "gatetorio/sql_reader.hpp"
#include "statement_cache.hpp"

struct sqlite3;
namespace SQLite {
class Database;
}

namespace gatetorio::storage_sqlite {

using sql::BatchReader;
using sql::StatementView;

enum class Role { kWriter, kReader };

struct ConnectionSettings {
  std::string path;
  Role role = Role::kReader;
  std::int64_t cache_kib = 2048;
  std::chrono::milliseconds statement_timeout{5000};
};

// For one thread at a time. Not movable: SQLite holds its address.
class Connection {
 public:
  // Opens the file: a writer makes it where it is missing and puts it into WAL mode; a reader cannot write. Blocks.
  // Errors: kUnavailable, with SQLite's words.
  static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Runs the statements of a batch that inspect() accepted, one after the other, and appends their encoded results to
  // `out`. Stops at the first that fails; its index is in the error. No transaction is begun or ended here.
  std::optional<Failure> run(std::string_view batch, std::string& out);
  // The same for a batch of our own: without guards and limits.
  std::optional<Failure> run_trusted(std::string_view batch, std::string& out);

  // Runs SQL of our own: transaction control and PRAGMAs are allowed, time is not limited.
  std::optional<Failure> control(std::string_view sql);
  // Runs a script of several statements under the guards of plugins, but without the limit on time.
  std::optional<Failure> script(const std::string& sql);

  sqlite3* handle() const { return db_; }
  bool in_transaction() const;
  // Rows changed since the connection was opened, by triggers and cascades too.
  std::int64_t total_changes() const;
  // Whether the transaction holds a foreign key that waits for its row until COMMIT, and would fail there.
  bool owes_foreign_keys() const;

 private:
  explicit Connection(const ConnectionSettings& settings);
  void configure(const ConnectionSettings& settings);
  std::optional<Failure> run_all(std::string_view batch, StatementCache& cache, std::string& out);
  std::optional<Failure> run_one(BatchReader& in, StatementCache& cache, std::string& out);
  static int authorize(void* self, int action, const char* first, const char* second, const char* schema,
                       const char* trigger);
  static int check_time(void* self);

  std::unique_ptr<SQLite::Database> database_;
  sqlite3* db_;
  Role role_;
  std::chrono::milliseconds statement_timeout_;
  std::chrono::steady_clock::time_point deadline_{};  // of the running statement; zero until its first check
  bool limited_ = false;                              // whether the running statement has a deadline
  bool trusted_ = true;                               // whether the SQL being prepared is our own
  StatementCache statements_;
  StatementCache controls_;  // apart: SQL of plugins must never find a statement prepared as trusted
};

}  // namespace gatetorio::storage_sqlite
