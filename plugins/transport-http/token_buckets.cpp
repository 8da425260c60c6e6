#include "token_buckets.hpp"

#include <algorithm>
#include <bit>

namespace gatetorio::transport_http {

TokenBuckets::TokenBuckets(TokenRate rate, std::size_t capacity)
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
  TokenBucket& bucket = find(key, now);
  const double wait = bucket.wait_s(rate_, now);
  if (wait == 0) bucket.spend(rate_, now);
  return wait;
}

double TokenBuckets::wait_time(std::uint64_t key, Clock::time_point now) {
  const std::lock_guard lock(locks_[set_of(key) % kLocks]);
  return find(key, now).wait_s(rate_, now);
}

TokenBucket& TokenBuckets::find(std::uint64_t key, Clock::time_point now) {
  auto& buckets = sets_[set_of(key)].buckets;
  const auto level = [&](const Keyed& keyed) { return keyed.bucket->level(rate_, now); };
  Keyed* victim = nullptr;
  for (auto& keyed : buckets) {
    if (keyed.bucket && keyed.key == key) return *keyed.bucket;
    const bool is_better = victim == nullptr || (victim->bucket && (!keyed.bucket || level(keyed) > level(*victim)));
    if (is_better) victim = &keyed;
  }
  victim->key = key;
  return victim->bucket.emplace(rate_, now);
}

}  // namespace gatetorio::transport_http
