#include "group.hpp"

#include <catch2/catch_test_macros.hpp>

#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

class Bench {
 public:
  Bench() {
    auto opened = Connection::open(
        {.path = folder_.file("hub.db"), .role = Role::kWriter, .statement_timeout = std::chrono::milliseconds(50)});
    REQUIRE(opened);
    connection = std::move(*opened);
    REQUIRE_FALSE(
        connection->script("CREATE TABLE gates (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
                           "CREATE TABLE keys (id INTEGER PRIMARY KEY,"
                           " gate INTEGER REFERENCES gates(id) DEFERRABLE INITIALLY DEFERRED);"));
  }
  std::int64_t gates() const {
    sql::Batch batch(sql::Mode::kRead);
    batch.add("SELECT count(*) FROM gates");
    std::string bytes;
    REQUIRE_FALSE(connection->run(batch.bytes(), bytes));
    sql::Results results;
    REQUIRE(results.parse(bytes));
    return results[0].integer(0, 0);
  }

 private:
  TemporaryFolder folder_;

 public:
  std::unique_ptr<Connection> connection;
};

Entry entry(const sql::Batch& batch) {
  return {.batch = batch.bytes(), .statements = sql::inspect(batch.bytes())->statements, .done = {}};
}
Entry gate(std::int64_t id) { return entry(write("INSERT INTO gates (id, name) VALUES ($1, $1)", id)); }

// Commits gate 1, the odd one, gate 2, and tells how the odd one failed.
Status commit_between_gates(Bench& bench, const sql::Batch& odd) {
  std::vector<Entry> entries;
  entries.push_back(gate(1));
  entries.push_back(entry(odd));
  entries.push_back(gate(2));
  CHECK(commit_group(*bench.connection, entries));
  CHECK_FALSE(bench.connection->in_transaction());
  CHECK_FALSE(entries[0].failure);
  CHECK_FALSE(entries[2].failure);
  CHECK(bench.gates() == 2);
  return entries[1].failure ? entries[1].failure->error.status : Status::kOk;
}

TEST_CASE("a failing batch leaves no trace, whatever way it fails") {
  Bench bench;
  sql::Batch odd(sql::Mode::kWrite);
  SECTION("a conflict in a single statement") {
    odd.add("INSERT INTO gates (id, name) VALUES (8, 'x'), (1, 'y')");
    CHECK(commit_between_gates(bench, odd) == Status::kConflict);
  }
  SECTION("a conflict in a second statement") {
    odd.add("INSERT INTO gates (id) VALUES (8)").add("INSERT INTO gates (id) VALUES (1)");
    CHECK(commit_between_gates(bench, odd) == Status::kConflict);
  }
  SECTION("OR ROLLBACK, which takes the whole transaction along") {
    odd.add("INSERT OR ROLLBACK INTO gates (id, name) VALUES (8, 'x'), (1, 'y')");
    CHECK(commit_between_gates(bench, odd) == Status::kConflict);
  }
  SECTION("OR ROLLBACK inside of a savepoint") {
    odd.add("INSERT INTO gates (id) VALUES (8)").add("INSERT OR ROLLBACK INTO gates (id) VALUES (1)");
    CHECK(commit_between_gates(bench, odd) == Status::kConflict);
  }
  SECTION("OR FAIL, which keeps the rows before the conflict") {
    odd.add("INSERT OR FAIL INTO gates (id, name) VALUES (8, 'x'), (1, 'y')");
    CHECK(commit_between_gates(bench, odd) == Status::kConflict);
  }
  SECTION("a deferred foreign key without its row") {
    odd.add("INSERT INTO keys (id, gate) VALUES (1, 99)");
    CHECK(commit_between_gates(bench, odd) == Status::kInvalid);
  }
  SECTION("a deferred foreign key in one of several statements") {
    odd.add("INSERT INTO gates (id) VALUES (8)").add("INSERT INTO keys (id, gate) VALUES (1, 99)");
    CHECK(commit_between_gates(bench, odd) == Status::kInvalid);
  }
  SECTION("a statement that takes too long, which SQLite answers by rolling everything back") {
    odd.add(
        "INSERT INTO gates (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i FROM n WHERE i < 0");
    CHECK(commit_between_gates(bench, odd) == Status::kTimeout);
  }
}

TEST_CASE("a group of nothing but failures commits nothing and ends") {
  Bench bench;
  std::vector<Entry> entries;
  for (int i = 0; i < 5; ++i) entries.push_back(entry(write("INSERT OR FAIL INTO gates VALUES (1, 'x'), (1, 'y')")));
  CHECK(commit_group(*bench.connection, entries));
  for (const Entry& e : entries) CHECK(e.failure->error.status == Status::kConflict);
  CHECK(bench.gates() == 0);
}

TEST_CASE("a full disk fails the whole group and the next one may succeed") {
  Bench bench;
  REQUIRE_FALSE(bench.connection->control("PRAGMA max_page_count = 20"));
  std::vector<Entry> entries;
  entries.push_back(gate(1));
  for (int i = 0; i < 3; ++i) {
    entries.push_back(entry(write("INSERT INTO gates (name) VALUES ($1)", std::string(100'000, 'a' + i))));
  }
  CHECK_FALSE(commit_group(*bench.connection, entries));
  for (const Entry& e : entries) CHECK(e.failure->error.status == Status::kFull);
  CHECK(bench.gates() == 0);
  std::vector<Entry> small;
  small.push_back(gate(1));
  CHECK(commit_group(*bench.connection, small));
  CHECK(bench.gates() == 1);
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
