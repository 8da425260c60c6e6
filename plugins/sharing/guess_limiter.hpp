// Slows down whoever tries tokens that are none: by principal, and by network address, since principals cost nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gatetorio::sharing {

// Usable from any thread. In memory: a restart forgives.
class GuessLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // Wrong tokens a minute that a principal, and an address (an IPv6 network of 64 bits), may try in the long run, and
  // at once.
  GuessLimiter(std::int64_t by_principal, std::int64_t by_address)
      : by_principal_(static_cast<double>(by_principal)), by_address_(static_cast<double>(by_address)) {}

  // Seconds that this caller must wait before it may try again; 0: it may.
  std::uint32_t wait_s(std::string_view principal, std::string_view peer, Clock::time_point now);
  // It tried a token that is none.
  void count(std::string_view principal, std::string_view peer, Clock::time_point now);

 private:
  // A bucket of a minute's guesses that fills again within a minute.
  struct Spent {
    double guesses = 0;
    Clock::time_point at;
  };
  using Table = std::unordered_map<std::string, Spent>;

  static double spent_now(const Spent& spent, double per_minute, Clock::time_point now);
  static std::uint32_t wait_s(const Table& table, const std::string& key, double per_minute, Clock::time_point now);
  static void count(Table& table, std::string key, double per_minute, Clock::time_point now);

  const double by_principal_;
  const double by_address_;
  std::mutex mutex_;
  Table principals_;
  Table addresses_;
};

// What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 one. Other text stands for itself.
std::string address_group(std::string_view peer);

}  // namespace gatetorio::sharing
