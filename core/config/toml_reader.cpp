#include "core/config/toml_reader.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

namespace gatetorio::core {
namespace {

struct Source {
  std::shared_ptr<const std::string> name;
  bool has_lines = true;  // false for `--set`
};

Position position(const toml::source_region& region, const Source& source) {
  if (!source.has_lines) return {source.name};
  return {source.name, static_cast<std::uint32_t>(region.begin.line), static_cast<std::uint32_t>(region.begin.column)};
}

Node convert(const toml::node& from, const Source& source);

NodeTable convert_table(const toml::table& from, const Source& source) {
  NodeTable table;
  table.reserve(from.size());
  for (const auto& [key, value] : from) {  // the library keeps its tables sorted by key, as NodeTable wants it
    table.push_back({std::string(key.str()), position(key.source(), source), convert(value, source)});
  }
  return table;
}

Node convert(const toml::node& from, const Source& source) {
  Node node;
  node.at = position(from.source(), source);
  if (const auto* table = from.as_table()) {
    node.value = convert_table(*table, source);
    node.is_inline = table->is_inline();
  } else if (const auto* array = from.as_array()) {
    NodeList list;
    for (const toml::node& entry : *array) list.push_back(convert(entry, source));
    node.value = std::move(list);
  } else if (const auto* string = from.as_string()) {
    node.value = string->get();
  } else if (const auto* integer = from.as_integer()) {
    node.value = integer->get();
  } else if (const auto* number = from.as_floating_point()) {
    node.value = number->get();
  } else if (const auto* flag = from.as_boolean()) {
    node.value = flag->get();
  } else {
    std::ostringstream text;
    from.visit([&text](const auto& value) {
      if constexpr (toml::is_chronological<decltype(value)>) text << value.get();
    });
    node.value = DateTime{text.str()};
  }
  return node;
}

// The value that `text` is in TOML, or a plain string. Wrapped into a document of one key: a text that closes the
// value and adds keys of its own is a string too.
Node parse_set_value(std::string_view text, const Source& source) {
  Node node;
  node.value = std::string(text);
  try {
    const toml::table document = toml::parse("v=" + std::string(text));
    if (document.size() == 1) node = convert(*document.get("v"), source);
  } catch (const toml::parse_error&) {
  }
  node.at = Position{source.name};
  node.set_text = std::string(text);
  return node;
}

std::string read_error(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return "is a directory";
  return errno != 0 ? std::strerror(errno) : "unknown error";
}

}  // namespace

NodeTable read_toml_file(const std::string& path, const std::string& label, Problems& problems) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || file.bad() || (text.str().empty() && errno != 0)) {
    problems.error(Position{std::make_shared<const std::string>(label)}, "", "cannot be read: " + read_error(path));
    return {};
  }
  return parse_toml(text.str(), label, problems);
}

NodeTable parse_toml(std::string_view text, const std::string& label, Problems& problems) {
  const Source source{std::make_shared<const std::string>(label)};
  try {
    return convert_table(toml::parse(text), source);
  } catch (const toml::parse_error& error) {
    std::string message;
    for (const char c : error.description()) message += c == '\n' ? ' ' : c;
    problems.error(position(error.source(), source), "", "not valid TOML: " + message);
    return {};
  }
}

NodeTable parse_set(std::string_view argument, Problems& problems) {
  const Source source{std::make_shared<const std::string>("--set"), false};
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos) {
    problems.error(Position{source.name}, "", "expected KEY=VALUE, got " + in_quotes(argument));
    return {};
  }
  const std::string_view path = argument.substr(0, equals);
  NodeTable root;
  NodeTable* table = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    if (end == begin) {
      problems.error(Position{source.name}, "", "the key " + in_quotes(path) + " has an empty part");
      return {};
    }
    Member& member = find_or_add(*table, path.substr(begin, end - begin), Position{source.name});
    if (end == path.size()) member.node = parse_set_value(argument.substr(equals + 1), source);
    table = member.node.table();
    begin = end + 1;
  }
  return root;
}

}  // namespace gatetorio::core
