// Configuration files: what was read is bounded, sorted and in its place, and every complaint fits a line of a
// terminal.
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/config/hub_options.hpp"
#include "core/config/node.hpp"
#include "core/config/render.hpp"
#include "core/config/toml_depth.hpp"
#include "core/config/toml_reader.hpp"
#include "core/config/validate.hpp"
#include "fuzz.hpp"
#include "gatetorio/utf8.hpp"

using namespace gatetorio;
using namespace gatetorio::core;

namespace {

// An inline table may stand in each of so many brackets, with a key of so many parts; the rest is headers.
constexpr std::size_t kDeepest = (kMaxTomlDepth + 1) * (kMaxTomlDepth + 1);

struct Extent {
  std::uint32_t lines = 1;
  std::uint32_t columns = 1;
};

void check_node(const Node& node, const Extent& extent, std::size_t depth);

void check_table(const NodeTable& table, const Extent& extent, std::size_t depth) {
  FUZZ_HOLDS(depth <= kDeepest);
  for (std::size_t i = 0; i < table.size(); ++i) {
    FUZZ_HOLDS(i == 0 || table[i - 1].name < table[i].name);
    FUZZ_HOLDS(find_member(table, table[i].name) == &table[i]);
    FUZZ_HOLDS(table[i].at.line <= extent.lines && table[i].at.column <= extent.columns);
    check_node(table[i].node, extent, depth + 1);
  }
}

void check_node(const Node& node, const Extent& extent, std::size_t depth) {
  FUZZ_HOLDS(node.at.line <= extent.lines && node.at.column <= extent.columns);
  FUZZ_HOLDS(describe(node).find('\n') == std::string::npos);
  if (const auto* table = node.table()) check_table(*table, extent, depth);
  if (const auto* list = std::get_if<NodeList>(&node.value)) {
    FUZZ_HOLDS(depth <= kDeepest);
    for (const Node& entry : *list) check_node(entry, extent, depth + 1);
  }
}

void check_problems(const Problems& problems) {
  for (const auto* list : {&problems.errors, &problems.warnings}) {
    for (const Problem& problem : *list) {
      const std::string line = problem.to_line();
      FUZZ_HOLDS(utf8::all_of(line, [](char32_t c) { return c >= ' ' && c != 0x7f; }));
      FUZZ_HOLDS(line.size() < 2000);
    }
  }
}

// Nothing for what `options` never writes: dates, and what is no text, which the library lets pass as "\\ud800".
std::optional<boost::json::value> to_json(const Node& node) {
  if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return *integer;
  if (const auto* number = std::get_if<double>(&node.value)) {
    return std::isfinite(*number) ? std::optional<boost::json::value>(*number) : std::nullopt;
  }
  if (const auto* text = std::get_if<std::string>(&node.value)) {
    return utf8::valid(*text) ? std::optional<boost::json::value>(*text) : std::nullopt;
  }
  if (const auto* list = std::get_if<NodeList>(&node.value)) {
    boost::json::array out;
    for (const Node& entry : *list) {
      auto value = to_json(entry);
      if (!value) return std::nullopt;
      out.push_back(*std::move(value));
    }
    return out;
  }
  if (const auto* table = node.table()) {
    boost::json::object out;
    for (const Member& member : *table) {
      auto value = to_json(member.node);
      if (!value || !utf8::valid(member.name)) return std::nullopt;
      out.emplace(member.name, *std::move(value));
    }
    return out;
  }
  return std::nullopt;
}

// 1.0 is written as 1: an option that takes numbers takes both.
bool is_same(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_double() || b.is_double())
    return a.is_number() && b.is_number() && a.to_number<double>() == b.to_number<double>();
  if (const auto* list = a.if_array()) {
    return b.is_array() && std::ranges::equal(*list, b.get_array(), is_same);
  }
  if (const auto* object = a.if_object()) {
    return b.is_object() && object->size() == b.get_object().size() &&
           std::ranges::all_of(*object, [&b](const auto& member) {
             const auto* other = b.get_object().if_contains(member.key());
             return other != nullptr && is_same(member.value(), *other);
           });
  }
  return a == b;
}

// What `gatetorio-hub options` writes is read as the same value.
void check_written(const NodeTable& table) {
  Node node;
  node.value = table;
  const auto value = to_json(node);
  if (!value) return;
  const std::string text = "v = " + to_toml(*value);
  if (too_deep_in_toml(text)) return;
  Problems problems;
  const NodeTable again = parse_toml(text, "again", problems);
  FUZZ_HOLDS(problems.errors.empty() && again.size() == 1);
  const auto same = to_json(again.front().node);
  FUZZ_HOLDS(same && is_same(*same, *value));
}

void check_set(std::string_view argument) {
  Problems problems;
  const NodeTable table = parse_set(argument, problems);
  check_problems(problems);
  FUZZ_HOLDS(table.size() == (problems.errors.empty() ? 1 : table.size()));
  check_table(table, {}, 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact input(fuzz::text_of(data, size));
  const std::string_view text = input.view();
  check_set(text.substr(0, text.find('\n')));
  Extent extent;
  for (auto rest = text; !rest.empty(); ++extent.lines) {
    extent.columns = std::max(extent.columns, static_cast<std::uint32_t>(fuzz::next_line(rest).size()) + 2);
  }
  Problems problems;
  NodeTable table = parse_toml(text, "hub.toml", problems);
  check_problems(problems);
  check_table(table, extent, 0);
  FUZZ_HOLDS(problems.errors.empty() || !too_deep_in_toml(text) || table.empty());
  if (!problems.errors.empty()) return 0;
  check_written(table);
  const Member* hub = find_member(table, "hub");
  if (hub != nullptr && hub->node.table() != nullptr) {
    const auto options = validate(*hub->node.table(), hub_schema(), "hub", hub->at, problems);
    check_problems(problems);
    boost::system::error_code wrong;
    boost::json::parse(boost::json::serialize(options), wrong);
    FUZZ_HOLDS(!wrong || !problems.errors.empty());
  }
  NodeTable merged = table;
  merge(merged, std::move(table));
  check_table(merged, extent, 0);
  return 0;
}
