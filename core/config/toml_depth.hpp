// How deep a TOML text nests, told before a parser recurses into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatetorio::core {

// Parts of one key ("a.b.c" has 3), and arrays and inline tables inside each other. Nothing that the hub knows comes
// near.
inline constexpr std::size_t kMaxTomlDepth = 32;

struct TextPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;  // in characters
};

// Where the text goes deeper than kMaxTomlDepth; empty where it does not. Takes no recursion, whatever the text. Of
// what is no TOML it says something or nothing: the parser refuses that.
std::optional<TextPlace> too_deep_in_toml(std::string_view text);

// The same for a key alone: "hub.data_dir".
bool is_too_deep_key(std::string_view key);

}  // namespace gatetorio::core
