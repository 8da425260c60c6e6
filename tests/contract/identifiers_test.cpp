// Section 1, identifiers: which characters and lengths each takes.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

constexpr int kLastAscii = 0x7f;

// UTF-8 of the characters that an id must not have beyond ASCII.
const char* const kBeyondAscii[] = {"\xc3\xa9", "\xd0\xb0", "\xef\xbc\x8f", "\xe2\x80\x8b", "\xf0\x9f\x9a\xaa"};

bool is_letter_or_digit(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// 201, 422 or another status for a registration with these ids. Serialised, so that any character can be sent.
int status_of(HttpClient& http, const std::string& hardware_id, const std::string& controller_id) {
  return http.post("/devices/register", {{"hardware_id", hardware_id}, {"controller_id", controller_id}}).status;
}

TEST_CASE("a controller id takes letters, digits, _ and - and nothing else") {
  auto http = client();
  for (int c = 0; c <= kLastAscii; ++c) {
    CAPTURE(c);
    const std::string name = unique("g") + static_cast<char>(c) + "x";
    const bool is_good = is_letter_or_digit(c) || c == '_' || c == '-';
    CHECK(status_of(http, unique("hw"), name) == (is_good ? 201 : 422));
  }
  for (const char* c : kBeyondAscii) CHECK(status_of(http, unique("hw"), unique("g") + c) == 422);
}

TEST_CASE("a controller id begins with a letter or digit") {
  auto http = client();
  CHECK(status_of(http, unique("hw"), "_" + unique("g")) == 422);
  CHECK(status_of(http, unique("hw"), "-" + unique("g")) == 422);
  CHECK(status_of(http, unique("hw"), "7" + unique("g")) == 201);
  CHECK(status_of(http, unique("hw"), "Z" + unique("g")) == 201);
}

TEST_CASE("a hardware id takes letters, digits and : . _ - and nothing else") {
  auto http = client();
  for (int c = 0; c <= kLastAscii; ++c) {
    CAPTURE(c);
    const bool is_good = is_letter_or_digit(c) || c == ':' || c == '.' || c == '_' || c == '-';
    CHECK(status_of(http, unique("hw") + static_cast<char>(c), unique("gate")) == (is_good ? 201 : 422));
  }
  for (const char* c : kBeyondAscii) CHECK(status_of(http, unique("hw") + c, unique("gate")) == 422);
}

TEST_CASE("ids have 1 to 64 characters") {
  auto http = client();
  const auto of_length = [](std::size_t length) {
    std::string name = unique("g");
    name.resize(length, 'x');
    return name;
  };
  CHECK(status_of(http, of_length(64), of_length(64)) == 201);
  CHECK(status_of(http, of_length(65), unique("gate")) == 422);
  CHECK(status_of(http, unique("hw"), of_length(65)) == 422);
  CHECK(status_of(http, unique("hw"), "") == 422);
  CHECK(status_of(http, "", unique("gate")) == 422);
}

TEST_CASE("a user token has 16 to 256 printable ASCII characters and no space") {
  const TestDevice device = new_device();
  auto http = client(device.token);
  const auto status_with = [&](const std::string& token) {
    return http.post("/users/authorize", {{"user_token", token}}).status;
  };
  const std::string base = "abcdefghijklmnop";
  for (int c = 0; c <= kLastAscii; ++c) {
    CAPTURE(c);
    CHECK(status_with(base + static_cast<char>(c)) == (c > ' ' && c < kLastAscii ? 200 : 422));
  }
  for (const char* c : kBeyondAscii) CHECK(status_with(base + c) == 422);
  CHECK(status_with(std::string(15, 'a')) == 422);
  CHECK(status_with(std::string(16, 'a')) == 200);
  CHECK(status_with(std::string(256, 'a')) == 200);
  CHECK(status_with(std::string(257, 'a')) == 422);
}

TEST_CASE("a user token must not look like a token of the hub") {
  const TestDevice device = new_device();
  auto http = client(device.token);
  for (const char* prefix : {"gtd_", "gta_", "gts_"}) {
    const auto refused = http.post("/users/authorize", {{"user_token", prefix + std::string(32, 'a')}});
    CHECK(refused.status == 422);
    CHECK(refused.wrong_fields() == "/user_token");
  }
}

TEST_CASE("a device's number is never given twice") {
  const TestDevice first = new_device();
  REQUIRE(client(kAdminToken).del(device_path(first)).status == 204);
  const TestDevice second = new_device();
  CHECK(second.id > first.id);
}

}  // namespace
}  // namespace gatetorio::testing
