#include "token_buckets.hpp"

#include <algorithm>
#include <bit>

namespace gatetorio::transport_http {

TokenBuckets::TokenBuckets(Rate rate, std::size_t capacity)
    : rate_(rate),
      set_count_(std::bit_ceil(std::max(kLocks, (capacity + kWays - 1) / kWays))),
      sets_(std::make_unique<Set[]>(set_count_)) {}

std::size_t TokenBuckets::set_of(std::uint64_t key) const {
  // Address prefixes are not hashed, so that neighbours must be spread here.
  const std::uint64_t mixed = (key ^ key >> 32) * 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>(mixed >> 32) & (set_count_ - 1);
}

double TokenBuckets::take(std::uint64_t key, Clock::time_point now) {
  const std::lock_guard lock(locks_[set_of(key) % kLocks]);
  auto& bucket = find(key, now);
  if (bucket.tokens < 1) return (1 - bucket.tokens) / rate_.per_second;
  bucket.tokens -= 1;
  return 0;
}

double TokenBuckets::wait_time(std::uint64_t key, Clock::time_point now) {
  const std::lock_guard lock(locks_[set_of(key) % kLocks]);
  const auto& bucket = find(key, now);
  return bucket.tokens < 1 ? (1 - bucket.tokens) / rate_.per_second : 0;
}

TokenBuckets::Bucket& TokenBuckets::find(std::uint64_t key, Clock::time_point now) {
  auto& buckets = sets_[set_of(key)].buckets;
  Bucket* victim = nullptr;
  for (auto& bucket : buckets) {
    if (bucket.used) {
      refill(bucket, now);
      if (bucket.key == key) return bucket;
    }
    if (victim == nullptr || (victim->used && (!bucket.used || bucket.tokens > victim->tokens))) victim = &bucket;
  }
  *victim = Bucket{key, static_cast<float>(rate_.burst), true, now};
  return *victim;
}

void TokenBuckets::refill(Bucket& bucket, Clock::time_point now) const {
  if (now <= bucket.updated) return;
  const double seconds = std::chrono::duration<double>(now - bucket.updated).count();
  bucket.tokens = static_cast<float>(std::min(rate_.burst, bucket.tokens + seconds * rate_.per_second));
  bucket.updated = now;
}

}  // namespace gatetorio::transport_http
