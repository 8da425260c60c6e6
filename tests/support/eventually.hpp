// Waiting for what comes in its own time, never longer than a deadline.
#pragma once

#include <chrono>
#include <thread>

namespace gatetorio::testing {

using std::chrono::milliseconds;

// Far above what anything takes on a busy machine: only a failing test waits so long.
inline constexpr milliseconds kPatience{15'000};
// For a hub that starts on a machine whose disk is busy: every file is made, and waited for.
inline constexpr milliseconds kPatienceToStart{90'000};

// Asks `condition` until it holds. False where it does not within `patience`.
template <class Condition>
bool eventually(Condition condition, milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(3));
  }
  return true;
}

// How long `action` takes.
template <class Action>
milliseconds time_of(Action action) {
  const auto begun = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
}

}  // namespace gatetorio::testing
