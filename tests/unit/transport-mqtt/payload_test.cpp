#include "broker/payload.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace gatetorio::transport_mqtt {
namespace {

const Stamp kStamp{"cmd_1", 1'763'247'466'000'000, 1'763'247'476'000'000, R"("boot-7")"};

TEST_CASE("a stamp replaces the reserved names and keeps the rest") {
  struct Row {
    const char* payload;
    const char* expected;
  };
  const std::string fields =
      R"("command_id":"cmd_1","issued_at":"2025-11-15T22:57:46.000Z","expires_at":"2025-11-15T22:57:56.000Z","boot_nonce":"boot-7"})";
  const auto row = GENERATE(values<Row>({
      {R"({})", R"({)"},
      {R"({"a":1.50} )", R"({"a":1.50,)"},
      {R"({"a":"}"})", R"({"a":"}",)"},
      {R"({"expires_at":"2099-01-01T00:00:00Z","a":1})", R"({"a":1,)"},
      {R"({"expires_at":1,"command_id":2,"issued_at":3,"boot_nonce":4})", R"({)"},
      {R"({"expires\u005fat":1,"a":1})", R"({"a":1,)"},
      {R"({"expires_at":1,"a":2,"expires_at":3,"b":4})", R"({"a":2,"b":4,)"},
  }));
  INFO(row.payload);
  const auto stamped = stamp_command(row.payload, kStamp);
  REQUIRE(stamped);
  CHECK(*stamped == row.expected + fields);
  CHECK(boost::json::parse(*stamped).is_object());
}

TEST_CASE("what is no JSON object is never stamped") {
  const auto payload = GENERATE(as<std::string>(), "", "1", "[]", "null", "{", "{}x", "\"{}\"", "{\"a\":\"\xff\"}",
                                R"({"a":)" + std::string(kMaxPayloadBytes, ' ') + "1}", std::string(100, '['));
  CHECK_FALSE(stamp_command(payload, kStamp));
  CHECK_FALSE(is_json_object(payload));
}

TEST_CASE("a stamped command tells when it expires") {
  const auto stamped = stamp_command(R"({"action":"open_gate"})", kStamp);
  REQUIRE(stamped);
  const auto mark = read_mark(*stamped);
  REQUIRE(mark);
  CHECK(mark->command_id == "cmd_1");
  CHECK(mark->expires_at_us == kStamp.expires_at_us);
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

TEST_CASE("a boot nonce is a short string or a whole number") {
  CHECK(boot_nonce_of(R"({"boot_nonce":"abc"})") == R"("abc")");
  CHECK(boot_nonce_of(R"({"boot_nonce":42})") == "42");
  CHECK(boot_nonce_of(R"({"boot_nonce":{"a":1}})").empty());
  CHECK(boot_nonce_of(R"({"boot_nonce":")" + std::string(200, 'x') + R"("})").empty());
  CHECK(boot_nonce_of(R"({"state":"boot_nonce"})").empty());
}

TEST_CASE("command ids are never alike") {
  const std::string id = new_command_id();
  CHECK(id.size() == 36);
  CHECK(id.starts_with("cmd_"));
  CHECK(id != new_command_id());
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
