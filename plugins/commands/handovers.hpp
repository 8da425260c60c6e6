// Commands that the broker has handed to devices' connections. A connection that hangs swallows what it is given, so a
// command counts as delivered only when its device has said something after that, in the same session. In memory:
// bounded, and forgotten when no command lives that long. Any thread.
//
// The events that tell of these things come by several queues, each at its own pace: what happened first is told by the
// `sequence` of the bus.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatetorio::commands {

class Handovers {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMostOfADevice = 64, kMost = 50'000;
  static constexpr std::chrono::seconds kLongestLife{300};

  // Each returns the commands of that device which are known to be delivered now.
  std::vector<std::string> handed_over(std::int64_t device_id, std::string command_id, std::uint64_t sequence,
                                       Clock::time_point at);
  std::vector<std::string> spoke(std::int64_t device_id, std::uint64_t sequence, Clock::time_point at);

  // What an ended session swallowed, nobody will learn of.
  void session_ended(std::int64_t device_id, std::uint64_t sequence, Clock::time_point at);
  // Sessions may have ended without a word.
  void forget_all();
  void forget(std::int64_t device_id);
  // Forgets what is too old to matter.
  void tidy(Clock::time_point at);
  std::size_t size() const;

 private:
  struct Handover {
    std::string command_id;
    std::uint64_t sequence;
    Clock::time_point at;
  };
  struct Device {
    std::deque<Handover> open;
    std::uint64_t spoke = 0;  // when last
    std::uint64_t ended = 0;  // when its last session did
    Clock::time_point heard_of;
  };
  void drop_oldest(Device& device);
  std::vector<std::string> take_delivered(Device& device);

  mutable std::mutex mutex_;  // guards all below
  std::unordered_map<std::int64_t, Device> devices_;
  std::size_t open_ = 0;  // of all devices
};

}  // namespace gatetorio::commands
