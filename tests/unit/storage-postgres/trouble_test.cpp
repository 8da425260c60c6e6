// A database that runs, and yet cannot: read-only, locked, with rights taken away.
#include <sstream>

#include "failure.hpp"
#include "postgres_fixture.hpp"

namespace gatetorio::storage_postgres {
namespace {

using std::chrono::milliseconds;

constexpr const char* kTwoTables =
    "CREATE TABLE things (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0);"
    "CREATE TABLE others (id BIGINT PRIMARY KEY)";

std::shared_ptr<void> hold(const Bench& bench, const std::string& sql) {
  return testing::hold_in_postgres(bench.settings().login.url, sql);
}

TEST_CASE("each class of PostgreSQL's errors is the data's, the plugin's or the database's own trouble") {
  const struct {
    const char* sqlstates;
    Status status;
  } kTable[] = {
      {"23505 23P01", Status::kConflict},
      {"23000 23502 23503 23514 44000 27000 40002 P0001", Status::kInvalid},
      {"22003 22021 22P02 22001", Status::kInvalid},
      {"42601 42P01 42703 0A000 21000 34000 2D000 3B001 03000", Status::kInvalid},
      {"54000 54001", Status::kTooLarge},
      {"57014 40003 08007", Status::kTimeout},
      {"53100", Status::kFull},
      {"08000 08003 08006 08P01 25006 25P02 25P03 26000 28000 28P01 3D000 3F000 40001 40P01 42501 42P05 53000 53200 "
       "53300 "
       "53400 55000 55006 55P03 57000 57P01 57P02 57P03 57P04 57P05 58000 58030 58P01 72000 F0000 HV000 XX000 XX001 "
       "XX002",
       Status::kUnavailable},
      {"ZZ000", Status::kInternal}};
  for (const auto& row : kTable) {
    std::istringstream in(row.sqlstates);
    for (std::string sqlstate; in >> sqlstate;) {
      CAPTURE(sqlstate);
      const Failure failure = failure_of(sqlstate, "words");
      CHECK(failure.error.status == row.status);
      CHECK((failure.error.retry_after_s > 0) == (row.status == Status::kUnavailable));
    }
  }
}

TEST_CASE("a server that becomes read-only is out of reach for writing, in plain words, until it writes again") {
  PostgresServer server;
  Bench bench(server);
  Told told;
  const auto database = bench.open(bench.settings(), told.observer());
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  const auto set = [&](const char* value) {
    server.ask("postgres", std::string("ALTER SYSTEM SET default_transaction_read_only = ") + value);
    server.ask("postgres", "SELECT pg_reload_conf()");
  };
  set("on");
  SECTION("noticed by a write") {
    CHECK(eventually([&] {
      const auto answer = wait(run_later(*database, write("INSERT INTO things (id) VALUES (2)")));
      return !answer && answer.error().status == Status::kUnavailable && answer.error().retry_after_s > 0;
    }));
  }
  SECTION("noticed by the engine itself") {}
  CHECK(eventually([&] { return !told.is_connected; }));
  CHECK(eventually([&] { return told.problems().find("the server is read-only") != std::string::npos; }));
  CHECK(run(*database, read("SELECT 1")) == Status::kOk);
  CHECK(run(*database, read("DELETE FROM things")) == Status::kInvalid);
  // Out of reach of the setting: it forbids itself to be taken back, but to sessions that say otherwise.
  ask_postgres(server.url("postgres") + "&options=-cdefault_transaction_read_only%3Doff",
               "ALTER SYSTEM RESET default_transaction_read_only");
  server.ask("postgres", "SELECT pg_reload_conf()");
  CHECK(eventually([&] { return told.is_connected.load(); }));
  CHECK(eventually([&] { return run(*database, write("INSERT INTO things (id) VALUES (3)")) == Status::kOk; }));
}

TEST_CASE("a right that was taken away is no fault of the request") {
  PostgresServer server;
  Bench bench(server);
  bench.ask("CREATE ROLE hub LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO hub");
  DatabaseSettings settings = bench.settings();
  settings.login.url = server.url(bench.name()).replace(server.url(bench.name()).find("user=postgres"), 13, "user=hub");
  const auto database = bench.open(settings);
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  bench.ask("REVOKE INSERT ON things FROM hub");
  CHECK(run(*database, write("INSERT INTO things (id) VALUES (2)")) == Status::kUnavailable);
  bench.ask("GRANT INSERT ON things TO hub");
  CHECK(run(*database, write("INSERT INTO things (id) VALUES (3)")) == Status::kOk);
}

// Somebody locks one table: what needs it is refused in time, what does not goes on.
void check_held(const std::string& lock, const sql::Batch& held, const sql::Batch& free) {
  Bench bench(shared_postgres(), kTwoTables);
  Told told;
  DatabaseSettings settings = bench.settings();
  settings.max_wait = milliseconds(1000);
  const auto database = bench.open(settings, told.observer());
  bench.ask("INSERT INTO things (id) VALUES (1); INSERT INTO others (id) VALUES (1)");
  REQUIRE(run(*database, held) == Status::kOk);
  {
    const auto holder = hold(bench, lock);
    std::vector<std::future<Result<std::string>>> late;
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) {
      late.push_back(run_later(*database, held));
      milliseconds took{};
      CHECK((took = testing::time_of([&] { CHECK(run(*database, free) == Status::kOk); })) < milliseconds(700));
    }
    for (auto& answer : late) {
      const auto refused = wait(std::move(answer));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().status == Status::kUnavailable);
      CHECK(refused.error().retry_after_s > 0);
    }
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(4));
    CHECK(told.problems().find("another session holds a lock") != std::string::npos);
    CHECK(told.is_connected);
  }
  CHECK(run(*database, held) == Status::kOk);
}

