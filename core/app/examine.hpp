// `gatetorio-hub check` and `gatetorio-hub doctor`: they look, tell, and change nothing.
#pragma once

#include "core/app/data_dir.hpp"
#include "core/app/hub.hpp"
#include "core/config/config.hpp"

namespace gatetorio::core {

// Exit codes, see sysexits.h.
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitConfiguration = 78;

// Configured without an error: the files that the configuration names. Faults go to stderr as those of the
// configuration do. Returns the exit code: 0, or 78 where the hub, or a part of it, would not start.
int run_check(Hub& hub, const Config& config, const DataDir& data_dir);

// The same and the machine, all of it on stdout. Returns 0, or 1 where there is an error; warnings are none.
int run_doctor(Hub& hub, const Config& config, const DataDir& data_dir, bool is_json);

}  // namespace gatetorio::core
