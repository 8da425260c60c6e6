// The engine on a database of its own in a real server, and short ways to run batches on it.
#pragma once

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "database.hpp"
#include "support/paths.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::storage_postgres {

using testing::ask_postgres;
using testing::eventually;
using testing::PostgresServer;
using testing::shared_postgres;
using testing::TempDir;

inline constexpr std::chrono::seconds kTestDeadline{30};

// What the engine told, counted.
struct Told {
  std::atomic<bool> is_connected{false};
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> losses{0};
  std::atomic<std::size_t> commits{0};
  std::atomic<std::size_t> repeats{0};

  Observer observer() {
    Observer observer;
    observer.committed = [this](const CommitReport& report) {
      ++commits;
      repeats += report.repeats;
    };
    observer.connected = [this](bool connected) {
      is_connected = connected;
      if (!connected) ++losses;
    };
    observer.connections = [this](std::size_t open) { connections = open; };
    observer.problem = [this](std::string_view message, std::string_view detail) {
      const std::lock_guard lock(mutex_);
      problems_.append(message).append(": ").append(detail).append("\n");
    };
    return observer;
  }

  // What the operator's log would say, a line each.
  std::string problems() const {
    const std::lock_guard lock(mutex_);
    return problems_;
  }

 private:
  mutable std::mutex mutex_;
  std::string problems_;
};

inline std::future<Result<std::string>> run_later(Database& database, const sql::Batch& batch) {
  auto answer = std::make_shared<std::promise<Result<std::string>>>();
  auto future = answer->get_future();
  database.run(batch.bytes(), [answer](Result<std::string> result) { answer->set_value(std::move(result)); });
  return future;
}

inline Result<std::string> wait(std::future<Result<std::string>> answer) {
  if (answer.wait_for(kTestDeadline) == std::future_status::ready) return answer.get();
  return Error{.detail = "no answer within the deadline"};
}

// kOk for success.
inline Status run(Database& database, const sql::Batch& batch) {
  const Result<std::string> result = wait(run_later(database, batch));
  return result ? Status::kOk : result.error().status;
}

inline Result<std::string> migrate(Database& database, const std::string& plugin, const std::string& directory) {
  auto answer = std::make_shared<std::promise<Result<std::string>>>();
  auto future = answer->get_future();
  database.migrate({.plugin = plugin, .directories = {directory}},
                   [answer](Result<std::string> result) { answer->set_value(std::move(result)); });
  return wait(std::move(future));
}

template <class... Args>
sql::Batch write(std::string_view sql, const Args&... args) {
  sql::Batch batch(sql::Mode::kWrite);
  batch.add(sql, args...);
  return batch;
}

template <class... Args>
sql::Batch read(std::string_view sql, const Args&... args) {
  sql::Batch batch(sql::Mode::kRead);
  batch.add(sql, args...);
  return batch;
}

// The first cell of the answer.
inline std::int64_t number(Database& database, const sql::Batch& batch) {
  Result<std::string> bytes = wait(run_later(database, batch));
  REQUIRE(bytes);
  sql::Results results;
  REQUIRE(results.parse(*std::move(bytes)));
  return results[0].integer(0, 0);
}

// A database with the storage's own tables and one of the test's.
class Bench {
 public:
  explicit Bench(PostgresServer& server = shared_postgres(),
                 const std::string& tables = "CREATE TABLE things (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0)")
      : server_(server), name_(server.make_database()) {
    const auto database = open();
    REQUIRE(migrate(*database, "storage-postgres", GATETORIO_SOURCE_DIR "/migrations"));
    server_.ask(name_, tables);
  }
  DatabaseSettings settings() const { return {.login = {.url = server_.url(name_)}}; }
  std::unique_ptr<Database> open() { return open(settings()); }
  std::unique_ptr<Database> open(const DatabaseSettings& settings, Observer observer = {}) {
    auto opened = Database::open(settings, std::move(observer));
    REQUIRE(opened);
    return std::move(*opened);
  }
  std::string ask(const std::string& sql) const { return server_.ask(name_, sql); }
  const std::string& name() const { return name_; }

 private:
  PostgresServer& server_;
  std::string name_;
};

}  // namespace gatetorio::storage_postgres
