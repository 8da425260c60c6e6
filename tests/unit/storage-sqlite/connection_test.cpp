#include "connection.hpp"

#include <sys/stat.h>

#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

TEST_CASE("plugins cannot reach for the file, other files or the ledger") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db")});
  REQUIRE(run(*database, write("CREATE TABLE gatetorio_migrations (plugin TEXT)")) == Status::kOk);
  for (const char* sql :
       {"PRAGMA synchronous = OFF", "PRAGMA journal_mode", "ATTACH DATABASE '/tmp/other.db' AS other", "DETACH main",
        "VACUUM", "VACUUM INTO '/tmp/copy.db'", "BEGIN", "SAVEPOINT x", "INSERT INTO gatetorio_migrations VALUES ('x')",
        "UPDATE gatetorio_migrations SET plugin = 'x'", "DELETE FROM gatetorio_migrations",
        "DROP TABLE gatetorio_migrations", "ALTER TABLE gatetorio_migrations RENAME TO x",
        "SELECT load_extension('x')"}) {
    INFO(sql);
    CHECK(run(*database, write(sql)) == Status::kInvalid);
    CHECK(run(*database, read(sql)) == Status::kInvalid);
  }
}

TEST_CASE("a statement of our own stays refused to plugins, even when both use the same text") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db")});
  sql::Batch several(sql::Mode::kWrite);  // makes the engine itself prepare SAVEPOINT, BEGIN IMMEDIATE and COMMIT
  several.add("CREATE TABLE t (id INTEGER)").add("INSERT INTO t VALUES (1)");
  REQUIRE(run(*database, several) == Status::kOk);
  for (const char* sql : {"COMMIT", "BEGIN IMMEDIATE", "SAVEPOINT batch", "RELEASE batch"}) {
    CHECK(run(*database, write(sql)) == Status::kInvalid);
  }
}

TEST_CASE("tables may be altered although pragmas are refused") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db")});
  REQUIRE(run(*database, write("CREATE TABLE t (id INTEGER, gone TEXT)")) == Status::kOk);
  REQUIRE(run(*database, write("INSERT INTO t (id) VALUES (1)")) == Status::kOk);
  CHECK(run(*database, write("ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 0 CHECK (n >= 0)")) == Status::kOk);
  CHECK(run(*database, write("ALTER TABLE t RENAME COLUMN n TO m")) == Status::kOk);
  CHECK(run(*database, write("ALTER TABLE t DROP COLUMN gone")) == Status::kOk);
  CHECK(number(*database, read("SELECT m FROM t")) == 0);
}

TEST_CASE("a statement that runs too long is interrupted, for reading and for writing") {
  const TemporaryFolder folder;
  const auto database =
      open_database({.path = folder.file("hub.db"), .statement_timeout = std::chrono::milliseconds(30)});
  const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  CHECK(run(*database, read(endless)) == Status::kTimeout);
  CHECK(run(*database, write(endless)) == Status::kTimeout);
  CHECK(number(*database, read("SELECT 1")) == 1);
  CHECK(number(*database, write("SELECT 2")) == 2);
}

TEST_CASE("an answer over the limit is too large") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db")});
  CHECK(run(*database, read("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
                            " SELECT zeroblob(1000000) FROM n")) == Status::kTooLarge);
}

TEST_CASE("statements are prepared anew when tables change") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db")});
  REQUIRE(run(*database, write("CREATE TABLE t (id INTEGER)")) == Status::kOk);
  REQUIRE(run(*database, write("INSERT INTO t VALUES (1)")) == Status::kOk);
  CHECK(number(*database, read("SELECT * FROM t")) == 1);
  REQUIRE(run(*database, write("ALTER TABLE t ADD COLUMN more TEXT")) == Status::kOk);
  auto bytes = wait(run_later(*database, read("SELECT * FROM t")));
  REQUIRE(bytes);
  sql::Results results;
  REQUIRE(results.parse(*std::move(bytes)));
  CHECK(results[0].columns == 2);
}

TEST_CASE("only the hub's own user can read the files") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db")});
  REQUIRE(run(*database, write("CREATE TABLE t (id INTEGER)")) == Status::kOk);
  for (const char* name : {"hub.db", "hub.db-wal", "hub.db-shm", "hub.db.lock"}) {
    INFO(name);
    struct stat status {};
    REQUIRE(stat(folder.file(name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
