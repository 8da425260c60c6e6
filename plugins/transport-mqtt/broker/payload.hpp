// What is read in payloads: the fields that keep a command from being late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatetorio::transport_mqtt {

inline constexpr std::size_t kMaxPayloadBytes = 65'536;

inline constexpr std::size_t kMostNested = 32;

// True for a JSON object of at most kMaxPayloadBytes, nested at most so deep.
bool is_json_object(std::string_view payload, std::size_t most_nested = kMostNested);

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
