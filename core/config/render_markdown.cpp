#include <boost/json.hpp>

#include "core/config/hub_options.hpp"
#include "core/config/render.hpp"

namespace gatetorio::core {
namespace {

// Text inside a cell: a bar would end it, a newline the table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string type_cell(const Option& option) {
  if (option.type != OptionType::kEnum) return std::string(to_string(option.type));
  std::string out;
  for (const std::string& choice : option.choices) out += (out.empty() ? "`" : " \\| `") + cell(choice) + "`";
  return out;
}

std::string default_cell(const Option& option) {
  if (option.is_required) return "required";
  return option.default_value.is_null() ? "not set" : "`" + cell(to_toml(option.default_value)) + "`";
}

std::string range_cell(const Option& option) {
  const std::string range = range_text(option);
  if (range.empty()) return cell(option.unit);
  return cell(option.unit.empty() ? range : range + " " + option.unit);
}

void append_table(std::string& out, const Schema& schema) {
  if (schema.empty()) {
    out += "No options.\n";
    return;
  }
  out += "| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const Option& option : schema) {
    out += "| `" + option.name + "` | " + type_cell(option) + " | " + default_cell(option) + " | " +
           range_cell(option) + " | " + cell(option.help) + (option.is_secret ? " Secret." : "") + " |\n";
  }
}

constexpr const char* kIntroduction =
    "# Configuration\n\n"
    "Generated from the declarations in the code by `gatetorio-hub options --format markdown`; don't edit.\n\n"
    "The hub reads one TOML file, then the files `conf.d/*.toml` beside it in the order of their names, then each\n"
    "`--set KEY=VALUE`. Tables merge key by key; any other value is replaced by the later one. Unknown keys are "
    "errors.\n"
    "A secret is written `{ file = \"path\" }` or `{ env = \"NAME\" }`, never in place; its file should be readable "
    "by\n"
    "its owner only (mode 600). Relative paths count from the current directory.\n";

}  // namespace

std::string render_reference(const std::vector<DeclaredPlugin>& plugins) {
  std::string out = kIntroduction;
  out += "\n## `[hub]`\n\n";
  append_table(out, hub_schema());
  for (const DeclaredPlugin& plugin : plugins) {
    out += "\n## `[plugins." + plugin.id + "]`\n\n" + plugin.summary + "\n\n";
    append_table(out, plugin.options);
  }
  return out;
}

}  // namespace gatetorio::core
