// The JSON object that a device receives: the sender's command with the fields by which the device can tell a late or a
// repeated one.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/result.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::commands {

struct Stamp {
  std::string command_id;
  Timestamp issued_at;
  Timestamp expires_at;
  std::optional<std::string> boot_nonce;  // of the device's last status, as JSON text
};

// Refuses a command that uses a reserved name (kInvalid, with the field) or is larger than 32 KiB (kTooLarge).
Result<void> check_command(const boost::json::object& command);

// Text of the stamped object.
std::string stamped(boost::json::object command, const Stamp& stamp);

}  // namespace gatetorio::commands
