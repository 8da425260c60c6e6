#include <thread>

#include "postgres_fixture.hpp"

namespace gatetorio::storage_postgres {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a database that is killed and comes back is noticed, refused quickly meanwhile, and used again") {
  PostgresServer server;
  Bench bench(server);
  Told told;
  const auto database = bench.open(bench.settings(), told.observer());
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  REQUIRE(eventually([&] { return told.connections == 5; }));
  server.kill();
  // Nobody asks anything: the engine looks by itself.
  CHECK(eventually([&] { return !told.is_connected && told.connections == 0; }));
  for (const auto& batch : {write("INSERT INTO things (id) VALUES (2)"), read("SELECT 1")}) {
    const auto took = testing::time_of([&] {
      const auto answer = wait(run_later(*database, batch));
      REQUIRE_FALSE(answer);
      CHECK(answer.error().status == Status::kUnavailable);
      CHECK(answer.error().retry_after_s > 0);
    });
    CHECK(took < milliseconds(2500));
  }
  server.start();
  CHECK(eventually([&] { return told.is_connected.load(); }));
  CHECK(eventually([&] { return run(*database, read("SELECT 1")) == Status::kOk; }));
  CHECK(number(*database, read("SELECT count(*) FROM things")) == 1);
}

TEST_CASE("an orderly restart of the database costs no request that waits for it") {
  PostgresServer server;
  Bench bench(server);
  const auto database = bench.open();
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  server.ask("postgres",
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatetorio-hub'");
  // Every connection is gone; each is made anew when it is needed.
  CHECK(run(*database, write("INSERT INTO things (id) VALUES (2)")) == Status::kOk);
  for (int i = 0; i < 8; ++i) CHECK(run(*database, read("SELECT 1")) == Status::kOk);
}

TEST_CASE("no acknowledged write is lost by any number of kills") {
  PostgresServer server;
  Bench bench(server);
  const auto database = bench.open();
  std::atomic<bool> goes_on{true};
  std::vector<std::int64_t> acknowledged;
  std::atomic<std::size_t> count{0};
  std::thread writer([&] {
    for (std::int64_t id = 1; goes_on; ++id) {
      if (run(*database, write("INSERT INTO things (id) VALUES ($1)", id)) != Status::kOk) continue;
      acknowledged.push_back(id);
      ++count;
    }
  });
  for (int round = 0; round < 3; ++round) {
    const std::size_t before = count;
    REQUIRE(eventually([&] { return count > before + 5; }));
    server.kill();
    server.start();
  }
  goes_on = false;
  writer.join();
  CHECK(acknowledged.size() > 15);
  std::string ids;
  for (const std::int64_t id : acknowledged) ids.append(ids.empty() ? "" : ",").append(std::to_string(id));
  CHECK(bench.ask("SELECT count(*) FROM things WHERE id IN (" + ids + ")") == std::to_string(acknowledged.size()));
}

TEST_CASE("a server that hangs is given up, and a hub that stops does not wait for it") {
  PostgresServer server;
  Bench bench(server);
  DatabaseSettings settings = bench.settings();
  settings.stop_grace = milliseconds(300);
  auto patient = bench.open(settings);  // 5 s, and 2 s more for the server to speak
  settings.login.statement_timeout = milliseconds(500);
  auto database = bench.open(settings);
  REQUIRE(run(*database, read("SELECT 1")) == Status::kOk);
  REQUIRE(run(*patient, write("INSERT INTO things (id) VALUES (1)")) == Status::kOk);
  server.freeze();
  auto last = run_later(*patient, write("INSERT INTO things (id) VALUES (2)"));
  const auto took = testing::time_of([&] { patient.reset(); });
  CHECK(took < milliseconds(4000));
  CHECK_FALSE(wait(std::move(last)));
  const auto answer = wait(run_later(*database, read("SELECT 1")));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().status == Status::kUnavailable);
  server.thaw();
}

TEST_CASE("a statement that takes too long is cancelled and its batch undone") {
  Bench bench;
  DatabaseSettings settings = bench.settings();
  settings.login.statement_timeout = milliseconds(200);
  const auto database = bench.open(settings);
  sql::Batch batch(sql::Mode::kWrite);
  batch.add("INSERT INTO things (id) VALUES (1)").add("SELECT pg_sleep(20)::text");
  const auto answer = wait(run_later(*database, batch));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().status == Status::kTimeout);
  CHECK(answer.error().statement == 1);
  CHECK(bench.ask("SELECT count(*) FROM things") == "0");
  CHECK(run(*database, read("SELECT pg_sleep(20)::text")) == Status::kTimeout);
}

TEST_CASE("more batches than may wait are refused at once, and old ones when they have waited too long") {
  Bench bench;
  DatabaseSettings settings = bench.settings();
  settings.max_waiting = 5;
  settings.max_wait = milliseconds(200);
  const auto database = bench.open(settings);
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (0)")) == Status::kOk);
  auto slow = run_later(*database, write("SELECT pg_sleep(1)::text"));
  REQUIRE(eventually([&] {
    return bench.ask(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(1)%' AND state = 'active'") ==
           "1";
  }));
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 1; i <= 6; ++i) answers.push_back(run_later(*database, write("INSERT INTO things (id) VALUES ($1)", i)));
  // Refused inside the call; the others wait.
  REQUIRE(answers.back().wait_for(milliseconds::zero()) == std::future_status::ready);
  CHECK(answers[4].wait_for(milliseconds::zero()) != std::future_status::ready);
  const auto refused = wait(std::move(answers.back()));
  CHECK_FALSE(refused);
  CHECK(refused.error().status == Status::kUnavailable);
  answers.pop_back();
  for (auto& answer : answers) {
    const auto late = wait(std::move(answer));
    REQUIRE_FALSE(late);
    CHECK(late.error().status == Status::kUnavailable);
    CHECK(late.error().retry_after_s > 0);
  }
  CHECK(wait(std::move(slow)));
  CHECK(bench.ask("SELECT count(*) FROM things") == "1");
}

TEST_CASE("what waits at a shutdown is committed, what comes later is cancelled, and each is answered once") {
  Bench bench;
  auto database = bench.open();
  REQUIRE(run(*database, write("INSERT INTO things (id) VALUES (0)")) == Status::kOk);
  auto slow = run_later(*database, write("SELECT pg_sleep(0.5)::text"));
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 1; i <= 20; ++i)
    answers.push_back(run_later(*database, write("INSERT INTO things (id) VALUES ($1)", i)));
  std::promise<void> closed;
  database->shutdown([&closed] { closed.set_value(); });
  CHECK(run(*database, write("INSERT INTO things (id) VALUES (99)")) == Status::kCancelled);
  CHECK(run(*database, read("SELECT 1")) == Status::kCancelled);
  REQUIRE(closed.get_future().wait_for(kTestDeadline) == std::future_status::ready);
  for (auto& answer : answers) CHECK(wait(std::move(answer)));
  database->join();
  CHECK(bench.ask("SELECT count(*) FROM things") == "21");
}

}  // namespace
}  // namespace gatetorio::storage_postgres
