// Secrets: random tokens, their hashes, comparison in constant time. Needs libsodium (target gatetorio::secrets). Any
// thread; nothing here blocks.
//
// A token has 256 random bits, so a fast hash of it is enough to store (nothing can be guessed); passwords that people
// choose need Argon2id instead.
#pragma once

#include <sodium.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "gatetorio/encoding.hpp"

namespace gatetorio {

// From the system's source. Throws where libsodium cannot start.
inline std::string random_bytes(std::size_t size) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

// `bytes` random bytes as to_base64url writes them: 43 characters for the default of 32 bytes.
inline std::string random_text(std::size_t bytes = 32) { return to_base64url(random_bytes(bytes)); }

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
  constexpr std::size_t kBytes = 8;
  return subject.empty() ? std::string() : to_hex(std::string_view(sha256(subject)).substr(0, kBytes));
}

// A short hash (SipHash-2-4) with a random key of its own: nobody else can tell what a text hashes to, or choose texts
// that collide. Not for what is stored: the key ends with the object.
class KeyedHash {
 public:
  // Throws where libsodium cannot start.
  KeyedHash() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
    crypto_shorthash_keygen(key_.data());
  }
  std::uint64_t operator()(std::string_view text) const {
    std::uint64_t hash = 0;
    static_assert(sizeof hash == crypto_shorthash_BYTES);
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), key_.data());
    return hash;
  }

 private:
  std::array<unsigned char, crypto_shorthash_KEYBYTES> key_{};
};

// Takes the same time wherever the two differ.
inline bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Whether two secrets are the same, in a time that tells neither where they differ nor how long they are.
inline bool is_same_secret(std::string_view a, std::string_view b) {
  return equal_in_constant_time(sha256(a), sha256(b));
}

}  // namespace gatetorio
