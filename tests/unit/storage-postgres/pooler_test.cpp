// A real PgBouncer in front of the server.
#include "postgres_fixture.hpp"
#include "support/pgbouncer.hpp"

namespace gatetorio::storage_postgres {
namespace {

using testing::PgBouncer;

DatabaseSettings through(const PgBouncer& pooler, const Bench& bench) {
  DatabaseSettings settings = bench.settings();
  settings.login.url = pooler.url(bench.name());
  return settings;
}

TEST_CASE("a pooler that leaves sessions alone is as good as the server itself") {
  Bench bench;
  const PgBouncer pooler(shared_postgres(), "session");
  Told told;
  const auto database = bench.open(through(pooler, bench), told.observer());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(run(*database, write("INSERT INTO things (id) VALUES ($1)", i)) == Status::kOk);
    REQUIRE(number(*database, read("SELECT count(*) FROM things")) == i + 1);
  }
  CHECK(told.losses == 0);
  CHECK(told.problems() == "");
}

TEST_CASE(
    "a pooler that gives sessions away between transactions is refused in plain words, and used when it no longer "
    "does") {
  Bench bench;
  for (const char* mode : {"transaction", "statement"}) {
    CAPTURE(mode);
    PgBouncer pooler(shared_postgres(), mode);
    Told told;
    const auto database = bench.open(through(pooler, bench), told.observer());
    CHECK(run(*database, read("SELECT 1")) == Status::kUnavailable);
    CHECK(run(*database, write("DELETE FROM things")) == Status::kUnavailable);
    CHECK(eventually([&] { return told.problems().find("pool_mode = session") != std::string::npos; }));
    CHECK_FALSE(told.is_connected);
    pooler.reload("session");
    CHECK(eventually([&] { return told.is_connected.load(); }));
    CHECK(eventually([&] { return run(*database, write("DELETE FROM things")) == Status::kOk; }));
  }
}

// Should all else fail, a session of somebody else's can only say that it has no such statement.
TEST_CASE("no two connections give a prepared statement the same name") {
  Bench bench;
  DatabaseSettings settings = bench.settings();
  settings.readers = 1;
  const auto one = bench.open(settings), two = bench.open(settings);
  const auto name = [](Database& database) {
    REQUIRE(run(database, read("SELECT n FROM things")) == Status::kOk);
    Result<std::string> bytes = wait(run_later(
        database,
        read("SELECT CAST(name AS TEXT) FROM pg_prepared_statements WHERE statement = 'SELECT n FROM things'")));
    REQUIRE(bytes);
    sql::Results results;
    REQUIRE(results.parse(*std::move(bytes)));
    REQUIRE(results[0].rows() == 1);
    return results[0].text(0, 0);
  };
  CHECK(name(*one) != name(*two));
}

// The readers share sessions from then on, each with statements of its own: what one prepared another must not run.
TEST_CASE("a pooler that begins to give sessions away under a running engine never makes it run a wrong statement") {
  Bench bench;
  bench.ask("INSERT INTO things (id, n) SELECT i, 1000 + i FROM generate_series(1, 50) AS i");
  PgBouncer pooler(shared_postgres(), "session");
  Told told;
  const auto database = bench.open(through(pooler, bench), told.observer());
  const auto ask_all = [&](bool must_answer) {
    std::vector<std::future<Result<std::string>>> answers;
    for (int i = 1; i <= 50; ++i) {
      const std::string one_of_seven = "SELECT n FROM things WHERE id = $1 AND n > " + std::to_string(i % 7);
      answers.push_back(run_later(*database, read(one_of_seven, i)));
    }
    for (int i = 1; i <= 50; ++i) {
      auto answer = wait(std::move(answers[static_cast<std::size_t>(i - 1)]));
      if (!answer && !must_answer) {
        CHECK(answer.error().status == Status::kUnavailable);
        continue;
      }
      REQUIRE(answer);
      sql::Results results;
      REQUIRE(results.parse(*std::move(answer)));
      REQUIRE(results[0].rows() == 1);
      REQUIRE(results[0].integer(0, 0) == 1000 + i);
    }
  };
  ask_all(true);
  pooler.reload("transaction");
  CHECK(eventually([&] {
    ask_all(false);
    return !told.is_connected;
  }));
  CHECK(eventually([&] { return told.problems().find("pool_mode = session") != std::string::npos; }));
  pooler.reload("session");
  CHECK(eventually([&] { return told.is_connected.load(); }));
  ask_all(true);
  CHECK(run(*database, write("INSERT INTO things (id) VALUES (99)")) == Status::kOk);
}

}  // namespace
}  // namespace gatetorio::storage_postgres
