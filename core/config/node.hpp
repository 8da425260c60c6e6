// The configuration as read: a tree of values that know where they were written. It hides the TOML library from the
// rest, and carries positions through merging.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/config/problem.hpp"

namespace gatetorio::core {

struct Node;
struct Member;
using NodeList = std::vector<Node>;
using NodeTable = std::vector<Member>;  // sorted by name, each name once

// A date or time, kept as its TOML text: no option has such a type, but a message must be able to name it.
struct DateTime {
  std::string text;
};

struct Node {
  std::variant<bool, std::int64_t, double, std::string, DateTime, NodeList, NodeTable> value;
  Position at;             // of the value
  bool is_inline = false;  // a table written as { ... }: one value, replaced as a whole by a later file
  // What stood after `=` in `--set`, so that a string option can take it as it is.
  std::optional<std::string> set_text = {};

  const NodeTable* table() const { return std::get_if<NodeTable>(&value); }
  NodeTable* table() { return std::get_if<NodeTable>(&value); }
};

struct Member {
  std::string name;
  Position at;  // of the key
  Node node;
};

// The member of this name, or NULL.
const Member* find_member(const NodeTable& table, std::string_view name);

// The member of this name, made (with an empty table) where there is none.
Member& find_or_add(NodeTable& table, std::string_view name, const Position& at);

// Lays `over` on top of `base`: tables merge, anything else (inline tables and lists too) replaces what was there.
void merge(NodeTable& base, NodeTable over);

// "integer", "string", "table" ...: the names that error messages use.
std::string_view type_name(const Node& node);

// The value as an error message shows it: `string "abc"`, `integer 7`, `list of 3 entries`.
std::string describe(const Node& node);

}  // namespace gatetorio::core
