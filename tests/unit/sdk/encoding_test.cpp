// Bytes as text and back: one spelling of each value, and what is not one is told.
#include "gatetorio/encoding.hpp"

#include <catch2/catch_test_macros.hpp>

#include "gatetorio/secret.hpp"

namespace gatetorio {
namespace {

const std::string kOdd("\x00\xff\xa1", 3);

TEST_CASE("hexadecimal digits become bytes, and anything else becomes none") {
  CHECK(to_hex(kOdd) == "00ffa1");
  CHECK(to_hex("").empty());
  CHECK(from_hex("00fFa1") == kOdd);
  CHECK(from_hex("").empty());
  for (const char* bad : {"0", "0g", "+1", "-1", " 1", "0x", "00 1", "0001g"}) CHECK(from_hex(bad).empty());
}

TEST_CASE("Base64 is read as it is written, and in no other spelling") {
  for (const char* text : {"", "a", "ab", "abc", "abcd", "any carnal pleas"})
    CHECK(from_base64(to_base64(text)) == text);
  CHECK(to_base64(kOdd) == "AP+h");
  CHECK(to_base64url(kOdd) == "AP-h");
  CHECK(to_base64("a") == "YQ==");
  CHECK(to_base64url("a") == "YQ");
  for (const char* bad : {"YQ", "YQ=", "YR==", "AP-h", "AP+h\n", " AP+h", "AP+h=",
                          "AP\xff"
                          "h",
                          "===="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad));
  }
}

TEST_CASE("what goes into a part of a URL is escaped") {
  CHECK(percent_encoded("/") == "%2F");
  CHECK(percent_encoded("device-17_a.b") == "device-17_a.b");
  CHECK(percent_encoded("^a(-.*)?$ %~") == "%5Ea%28-.%2A%29%3F%24%20%25%7E");
  CHECK(percent_encoded("\xc3\xa4") == "%C3%A4");
}

TEST_CASE("keyed hashes depend on the key and on every byte") {
  const KeyedHash hash, other;
  CHECK(hash("token") == hash("token"));
  CHECK(hash("token") != other("token"));
  CHECK(hash("token") != hash("tokeN"));
  CHECK(hash("") != hash(std::string(1, '\0')));
}

TEST_CASE("random bytes are as many as were asked for, and others each time") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(16).size() == 16);
  CHECK(random_bytes(16) != random_bytes(16));
  CHECK(random_text().size() == 43);
}

}  // namespace
}  // namespace gatetorio
