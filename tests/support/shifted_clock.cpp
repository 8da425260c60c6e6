#include "support/shifted_clock.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace gatetorio::testing {

namespace fs = std::filesystem;

namespace {

std::string find_library() {
  for (const auto& entry : fs::directory_iterator("/usr/lib")) {
    const fs::path library = entry.path() / "faketime" / "libfaketimeMT.so.1";
    if (fs::exists(library)) return library.string();
  }
  throw std::runtime_error("libfaketime is not installed: run scripts/setup");
}

}  // namespace

ShiftedClock::ShiftedClock(std::chrono::seconds ahead) {
  if (ahead.count() == 0) return;
  ::setenv("LD_PRELOAD", find_library().c_str(), 1);
  ::setenv("FAKETIME", ((ahead.count() > 0 ? "+" : "") + std::to_string(ahead.count())).c_str(), 1);
  ::setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
}

ShiftedClock::~ShiftedClock() {
  for (const char* name : {"LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"}) ::unsetenv(name);
}

}  // namespace gatetorio::testing
