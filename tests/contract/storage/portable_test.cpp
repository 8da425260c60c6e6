// What features may take for granted whichever database there is.
#include <set>
#include <vector>

#include "storage_under_test.hpp"

namespace gatetorio::contract {
namespace {

constexpr const char* kGates =
    "CREATE TABLE gates (id BIGINT PRIMARY KEY, name TEXT NOT NULL, opened BIGINT NOT NULL);";

TEST_CASE("sums and comparisons are integers") {
  const auto storage = storage_with(kGates);
  REQUIRE(run(*storage, write("INSERT INTO gates (id, name, opened) VALUES (1, 'a', $1), (2, 'b', $2)",
                              std::int64_t{4'000'000'000'000'000'000}, -7)));
  const auto results = run(*storage, read("SELECT sum(opened), max(opened), count(*), min(id) < 2, 1 = 2 FROM gates"));
  REQUIRE(results);
  const auto& table = (*results)[0];
  for (std::size_t column = 0; column < 5; ++column) CHECK(table.at(0, column).type == sql::Type::kInteger);
  CHECK(table.integer(0, 0) == 3'999'999'999'999'999'993);
  CHECK(table.integer(0, 3) == 1);
  CHECK(table.integer(0, 4) == 0);
}

TEST_CASE("a value of some megabytes comes back whole") {
  const auto storage = storage_with(kGates);
  const std::string large(std::size_t{8} << 20, 'x');
  REQUIRE(run(*storage, write("INSERT INTO gates (id, name, opened) VALUES (1, $1, 0)", large)));
  const auto results = run(*storage, read("SELECT name FROM gates WHERE id = 1"));
  REQUIRE(results);
  CHECK((*results)[0].text(0, 0) == large);
}

TEST_CASE("concurrent upserts of one row are all counted") {
  const auto storage = storage_with(kGates);
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 0; i < 200; ++i) {
    answers.push_back(run_later(*storage, write("INSERT INTO gates (id, name, opened) VALUES ($1, 'gate', 1)"
                                                " ON CONFLICT (id) DO UPDATE SET opened = gates.opened + 1",
                                                i % 3)));
  }
  for (auto& answer : answers) CHECK(wait(std::move(answer)));
  const auto results = run(*storage, read("SELECT sum(opened), count(*) FROM gates"));
  REQUIRE(results);
  CHECK((*results)[0].integer(0, 0) == 200);
  CHECK((*results)[0].integer(0, 1) == 3);
}

TEST_CASE("pages by key meet every row once, also where rows are added meanwhile") {
  const auto storage = storage_with(kGates);
  for (int id = 1; id <= 50; ++id) {
    REQUIRE(run(*storage, write("INSERT INTO gates (id, name, opened) VALUES ($1, 'gate', 0)", 10 * id)));
  }
  std::set<std::int64_t> seen;
  std::int64_t last = 0;
  for (;;) {
    const auto page = run(*storage, read("SELECT id FROM gates WHERE id > $1 ORDER BY id LIMIT $2", last, 7));
    REQUIRE(page);
    if ((*page)[0].empty()) break;
    for (std::size_t row = 0; row < (*page)[0].rows(); ++row) {
      last = (*page)[0].integer(row, 0);
      CHECK(seen.insert(last).second);
    }
    REQUIRE(run(*storage, write("INSERT INTO gates (id, name, opened) VALUES ($1, 'late', 0)", last - 5)));
  }
  CHECK(seen.size() == 50);
}

TEST_CASE("an argument that is NULL at one time and a value at another fits the same statement") {
  const auto storage = storage_with(kGates);
  REQUIRE(run(*storage, write("INSERT INTO gates (id, name, opened) VALUES (1, 'first', 0)")));
  const std::string sql = "UPDATE gates SET name = COALESCE($2, name), opened = COALESCE($3, opened) WHERE id = $1";
  const std::optional<std::string> no_name;
  const std::optional<std::int64_t> no_number;
  REQUIRE(run(*storage, write(sql, 1, no_name, no_number)));
  REQUIRE(run(*storage, write(sql, 1, std::optional<std::string>("second"), no_number)));
  REQUIRE(run(*storage, write(sql, 1, no_name, std::optional<std::int64_t>(5))));
  REQUIRE(run(*storage, write(sql, 1, no_name, no_number)));
  const auto results = run(*storage, read("SELECT name, opened FROM gates"));
  REQUIRE(results);
  CHECK((*results)[0].text(0, 0) == "second");
  CHECK((*results)[0].integer(0, 1) == 5);
}

TEST_CASE("a table that is altered is read in its new shape") {
  const auto storage = storage_with(kGates);
  REQUIRE(run(*storage, write("INSERT INTO gates (id, name, opened) VALUES (1, 'a', 0)")));
  for (int i = 0; i < 8; ++i) REQUIRE(run(*storage, read("SELECT * FROM gates")));
  REQUIRE(run(*storage, write("ALTER TABLE gates ADD COLUMN colour TEXT")));
  for (int i = 0; i < 8; ++i) {
    const auto results = run(*storage, read("SELECT * FROM gates"));
    REQUIRE(results);
    CHECK((*results)[0].columns == 4);
  }
  CHECK(run(*storage, write("UPDATE gates SET colour = 'green' WHERE id = 1 RETURNING *")));
}

}  // namespace
}  // namespace gatetorio::contract
