// Kills the hub at an exact place: just before the n-th call that makes something on the disk last or go.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "support/temp_dir.hpp"

namespace gatetorio::testing {

// Hubs started while it lives have the switch (kill_switch_preload.cpp) in them.
class KillSwitch {
 public:
  KillSwitch();
  ~KillSwitch();
  KillSwitch(const KillSwitch&) = delete;
  KillSwitch& operator=(const KillSwitch&) = delete;

  // SIGKILL instead of the `call`-th fsync, fdatasync, rename, unlink or ftruncate from now; 1 is the next one.
  void arm(std::int64_t call) { *left_ = call; }
  // Has it killed since it was armed? The hub may take a moment to be dead.
  bool has_killed() const { return *left_ <= 0; }
  // The same, and from now on it does not.
  bool disarm() { return left_->exchange(0) <= 0; }

 private:
  TempDir folder_;
  std::string asan_options_;         // as they were
  std::atomic<std::int64_t>* left_;  // shared with the hub
};

}  // namespace gatetorio::testing
