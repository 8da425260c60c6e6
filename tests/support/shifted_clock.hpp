// Programs started while it lives believe that the time of day is another; their steady clocks stay right.
#pragma once

#include <chrono>

namespace gatetorio::testing {

class ShiftedClock {
 public:
  // Nothing is shifted by 0. Throws std::runtime_error where libfaketime is not installed.
  explicit ShiftedClock(std::chrono::seconds ahead);
  ~ShiftedClock();
  ShiftedClock(const ShiftedClock&) = delete;
  ShiftedClock& operator=(const ShiftedClock&) = delete;
};

}  // namespace gatetorio::testing
