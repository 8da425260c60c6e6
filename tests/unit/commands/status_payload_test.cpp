#include "status_payload.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::commands {
namespace {

std::string nonce_in(std::string_view payload) { return read_status(payload)->boot_nonce.value_or("none"); }

TEST_CASE("a boot nonce is kept as the text that it came as") {
  CHECK(nonce_in(R"({"boot_nonce": "n\u002d1" })") == R"("n\u002d1")");
  CHECK(nonce_in(R"({"boot_nonce":123456789012345678901234567890})") == "123456789012345678901234567890");
  CHECK(nonce_in(R"({"boot_nonce":7,"boot_nonce":8})") == "8");
  CHECK(nonce_in(R"({"n":1})") == "none");
  CHECK(nonce_in(R"({"boot_nonce":null})") == "none");
  CHECK(nonce_in(R"({"boot_nonce":["x"]})") == "none");
  CHECK(nonce_in("{\"boot_nonce\":\"" + std::string(127, 'x') + "\"}") == "none");
}

TEST_CASE("an answer names a command that can be one of the hub's") {
  const auto answer = read_status(R"({"command_id":"cmd_1","result":"success"})")->answer;
  REQUIRE(answer);
  CHECK(answer->command_id == "cmd_1");
  CHECK(answer->is_success);
  CHECK_FALSE(read_status(R"({"command_id":"cmd_1","result":"error"})")->answer->is_success);
  for (const char* none :
       {R"({"command_id":"cmd_1"})", R"({"command_id":7,"result":"success"})",
        R"({"command_id":"a\u0000b","result":"success"})", R"({"command_id":"","result":"success"})"}) {
    INFO(none);
    CHECK_FALSE(read_status(none)->answer);
  }
}

TEST_CASE("what is no JSON object is no status, and news of a file is no state") {
  for (const char* bad : {"", "5", "[]", "{", "\xff", "{\"a\":\"\xff\"}"}) CHECK_FALSE(read_status(bad));
  CHECK_FALSE(read_status("{}")->announced_kind);
  CHECK(read_status(R"({"type":"file_available","kind":"log"})")->announced_kind == "log");
  CHECK(read_status(R"({"type":"file_available"})")->announced_kind == "");
}

}  // namespace
}  // namespace gatetorio::commands
