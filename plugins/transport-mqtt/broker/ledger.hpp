// Commands that the hub has published through this broker process: their content, for whom, and until when each may be
// delivered, by a clock that nobody can set. What is not in the ledger to the letter is never delivered: a will, a
// message from before the broker's restart, a forged date, another content under a known command id.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gatetorio::transport_mqtt {

class CommandLedger {
 public:
  using Clock = std::chrono::steady_clock;

  struct Command {
    std::string command_id;
    std::int64_t device_id = 0;
    std::int64_t expires_at_us = 0;  // UTC, as its payload says
    Clock::time_point until;         // the last moment of delivery
  };

  // A second entry of the same content counts if it ends earlier.
  void accept(std::string_view payload, Command command, Clock::time_point now);
  // The command with exactly this payload, where it is for this device and in time by both clocks; else null.
  const Command* find(std::string_view payload, std::int64_t device_id, Clock::time_point now,
                      std::int64_t now_us) const;
  std::size_t size() const { return commands_.size(); }

 private:
  struct Entry {
    std::string digest;
    Clock::time_point until;
  };

  std::unordered_map<std::string, Command> commands_;  // by the payload's SHA-256
  std::deque<Entry> order_;                            // of acceptance; the front goes when its time is over
};

}  // namespace gatetorio::transport_mqtt
