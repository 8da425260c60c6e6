// Programs started while it lives believe that the time of day is another; their steady clocks stay right.
#pragma once

#include <chrono>

#include "support/temp_dir.hpp"

namespace gatetorio::testing {

class ShiftedClock {
 public:
  // Nothing is shifted by 0. Throws std::runtime_error where libfaketime is not installed.
  explicit ShiftedClock(std::chrono::seconds ahead);
  ~ShiftedClock();
  ShiftedClock(const ShiftedClock&) = delete;
  ShiftedClock& operator=(const ShiftedClock&) = delete;
};

// The same, with a time of day that jumps while they run.
class SteppedClock {
 public:
  // Throws std::runtime_error where libfaketime is not installed.
  SteppedClock();
  ~SteppedClock();
  SteppedClock(const SteppedClock&) = delete;
  SteppedClock& operator=(const SteppedClock&) = delete;

  // From now on the time of day is so far ahead of the right one.
  void step_to(std::chrono::seconds ahead);

 private:
  const TempDir folder_;
};

}  // namespace gatetorio::testing
