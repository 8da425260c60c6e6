#include "migrator.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "storage_fixture.hpp"
#include "support/paths.hpp"

namespace gatetorio::storage_sqlite {
namespace {

class Bench {
 public:
  std::unique_ptr<Connection> open() const {
    auto opened = Connection::open({.path = folder.file("hub.db"), .role = Role::kWriter});
    REQUIRE(opened);
    return std::move(*opened);
  }
  void put(const std::string& name, const std::string& sql) const {
    std::filesystem::create_directories(folder.file("migrations/test"));
    std::ofstream(folder.file("migrations/test/" + name)) << sql;
  }
  Result<std::string> migrate(Connection& connection) const {
    return storage_sqlite::migrate(connection, {.plugin = "test", .directories = {folder.file("migrations")}}, {});
  }

  TemporaryFolder folder;
};

TEST_CASE("the storage's own migrations make the audit log") {
  const Bench bench;
  const auto connection = bench.open();
  const auto result =
      migrate(*connection, {.plugin = "storage-sqlite", .directories = {GATETORIO_SOURCE_DIR "/migrations"}}, {});
  REQUIRE(result);
  const sql::Batch row = write(
      "INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, request_id)"
      " VALUES (1, 'admin:1', '', 'test', '', 'ok', '', '')");
  std::string results;
  CHECK_FALSE(connection->run(row.bytes(), results));
}

TEST_CASE("a migration cannot end its transaction or turn guards off") {
  const Bench bench;
  const auto connection = bench.open();
  for (const char* sql : {"CREATE TABLE t (id INTEGER); COMMIT;", "BEGIN;", "PRAGMA foreign_keys = OFF;",
                          "DELETE FROM gatetorio_migrations;"}) {
    INFO(sql);
    bench.put("0001_a.sql", sql);
    const auto result = bench.migrate(*connection);
    REQUIRE_FALSE(result);
    CHECK(result.error().status == Status::kInvalid);
    CHECK_FALSE(connection->in_transaction());
  }
  bench.put("0001_a.sql", "CREATE TABLE t (id INTEGER);");
  CHECK(bench.migrate(*connection));
}

TEST_CASE("a hub that is killed inside of a migration begins that one again") {
  const Bench bench;
  bench.put("0001_a.sql", "CREATE TABLE a (id INTEGER);");
  // The second one writes for ever; the first being visible in the file tells when to kill.
  bench.put("0002_b.sql",
            "CREATE TABLE b (id INTEGER); INSERT INTO b WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT i FROM n WHERE i % 1000000 = 0;");
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto opened = Connection::open({.path = bench.folder.file("hub.db"), .role = Role::kWriter});
    if (opened) static_cast<void>(bench.migrate(**opened));
    _exit(0);
  }
  const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
  const auto applied = [&bench] {
    const sql::Batch batch = read("SELECT count(*) FROM gatetorio_migrations");
    const auto reader = Connection::open({.path = bench.folder.file("hub.db")});
    std::string bytes;
    sql::Results results;
    return reader && !(*reader)->run(batch.bytes(), bytes) && results.parse(bytes) && results[0].integer(0, 0) == 1;
  };
  while (!applied() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  kill(child, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));

  const auto connection = bench.open();
  bench.put("0002_b.sql", "CREATE TABLE b (id INTEGER);");
  CHECK(bench.migrate(*connection));
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
