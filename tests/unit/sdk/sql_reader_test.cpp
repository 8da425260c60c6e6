#include "gatetorio/sql_reader.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>

namespace gatetorio::sql {
namespace {

TEST_CASE("a batch is read as it was written") {
  Batch batch(Mode::kWrite);
  batch.add("INSERT", 7, "text", 1.5, std::nullopt, Blob{"bytes"}).require("DELETE");
  const auto shape = inspect(batch.bytes());
  REQUIRE(shape);
  CHECK(shape->mode == Mode::kWrite);
  CHECK(shape->statements == 2);

  BatchReader in(batch.bytes());
  Mode mode{};
  StatementView statement;
  Cell cell;
  REQUIRE(in.mode(mode));
  REQUIRE(in.statement(statement));
  CHECK(statement.sql == "INSERT");
  CHECK(statement.expect == Expect::kAnything);
  REQUIRE(statement.parameters == 5);
  REQUIRE(in.parameter(cell));
  CHECK(cell.integer == 7);
  REQUIRE(in.parameter(cell));
  CHECK(cell.bytes == "text");
  REQUIRE(in.parameter(cell));
  CHECK(cell.real == 1.5);
  REQUIRE(in.parameter(cell));
  CHECK(cell.type == Type::kNull);
  REQUIRE(in.parameter(cell));
  CHECK(cell.type == Type::kBlob);
  REQUIRE(in.statement(statement));
  CHECK(statement.expect == Expect::kRow);
  CHECK(in.at_end());
}

TEST_CASE("a batch without statements or with a number that is none is refused") {
  CHECK_FALSE(inspect(Batch(Mode::kRead).bytes()));
  Batch batch(Mode::kWrite);
  batch.add("INSERT", std::numeric_limits<double>::quiet_NaN());
  CHECK_FALSE(inspect(batch.bytes()));
}

TEST_CASE("portable text is UTF-8 without zero bytes") {
  for (const char* text : {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a\xc3\xa9z"}) {
    CHECK(utf8::is_text(text));
  }
  for (const char* text : {"\x80", "\xc1\xbf", "\xc2", "\xc2z", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82", "\xe2\x82z",
                           "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CHECK_FALSE(utf8::is_text(text));
  }
  CHECK_FALSE(utf8::is_text(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace gatetorio::sql
