#include <thread>

#include "postgres_fixture.hpp"
#include "support/cutting_proxy.hpp"

namespace gatetorio::storage_postgres {
namespace {

using testing::CuttingProxy;

// Holds the engine's only writer until the server has ended a sleep, so that what is submitted meanwhile forms a group.
std::future<Result<std::string>> occupy(Database& database) {
  return run_later(database, write("SELECT pg_sleep(0.3)::text"));
}

TEST_CASE("batches that wait together share a commit") {
  Bench bench;
  Told told;
  const auto database = bench.open(bench.settings(), told.observer());
  auto first = occupy(*database);
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 0; i < 100; ++i)
    answers.push_back(run_later(*database, write("INSERT INTO things (id) VALUES ($1)", i)));
  REQUIRE(wait(std::move(first)));
  for (auto& answer : answers) CHECK(wait(std::move(answer)));
  CHECK(told.commits <= 4);
  CHECK(number(*database, read("SELECT count(*) FROM things")) == 100);
}

TEST_CASE("in a group, a guard sees nothing of a neighbour that failed before it") {
  Bench bench;
  const auto database = bench.open();
  auto first = occupy(*database);
  sql::Batch loses(sql::Mode::kWrite);
  loses.add("INSERT INTO things (id) VALUES (1)").require("UPDATE things SET n = 1 WHERE id = 404");
  sql::Batch wins(sql::Mode::kWrite);
  wins.require("INSERT INTO things (id, n) VALUES (1, 7) ON CONFLICT DO NOTHING");
  auto lost = run_later(*database, loses);
  auto won = run_later(*database, wins);
  REQUIRE(wait(std::move(first)));
  const auto failure = wait(std::move(lost));
  REQUIRE_FALSE(failure);
  CHECK(failure.error().status == Status::kGuardFailed);
  CHECK(failure.error().statement == 1);
  CHECK(wait(std::move(won)));
  CHECK(bench.ask("SELECT n FROM things") == "7");
}

TEST_CASE("a deferred constraint fails its own batch alone") {
  Bench bench(
      shared_postgres(),
      "CREATE TABLE things (id BIGINT PRIMARY KEY, other BIGINT REFERENCES things DEFERRABLE INITIALLY DEFERRED)");
  const auto database = bench.open();
  auto first = occupy(*database);
  auto good = run_later(*database, write("INSERT INTO things (id, other) VALUES (1, 1)"));
  auto bad = run_later(*database, write("INSERT INTO things (id, other) VALUES (2, 404)"));
  auto also_good = run_later(*database, write("INSERT INTO things (id) VALUES (3)"));
  REQUIRE(wait(std::move(first)));
  CHECK(wait(std::move(good)));
  CHECK(wait(std::move(bad)).error().status == Status::kInvalid);
  CHECK(wait(std::move(also_good)));
  CHECK(bench.ask("SELECT count(*) FROM things") == "2");
  CHECK(run(*database, write("INSERT INTO things (id, other) VALUES (4, 404)")) == Status::kInvalid);
}

// Two owners remove themselves at the same time on two hubs; each may only go while the other is there.
TEST_CASE("two hubs that decide at once cannot both be right about the last row") {
  Bench bench;
  Told told;
  const auto one = bench.open(bench.settings(), told.observer());
  const auto two = bench.open(bench.settings(), told.observer());
  for (int round = 0; round < 20; ++round) {
    bench.ask("DELETE FROM things; INSERT INTO things (id) VALUES (1), (2)");
    const auto leave = [](int id) {
      sql::Batch batch(sql::Mode::kWrite);
      batch.require("DELETE FROM things WHERE id = $1 AND EXISTS (SELECT 1 FROM things AS other WHERE other.id <> $1)",
                    id);
      return batch;
    };
    auto a = run_later(*one, leave(1));
    auto b = run_later(*two, leave(2));
    const bool a_went = static_cast<bool>(wait(std::move(a)));
    const bool b_went = static_cast<bool>(wait(std::move(b)));
    CHECK(a_went != b_went);
    CHECK(bench.ask("SELECT count(*) FROM things") == "1");
  }
}

TEST_CASE("hubs that write the same rows in opposite orders all succeed") {
  Bench bench;
  bench.ask("INSERT INTO things (id) SELECT generate_series(1, 8)");
  Told told;
  const auto one = bench.open(bench.settings(), told.observer());
  const auto two = bench.open(bench.settings(), told.observer());
  std::vector<std::future<Result<std::string>>> answers;
  constexpr int kRounds = 40;
  for (int i = 0; i < kRounds; ++i) {
    sql::Batch up(sql::Mode::kWrite), down(sql::Mode::kWrite);
    for (int id = 1; id <= 8; ++id) {
      up.add("UPDATE things SET n = n + 1 WHERE id = $1", id);
      down.add("UPDATE things SET n = n + 1 WHERE id = $1", 9 - id);
    }
    answers.push_back(run_later(*one, up));
    answers.push_back(run_later(*two, down));
  }
  for (auto& answer : answers) CHECK(wait(std::move(answer)));
  CHECK(bench.ask("SELECT min(n) FROM things") == std::to_string(2 * kRounds));
  CHECK(bench.ask("SELECT max(n) FROM things") == std::to_string(2 * kRounds));
}

TEST_CASE("a connection that breaks before the commit means no effect, and the batch is run once more") {
  PostgresServer server({.has_tcp = true});
  Bench bench(server);
  CuttingProxy proxy(server.tcp_url(bench.name()));
  DatabaseSettings settings = bench.settings();
  settings.login.url = proxy.url();
  const auto database = bench.open(settings);
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  proxy.cut_after("UPDATE things SET n = n + 10");  // the statement runs, its answer is lost
  CHECK(run(*database, write("UPDATE things SET n = n + 10")) == Status::kOk);
  CHECK(bench.ask("SELECT n FROM things") == "10");
}

TEST_CASE("a connection that breaks during the commit is neither a success nor repeated") {
  PostgresServer server({.has_tcp = true});
  Bench bench(server);
  CuttingProxy proxy(server.tcp_url(bench.name()));
  DatabaseSettings settings = bench.settings();
  settings.login.url = proxy.url();
  const auto database = bench.open(settings);
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  proxy.cut_after("COMMIT");
  const auto answer = wait(run_later(*database, write("UPDATE things SET n = n + 1")));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().status == Status::kTimeout);
  // It was committed, once: the proxy had passed the COMMIT on.
  CHECK(eventually([&] { return bench.ask("SELECT n FROM things") == "1"; }));
  CHECK(run(*database, write("UPDATE things SET n = n + 100")) == Status::kOk);
  CHECK(bench.ask("SELECT n FROM things") == "101");
}

}  // namespace
}  // namespace gatetorio::storage_postgres
