// Token buckets by key, in a table of fixed size: a flood of keys costs neither memory nor search time.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace gatetorio::transport_http {

struct Rate {
  double per_second = 1;  // tokens that come back; above 0
  double burst = 1;       // tokens that a full bucket holds; at least 1
};

// Thread-safe. Keys should be keyed hashes (siphash.hpp) where a client can choose them, else it could pick one that
// shares a set with somebody else's.
class TokenBuckets {
 public:
  using Clock = std::chrono::steady_clock;

  // Room for at least `capacity` keys. When a set of the table is full, the key with the most tokens is forgotten: it
  // has the least to lose, and one that is being limited stays.
  TokenBuckets(Rate rate, std::size_t capacity);

  // Takes a token. Returns 0 where there was one, else the seconds until there is one (above 0).
  double take(std::uint64_t key, Clock::time_point now);
  // As `take`, but leaves the token where it is.
  double wait_time(std::uint64_t key, Clock::time_point now);

 private:
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kLocks = 16;
  struct Bucket {
    std::uint64_t key = 0;
    float tokens = 0;
    bool used = false;
    Clock::time_point updated{};
  };
  struct Set {
    std::array<Bucket, kWays> buckets;
  };

  Bucket& find(std::uint64_t key, Clock::time_point now);
  void refill(Bucket& bucket, Clock::time_point now) const;
  std::size_t set_of(std::uint64_t key) const;

  Rate rate_;
  std::size_t set_count_;  // a power of two
  std::unique_ptr<Set[]> sets_;
  std::array<std::mutex, kLocks> locks_;
};

}  // namespace gatetorio::transport_http
