#include <atomic>
#include <thread>
#include <vector>

#include "storage_under_test.hpp"

namespace gatetorio::contract {
namespace {

constexpr const char* kGates =
    "CREATE TABLE gates (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, level BIGINT NOT NULL DEFAULT 0"
    " CHECK (level < 100));"
    "CREATE TABLE keys (id BIGINT PRIMARY KEY, gate BIGINT NOT NULL REFERENCES gates(id) ON DELETE CASCADE);";

TEST_CASE("a batch gives one table a statement, with rows and numbers of changes") {
  const auto storage = storage_with(kGates);
  sql::Batch batch(sql::Mode::kWrite);
  batch.add("INSERT INTO gates (id, name) VALUES (1, 'a'), (2, 'b')")
      .add("UPDATE gates SET level = 1 WHERE id > $1 RETURNING id, name", 1)
      .add("SELECT id FROM gates WHERE id > 100")
      .add("DELETE FROM gates WHERE id = 7");
  const auto results = run(*storage, batch);
  REQUIRE(results);
  REQUIRE(results->size() == 4);
  CHECK((*results)[0].changes == 2);
  CHECK((*results)[0].rows() == 0);
  CHECK((*results)[1].changes == 1);
  CHECK((*results)[1].columns == 2);
  CHECK((*results)[1].text(0, 1) == "b");
  CHECK((*results)[2].changes == 0);
  CHECK((*results)[2].columns == 1);
  CHECK((*results)[2].empty());
  CHECK((*results)[3].changes == 0);
}

TEST_CASE("a taken unique value is a conflict and names the statement") {
  const auto storage = storage_with(kGates);
  REQUIRE(run(*storage, write("INSERT INTO gates (id, name) VALUES (1, 'a')")));
  sql::Batch batch(sql::Mode::kWrite);
  batch.add("INSERT INTO gates (id, name) VALUES (2, 'b')").add("INSERT INTO gates (id, name) VALUES (3, 'a')");
  const auto results = run(*storage, batch);
  REQUIRE(status_of(results) == Status::kConflict);
  CHECK(results.error().statement == 1);
  CHECK(count(*storage, "gates") == 1);
  CHECK(status_of(run(*storage, write("INSERT INTO gates (id, name) VALUES (1, 'c')"))) == Status::kConflict);
}

TEST_CASE("other violated constraints are invalid") {
  const auto storage = storage_with(kGates);
  CHECK(status_of(run(*storage, write("INSERT INTO gates (id, name) VALUES (1, NULL)"))) == Status::kInvalid);
  CHECK(status_of(run(*storage, write("INSERT INTO gates (id, name, level) VALUES (1, 'a', 100)"))) ==
        Status::kInvalid);
  CHECK(status_of(run(*storage, write("INSERT INTO keys (id, gate) VALUES (1, 99)"))) == Status::kInvalid);
  CHECK(count(*storage, "gates") == 0);
}

TEST_CASE("a statement that had to find a row and found none undoes the batch") {
  const auto storage = storage_with(kGates);
  sql::Batch batch(sql::Mode::kWrite);
  batch.add("INSERT INTO gates (id, name) VALUES (1, 'a')")
      .require("UPDATE gates SET level = 5 WHERE name = $1", "nobody")
      .add("INSERT INTO gates (id, name) VALUES (2, 'b')");
  const auto results = run(*storage, batch);
  REQUIRE(status_of(results) == Status::kGuardFailed);
  CHECK(results.error().statement == 1);
  CHECK(count(*storage, "gates") == 0);
}

TEST_CASE("a guard is content with a changed row and with a returned one") {
  const auto storage = storage_with(kGates);
  sql::Batch batch(sql::Mode::kWrite);
  batch.require("INSERT INTO gates (id, name) VALUES (1, 'a')").require("SELECT 1 FROM gates WHERE id = 1");
  CHECK(run(*storage, batch));
  sql::Batch reading(sql::Mode::kRead);
  reading.require("SELECT 1 FROM gates WHERE id = 2");
  CHECK(status_of(run(*storage, reading)) == Status::kGuardFailed);
}

TEST_CASE("a guarded insert has exactly one winner") {
  const auto storage = storage_with(kGates);
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 0; i < 50; ++i) {
    sql::Batch batch(sql::Mode::kWrite);
    batch.require("INSERT INTO gates (id, name) VALUES (1, $1) ON CONFLICT DO NOTHING", "by " + std::to_string(i));
    answers.push_back(run_later(*storage, batch));
  }
  int winners = 0;
  for (auto& answer : answers) {
    const auto result = wait(std::move(answer));
    if (result) {
      ++winners;
    } else {
      CHECK(result.error().status == Status::kGuardFailed);
    }
  }
  CHECK(winners == 1);
}

TEST_CASE("a batch that fails does no harm to its neighbours") {
  const auto storage = storage_with(kGates);
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 0; i < 60; ++i) {
    sql::Batch batch(sql::Mode::kWrite);
    batch.add("INSERT INTO gates (id, name) VALUES ($1, $2)", i, "gate " + std::to_string(i));
    if (i % 3 == 1) batch.add("INSERT INTO keys (id, gate) VALUES ($1, 999)", i);  // no such gate
    if (i % 3 == 2) batch.add("INSERT INTO nowhere (id) VALUES (1)");
    answers.push_back(run_later(*storage, batch));
  }
  for (int i = 0; i < 60; ++i) {
    INFO("batch " << i);
    CHECK(status_of(wait(std::move(answers[static_cast<std::size_t>(i)]))) ==
          (i % 3 == 0 ? Status::kOk : Status::kInvalid));
  }
  CHECK(count(*storage, "gates") == 20);
}

TEST_CASE("a read sees every write that was answered before it began") {
  const auto storage = storage_with(kGates);
  for (int i = 1; i <= 50; ++i) {
    REQUIRE(run(*storage, write("INSERT INTO gates (id, name) VALUES ($1, $2)", i, std::to_string(i))));
    REQUIRE(count(*storage, "gates") == i);
  }
}

TEST_CASE("the statements of one read see one state while others write") {
  const auto storage = storage_with(kGates);
  REQUIRE(run(*storage, write("INSERT INTO gates (id, name) VALUES (0, 'first')")));
  std::atomic<bool> reading = true;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 1; reading; ++i) {
      if (run(*storage, write("INSERT INTO gates (id, name) VALUES ($1, $2)", i, std::to_string(i)))) ++written;
    }
  });
  // The second statement takes so long that others commit meanwhile.
  sql::Batch batch(sql::Mode::kRead);
  batch.add("SELECT count(*) FROM gates")
      .add("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n")
      .add("SELECT count(*) FROM gates");
  int meanwhile = 0;
  Result<sql::Results> results = Error{};
  for (const auto end = std::chrono::steady_clock::now() + kDeadline;
       meanwhile == 0 && std::chrono::steady_clock::now() < end;) {
    const int before = written;
    results = run(*storage, batch);
    meanwhile = written - before;
  }
  reading = false;
  writer.join();
  REQUIRE(results);
  CHECK(meanwhile > 0);
  CHECK((*results)[0].integer(0, 0) == (*results)[2].integer(0, 0));
}

}  // namespace
}  // namespace gatetorio::contract
