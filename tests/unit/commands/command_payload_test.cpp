#include "command_payload.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::commands {
namespace {

const Stamp kStamp{"cmd_1", {1'000'000}, {2'000'000}, std::nullopt};
constexpr std::string_view kFields =
    R"("command_id":"cmd_1","issued_at":"1970-01-01T00:00:01.000Z","expires_at":"1970-01-01T00:00:02.000Z"})";

std::string wrong_fields(std::string_view command) {
  const Result<void> fit = check_command(command);
  std::string fields;
  if (!fit) {
    for (const FieldError& field : fit.error().fields) fields += field.pointer + " ";
  }
  return fields;
}

TEST_CASE("a command is sent as it was given, with the hub's fields behind") {
  const std::string given = R"({ "run" : 12.0, "n":123456789012345678901234567890,"e":1E2, "list":[15.0,-0.0] )";
  CHECK(stamped(given + "}", kStamp) == given + "," + std::string(kFields));
  CHECK(stamped("{}", kStamp) == "{" + std::string(kFields));
  CHECK(stamped(" { } \n", kStamp) == "{ " + std::string(kFields));
  Stamp with_nonce = kStamp;
  with_nonce.boot_nonce = "12.0";
  CHECK(stamped("{}", with_nonce).ends_with(R"(,"boot_nonce":12.0})"));
}

TEST_CASE("names of the hub's are refused in every spelling, and only at the top") {
  CHECK(wrong_fields(R"({"command_id":1})") == "/command/command_id ");
  CHECK(wrong_fields(R"({"\u0063ommand_id":1,"boot\u005fnonce":2})") == "/command/command_id /command/boot_nonce ");
  CHECK(wrong_fields(R"({"of":{"command_id":1},"Command_id":1,"command_id ":1})").empty());
}

TEST_CASE("a name that stands twice in one object is refused: two readers could understand two commands") {
  CHECK(wrong_fields(R"({"gate":1,"a":2,"gate":2})") == "/command/gate ");
  CHECK(wrong_fields(R"({"gate":1,"g\u0061te":1})") == "/command/gate ");
  CHECK(wrong_fields(R"({"b":1,"b":1,"b":1,"a":1,"a":1})") == "/command/a /command/b ");
  CHECK(wrong_fields(R"({"args":{"x/y":1,"x/y":2}})") == "/command/args/x~1y ");
  CHECK(wrong_fields(R"({"list":[{},{"a":1,"a":1}]})") == "/command/list/1/a ");
  CHECK(wrong_fields(R"({"a":{"gate":1},"b":{"gate":1},"list":[{"gate":1},{"gate":1}],"c":"a","d":"a"})").empty());
}

TEST_CASE("the size of a command is that of its text") {
  const std::string fits = "{\"x\":\"" + std::string(32 * 1024 - 8, 'x') + "\"}";
  CHECK(check_command(fits));
  const Result<void> larger = check_command(fits.substr(0, 5) + " " + fits.substr(5));
  REQUIRE(!larger);
  CHECK(larger.error().status == Status::kTooLarge);
}

TEST_CASE("two commands are the same where they say the same") {
  CHECK(
      is_same_command(R"({"a":1,"b":[1,{"x":"é","y":null}]})", R"( { "b" : [ 1, {"y":null,"x":"\u00e9"} ],"a":1 } )"));
  CHECK(is_same_command("{}", " { } "));
  for (const char* other : {R"({"a":1.0})", R"({"a":1e0})", R"({"a":"1"})", R"({"a":true})", R"({"b":1})",
                            R"({"a":1,"b":1})", R"({"a":[1]})", R"({"a":{}})", "{}"}) {
    INFO(other);
    CHECK_FALSE(is_same_command(R"({"a":1})", other));
  }
  CHECK_FALSE(is_same_command(R"({"a":[1,2]})", R"({"a":[2,1]})"));
  CHECK_FALSE(is_same_command(R"({"a":["1,2"]})", R"({"a":["1","2"]})"));
  CHECK_FALSE(is_same_command(R"({"n":123456789012345678901234567890})", R"({"n":123456789012345678901234567891})"));
}

}  // namespace
}  // namespace gatetorio::commands
