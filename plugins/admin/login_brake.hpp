// Slows down whoever guesses passwords, and locks nobody out: after a few wrong ones each further attempt on that name,
// or from that address, waits, a right one too, up to eight seconds. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "gatetorio/token_bucket.hpp"

namespace gatetorio::admin {

class LoginBrake {
 public:
  using Clock = TokenBucket::Clock;
  static constexpr std::chrono::milliseconds kLongest{8'000};
  static constexpr int kMostWaiting = 8;  // of one address

  // How long this attempt has to wait; nothing where too many of that address wait already: it is refused. Each that is
  // let in is followed by `left`.
  std::optional<std::chrono::milliseconds> enter(const std::string& name, const std::string& peer,
                                                 Clock::time_point at);
  void left(const std::string& name, const std::string& peer, bool was_right, Clock::time_point at);

 private:
  static constexpr TokenRate kOfName{.per_second = 0.1, .most = 5};
  static constexpr TokenRate kOfAddress{.per_second = 0.5, .most = 20};
  static constexpr std::size_t kMostKept = 10'000;  // of each table

  struct Entry {
    explicit Entry(TokenBucket bucket_) : bucket(bucket_) {}
    TokenBucket bucket;
    int waiting = 0;
  };
  using Table = std::unordered_map<std::string, Entry>;
  static Entry& entry_of(Table& table, const std::string& key, const TokenRate& rate, Clock::time_point at);

  std::mutex mutex_;  // guards what follows
  Table names_;
  Table addresses_;
};

}  // namespace gatetorio::admin
