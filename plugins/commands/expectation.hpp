// Act on what you saw: a command may say what its sender saw of the device.
#pragma once

#include <optional>

#include "gatetorio/result.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::commands {

// Errors: kConflict where the device's last status is another one, with the members `device_status`, `status_at` and
// `sequence` of that (null where there is none).
Result<void> check_expectation(const Expect& expect, const std::optional<LastStatus>& last, Timestamp now);

}  // namespace gatetorio::commands
