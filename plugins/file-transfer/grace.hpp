// A second opinion before something old is deleted. The wall clock says what is old, and it can be wrong: set by hand,
// by a bad time server, after a dead battery. What it condemns is deleted only when it has been condemned all along for
// a while of the steady clock, without a step of the wall clock in between.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "gatetorio/time.hpp"

namespace gatetorio::file_transfer {

// Not for several threads at once.
class Grace {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Grace(Clock::duration length) : length_(length) {}

  // A round in which everything that is condemned is asked about. Both clocks, read together.
  void begin(Timestamp wall, Clock::time_point steady);
  // Notes that `what` is condemned; true where it has been for long enough.
  bool is_over(const std::string& what);
  // The round was whole: what it did not ask about is condemned no more.
  void end();

 private:
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

}  // namespace gatetorio::file_transfer
