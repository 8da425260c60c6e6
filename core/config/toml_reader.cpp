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

#include "core/config/toml_depth.hpp"
#include "core/observe/escape.hpp"

namespace gatetorio::core {
namespace {

// A configuration by hand has some kilobytes.
constexpr std::size_t kMaxTomlBytes = std::size_t{4} << 20;

struct Source {
  std::shared_ptr<const std::string> name;
  bool has_lines = true;  // false for `--set`
};

Position position(const toml::source_region& region, const Source& source) {
  if (!source.has_lines) return {source.name};
  return {source.name, static_cast<std::uint32_t>(region.begin.line), static_cast<std::uint32_t>(region.begin.column)};
}

// Reads what the library parsed. Every text of a configuration passes here, whatever its option and its plugin: one
// with a NUL would end early wherever it meets C. (Other control characters: validate.hpp.)
class Converter {
 public:
  Converter(const Source& source, Problems& problems) : source_(source), problems_(problems) {}

  NodeTable table(const toml::table& from, const std::string& path) {
    NodeTable table;
    table.reserve(from.size());
    for (const auto& [key, value] : from) {  // the library keeps its tables sorted by key, as NodeTable wants it
      const Position at = position(key.source(), source_);
      const std::string name = path + (path.empty() ? "" : ".") + printable(key.str());
      check(key.str(), at, name);
      table.push_back({std::string(key.str()), at, node(value, name)});
    }
    return table;
  }

  Node node(const toml::node& from, const std::string& path) {
    Node node;
    node.at = position(from.source(), source_);
    if (const auto* table = from.as_table()) {
      node.value = this->table(*table, path);
      node.is_inline = table->is_inline();
    } else if (const auto* array = from.as_array()) {
      NodeList list;
      for (const toml::node& entry : *array) list.push_back(this->node(entry, path));
      node.value = std::move(list);
    } else if (const auto* string = from.as_string()) {
      check(string->get(), node.at, path);
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

  void check(std::string_view text, const Position& at, const std::string& path) {
    if (text.find('\0') != std::string_view::npos) problems_.error(at, path, "must not hold a NUL character");
  }

 private:
  const Source& source_;
  Problems& problems_;
};

// The value that `text` is in TOML, or a plain string. Wrapped into a document of one key: a text that closes the
// value and adds keys of its own is a string too.
Node parse_set_value(std::string_view text, const Source& source, const std::string& path, Problems& problems) {
  Converter converter(source, problems);
  Node node;
  node.at = Position{source.name};
  converter.check(text, node.at, path);
  node.value = std::string(text);
  try {
    const std::string document_text = "v=" + std::string(text);
    if (!too_deep_in_toml(document_text)) {
      const toml::table document = toml::parse(document_text);
      if (document.size() == 1) node = converter.node(*document.get("v"), path);
    }
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
  std::string text(kMaxTomlBytes + 1, '\0');  // a pipe has no size to ask for
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto size = static_cast<std::size_t>(file.gcount());
  const Position at{std::make_shared<const std::string>(label)};
  if (file.bad() || (size == 0 && errno != 0)) {
    problems.error(at, "", "cannot be read: " + read_error(path));
    return {};
  }
  if (size > kMaxTomlBytes) {
    problems.error(at, "", "is larger than " + std::to_string(kMaxTomlBytes >> 20) + " MiB");
    return {};
  }
  text.resize(size);
  return parse_toml(text, label, problems);
}

NodeTable parse_toml(std::string_view text, const std::string& label, Problems& problems) {
  const Source source{std::make_shared<const std::string>(label)};
  if (const auto place = too_deep_in_toml(text)) {
    problems.error({source.name, place->line, place->column}, "",
                   "nested deeper than " + std::to_string(kMaxTomlDepth) + " levels");
    return {};
  }
  try {
    return Converter(source, problems).table(toml::parse(text), "");
  } catch (const toml::parse_error& error) {
    // The library quotes what it read, control characters too.
    std::string words(error.description());
    std::replace(words.begin(), words.end(), '\n', ' ');
    std::string message = "not valid TOML: ";
    append_escaped_text(message, words, Quotes::kKeep);
    problems.error(position(error.source(), source), "", std::move(message));
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
  if (is_too_deep_key(path)) {
    problems.error(Position{source.name}, "", "the key " + in_quotes(path) + " has too many parts");
    return {};
  }
  NodeTable root;
  NodeTable* table = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    if (end == begin) {
      problems.error(Position{source.name}, "", "the key " + in_quotes(path) + " has an empty part");
      return {};
    }
    Member& member = find_or_add(*table, path.substr(begin, end - begin), Position{source.name});
    if (end == path.size())
      member.node = parse_set_value(argument.substr(equals + 1), source, printable(path), problems);
    table = member.node.table();
    begin = end + 1;
  }
  return root;
}

}  // namespace gatetorio::core
