#include <limits>

#include "storage_under_test.hpp"

namespace gatetorio::contract {
namespace {

constexpr const char* kValues = "CREATE TABLE vals (id BIGINT PRIMARY KEY, i BIGINT, r DOUBLE PRECISION, t TEXT);";

TEST_CASE("integers keep all of their 64 bits") {
  const auto storage = storage_with(kValues);
  std::int64_t id = 0;
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{9007199254740993}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    const auto results = run(*storage, write("INSERT INTO vals (id, i) VALUES ($1, $2) RETURNING i", ++id, value));
    REQUIRE(results);
    CHECK((*results)[0].at(0, 0).type == sql::Type::kInteger);
    CHECK((*results)[0].integer(0, 0) == value);
  }
}

TEST_CASE("reals come back bit by bit") {
  const auto storage = storage_with(kValues);
  std::int64_t id = 0;
  for (const double value : {0.0, -0.5, 1e300, 5e-324, 0.1}) {
    REQUIRE(run(*storage, write("INSERT INTO vals (id, r) VALUES ($1, $2)", ++id, value)));
    const auto results = run(*storage, read("SELECT r FROM vals WHERE id = $1", id));
    REQUIRE(results);
    CHECK((*results)[0].at(0, 0).type == sql::Type::kReal);
    CHECK((*results)[0].at(0, 0).real == value);
  }
}

TEST_CASE("text comes back as it went, whatever it holds") {
  const auto storage = storage_with(kValues);
  std::int64_t id = 0;
  for (const std::string value :
       {"", "plain", "it's; DROP TABLE vals --", "Grüße, 門 🚪", "tab\tnewline\n\x7f", "$1 ?"}) {
    REQUIRE(run(*storage, write("INSERT INTO vals (id, t) VALUES ($1, $2)", ++id, value)));
    const auto results = run(*storage, read("SELECT t FROM vals WHERE t = $1", value));
    REQUIRE(results);
    REQUIRE((*results)[0].rows() == 1);
    CHECK((*results)[0].at(0, 0).type == sql::Type::kText);
    CHECK((*results)[0].text(0, 0) == value);
  }
}

TEST_CASE("NULL is not zero and not the empty text") {
  const auto storage = storage_with(kValues);
  const std::optional<std::string> nothing;
  const std::optional<std::int64_t> seven = 7;
  REQUIRE(run(*storage, write("INSERT INTO vals (id, i, r, t) VALUES (1, $1, $2, $3)", seven, std::nullopt, nothing)));
  const auto results = run(*storage, read("SELECT i, r, t FROM vals"));
  REQUIRE(results);
  CHECK((*results)[0].integer_or_null(0, 0) == 7);
  CHECK((*results)[0].is_null(0, 1));
  CHECK((*results)[0].text_or_null(0, 2) == std::nullopt);
}

TEST_CASE("blobs keep zero bytes, and an empty one is not NULL") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("test", "0001_blobs.sqlite.sql", "CREATE TABLE blobs (id BIGINT PRIMARY KEY, b BLOB);");
  migrations.put("test", "0001_blobs.postgres.sql", "CREATE TABLE blobs (id BIGINT PRIMARY KEY, b BYTEA);");
  REQUIRE(migrations.apply(*storage, "test"));
  std::int64_t id = 0;
  for (const std::string& value : {std::string("\0a\0\xff", 4), std::string(), std::string(100'000, '\x80')}) {
    REQUIRE(run(*storage, write("INSERT INTO blobs (id, b) VALUES ($1, $2)", ++id, sql::Blob{value})));
    const auto results = run(*storage, read("SELECT b FROM blobs WHERE id = $1", id));
    REQUIRE(results);
    CHECK((*results)[0].at(0, 0).type == sql::Type::kBlob);
    CHECK((*results)[0].at(0, 0).bytes == value);
  }
}

TEST_CASE("text with a zero byte or outside of UTF-8 is refused") {
  const auto storage = storage_with(kValues);
  for (const std::string& value : {std::string("a\0b", 3), std::string("\xff"), std::string("\xc0\xaf"),
                                   std::string("\xed\xa0\x80"), std::string("\xe9 trailing")}) {
    const auto results = run(*storage, write("INSERT INTO vals (id, t) VALUES (1, $1)", value));
    CHECK(status_of(results) == Status::kMalformed);
  }
  CHECK(count(*storage, "vals") == 0);
}

TEST_CASE("parameters may be used in any order and more than once") {
  const auto storage = storage_with(kValues);
  REQUIRE(run(*storage, write("INSERT INTO vals (t, id, i) VALUES ($2, $1, $1)", 5, "five")));
  const auto results =
      run(*storage, read("SELECT id FROM vals WHERE t = $2 AND i = $1 AND id = $1 AND t = $2", 5, "five"));
  REQUIRE(results);
  CHECK((*results)[0].rows() == 1);
}

}  // namespace
}  // namespace gatetorio::contract
