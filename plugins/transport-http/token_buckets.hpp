// Token buckets by key, in a table of fixed size: a flood of keys costs neither memory nor search time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <gatetorio/token_bucket.hpp>
#include <memory>
#include <mutex>
#include <optional>

namespace gatetorio::transport_http {

// Thread-safe. Keys should be keyed hashes (KeyedHash) where a client can choose them, else it could pick one that
// shares a set with somebody else's.
class TokenBuckets {
 public:
  using Clock = TokenBucket::Clock;

  // Room for at least `capacity` keys. When a set of the table is full, the key with the most tokens is forgotten: it
  // has the least to lose, and one that is being limited stays.
  TokenBuckets(TokenRate rate, std::size_t capacity);

  // Takes a token. Returns 0 where there was one, else the seconds until there is one (above 0).
  double take(std::uint64_t key, Clock::time_point now);
  // As `take`, but leaves the token where it is.
  double wait_time(std::uint64_t key, Clock::time_point now);

 private:
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kLocks = 16;
  struct Keyed {
    std::uint64_t key = 0;
    std::optional<TokenBucket> bucket;
  };
  struct Set {
    std::array<Keyed, kWays> buckets;
  };

  TokenBucket& find(std::uint64_t key, Clock::time_point now);
  std::size_t set_of(std::uint64_t key) const;

  TokenRate rate_;
  std::size_t set_count_;  // a power of two
  std::unique_ptr<Set[]> sets_;
  std::array<std::mutex, kLocks> locks_;
};

}  // namespace gatetorio::transport_http
