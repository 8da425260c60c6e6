// One suite for every backend of gatetorio.sql/1. A backend that wants to run it links these sources with one of its
// own that defines make_storage().
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "gatetorio/sql.hpp"

namespace gatetorio::contract {

class StorageUnderTest {
 public:
  using Done = std::function<void(Result<std::string>)>;

  virtual ~StorageUnderTest() = default;
  // The methods of the service (sql.hpp); `done` exactly once, on any thread.
  virtual void run(std::string batch, Done done) = 0;
  virtual void migrate(sql::MigrateRequest request, Done done) = 0;
  // Which suffix of migrations is this backend's own: "sqlite", "postgres".
  virtual std::string dialect() const = 0;
};

// A storage with an empty database, gone with the object.
std::unique_ptr<StorageUnderTest> make_storage();

inline constexpr std::chrono::seconds kDeadline{20};

// Starts a request and gives its answer later.
template <class Start>
std::future<Result<std::string>> begin(Start start) {
  auto answer = std::make_shared<std::promise<Result<std::string>>>();
  auto future = answer->get_future();
  start([answer](Result<std::string> result) { answer->set_value(std::move(result)); });
  return future;
}

inline Result<std::string> wait(std::future<Result<std::string>> answer) {
  if (answer.wait_for(kDeadline) != std::future_status::ready) {
    return Error{.status = Status::kInternal, .detail = "no answer within the deadline"};
  }
  return answer.get();
}

inline std::future<Result<std::string>> run_later(StorageUnderTest& storage, const sql::Batch& batch) {
  return begin([&](StorageUnderTest::Done done) { storage.run(batch.bytes(), std::move(done)); });
}

inline Result<sql::Results> run(StorageUnderTest& storage, const sql::Batch& batch) {
  Result<std::string> bytes = wait(run_later(storage, batch));
  if (!bytes) return bytes.error();
  sql::Results results;
  if (!results.parse(*std::move(bytes))) return Error{.detail = "an answer that cannot be read"};
  return results;
}

// Success is kOk.
template <class T>
Status status_of(const Result<T>& result) {
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

inline std::int64_t count(StorageUnderTest& storage, const std::string& table) {
  const auto results = run(storage, read("SELECT count(*) FROM " + table));
  REQUIRE(results);
  return (*results)[0].integer(0, 0);
}

// A folder of migration files, gone with the object.
class Migrations {
 public:
  Migrations() {
    std::string name = (std::filesystem::temp_directory_path() / "gatetorio-contract-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  Migrations(const Migrations&) = delete;
  Migrations& operator=(const Migrations&) = delete;
  ~Migrations() { std::filesystem::remove_all(root_); }

  void put(const std::string& plugin, const std::string& file, const std::string& sql) const {
    std::filesystem::create_directories(root_ / plugin);
    std::ofstream(root_ / plugin / file) << sql;
  }
  void remove(const std::string& plugin, const std::string& file) const {
    std::filesystem::remove(root_ / plugin / file);
  }
  Result<std::string> apply(StorageUnderTest& storage, const std::string& plugin) const {
    const sql::MigrateRequest request{.plugin = plugin, .directories = {"/nowhere", root_.string()}};
    return wait(begin([&](StorageUnderTest::Done done) { storage.migrate(request, std::move(done)); }));
  }

 private:
  std::filesystem::path root_;
};

// A storage with one table for a test: the usual beginning.
inline std::unique_ptr<StorageUnderTest> storage_with(const std::string& sql) {
  auto storage = make_storage();
  const Migrations migrations;
  migrations.put("test", "0001_test.sql", sql);
  REQUIRE(status_of(migrations.apply(*storage, "test")) == Status::kOk);
  return storage;
}

}  // namespace gatetorio::contract
