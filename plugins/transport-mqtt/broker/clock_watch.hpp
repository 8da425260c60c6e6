// Notices that the wall clock was set back. Mosquitto 2.0 measures keep-alives by it: until the clock is again where it
// was, nobody who has gone silent would be missed.
#pragma once

#include <chrono>
#include <utility>

namespace gatetorio::transport_mqtt {

class ClockWatch {
 public:
  using Wall = std::chrono::system_clock::time_point;
  using Steady = std::chrono::steady_clock::time_point;

  ClockWatch(Wall wall, Steady steady) : ahead_(wall.time_since_epoch() - steady.time_since_epoch()) {}

  // Was it set back by 5 s or more since the last call? To be asked many times a minute.
  bool was_set_back(Wall wall, Steady steady) {
    const auto before = std::exchange(ahead_, wall.time_since_epoch() - steady.time_since_epoch());
    return before - ahead_ >= std::chrono::seconds(5);
  }

 private:
  std::chrono::nanoseconds ahead_;
};

}  // namespace gatetorio::transport_mqtt
