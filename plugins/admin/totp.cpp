#include "totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "gatetorio/secret.hpp"

namespace gatetorio::admin {

namespace {

constexpr std::int64_t kStepSeconds = 30;
constexpr std::uint32_t kModulus = 1'000'000;
constexpr std::size_t kDigits = 6;

}  // namespace

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<unsigned char>(step >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size);
  const std::size_t at = mac[size - 1] & 0x0fU;  // RFC 4226 section 5.3
  const std::uint32_t number = (static_cast<std::uint32_t>(mac[at] & 0x7fU) << 24) |
                               (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
                               (static_cast<std::uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  std::string digits = std::to_string(number % kModulus);
  return digits.insert(0, kDigits - digits.size(), '0');
}

std::optional<std::int64_t> totp_step(std::string_view secret, std::string_view code, Timestamp at,
                                      std::int64_t last_step) {
  std::string typed(code);
  std::erase(typed, ' ');
  const std::int64_t present = at.us / kMicrosecondsPerSecond / kStepSeconds;
  for (const std::int64_t step : {present, present - 1, present + 1}) {
    if (step > last_step && equal_in_constant_time(totp_code(secret, step), typed)) return step;
  }
  return std::nullopt;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    for (count += 8; count >= 5; count -= 5) out.push_back(kAlphabet[(bits >> (count - 5)) & 31U]);
  }
  if (count > 0) out.push_back(kAlphabet[(bits << (5 - count)) & 31U]);
  return out;
}

}  // namespace gatetorio::admin
