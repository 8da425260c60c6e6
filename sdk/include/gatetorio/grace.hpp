// A second opinion before something old is deleted. The wall clock says what is old, and it can be wrong: set by hand,
// by a bad time server, after a dead battery. What it condemns is deleted only when it has been condemned all along for
// a while of the steady clock, without a step of the wall clock in between.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "gatetorio/time.hpp"

namespace gatetorio {

// Not for several threads at once.
class Grace {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Grace(Clock::duration length) : length_(length) {}

  // A round in which everything that is condemned is asked about. Both clocks, read together.
  void begin(Timestamp wall, Clock::time_point steady) {
    steady_ = steady;
    offset_ = std::chrono::microseconds(wall.us) -
              std::chrono::duration_cast<std::chrono::microseconds>(steady.time_since_epoch());
    ++round_;
  }
  // Notes that `what` is condemned; true where it has been for long enough.
  bool is_over(const std::string& what) {
    const Condemned now_condemned{steady_, offset_, round_};
    const auto [entry, is_new] = condemned_.try_emplace(what, now_condemned);
    Condemned& condemned = entry->second;
    const bool has_stepped = std::chrono::abs(offset_ - condemned.offset) > kStep;
    if (has_stepped) condemned = now_condemned;
    condemned.round = round_;
    return steady_ - condemned.since >= length_;
  }
  // The round was whole: what it did not ask about is condemned no more.
  void end() {
    std::erase_if(condemned_, [this](const auto& entry) { return entry.second.round != round_; });
  }

 private:
  static constexpr std::chrono::minutes kStep{2};  // more than the two clocks drift apart by themselves
  struct Condemned {
    Clock::time_point since;
    std::chrono::microseconds offset;  // of the wall clock against the steady one, then
    std::uint64_t round;
  };

  const Clock::duration length_;
  Clock::time_point steady_;
  std::chrono::microseconds offset_{0};
  std::uint64_t round_ = 0;
  std::map<std::string, Condemned> condemned_;
};

}  // namespace gatetorio
