// Commands that the broker has handed to devices' sessions. A connection that hangs swallows what it is given, so a
// command counts as delivered only when its device has said something after that, in the same session. In memory:
// bounded, and forgotten when no command lives that long. Any thread.
//
// The two events come by queues of their own, each at its own pace: what happened first is told by the `sequence` of
// the bus.
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
  static constexpr std::size_t kMostOfASession = 64, kMost = 50'000;
  static constexpr std::chrono::seconds kLongestLife{300};

  // `session`: as of CommandHandedOver and DeviceMessage; 0 is none, and nothing is delivered in it. Each returns the
  // commands of that session which are known to be delivered now.
  std::vector<std::string> handed_over(std::uint64_t session, std::string command_id, std::uint64_t sequence,
                                       Clock::time_point at);
  std::vector<std::string> spoke(std::uint64_t session, std::uint64_t sequence, Clock::time_point at);

  // Forgets what is too old to matter.
  void tidy(Clock::time_point at);
  std::size_t size() const;

 private:
  struct Handover {
    std::string command_id;
    std::uint64_t sequence;
    Clock::time_point at;
  };
  struct Session {
    std::deque<Handover> open;
    std::uint64_t spoke = 0;  // when last
    Clock::time_point heard_of;
  };
  void drop_oldest(Session& session);
  std::vector<std::string> take_delivered(Session& session);

  mutable std::mutex mutex_;  // guards all below
  std::unordered_map<std::uint64_t, Session> sessions_;
  std::size_t open_ = 0;  // of all sessions
};

}  // namespace gatetorio::commands
