// Whether gates do what they were told: from the states that a device reports after it has acknowledged a command, it
// is moving, it has come to where it should, or it has turned round. In memory, one motion a device, the last. Any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "motion.hpp"

namespace gatetorio::commands {

class MotionWatch {
 public:
  using Clock = std::chrono::steady_clock;
  // A gate that takes longer is not waited for.
  static constexpr std::chrono::minutes kLongestMotion{5};
  static constexpr std::size_t kMost = 100'000;  // devices; of more, the new ones are not watched

  struct Step {
    std::string command_id;
    std::string_view state;  // "moving", "completed" or "reversed"
  };

  // Before the command goes out. Commands that move nothing are not watched.
  void begin(std::int64_t device_id, const std::string& command_id, const Motion& motion, Clock::time_point at);
  void end(std::int64_t device_id, const std::string& command_id);
  // The device says that it does it: what it reports from now on counts.
  void acknowledged(std::int64_t device_id, const std::string& command_id);
  void forget(std::int64_t device_id);
  // What a state that the device reports says of its last command. Most say nothing new.
  std::optional<Step> heard(std::int64_t device_id, std::string_view state, Clock::time_point at);

 private:
  struct Watched {
    std::string command_id;
    Motion motion;
    bool is_acknowledged = false;
    bool has_moved = false;   // as it should
    bool is_told_of = false;  // that it moves
    Clock::time_point begun_at;
  };
  void make_room(Clock::time_point at);

  std::mutex mutex_;  // guards all below
  std::map<std::int64_t, Watched> by_device_;
};

}  // namespace gatetorio::commands
