#include "core/config/node.hpp"

#include <algorithm>
#include <array>

namespace gatetorio::core {
namespace {

template <class Table>
auto lower_bound(Table& table, std::string_view name) {
  return std::lower_bound(table.begin(), table.end(), name, [](const Member& member, std::string_view wanted) {
    return std::string_view(member.name) < wanted;
  });
}

}  // namespace

const Member* find_member(const NodeTable& table, std::string_view name) {
  const auto found = lower_bound(table, name);
  return found != table.end() && found->name == name ? &*found : nullptr;
}

Member& find_or_add(NodeTable& table, std::string_view name, const Position& at) {
  auto found = lower_bound(table, name);
  if (found == table.end() || found->name != name) {
    found = table.insert(found, Member{std::string(name), at, Node{NodeTable{}, at}});
  }
  return *found;
}

void merge(NodeTable& base, NodeTable over) {
  for (Member& member : over) {
    Member& existing = find_or_add(base, member.name, member.at);
    NodeTable* below = existing.node.table();
    NodeTable* above = member.node.table();
    if (below != nullptr && above != nullptr && !existing.node.is_inline && !member.node.is_inline) {
      merge(*below, std::move(*above));
    } else {
      existing = std::move(member);
    }
  }
}

std::string_view type_name(const Node& node) {
  constexpr std::array<std::string_view, 7> kNames = {"boolean",   "integer", "number", "string",
                                                      "date-time", "list",    "table"};
  return kNames[node.value.index()];
}

std::string describe(const Node& node) {
  std::string text(type_name(node));
  if (const auto* flag = std::get_if<bool>(&node.value)) return text + (*flag ? " true" : " false");
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return text + " " + std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&node.value)) return text + " " + number_text(*number);
  if (const auto* string = std::get_if<std::string>(&node.value)) return text + " " + in_quotes(*string);
  if (const auto* time = std::get_if<DateTime>(&node.value)) return text + " " + time->text;
  if (const auto* list = std::get_if<NodeList>(&node.value)) {
    return text + " of " + std::to_string(list->size()) + (list->size() == 1 ? " entry" : " entries");
  }
  return text;
}

}  // namespace gatetorio::core
