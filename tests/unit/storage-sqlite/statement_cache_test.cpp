#include "statement_cache.hpp"

#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>
#include <memory>

namespace gatetorio::storage_sqlite {
namespace {

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Handle memory_database() {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(":memory:", &db) == SQLITE_OK);
  return Handle(db);
}

TEST_CASE("a statement is prepared once and kept") {
  const Handle db = memory_database();
  StatementCache cache(db.get(), 8);
  std::optional<Failure> failure;
  Prepared* first = cache.get("SELECT 1", failure);
  REQUIRE(first != nullptr);
  CHECK(cache.get("SELECT 1", failure) == first);
  CHECK(cache.size() == 1);
}

TEST_CASE("the least recently used statement makes room") {
  const Handle db = memory_database();
  StatementCache cache(db.get(), 2);
  std::optional<Failure> failure;
  sqlite3_stmt* one = cache.get("SELECT 1", failure)->statement;
  cache.get("SELECT 2", failure);
  cache.get("SELECT 1", failure);
  cache.get("SELECT 3", failure);  // in the place of 2
  CHECK(cache.size() == 2);
  CHECK(cache.get("SELECT 1", failure)->statement == one);
}

TEST_CASE("parameters are found by their number, not by their place") {
  const Handle db = memory_database();
  Prepared prepared;
  REQUIRE_FALSE(prepare(db.get(), "SELECT $2, $1, $2, $3", prepared));
  CHECK(prepared.parameters == std::vector<int>{2, 1, 3});
}

TEST_CASE("other forms of parameters, gaps and several statements are invalid") {
  const Handle db = memory_database();
  for (const char* sql :
       {"SELECT ?", "SELECT ?1", "SELECT :name", "SELECT @name", "SELECT $name", "SELECT $1::bigint", "SELECT $2",
        "SELECT $1, $3", "SELECT $0", "SELECT 1; SELECT 2", "", "-- nothing", "SELEKT"}) {
    INFO(sql);
    Prepared prepared;
    const auto failure = prepare(db.get(), sql, prepared);
    REQUIRE(failure);
    CHECK(failure->error.status == Status::kInvalid);
    CHECK_FALSE(failure->log.empty());
  }
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
