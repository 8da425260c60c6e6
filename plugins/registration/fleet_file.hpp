// The file of a fleet that is to come: CSV with a line for each device. The first line names the columns, in any order:
// hardware_id, and as wished controller_id and device_name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/json.hpp"

namespace gatetorio::registration {

struct FleetLine {
  std::int64_t line = 0;  // of the file, from 1
  std::string hardware_id;
  std::optional<std::string> controller_id;
  std::string device_name;  // empty: none
};

struct FleetFile {
  std::vector<FleetLine> lines;
  json::Errors errors;  // in the order of the file; the pointer: see fleet_pointer
};

inline constexpr std::size_t kMostFleetLines = 10'000;

// "/lines/7/hardware_id": a line and its column; without a column the line as a whole.
std::string fleet_pointer(std::int64_t line, std::string_view column = {});

// Whatever is wrong anywhere in it; with errors `lines` has those that are right by themselves.
FleetFile read_fleet(std::string_view text);

}  // namespace gatetorio::registration
