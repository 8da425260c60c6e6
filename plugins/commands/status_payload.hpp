// What a status message of a device says to the hub. The rest of it is between the device and its users.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatetorio::commands {

struct Answer {
  std::string command_id;
  bool is_success = false;
};

struct StatusPayload {
  std::optional<std::string> announced_kind;  // of a file; the hub tells of it, and it says nothing of the device
  std::optional<std::string> boot_nonce;      // as JSON text: the device gets it back as it gave it
  std::optional<Answer> answer;               // to a command
  std::optional<std::string> state;           // of the gate, in the words of its software
};

// Nothing for what is no JSON object.
std::optional<StatusPayload> read_status(std::string_view payload);

}  // namespace gatetorio::commands
