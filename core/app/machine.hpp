// What the hub itself looks at before it starts: its folder and files, and the machine below it.
#pragma once

#include <string>

#include "core/app/data_dir.hpp"
#include "core/app/finding.hpp"
#include "core/app/hub.hpp"

namespace gatetorio::core {

// Can the hub read its configuration and write where it must? Changes nothing.
Findings check_files(const Hub& hub, const Config& config, const DataDir& data_dir);

// Room, clock, limits, backups, and whether a hub runs. Changes nothing.
Findings check_machine(const DataDir& data_dir);

// Who else listens where plugins will.
Findings check_ports(const std::vector<Listen>& listens, const DataDir& data_dir);

}  // namespace gatetorio::core
