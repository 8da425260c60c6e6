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

std::string offset(std::chrono::seconds ahead) {
  return (ahead.count() >= 0 ? "+" : "") + std::to_string(ahead.count());
}

}  // namespace

ShiftedClock::ShiftedClock(std::chrono::seconds ahead) {
  if (ahead.count() == 0) return;
  ::setenv("LD_PRELOAD", find_library().c_str(), 1);
  ::setenv("FAKETIME", offset(ahead).c_str(), 1);
  ::setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
}

ShiftedClock::~ShiftedClock() {
  for (const char* name : {"LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"}) ::unsetenv(name);
}

SteppedClock::SteppedClock() {
  step_to(std::chrono::seconds(0));
  ::setenv("LD_PRELOAD", find_library().c_str(), 1);
  ::setenv("FAKETIME_TIMESTAMP_FILE", (folder_ / "offset").c_str(), 1);
  ::setenv("FAKETIME_NO_CACHE", "1", 1);
  ::setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
}

SteppedClock::~SteppedClock() {
  for (const char* name :
       {"LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC"}) {
    ::unsetenv(name);
  }
}

void SteppedClock::step_to(std::chrono::seconds ahead) {
  write_file(folder_ / "next", offset(ahead) + "\n");
  fs::rename(folder_ / "next", folder_ / "offset");  // never half of it
}

}  // namespace gatetorio::testing
