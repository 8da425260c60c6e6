#include "content_range.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::transport_http::test {
namespace {

TEST_CASE("a range is served where it can be read, and everything else as a whole") {
  const struct {
    const char* range;
    unsigned status;
    std::uint64_t offset, length;
  } cases[] = {
      {"", 200, 0, 1000},
      {"bytes=0-0", 206, 0, 1},
      {"bytes=0-999", 206, 0, 1000},
      {"bytes=0-5000", 206, 0, 1000},
      {"bytes=500-", 206, 500, 500},
      {"bytes=-1", 206, 999, 1},
      {"bytes=-5000", 206, 0, 1000},
      {"bytes=1000-", 416, 0, 0},
      {"bytes=-0", 416, 0, 0},
      {"bytes=5-1", 200, 0, 1000},
      {"bytes=a-b", 200, 0, 1000},
      {"bytes=0-1,3-4", 200, 0, 1000},
      {"lines=0-1", 200, 0, 1000},
      {"bytes=", 200, 0, 1000},
      {"bytes=-", 200, 0, 1000},
      {"bytes=1 -2", 200, 0, 1000},
      {"bytes=99999999999999999999-", 200, 0, 1000},
  };
  for (const auto& [range, status, offset, length] : cases) {
    CAPTURE(range);
    const auto answer = choose_range({range, {}, {}}, 1000, "\"tag\"");
    CHECK(answer.status == status);
    CHECK(answer.offset == offset);
    CHECK(answer.length == length);
  }
}

TEST_CASE("conditions are judged by the entity tag") {
  CHECK(choose_range({"bytes=0-1", "\"tag\"", {}}, 10, "\"tag\"").status == 206);
  CHECK(choose_range({"bytes=0-1", "\"old\"", {}}, 10, "\"tag\"").status == 200);
  CHECK(choose_range({"bytes=0-1", "W/\"tag\"", {}}, 10, "\"tag\"").status == 200);
  CHECK(choose_range({"bytes=0-1", "Tue, 24 Nov 2026 07:00:00 GMT", {}}, 10, "\"tag\"").status == 200);
  for (const char* fits : {"\"tag\"", "*", "\"x\", \"tag\"", "W/\"tag\""}) {
    CHECK(choose_range({{}, {}, fits}, 10, "\"tag\"").status == 304);
  }
  CHECK(choose_range({{}, {}, "\"x\""}, 10, "\"tag\"").status == 200);
}

TEST_CASE("nothing of an empty file can be a part") {
  CHECK(choose_range({"bytes=0-", {}, {}}, 0, "\"tag\"").status == 416);
  CHECK(choose_range({{}, {}, {}}, 0, "\"tag\"").status == 200);
}

}  // namespace
}  // namespace gatetorio::transport_http::test
