// The broker's connections as the kernel sees them. The broker tells a plugin nothing of one before it logs in, and
// nothing of what a client has not read; both can be had by anybody, in any number.
//
// Linux alone: tcp(7), TCP_INFO. On the broker's thread, so that no descriptor changes hands in between.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gatetorio::transport_mqtt {

class SocketWatch {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Reason {
    kSilent,  // connected, and was never answered: it has not logged in
    kUnread,  // has read nothing of what waits for it
  };
  // Addresses of connections that were ended, and why.
  using Found = std::vector<std::pair<std::string, Reason>>;

  // Ends the connections that are silent for 10 s or unread for 60 s, and, of a network that has more than 256 beside
  // those of its clients that were let in, the silent ones at once and then those that have sent least. `let_in`: how
  // many were let in, by network (customer_of).
  Found look(const std::unordered_map<std::string, std::int64_t>& let_in, Clock::time_point now = Clock::now());

 private:
  struct Socket;
  struct Progress {
    std::uint64_t acknowledged = 0;
    Clock::time_point since{};  // it has not changed
    std::uint64_t round = 0;
  };
  std::optional<Reason> judge(const Socket& socket, Clock::time_point now);

  std::unordered_map<std::string, Progress> waiting_;  // by the peer's address and port
  std::uint64_t round_ = 0;
};

}  // namespace gatetorio::transport_mqtt
