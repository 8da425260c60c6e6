#include <boost/json.hpp>
#include <cmath>
#include <sstream>

#include "core/config/hub_options.hpp"
#include "core/config/problem.hpp"
#include "core/config/render.hpp"
#include "core/observe/escape.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kCommentWidth = 100;

// The help as comment lines, broken between words.
void append_comment(std::string& out, const std::string& text) {
  std::istringstream words(text);
  std::string line = "#";
  for (std::string word; words >> word;) {
    if (line.size() + 1 + word.size() > kCommentWidth) {
      out += line + "\n";
      line = "#";
    }
    line += " " + word;
  }
  if (line.size() > 1) out += line + "\n";
}

const char* empty_value(OptionType type) {
  switch (type) {
    case OptionType::kSecret:
      return "{ file = \"path\" }";
    case OptionType::kStringList:
      return "[]";
    case OptionType::kTable:
      return "{}";
    case OptionType::kInteger:
    case OptionType::kNumber:
      return "0";
    case OptionType::kBoolean:
      return "false";
    default:
      return "\"\"";
  }
}

void append_option(std::string& out, const Option& option) {
  out += "\n";
  append_comment(out, option.help);
  std::string facts = expectation(option);
  if (option.type == OptionType::kSecret) facts += ", as { file = \"path\" } or { env = \"NAME\" }";
  facts += option.is_required               ? "; required"
           : option.default_value.is_null() ? "; not set by default"
                                            : "; the default:";
  append_comment(out, facts);
  const json::value& shown = option.example.is_null() ? option.default_value : option.example;
  const std::string value = shown.is_null() ? empty_value(option.type) : to_toml(shown);
  // A default is written out as a comment: a later version may have a better one.
  out += "# " + option.name + " = " + value + "\n";
}

// A whole number is written without a point while it is an integer of TOML, too.
std::string toml_number(double number) {
  const std::string text = number_text(number);
  const bool is_integer = text.find_first_of(".e") == std::string::npos;
  return is_integer && std::abs(number) >= 0x1p63 ? text + ".0" : text;
}

}  // namespace

std::string to_toml(const json::value& value) {
  if (value.is_null()) return "\"\"";
  if (value.is_array()) {
    std::string out;
    for (const json::value& entry : value.get_array()) out += (out.empty() ? "" : ", ") + to_toml(entry);
    return "[" + out + "]";
  }
  if (value.is_object()) {
    std::string out;
    for (const auto& [name, entry] : value.get_object()) {
      out += (out.empty() ? "" : ", ") + to_toml(json::value(name)) + " = " + to_toml(entry);
    }
    return out.empty() ? "{}" : "{ " + out + " }";
  }
  if (value.is_double()) return toml_number(value.get_double());
  if (!value.is_string()) return json::serialize(value);
  std::string out = "\"";
  append_escaped_json(out, value.get_string());  // TOML's basic strings know the escapes of JSON
  return out + "\"";
}

std::string render_sample(const std::vector<DeclaredPlugin>& plugins) {
  std::string out = "[hub]\n";
  json::array ids;
  for (const DeclaredPlugin& plugin : plugins) ids.emplace_back(plugin.id);
  for (const Option& option : hub_schema()) {
    if (option.name != "plugins") {
      append_option(out, option);
      continue;
    }
    out += "\n";
    append_comment(out, option.help);
    out += "plugins = " + to_toml(ids) + "\n";
  }
  for (const DeclaredPlugin& plugin : plugins) {
    out += "\n\n";
    append_comment(out, plugin.summary);
    out += "[plugins." + plugin.id + "]\n";
    for (const Option& option : plugin.options) append_option(out, option);
  }
  return out;
}

}  // namespace gatetorio::core
