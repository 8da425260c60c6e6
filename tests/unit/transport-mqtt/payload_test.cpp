#include "broker/payload.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace gatetorio::transport_mqtt {
namespace {

TEST_CASE("a payload is a JSON object of bounded size and depth") {
  const auto payload = GENERATE(as<std::string>(), "", "1", "[]", "null", "{", "{}x", "\"{}\"", "{\"a\":\"\xff\"}",
                                R"({"a":)" + std::string(kMaxPayloadBytes, ' ') + "1}", std::string(100, '['));
  CHECK_FALSE(is_json_object(payload));
  CHECK(is_json_object(R"({"a":1.50} )"));
}

TEST_CASE("a command tells who it is and when it expires") {
  const auto mark = read_mark(R"({"action":"open","command_id":"cmd_1","expires_at":"2025-11-15T22:57:56.000Z"})");
  REQUIRE(mark);
  CHECK(mark->command_id == "cmd_1");
  CHECK(mark->expires_at_us == 1'763'247'476'000'000);
}

TEST_CASE("a command without a readable end has no mark") {
  const auto payload =
      GENERATE(as<std::string>(), "{}", R"({"command_id":"a"})", R"({"expires_at":"2026-01-01T00:00:00Z"})",
               R"({"command_id":"a","expires_at":1})", R"({"command_id":"a","expires_at":"tomorrow"})",
               R"({"command_id":1,"expires_at":"2026-01-01T00:00:00Z"})", "nonsense");
  INFO(payload);
  CHECK_FALSE(read_mark(payload));
}

TEST_CASE("times are read as RFC 3339 in UTC") {
  struct Row {
    const char* text;
    std::int64_t us;  // -1: refused
  };
  const auto row = GENERATE(values<Row>({{"1970-01-01T00:00:01Z", 1'000'000},
                                         {"1970-01-01T00:00:00.001Z", 1'000},
                                         {"1970-01-01T00:00:00.123456789Z", 123'456},
                                         {"2026-11-23T07:00:00.000Z", 1'795'417'200'000'000},
                                         {"2026-02-30T00:00:00Z", -1},
                                         {"2026-11-23T24:00:00Z", -1},
                                         {"2026-11-23T07:00:00", -1},
                                         {"2026-11-23T07:00:00+00:00", -1},
                                         {"2026-11-23T07:00:00.Z", -1},
                                         {"-026-11-23T07:00:00Z", -1},
                                         {"2026-11-23 07:00:00Z", -1}}));
  INFO(row.text);
  const auto parsed = parse_rfc3339_us(row.text);
  CHECK(parsed.value_or(-1) == row.us);
}

TEST_CASE("command ids are never alike") {
  const std::string id = new_command_id();
  CHECK(id.size() == 36);
  CHECK(id.starts_with("cmd_"));
  CHECK(id != new_command_id());
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
