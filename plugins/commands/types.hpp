// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>

#include "gatetorio/identifiers.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::commands {

struct KeyRule {
  static constexpr std::size_t kMin = 1, kMax = 128;
  static constexpr std::string_view kPattern = "^[!-~]+$";
  static constexpr std::string_view kWords = "printable ASCII without spaces";
  static bool valid(std::string_view text) {
    for (const char c : text) {
      if (c <= ' ' || c >= '\x7f') return false;
    }
    return true;
  }
};

struct SendInput {
  ControllerId controller_id;
  std::optional<UserToken> user_token;
  ObjectText command;
  std::optional<Integer<1, 300>> ttl_seconds;
  std::optional<Text<KeyRule>> idempotency_key;
};
BOOST_DESCRIBE_STRUCT(SendInput, (), (controller_id, user_token, command, ttl_seconds, idempotency_key))

struct SendOutput {
  bool success = true;
  std::string message;
  std::string command_id;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(SendOutput, (), (success, message, command_id, expires_at))

struct CommandRef {
  Text<KeyRule> command_id;
};
BOOST_DESCRIBE_STRUCT(CommandRef, (), (command_id))

struct CommandOutput {
  std::string command_id;
  std::string state;
  Timestamp sent_at;
  Timestamp updated_at;
  std::optional<ObjectText> result;
};
BOOST_DESCRIBE_STRUCT(CommandOutput, (), (command_id, state, sent_at, updated_at, result))

struct StatusOutput {
  std::string controller_id;
  bool is_online = false;
  std::optional<Timestamp> last_seen;
  std::string firmware_version;
  std::optional<ObjectText> status;
  std::optional<Timestamp> status_at;
};
BOOST_DESCRIBE_STRUCT(StatusOutput, (), (controller_id, is_online, last_seen, firmware_version, status, status_at))

}  // namespace gatetorio::commands
