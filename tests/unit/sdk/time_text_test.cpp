#include <catch2/catch_test_macros.hpp>
#include <gatetorio/time_text.hpp>

namespace gatetorio {

TEST_CASE("a time is read as the hub writes it, and in the other forms of RFC 3339") {
  const auto read = [](std::string_view text) { return parse_rfc3339(text).value_or(Timestamp{-1}).us; };
  constexpr std::int64_t kNine = 1'795'424'400'000'000;
  for (const std::int64_t us : {std::int64_t{0}, kNine, kNine + 123'000, std::int64_t{253'402'300'799'000'000}}) {
    CHECK(read(to_rfc3339({us})) == us);
  }
  const std::string text = to_rfc3339({kNine});
  const std::string date = text.substr(0, 11);
  const int hour = std::stoi(text.substr(11, 2));
  REQUIRE(hour == 9);
  CHECK(read(date + "09:00:00Z") == kNine);
  CHECK(read(date + "11:00:00+02:00") == kNine);
  CHECK(read(date + "03:30:00-05:30") == kNine);
  CHECK(read(date + "09:00:00.1234567Z") == kNine + 123'456);
  CHECK(read("2024-02-29t00:00:00z") > 0);
}

TEST_CASE("what is no time is none, in whatever way it is wrong") {
  for (const char* text :
       {"", "2026", "2026-11-23", "2026-11-23T07:00:00", "2026-11-23 07:00:00Z", "2026-11-23T07:00:00Zx",
        "2026-11-23T24:00:00Z", "2026-11-23T07:60:00Z", "2026-11-23T07:00:60Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-23T07:00:00.Z", "2026-11-23T07:00:00+2:00",
        "2026-11-23T07:00:00+24:00", "+026-11-23T07:00:00Z", "2026-11-23T07:00:0 Z", "2026-11-23T-7:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

}  // namespace gatetorio
