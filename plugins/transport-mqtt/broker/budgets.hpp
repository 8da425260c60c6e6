// What one principal, or one address, may take of the broker, so that nobody takes it from the others. No broker type,
// no clock of its own.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gatetorio/network.hpp"
#include "gatetorio/token_bucket.hpp"

namespace gatetorio::transport_mqtt {

// 0: no limit.
struct Limits {
  std::int64_t client_connections = 10;      // of a principal at once; a newer one ends the oldest
  std::int64_t client_sessions = 10;         // that wait for a principal's absent clients
  std::int64_t client_subscriptions = 500;   // of a connection, or two for each device that it may hear
  std::int64_t client_wildcards = 8;         // of these, with + or #
  std::int64_t client_messages = 500;        // of a principal, each second; 20 seconds' worth at once
  std::int64_t client_kilobytes = 512;       // the same in KiB
  std::int64_t address_connections = 1'000;  // let in from one IPv4 address or IPv6 /64; loopback is not counted
};
BOOST_DESCRIBE_STRUCT(Limits, (),
                      (client_connections, client_sessions, client_subscriptions, client_wildcards, client_messages,
                       client_kilobytes, address_connections))

// What can be used up. The names are those of the metric's label.
enum class Budget {
  connections,    // too many at once
  connects,       // too often
  logins,         // too many wrong passwords from an address
  addresses,      // too many connections from an address
  sessions,       // too many that wait for absent clients
  client_id,      // longer than 128 bytes
  subscriptions,  // too many, or a filter that is too long or can match nothing
  messages,
  bytes,
  wills,
  silent_sockets,   // connected and never logged in
  unread_messages,  // does not read what it has asked for
};
BOOST_DESCRIBE_ENUM(Budget, connections, connects, logins, addresses, sessions, client_id, subscriptions, messages,
                    bytes, wills, silent_sockets, unread_messages)
inline constexpr std::size_t kBudgets = 12;

// What becomes of whoever takes something: it is there, it is not, or it went on long after it was not.
enum class Answer { kYes, kNo, kFarBeyond };
// Takes `amount`, down to as much below zero as a full bucket holds: who goes on all the same stays there.
Answer take_from(TokenBucket& bucket, const TokenRate& rate, double amount, TokenBucket::Clock::time_point now);

// IPv4 addresses, and the /64 of IPv6 ones: what one customer of a provider has.
inline std::string customer_of(std::string_view address) { return network_of(address, 32, 64); }
bool is_loopback(std::string_view address);

// Rates by principal and address, and what is to be told of those who were over them. On one thread.
class Budgets {
 public:
  using Clock = TokenBucket::Clock;
  // Somebody was over a budget, so many times since it was last told. `who`: a user name, or an address.
  struct Excess {
    std::string who;
    Budget budget;
    std::uint64_t times = 0;
  };

  explicit Budgets(Limits limits);
  const Limits& limits() const { return limits_; }

  // A new connection of a principal.
  Answer connect(const std::string& username, Clock::time_point now);
  // One from this network is about to be asked about, or was found wrong. Loopback is not counted: a proxy's clients
  // would pay for each other.
  bool may_ask(std::string_view peer, std::string_view username, Clock::time_point now);
  void was_wrong(std::string_view peer, std::string_view username, Clock::time_point now);
  // A last will is to be sent.
  Answer will(const std::string& username, Clock::time_point now);
  Answer publish(const std::string& username, std::size_t bytes, Clock::time_point now);

  // Counts those who are let in, by network.
  bool has_room(std::string_view peer) const;
  const std::unordered_map<std::string, std::int64_t>& connections() const { return networks_; }
  void opened(std::string_view peer);
  void closed(std::string_view peer);

  // Notes that somebody was over a budget.
  void exceeded(Budget budget, std::string_view who, std::uint64_t times = 1);
  // So often each was exceeded, since the start.
  const std::array<std::uint64_t, kBudgets>& counts() const { return counts_; }
  // Those to be told of now: each at most once a minute.
  std::vector<Excess> due(Clock::time_point now);
  // Forgets those who have used nothing for a while. Now and then.
  void sweep(Clock::time_point now);

 private:
  struct Account {
    TokenBucket connects, messages, bytes, wills;
  };
  struct Told {
    std::uint64_t times = 0;
    Clock::time_point at{};
  };
  struct Guesses {
    TokenRate rate;
    TokenBucket bucket;
  };
  Account& account(const std::string& username, Clock::time_point now);
  Answer judge(Answer answer, Budget budget, const std::string& username);

  const Limits limits_;
  const TokenRate messages_, bytes_;
  std::unordered_map<std::string, Account> accounts_;       // by user name
  std::unordered_map<std::string, Guesses> wrong_;          // by network, and by network and user name
  std::unordered_map<std::string, std::int64_t> networks_;  // connections
  std::array<std::unordered_map<std::string, Told>, kBudgets> told_;
  std::array<std::uint64_t, kBudgets> counts_{};
};

}  // namespace gatetorio::transport_mqtt
