// What the guard reads in payloads and writes into them: the fields that keep a command from being late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatetorio::transport_mqtt {

inline constexpr std::size_t kMaxPayloadBytes = 65'536;

// True for a JSON object of at most kMaxPayloadBytes, nested at most 32 deep.
bool is_json_object(std::string_view payload);

// The status' `boot_nonce` as JSON text (a string or a whole number, at most 128 bytes of text), or empty where it has
// none. Empty as well for a payload that is no JSON object.
std::string boot_nonce_of(std::string_view status);

// The reserved fields of a command.
struct Stamp {
  std::string command_id;
  std::int64_t issued_at_us = 0;   // UTC
  std::int64_t expires_at_us = 0;  // UTC
  std::string boot_nonce;          // JSON text as boot_nonce_of gives it; empty: none
};

// The command with the stamp's fields in place of whatever it had under those names; the rest stays byte for byte where
// it used none of them. Nothing for a payload that is no JSON object of at most kMaxPayloadBytes.
std::optional<std::string> stamp_command(std::string_view payload, const Stamp& stamp);

// What a stamped command says of itself.
struct CommandMark {
  std::string command_id;
  std::int64_t expires_at_us = 0;  // UTC
};

// Nothing where the payload is no JSON object or one of the two fields is missing or cannot be read. May be larger than
// kMaxPayloadBytes by what a stamp adds.
std::optional<CommandMark> read_mark(std::string_view payload);

// "cmd_" and 128 random bits in hex.
std::string new_command_id();

// RFC 3339, UTC ("Z") with optional fraction of at most 9 digits; UTC microseconds.
std::optional<std::int64_t> parse_rfc3339_us(std::string_view text);

}  // namespace gatetorio::transport_mqtt
