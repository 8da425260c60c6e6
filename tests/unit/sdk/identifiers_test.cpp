#include <catch2/catch_test_macros.hpp>
#include <gatetorio/identifiers.hpp>
#include <gatetorio/time.hpp>

namespace gatetorio {
namespace {

template <class T>
bool takes(const std::string& text) {
  T out;
  json::Errors errors;
  json::read_text(text, out, "", errors);
  return errors.empty();
}

}  // namespace

TEST_CASE("a controller id is fit for a level of an MQTT topic, or refused") {
  for (const std::string& good : {std::string("a"), std::string("0"), std::string("Gate_1-b"), std::string(64, 'x')}) {
    CAPTURE(good);
    CHECK(takes<ControllerId>(good));
  }
  for (const std::string& bad :
       {std::string(), std::string("-a"), std::string("_a"), std::string("a/b"), std::string("a+"), std::string("#"),
        std::string("$SYS"), std::string("a.b"), std::string("a*"), std::string("a b"), std::string("a\n"),
        std::string("a\0b", 3), std::string("\xc3\xa4"), std::string(65, 'x')}) {
    CAPTURE(bad);
    CHECK_FALSE(takes<ControllerId>(bad));
  }
}

TEST_CASE("a hardware id may look like a MAC address") {
  CHECK(takes<HardwareId>("b8:27:eb:00:11:22"));
  CHECK(takes<HardwareId>(".:_-"));
  CHECK_FALSE(takes<HardwareId>("a b"));
  CHECK_FALSE(takes<HardwareId>("a/b"));
  CHECK_FALSE(takes<HardwareId>(std::string(65, 'a')));
}

TEST_CASE("a user token must not look like one of the hub's own") {
  CHECK(takes<UserToken>("0123456789abcdef"));
  CHECK(takes<UserToken>("!~0123456789abcd"));
  CHECK(takes<UserToken>(std::string(256, 'x')));
  for (const std::string& bad : {std::string(15, 'x'), std::string(257, 'x'), std::string("0123456789 abcdef"),
                                 std::string("0123456789abcde\x7f"), std::string("gtd_0123456789abcdef"),
                                 std::string("gta_0123456789abcdef"), std::string("gtz_0123456789abcdef")}) {
    CAPTURE(bad);
    CHECK_FALSE(takes<UserToken>(bad));
  }
}

TEST_CASE("a label is any text without control characters") {
  CHECK(takes<Label<8>>(""));
  CHECK(takes<Label<8>>("T\xc3\xb6r 1"));
  CHECK_FALSE(takes<Label<8>>("a\x1b[31m"));
  CHECK_FALSE(takes<Label<8>>("123456789"));
}

TEST_CASE("times outside the calendar are its nearest end") {
  CHECK(to_rfc3339({0}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339({-1}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339({1'795'417'200'123'999}) == "2026-11-23T07:00:00.123Z");
  CHECK(to_rfc3339({951'782'400'000'000}) == "2000-02-29T00:00:00.000Z");
  CHECK(to_rfc3339({kForeverUs}) == "9999-12-31T23:59:59.000Z");
}

}  // namespace gatetorio
