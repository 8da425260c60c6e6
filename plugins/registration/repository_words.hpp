// What the parts of the repository share.
#pragma once

#include <string>
#include <string_view>

#include "repository.hpp"

namespace gatetorio::registration {

inline std::string target(std::int64_t device_id) { return key_of(device_principal(device_id)); }

// The hardware id of an imported device that has not registered yet is what lets it in: nobody is shown it.
inline constexpr std::string_view kDeviceColumns =
    "id, controller_id, CASE WHEN LENGTH(token_hash) = 0 THEN '' ELSE hardware_id END, device_name, firmware_version,"
    " online_until, last_seen, created_at, token_hash, online_hub";

inline Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such device."}; }
inline Error name_taken() { return {.status = Status::kConflict, .detail = "Another device has this controller_id."}; }

inline Error changed_meanwhile() {
  return {.status = Status::kPrecondition, .detail = "Somebody else has changed the device meanwhile; read it again."};
}

// The words for the caller in place of those for the log.
inline Error in_words(const Error& error) {
  if (error.status == Status::kConflict) return name_taken();
  if (error.status == Status::kGuardFailed) return not_found();
  return error;
}

}  // namespace gatetorio::registration
