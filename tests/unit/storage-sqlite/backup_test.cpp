#include "backup.hpp"

#include <fstream>

#include "connection.hpp"
#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

constexpr const char* kTable = "CREATE TABLE things (id INTEGER PRIMARY KEY)";

std::unique_ptr<Database> open_hub(const TemporaryFolder& folder) {
  auto database = open_database({.path = folder.file("hub.db")});
  sql::Batch ledger = write("CREATE TABLE IF NOT EXISTS gatetorio_migrations (plugin TEXT)");
  REQUIRE(run(*database, ledger) == Status::kOk);
  return database;
}

std::int64_t rows_of(const std::string& path) {
  const auto connection = Connection::open({.path = path});
  REQUIRE(connection);
  std::string bytes;
  sql::Results results;
  REQUIRE_FALSE((*connection)->run(read("SELECT count(*) FROM things").bytes(), bytes));
  REQUIRE(results.parse(bytes));
  return results[0].integer(0, 0);
}

TEST_CASE("a backup that is made while the hub writes has every row that was acknowledged before it") {
  const TemporaryFolder folder;
  const auto database = open_hub(folder);
  REQUIRE(run(*database, write(kTable)) == Status::kOk);
  std::vector<std::future<Result<std::string>>> later;
  for (int id = 1; id <= 100; ++id)
    REQUIRE(run(*database, write("INSERT INTO things (id) VALUES ($1)", id)) == Status::kOk);
  for (int id = 101; id <= 2000; ++id)
    later.push_back(run_later(*database, write("INSERT INTO things (id) VALUES ($1)", id)));
  const auto done = back_up(folder.file("hub.db"), folder.file("copy.db"));
  REQUIRE(done);
  for (auto& answer : later) CHECK(wait(std::move(answer)));
  const std::int64_t rows = rows_of(folder.file("copy.db"));
  CHECK(rows >= 100);
  CHECK(rows <= 2000);
  CHECK(back_up(folder.file("hub.db"), folder.file("copy.db")).error().status == Status::kConflict);
  CHECK(back_up(folder.file("nothing.db"), folder.file("other.db")).error().status == Status::kNotFound);
}

TEST_CASE("a restored backup takes the database's place, and what was there stays beside it") {
  const TemporaryFolder folder;
  {
    const auto database = open_hub(folder);
    REQUIRE(run(*database, write(kTable)) == Status::kOk);
    REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
    REQUIRE(back_up(folder.file("hub.db"), folder.file("copy.db")));
    REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (2)")) == Status::kOk);
    // The hub holds the file.
    CHECK(restore(folder.file("copy.db"), folder.file("hub.db")).error().status == Status::kConflict);
  }
  REQUIRE(restore(folder.file("copy.db"), folder.file("hub.db")));
  CHECK(rows_of(folder.file("hub.db")) == 1);
  CHECK(rows_of(folder.file("hub.db.replaced")) == 2);
}

TEST_CASE("what is damaged, or no database of a hub, is not restored") {
  const TemporaryFolder folder;
  { open_hub(folder); }
  std::ofstream(folder.file("text.db")) << std::string(8192, 'x');
  { REQUIRE(run(*open_database({.path = folder.file("foreign.db")}), write(kTable)) == Status::kOk); }
  CHECK(restore(folder.file("text.db"), folder.file("hub.db")).error().status == Status::kInvalid);
  CHECK(restore(folder.file("foreign.db"), folder.file("hub.db")).error().status == Status::kInvalid);
  CHECK(std::filesystem::exists(folder.file("hub.db")));
  CHECK_FALSE(std::filesystem::exists(folder.file("hub.db.restoring")));
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
