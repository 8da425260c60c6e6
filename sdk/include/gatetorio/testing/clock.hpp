// The clocks of a fake host. They stand still until the test moves them.
//
// Plugins read the time from <chrono>, in the fake host as in the hub. Both of its clocks ask the C library's
// clock_gettime, which this header defines for the whole test program: while the fake host runs a plugin, it shows the
// time of a Clock. The test itself, and the threads that a plugin has of its own, see the real time: what waits for a
// disk or a socket goes on.
#pragma once

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "gatetorio/time.hpp"

namespace gatetorio::testing {

class Clock {
 public:
  // Any thread.
  Timestamp wall() const { return {wall_us_.load()}; }
  std::chrono::nanoseconds steady() const { return std::chrono::nanoseconds(steady_ns_.load()); }

  // Both clocks go on.
  void pass(std::chrono::nanoseconds time) {
    steady_ns_ += time.count();
    wall_us_ += std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  }
  // Somebody sets the wall clock: it jumps by so much, back where it is negative.
  void set_wall(std::chrono::microseconds by) { wall_us_ += by.count(); }

  // While it lives, the thread that made it sees this clock; with nullptr the real ones.
  class Shown {
   public:
    explicit Shown(const Clock* clock) : before_(shown_) { shown_ = clock; }
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;
    ~Shown() { shown_ = before_; }

   private:
    const Clock* before_;
  };

  // False where the calling thread sees the real time of this clock.
  static bool read(clockid_t which, timespec* time) noexcept {
    if (shown_ == nullptr) return false;
    if (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE) {
      const std::int64_t us = shown_->wall_us_.load();
      time->tv_sec = static_cast<time_t>(us / kMicrosecondsPerSecond);
      time->tv_nsec = static_cast<long>(us % kMicrosecondsPerSecond * 1000);
      return true;
    }
    if (which != CLOCK_MONOTONIC && which != CLOCK_MONOTONIC_COARSE && which != CLOCK_BOOTTIME) return false;
    constexpr std::int64_t kPerSecond = 1'000'000'000;
    const std::int64_t ns = shown_->steady_ns_.load();
    time->tv_sec = static_cast<time_t>(ns / kPerSecond);
    time->tv_nsec = static_cast<long>(ns % kPerSecond);
    return true;
  }

 private:
  static inline constinit thread_local const Clock* shown_ = nullptr;

  std::atomic<std::int64_t> wall_us_{1'800'000'000 * kMicrosecondsPerSecond};     // 15 January 2027
  std::atomic<std::int64_t> steady_ns_{std::int64_t{1'000'000} * 1'000'000'000};  // after some days
};

}  // namespace gatetorio::testing

// Weak, so that several sources of a test program may include this. The linker exports it for the shared libraries of
// the program, that of <chrono> among them.
extern "C" __attribute__((weak, used, visibility("default"))) int clock_gettime(clockid_t which,
                                                                                struct timespec* time) noexcept {
  if (gatetorio::testing::Clock::read(which, time)) return 0;
  return static_cast<int>(::syscall(SYS_clock_gettime, which, time));
}