TEST_CASE("a table that somebody locks holds up only what needs it, and that is refused in time") {
  const sql::Batch adds = write("INSERT INTO things (id) VALUES ((SELECT max(id) + 1 FROM things))");
  const sql::Batch other = write("INSERT INTO others (id) VALUES ((SELECT max(id) + 1 FROM others))");
  SECTION("for writing") { check_held("LOCK TABLE things IN ACCESS EXCLUSIVE MODE", adds, other); }
  SECTION("against writing alone") { check_held("LOCK TABLE things IN SHARE MODE", adds, other); }
  SECTION("one row of it") {
    check_held("SELECT * FROM things WHERE id = 1 FOR UPDATE", write("UPDATE things SET n = n + 1 WHERE id = 1"),
               other);
  }
  SECTION("for reading") {
    check_held("LOCK TABLE things IN ACCESS EXCLUSIVE MODE", read("SELECT count(*) FROM things"),
               read("SELECT count(*) FROM others"));
  }
}

TEST_CASE("batches that need a locked table wait a moment for it, and are done when it is free") {
  Bench bench(shared_postgres(), kTwoTables);
  const auto database = bench.open();
  std::vector<std::future<Result<std::string>>> answers;
  {
    const auto holder = hold(bench, "LOCK TABLE things IN ACCESS EXCLUSIVE MODE");
    for (int i = 0; i < 200; ++i) {
      answers.push_back(run_later(*database, write("INSERT INTO things (id) VALUES ($1)", i)));
      if (i % 50 == 0) REQUIRE(run(*database, write("INSERT INTO others (id) VALUES ($1)", i)) == Status::kOk);
    }
    for (auto& answer : answers) CHECK(answer.wait_for(milliseconds::zero()) != std::future_status::ready);
  }
  for (auto& answer : answers) CHECK(wait(std::move(answer)));
  CHECK(bench.ask("SELECT count(*) FROM things") == "200");
}

TEST_CASE("what waits for a lock at a shutdown is cancelled at once") {
  Bench bench(shared_postgres(), kTwoTables);
  auto database = bench.open();
  const auto holder = hold(bench, "LOCK TABLE things IN ACCESS EXCLUSIVE MODE");
  auto held = run_later(*database, write("INSERT INTO things (id) VALUES (1)"));
  REQUIRE(run(*database, write("INSERT INTO others (id) VALUES (1)")) == Status::kOk);
  CHECK(testing::time_of([&] { database.reset(); }) < milliseconds(1500));
  CHECK(wait(std::move(held)).error().status == Status::kCancelled);
}

}  // namespace
}  // namespace gatetorio::storage_postgres
