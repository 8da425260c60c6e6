#include "support/kill_switch.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "support/paths.hpp"

namespace gatetorio::testing {

KillSwitch::KillSwitch() {
  const std::string file = (folder_ / "calls-left").string();
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || ::ftruncate(descriptor, sizeof *left_) != 0) throw std::runtime_error("no file for the switch");
  void* shared = ::mmap(nullptr, sizeof *left_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (shared == MAP_FAILED) throw std::runtime_error("no memory for the switch");
  left_ = static_cast<std::atomic<std::int64_t>*>(shared);
  ::setenv("GATETORIO_KILL_SWITCH", file.c_str(), 1);
  ::setenv("LD_PRELOAD", GATETORIO_BUILD_DIR "/tests/support/libkill_switch.so", 1);
  // A sanitizer's runtime wants to be loaded first; this library is none that it looks into.
  const char* set = std::getenv("ASAN_OPTIONS");
  asan_options_ = set == nullptr ? "" : set;
  ::setenv("ASAN_OPTIONS", (asan_options_ + ":verify_asan_link_order=0").c_str(), 1);
}

KillSwitch::~KillSwitch() {
  ::unsetenv("LD_PRELOAD");
  ::unsetenv("GATETORIO_KILL_SWITCH");
  ::setenv("ASAN_OPTIONS", asan_options_.c_str(), 1);
  ::munmap(left_, sizeof *left_);
}

}  // namespace gatetorio::testing
