// How often somebody may ask: the token buckets of this server, and what they are keyed by.
#pragma once

#include <algorithm>
#include <cstdint>
#include <gatetorio/secret.hpp>
#include <string_view>

#include "settings.hpp"
#include "token_buckets.hpp"

namespace gatetorio::transport_http {

// Thread-safe.
class RequestLimits {
 public:
  using Clock = TokenBuckets::Clock;

  explicit RequestLimits(const RateLimits& rates);

  struct Wait {
    unsigned seconds = 0;          // Retry-After; 0: it may pass
    bool is_for_guessing = false;  // there were too many wrong credentials from there
  };

  // Counts a request. `secret` may be empty.
  Wait admit(std::uint64_t prefix, std::string_view secret, Clock::time_point now = Clock::now());
  // Counts a request for a credential alone: one that was found later. Returns the seconds to wait.
  unsigned admit_credential(std::string_view secret, Clock::time_point now = Clock::now());
  // What a credential is counted by: never 0, and it tells nothing about it.
  std::uint64_t key_of(std::string_view secret) const { return std::max<std::uint64_t>(1, hash_(secret)); }
  // Counts a request that was refused for its credential.
  void count_failed_login(std::uint64_t prefix, Clock::time_point now = Clock::now());

 private:
  const bool enabled_;
  const KeyedHash hash_;
  TokenBuckets addresses_;
  TokenBuckets credentials_;
  TokenBuckets failed_logins_;
};

}  // namespace gatetorio::transport_http
