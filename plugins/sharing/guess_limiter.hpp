// Slows down whoever tries tokens that are none: by principal, and by network address, since principals cost nothing.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gatetorio/token_bucket.hpp"

namespace gatetorio::sharing {

// Usable from any thread. In memory: a restart forgives.
class GuessLimiter {
 public:
  using Clock = TokenBucket::Clock;

  // Wrong tokens a minute that a principal, and an address (an IPv6 network of 64 bits), may try in the long run, and
  // at once.
  GuessLimiter(std::int64_t by_principal, std::int64_t by_address)
      : by_principal_(a_minute(by_principal)), by_address_(a_minute(by_address)) {}

  // Seconds that this caller must wait before it may try again; 0: it may.
  std::uint32_t wait_s(std::string_view principal, std::string_view peer, Clock::time_point now);
  // It tried a token that is none.
  void count(std::string_view principal, std::string_view peer, Clock::time_point now);

 private:
  using Table = std::unordered_map<std::string, TokenBucket>;

  // A bucket of a minute's guesses that fills again within a minute.
  static TokenRate a_minute(std::int64_t guesses) {
    const auto most = static_cast<double>(guesses);
    return {.per_second = most / 60, .most = most};
  }
  static std::uint32_t wait_s(const Table& table, const std::string& key, const TokenRate& rate, Clock::time_point now);
  static void count(Table& table, const std::string& key, const TokenRate& rate, Clock::time_point now);

  const TokenRate by_principal_;
  const TokenRate by_address_;
  std::mutex mutex_;
  Table principals_;
  Table addresses_;
};

}  // namespace gatetorio::sharing
