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

struct StateRule {
  static constexpr std::size_t kMin = 1, kMax = 64;
  static constexpr std::string_view kPattern = "";
  static constexpr std::string_view kWords = "a state as the device reports it";
  static bool valid(std::string_view) { return true; }
};

// What the sender saw of the device when it decided. Where that no longer holds, nothing is sent.
struct Expect {
  std::optional<std::vector<Text<StateRule>>> states;         // the status says one of these
  std::optional<Integer<0, 9'007'199'254'740'991>> sequence;  // it is still that status
  std::optional<Integer<1, 86'400>> max_age_seconds;          // it came so lately
};
BOOST_DESCRIBE_STRUCT(Expect, (), (states, sequence, max_age_seconds))

struct SendInput {
  ControllerId controller_id;
  std::optional<UserToken> user_token;
  ObjectText command;
  std::optional<Integer<1, 300>> ttl_seconds;
  std::optional<Text<KeyRule>> idempotency_key;
  std::optional<Expect> expect;
};
BOOST_DESCRIBE_STRUCT(SendInput, (), (controller_id, user_token, command, ttl_seconds, idempotency_key, expect))

// The same by an admin, who names the device in the path.
struct AdminSendInput {
  ControllerId controller_id;
  ObjectText command;
  std::optional<Integer<1, 300>> ttl_seconds;
  std::optional<Text<KeyRule>> idempotency_key;
  std::optional<Expect> expect;
};
BOOST_DESCRIBE_STRUCT(AdminSendInput, (), (controller_id, command, ttl_seconds, idempotency_key, expect))

struct SendOutput {
  bool success = true;
  std::string message;
  std::string command_id;
  Timestamp expires_at;
  bool merged = false;  // an equal motion was on its way: `command_id` is that one's, and nothing more was sent
};
BOOST_DESCRIBE_STRUCT(SendOutput, (), (success, message, command_id, expires_at, merged))

struct CommandRef {
  Text<KeyRule> command_id;
};
BOOST_DESCRIBE_STRUCT(CommandRef, (), (command_id))

struct CommandOutput {
  std::string command_id;
  std::string state;
  std::string verb;
  std::int64_t gate_number = 1;
  Timestamp sent_at;
  Timestamp updated_at;
  std::optional<Timestamp> delivered_at;
  std::optional<Timestamp> acknowledged_at;  // or the device said that it failed
  std::optional<Timestamp> moving_at;
  std::optional<Timestamp> completed_at;  // or reversed
  std::optional<ObjectText> result;
};
BOOST_DESCRIBE_STRUCT(CommandOutput, (),
                      (command_id, state, verb, gate_number, sent_at, updated_at, delivered_at, acknowledged_at,
                       moving_at, completed_at, result))

// As commands show it: one that nobody confirmed is sent, one whose time is over without an answer has expired.
enum class State { sent, delivered, acknowledged, failed, expired, moving, completed, reversed, merged };
BOOST_DESCRIBE_ENUM(State, sent, delivered, acknowledged, failed, expired, moving, completed, reversed, merged)

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
  std::string sender_name;                   // what it was called when it sent this; empty: it had no name
  std::string via;                           // how it came: "app", "link" (shared access), "mqtt", "admin"
  ObjectText command;
  std::string verb;
  std::int64_t gate_number = 1;
  std::string state;
  Timestamp sent_at;
  Timestamp updated_at;
  std::optional<ObjectText> result;
};
BOOST_DESCRIBE_STRUCT(CommandEntry, (),
                      (command_id, device_id, controller_id, sender, sender_name, via, command, verb, gate_number,
                       state, sent_at, updated_at, result))

struct CommandsOutput {
  std::vector<CommandEntry> commands;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(CommandsOutput, (), (commands, next_cursor, total))

struct ActivityInput {
  ControllerId controller_id;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(ActivityInput, (), (controller_id, limit, cursor))

// Who did what at the gate.
struct ActivityEntry {
  Timestamp at;
  std::string who;   // "user:17"
  std::string name;  // by which owners know them; may be empty
  std::string via;   // "app", "link" (shared access), "mqtt", "admin"
  std::string verb;
  std::int64_t gate_number = 1;
  std::string command_id;  // with the state merged: of the command that went out for both
  std::string state;
  Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(ActivityEntry, (), (at, who, name, via, verb, gate_number, command_id, state, updated_at))

struct ActivityOutput {
  std::vector<ActivityEntry> entries;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(ActivityOutput, (), (entries, next_cursor))

struct StatusOutput {
  std::string controller_id;
  bool is_online = false;
  std::optional<Timestamp> last_seen;
  std::string firmware_version;
  std::optional<ObjectText> status;
  std::optional<Timestamp> status_at;
  std::optional<std::int64_t> sequence;  // of the status; a later one of the device has a greater one
};
BOOST_DESCRIBE_STRUCT(StatusOutput, (),
                      (controller_id, is_online, last_seen, firmware_version, status, status_at, sequence))

}  // namespace gatetorio::commands
