// SipHash-1-3: a short keyed hash, so that clients cannot choose where they land in a table of ours.
#pragma once

#include <cstdint>
#include <string_view>

namespace gatetorio::transport_http {

struct HashKey {
  std::uint64_t first;
  std::uint64_t second;

  // A fresh key from the system's random source.
  static HashKey random();
};

std::uint64_t siphash(const HashKey& key, std::string_view text);

}  // namespace gatetorio::transport_http
