// A folder that disappears with the test, and short ways to run batches on the engine.
#pragma once

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "database.hpp"

namespace gatetorio::storage_sqlite {

inline constexpr std::chrono::seconds kTestDeadline{20};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gatetorio-sqlite-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<Database> open_database(DatabaseSettings settings, Observer observer = {}) {
  auto opened = Database::open(std::move(settings), std::move(observer));
  REQUIRE(opened);
  return std::move(*opened);
}

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

// The number in the first cell of the answer.
inline std::int64_t number(Database& database, const sql::Batch& batch) {
  Result<std::string> bytes = wait(run_later(database, batch));
  REQUIRE(bytes);
  sql::Results results;
  REQUIRE(results.parse(*std::move(bytes)));
  return results[0].integer(0, 0);
}

}  // namespace gatetorio::storage_sqlite
