#include "totp.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::admin {
namespace {

const std::string kSecret = "12345678901234567890";

Timestamp at_second(std::int64_t second) { return {second * kMicrosecondsPerSecond}; }

// RFC 6238 appendix B; the last six of its eight digits.
TEST_CASE("codes are those of RFC 6238") {
  CHECK(totp_code(kSecret, 59 / 30) == "287082");
  CHECK(totp_code(kSecret, 1111111109 / 30) == "081804");
  CHECK(totp_code(kSecret, 1111111111 / 30) == "050471");
  CHECK(totp_code(kSecret, 1234567890 / 30) == "005924");
  CHECK(totp_code(kSecret, 2000000000 / 30) == "279037");
  CHECK(totp_code(kSecret, 20000000000 / 30) == "353130");
}

TEST_CASE("a code counts in its half minute and in those beside it, and none is taken twice") {
  const std::int64_t step = 2000000000 / 30;
  const std::string code = totp_code(kSecret, step);
  for (const std::int64_t seconds : {-30, 0, 29, 30, 59}) {
    CAPTURE(seconds);
    CHECK(totp_step(kSecret, code, at_second(step * 30 + seconds), 0) == step);
  }
  CHECK_FALSE(totp_step(kSecret, code, at_second(step * 30 - 31), 0));
  CHECK_FALSE(totp_step(kSecret, code, at_second(step * 30 + 60), 0));
  CHECK_FALSE(totp_step(kSecret, code, at_second(step * 30), step));
  CHECK(totp_step(kSecret, code.substr(0, 3) + " " + code.substr(3), at_second(step * 30), step - 1) == step);
  for (const std::string wrong : {"", "1", "000000", "2790370", "abcdef"}) {
    CHECK_FALSE(totp_step(kSecret, wrong, at_second(step * 30), 0));
  }
}

TEST_CASE("Base32 is that of RFC 4648, without padding") {
  CHECK(to_base32("").empty());
  CHECK(to_base32("f") == "MY");
  CHECK(to_base32("fo") == "MZXQ");
  CHECK(to_base32("foobar") == "MZXW6YTBOI");
}

}  // namespace
}  // namespace gatetorio::admin
