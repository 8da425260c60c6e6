// What the parts of the repository share.
#pragma once

#include <string>

#include "repository.hpp"

namespace gatetorio::registration {

inline std::string target(std::int64_t device_id) { return key_of(device_principal(device_id)); }

inline Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such device."}; }
inline Error name_taken() { return {.status = Status::kConflict, .detail = "Another device has this controller_id."}; }

// The words for the caller in place of those for the log.
inline Error in_words(const Error& error) {
  if (error.status == Status::kConflict) return name_taken();
  if (error.status == Status::kGuardFailed) return not_found();
  return error;
}

}  // namespace gatetorio::registration
