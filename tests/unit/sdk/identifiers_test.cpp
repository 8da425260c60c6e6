#include <catch2/catch_test_macros.hpp>
#include <gatetorio/identifiers.hpp>
#include <gatetorio/identity.hpp>
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

TEST_CASE("an id has one spelling") {
  CHECK(parse_id("17") == 17);
  CHECK(parse_id("9007199254740991") == 9007199254740991);
  for (const std::string_view text : {"", "0", "07", "-7", "+7", " 7", "7 ", "7a", "0x7", "7.0", "9007199254740992",
                                      "99999999999999999999", "\u0667", "7\n"}) {
    INFO(text);
    CHECK(!parse_id(text));
  }
  CHECK(!parse_id(std::string_view("7\0", 2)));
}

TEST_CASE("a principal has one name") {
  const PrincipalId device{"device", 17};
  CHECK(name_of(device) == "device-17");
  CHECK(key_of(device) == "device:17");
  CHECK(parse_principal_name("device-17") == device);
  for (const std::string_view text : {"", "device", "device-", "-17", "device-017", "device--17", "Device-17",
                                      "device-17-x", "device:17", "device-17 ", " device-17", "dev\u0131ce-17"}) {
    INFO(text);
    CHECK(!parse_principal_name(text));
  }
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

TEST_CASE("a label has nothing that hides in it, whatever the script") {
  for (const char* good : {"\xd0\x92\xd0\xbe\xd1\x80\xd0\xbe", "\xd7\xa9\xd7\xa2\xd7\xa8", "\xe9\x96\x80",
                           "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xa7",     // an emoji with a joiner
                           "\xd9\x86\xd9\x85\xe2\x80\x8c\xd8\xa7\xdb\x8c"}) {  // Persian, with a non-joiner
    CAPTURE(good);
    CHECK(takes<Label<16>>(good));
  }
  for (const char* bad : {"a\xc2\x9b"
                          "31m",
                          "a\xc2\x85",
                          "a\xe2\x80\xae"
                          "b",
                          "a\xe2\x81\xa6"
                          "b",
                          "a\xe2\x80\xa8"
                          "b",
                          "a\xe2\x80\x8f", "a\xd8\x9c",
                          "\xef\xbb\xbf"
                          "a",
                          "a\xe2\x80\x8b"
                          "b",
                          "a\xe2\x81\xa0", "a\xff", "a\xed\xa0\x80", "a\xc3"}) {
    CAPTURE(bad);
    CHECK_FALSE(takes<Label<16>>(bad));
  }
}

TEST_CASE("lengths are counted in characters, as the schema says") {
  for (const std::string character : {"a", "\xd0\xb6", "\xe9\x96\x80", "\xf0\x9f\x9a\xaa"}) {
    std::string text;
    for (int i = 0; i < 128; ++i) text += character;
    CAPTURE(character);
    CHECK(takes<Label<128>>(text));
    CHECK_FALSE(takes<Label<128>>(text + character));
    CHECK_FALSE(takes<Label<127>>(text));
  }
}

TEST_CASE("times outside the calendar are its nearest end") {
  CHECK(to_rfc3339({0}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339({-1}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339({1'795'417'200'123'999}) == "2026-11-23T07:00:00.123Z");
  CHECK(to_rfc3339({951'782'400'000'000}) == "2000-02-29T00:00:00.000Z");
  CHECK(to_rfc3339({kForeverUs}) == "9999-12-31T23:59:59.000Z");
}

}  // namespace gatetorio
