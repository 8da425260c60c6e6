// Secrets: random tokens, their hashes, comparison in constant time. Needs libsodium (target gatetorio::secrets).
//
// A token has 256 random bits, so a fast hash of it is enough to store (nothing can be guessed); passwords that people
// choose need Argon2id instead.
#pragma once

#include <sodium.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace gatetorio {

// `bytes` random bytes as unpadded base64url (RFC 4648 section 5): 43 characters for the default of 32 bytes.
inline std::string random_text(std::size_t bytes = 32) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string text(sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // the terminating zero
  return text;
}

// 32 bytes.
inline std::string sha256(std::string_view text) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  return hash;
}

// Tells a credential from the one that replaces it, and gives nothing of either away: 16 hexadecimal digits. `subject`:
// as in Principal. Empty for an empty one.
inline std::string fingerprint(std::string_view subject) {
  if (subject.empty()) return {};
  constexpr std::size_t kBytes = 8;
  const std::string hash = sha256(subject);
  std::string text(2 * kBytes + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(hash.data()), kBytes);
  text.pop_back();  // the terminating zero
  return text;
}

// Takes the same time wherever the two differ.
inline bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gatetorio
