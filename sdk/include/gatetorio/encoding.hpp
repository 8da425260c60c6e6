// Bytes as text: hexadecimal digits, Base64, percent escapes. Needs libsodium (target gatetorio::secrets), whose time
// does not depend on the bytes: secrets may be written so. Any thread; nothing here blocks.
#pragma once

#include <sodium.h>

#include <optional>
#include <string>
#include <string_view>

namespace gatetorio {

// Two lower-case digits for each byte.
inline std::string to_hex(std::string_view bytes) {
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  text.pop_back();  // the terminating zero
  return text;
}

// And back; upper-case digits too. Empty where the text is not digits alone, or an odd number of them.
inline std::string from_hex(std::string_view digits) {
  std::string bytes(digits.size() / 2, '\0');
  std::size_t size = 0;
  const int wrong = sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), digits.data(),
                                   digits.size(), nullptr, &size, nullptr);
  return wrong == 0 && size == bytes.size() ? bytes : std::string();
}

namespace detail {

inline std::string base64(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    variant);
  text.pop_back();  // the terminating zero
  return text;
}

}  // namespace detail

// RFC 4648 section 4, padded.
inline std::string to_base64(std::string_view bytes) { return detail::base64(bytes, sodium_base64_VARIANT_ORIGINAL); }

// RFC 4648 section 5, without padding: fit for URLs, names of files and headers.
inline std::string to_base64url(std::string_view bytes) {
  return detail::base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

// Reads what to_base64 writes, and nothing else: each value has one spelling.
inline std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  const int wrong = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                      text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (wrong != 0) return std::nullopt;
  bytes.resize(size);
  // libsodium 1.0.18 reads bytes from 0x80 on as '/'.
  return to_base64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

// For one piece of a URL's path or query (RFC 3986), and for RFC 8187: all but letters, digits and - . _ is escaped.
inline std::string percent_encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
    if (is_plain) {
      out.push_back(c);
    } else {
      out.append({'%', kDigits[static_cast<unsigned char>(c) >> 4], kDigits[static_cast<unsigned char>(c) & 15]});
    }
  }
  return out;
}

}  // namespace gatetorio
