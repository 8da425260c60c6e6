// A device's credentials name it in one spelling.
#include "credentials.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::registration {
namespace {

TEST_CASE("a device token is taken apart as it was put together") {
  const std::string token = device_token(17, "secret.of.it");
  const auto claim = parse_token(token);
  REQUIRE(claim);
  CHECK(claim->device_id == 17);
  CHECK(claim->secret == "secret.of.it");
}

TEST_CASE("a device token with another spelling of the number is none") {
  for (const std::string_view text :
       {"gtd_017.s", "gtd_+17.s", "gtd_-17.s", "gtd_ 17.s", "gtd_17 .s", "gtd_0x11.s", "gtd_0.s", "gtd_.s", "gtd_17",
        "gtd_", "GTD_17.s", "gtd_1e1.s", "gtd_9007199254740993.s", "17.s"}) {
    INFO(text);
    CHECK(!parse_token(text));
  }
}

TEST_CASE("a device's user name at the broker has one spelling") {
  CHECK(parse_username("device-17") == 17);
  for (const std::string_view text :
       {"device-017", "device-0017", "device-+17", "device- 17", "device-17 ", "device--17", "device-", "device-0",
        "Device-17", "DEVICE-17", "user-17", "admin-17", "device-17/x", "device:17", "17"}) {
    INFO(text);
    CHECK(!parse_username(text));
  }
}

}  // namespace
}  // namespace gatetorio::registration
