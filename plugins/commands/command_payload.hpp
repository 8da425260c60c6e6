// The JSON object that a device receives: the sender's text, character for character, with the fields by which the
// device can tell a late or a repeated command.
#pragma once

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

// `command` is here and below the text of a valid JSON object. Errors: kTooLarge over 32 KiB; kInvalid, naming the
// fields, where it uses a name of the hub's, or one name twice in one object: two readers could understand two
// commands.
Result<void> check_command(std::string_view command);

// The text with the hub's fields after the sender's. `command` has passed check_command.
std::string stamped(std::string_view command, const Stamp& stamp);

// Whether two commands say the same: the order of members and the space between them do not matter. Numbers are
// compared as they are written: 12 and 12.0 are not the same.
bool is_same_command(std::string_view a, std::string_view b);

}  // namespace gatetorio::commands
