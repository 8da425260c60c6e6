// A token bucket: how often something may happen in the long run, and how often at once. It holds no clock and no rate:
// the time comes with each call, and so a table of many buckets keeps one rate for all.
//
//   const TokenRate kLogins{.per_second = 0.5, .most = 10};
//   TokenBucket bucket(kLogins, now);
//   if (bucket.wait_s(kLogins, now) > 0) refuse; else bucket.spend(kLogins, now);
#pragma once

#include <algorithm>
#include <chrono>

namespace gatetorio {

struct TokenRate {
  double per_second = 1;  // tokens that come back; above 0
  double most = 1;        // tokens that a full bucket holds; at least 1
};

// On one thread, or with a lock of the caller's. Each call of one bucket is given the same rate. A `now` that is before
// an earlier one counts as that.
class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  // A full one.
  TokenBucket(const TokenRate& rate, Clock::time_point now) : level_(rate.most), at_(now) {}

  // Tokens that are there; below 0 where more were spent than there were.
  double level(const TokenRate& rate, Clock::time_point now) const {
    const double seconds = std::max(0.0, std::chrono::duration<double>(now - at_).count());
    return std::min(rate.most, level_ + rate.per_second * seconds);
  }
  bool is_full(const TokenRate& rate, Clock::time_point now) const { return level(rate, now) >= rate.most; }
  // Seconds until `amount` tokens are there; 0: they are.
  double wait_s(const TokenRate& rate, Clock::time_point now, double amount = 1) const {
    return std::max(0.0, (amount - level(rate, now)) / rate.per_second);
  }
  // Takes them whether they are there or not, but never goes below `least`: with 0 nobody owes anything, with -most
  // whoever goes on all the same waits for up to two fillings.
  void spend(const TokenRate& rate, Clock::time_point now, double amount = 1, double least = 0) {
    level_ = std::max(least, level(rate, now) - amount);
    at_ = std::max(at_, now);
  }

 private:
  double level_;
  Clock::time_point at_;
};

}  // namespace gatetorio
