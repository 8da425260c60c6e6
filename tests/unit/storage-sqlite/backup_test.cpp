#include "backup.hpp"

#include <fstream>
#include <iterator>

#include "connection.hpp"
#include "database_lock.hpp"
#include "gatetorio/durable.hpp"
#include "restore.hpp"
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

TEST_CASE("each restore leaves what was there under a name of its own") {
  const TemporaryFolder folder;
  for (int id = 1; id <= 3; ++id) {
    {
      const auto database = open_hub(folder);
      if (id == 1) REQUIRE(run(*database, write(kTable)) == Status::kOk);
      REQUIRE(run(*database, write("INSERT INTO things (id) VALUES ($1)", id)) == Status::kOk);
      if (id == 1) REQUIRE(back_up(folder.file("hub.db"), folder.file("copy.db")));
    }
    if (id == 1) continue;
    const auto replaced = restore(folder.file("copy.db"), folder.file("hub.db"));
    REQUIRE(replaced);
    CHECK(*replaced == folder.file(id == 2 ? "hub.db.replaced" : "hub.db.replaced-2"));
    CHECK(rows_of(*replaced) == 2);
    CHECK(rows_of(folder.file("hub.db")) == 1);
  }
}

TEST_CASE("whoever takes the lock finishes a restore that was interrupted, wherever that was") {
  // Before: the old database, its log, and the draft. Then the moves, one more each time.
  for (int moved = 0; moved <= 3; ++moved) {
    CAPTURE(moved);
    const TemporaryFolder folder;
    const std::string path = folder.file("hub.db"), replaced = folder.file("hub.db.replaced");
    for (const char* end : {"", "-wal", "-shm"}) std::ofstream(path + end) << "old" << end;
    std::ofstream(path + ".restoring") << "new";
    REQUIRE(durable::write(path + ".restore", replaced));
    for (int i = 0; i < moved; ++i) {
      const std::string end = std::vector<std::string>{"-wal", "-shm", ""}[static_cast<std::size_t>(i)];
      std::filesystem::rename(path + end, replaced + end);
    }
    REQUIRE(lock_database(path));
    const auto text = [](const std::string& file) {
      std::ifstream in(file);
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    CHECK(text(path) == "new");
    CHECK_FALSE(std::filesystem::exists(path + "-wal"));
    CHECK_FALSE(std::filesystem::exists(path + "-shm"));
    for (const char* end : {"", "-wal", "-shm"}) CHECK(text(replaced + end) == std::string("old") + end);
    CHECK_FALSE(is_restore_open(path));
    std::ofstream(path + "-wal") << "of the new one";  // a second time there is nothing to do
    REQUIRE(lock_database(path));
    CHECK(std::filesystem::exists(path + "-wal"));
  }
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
