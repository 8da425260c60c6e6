// Commands that this broker process has accepted and until when each may be delivered, by a clock that nobody can set.
// What is not in the ledger is never delivered: a will, a message from before the broker's restart, a forged date.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gatetorio::transport_mqtt {

class CommandLedger {
 public:
  using Clock = std::chrono::steady_clock;

  // `until` is the last moment of delivery. A second entry of one id counts if it is earlier.
  void accept(std::string_view command_id, Clock::time_point until, Clock::time_point now);
  bool in_time(std::string_view command_id, Clock::time_point now) const;
  std::size_t size() const { return until_.size(); }

 private:
  struct Entry {
    std::string command_id;
    Clock::time_point until;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unordered_map<std::string, Clock::time_point, Hash, std::equal_to<>> until_;
  std::deque<Entry> order_;  // of acceptance; the front goes when its time is over
};

}  // namespace gatetorio::transport_mqtt
