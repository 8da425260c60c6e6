// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/identifiers.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/lists.hpp"
#include "gatetorio/time_text.hpp"

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

// The same by an admin, who names the device in the path.
struct AdminSendInput {
  ControllerId controller_id;
  ObjectText command;
  std::optional<Integer<1, 300>> ttl_seconds;
  std::optional<Text<KeyRule>> idempotency_key;
};
BOOST_DESCRIBE_STRUCT(AdminSendInput, (), (controller_id, command, ttl_seconds, idempotency_key))

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

// As commands show it: one that nobody confirmed is sent, one whose time is over without an answer has expired.
enum class State { sent, delivered, acknowledged, failed, expired };
BOOST_DESCRIBE_ENUM(State, sent, delivered, acknowledged, failed, expired)

struct SenderRule {
  static constexpr std::size_t kMin = 3, kMax = 64;
  static constexpr std::string_view kPattern = "^[a-z]+:[1-9][0-9]*$";
  static constexpr std::string_view kWords = "a kind of caller, a colon and its number: user:17";
  static bool valid(std::string_view text) { return parse(text).has_value(); }
  static std::optional<PrincipalId> parse(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    return parse_principal_name(std::string(text.substr(0, colon)) + "-" + std::string(text.substr(colon + 1)));
  }
};

struct CommandsInput {
  std::optional<ControllerId> controller_id;
  std::optional<State> state;
  std::optional<Text<SenderRule>> sender;
  std::optional<TimeText> from;   // sent then or later
  std::optional<TimeText> until;  // sent before
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(CommandsInput, (), (controller_id, state, sender, from, until, limit, cursor))

struct CommandEntry {
  std::string command_id;
  std::int64_t device_id = 0;
  std::optional<std::string> controller_id;  // null: the device is gone
  std::string sender;                        // "user:17"
  ObjectText command;
  std::string state;
  Timestamp sent_at;
  Timestamp updated_at;
  std::optional<ObjectText> result;
};
BOOST_DESCRIBE_STRUCT(CommandEntry, (),
                      (command_id, device_id, controller_id, sender, command, state, sent_at, updated_at, result))

struct CommandsOutput {
  std::vector<CommandEntry> commands;
  std::optional<std::string> next_cursor;
  std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(CommandsOutput, (), (commands, next_cursor, total))

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
