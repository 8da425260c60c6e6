// SHA-256 and its comparison, for the guard and the hub's end of its link.
#pragma once

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace gatetorio::transport_mqtt {

// 32 bytes.
inline std::string sha256_of(std::string_view text) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

// Takes the same time wherever the two differ.
inline bool is_same_digest(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gatetorio::transport_mqtt
