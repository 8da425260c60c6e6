// Bytes as hexadecimal digits.
#pragma once

#include <charconv>
#include <string>
#include <system_error>

namespace gatetorio::file_transfer {

// Raw bytes as lower-case hex.
inline std::string to_hex(const std::string& raw) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : raw) {
    hex.push_back(kDigits[(c >> 4) & 15]);
    hex.push_back(kDigits[c & 15]);
  }
  return hex;
}

// And back; empty where it is none.
inline std::string from_hex(const std::string& hex) {
  std::string raw;
  if (hex.size() % 2 != 0) return raw;
  for (const char* at = hex.data(); at != hex.data() + hex.size(); at += 2) {
    unsigned char byte = 0;
    const auto [end, wrong] = std::from_chars(at, at + 2, byte, 16);
    if (wrong != std::errc() || end != at + 2) return {};
    raw.push_back(static_cast<char>(byte));
  }
  return raw;
}

}  // namespace gatetorio::file_transfer
