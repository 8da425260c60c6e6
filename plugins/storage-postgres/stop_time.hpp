// The moment from which whoever waits for the server gives up: the hub stops. Read and set from any thread.
#pragma once

#include <atomic>
#include <chrono>

namespace gatetorio::storage_postgres {

class StopTime {
 public:
  using Clock = std::chrono::steady_clock;
  void set(Clock::time_point at) { at_.store(at.time_since_epoch().count(), std::memory_order_relaxed); }
  bool has_come() const {
    const auto at = at_.load(std::memory_order_relaxed);
    return at != kNever && Clock::now().time_since_epoch().count() >= at;
  }

 private:
  static constexpr Clock::rep kNever = Clock::duration::max().count();
  std::atomic<Clock::rep> at_{kNever};
};

}  // namespace gatetorio::storage_postgres
