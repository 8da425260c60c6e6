#include "core/plugin/tools.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "core/config/schema_value.hpp"
#include "core/plugin/plugin.hpp"

namespace gatetorio::core {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 5> kOwnCommands = {"check", "config", "doctor", "options", "tools"};
constexpr std::size_t kMostWords = 3;

// Words of lower-case letters, digits and dashes with one space between.
bool is_tool_name(std::string_view name) {
  std::size_t words = 1;
  bool is_beginning = true;
  for (const char c : name) {
    const bool is_letter = c >= 'a' && c <= 'z';
    const bool is_later = (c >= '0' && c <= '9') || c == '-';
    if (c == ' ' && !is_beginning) {
      ++words;
      is_beginning = true;
    } else if (is_letter || (is_later && !is_beginning)) {
      is_beginning = false;
    } else {
      return false;
    }
  }
  return !is_beginning && words <= kMostWords;
}

std::string typed_name(const Option& option) {
  std::string name = "--" + option.name;
  std::replace(name.begin() + 2, name.end(), '_', '-');
  return name;
}

Error wrong(std::string detail) { return {.status = Status::kInvalid, .detail = std::move(detail)}; }

// What the operator typed as a value of the option's type; null where it is none.
json::value value_of(const Option& option, const std::string& text) {
  if (option.type == OptionType::kInteger) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? json::value(number) : json::value();
  }
  if (option.type == OptionType::kNumber) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? json::value(number) : json::value();
  }
  if (option.type == OptionType::kBoolean) {
    if (text == "true" || text == "false") return text == "true";
    return {};
  }
  return json::value(text);
}

json::object with_defaults(const Schema& arguments) {
  json::object values;
  for (const Option& option : arguments) values[option.name] = option.default_value;
  return values;
}

}  // namespace

gtr_status Tools::declare(Plugin& plugin, std::string_view declaration, gtr_tool_fn run, void* context,
                          std::string& problem) {
  const auto refuse = [&problem](gtr_status status, std::string why) {
    problem = std::move(why);
    return status;
  };
  boost::system::error_code unreadable;
  const json::value parsed = json::parse(declaration, unreadable);
  if (unreadable || !parsed.is_object()) return refuse(GTR_INVALID, "the declaration is no JSON object");
  const json::object& fields = parsed.get_object();
  const auto text = [&fields](std::string_view key) {
    const json::value* found = fields.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  Tool tool{
      .name = text("name"), .help = text("help"), .arguments = {}, .plugin = &plugin, .run = run, .context = context};
  if (!is_tool_name(tool.name) || tool.help.empty() || run == nullptr) {
    return refuse(GTR_INVALID, "a tool needs a name of one to three words, a help text and a function");
  }
  if (const json::value* starts = fields.if_contains("starts")) tool.starts = !starts->is_bool() || starts->get_bool();
  const json::value* exclusive = fields.if_contains("exclusive");
  tool.exclusive = tool.starts || (exclusive != nullptr && exclusive->is_bool() && exclusive->get_bool());
  const json::value* arguments = fields.if_contains("arguments");
  Result<Schema> schema = parse_schema(arguments == nullptr ? std::string() : json::serialize(*arguments));
  if (!schema) return refuse(GTR_INVALID, schema.error().detail);
  for (const Option& option : *schema) {
    const bool is_typed = option.type != OptionType::kSecret && option.type != OptionType::kTable && !option.is_secret;
    if (!is_typed)
      return refuse(GTR_INVALID, "an argument cannot be a secret or a table: others can see what is typed");
  }
  tool.arguments = *std::move(schema);
  if (tool.name == "check " + plugin.id) {
    if (tool.starts) return refuse(GTR_INVALID, "a check starts nothing");
    if (find_check(plugin.id) != nullptr) return refuse(GTR_CONFLICT, "the plugin has a check already");
    checks_.push_back(std::move(tool));
    return GTR_OK;
  }
  const std::string first = tool.name.substr(0, tool.name.find(' '));
  if (find(tool.name) != nullptr || std::find(kOwnCommands.begin(), kOwnCommands.end(), first) != kOwnCommands.end()) {
    return refuse(GTR_CONFLICT, "the name '" + tool.name + "' is taken");
  }
  tools_.push_back(std::move(tool));
  return GTR_OK;
}

const Tool* Tools::find(std::string_view name) const {
  const auto found = std::find_if(tools_.begin(), tools_.end(), [name](const Tool& tool) { return tool.name == name; });
  return found == tools_.end() ? nullptr : &*found;
}

const Tool* Tools::find_check(std::string_view plugin_id) const {
  const std::string name = "check " + std::string(plugin_id);
  const auto is_it = [&name](const Tool& tool) { return tool.name == name; };
  const auto found = std::find_if(checks_.begin(), checks_.end(), is_it);
  return found == checks_.end() ? nullptr : &*found;
}

Result<json::object> read_tool_arguments(const Tool& tool, const std::vector<std::string>& typed) {
  json::object values = with_defaults(tool.arguments);
  std::vector<std::string> given;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string name = typed[i].substr(0, typed[i].find('='));
    const auto option = std::find_if(tool.arguments.begin(), tool.arguments.end(),
                                     [&name](const Option& known) { return typed_name(known) == name; });
    if (option == tool.arguments.end()) return wrong("'" + tool.name + "' does not know " + name);
    std::string text;
    if (name.size() < typed[i].size()) {
      text = typed[i].substr(name.size() + 1);
    } else if (option->type == OptionType::kBoolean) {
      text = "true";
    } else if (++i < typed.size()) {
      text = typed[i];
    } else {
      return wrong(name + " needs a value");
    }
    json::value value = value_of(*option, text);
    const bool is_list = option->type == OptionType::kStringList;
    if (is_list) {
      const bool is_first = std::find(given.begin(), given.end(), option->name) == given.end();
      json::array list =
          is_first || !values[option->name].is_array() ? json::array() : values[option->name].get_array();
      list.emplace_back(std::move(value));
      value = std::move(list);
    }
    if (!fits(*option, value)) return wrong(name + ": expected " + expectation(*option) + ", got '" + text + "'");
    values[option->name] = std::move(value);
    given.push_back(option->name);
  }
  for (const Option& option : tool.arguments) {
    if (option.is_required && values[option.name].is_null()) return wrong(typed_name(option) + " is missing");
  }
  return values;
}

std::string tool_help(const Tool& tool) {
  std::string text = tool.name + "\n    " + tool.help + "\n";
  for (const Option& option : tool.arguments) {
    text += "    " + typed_name(option);
    if (option.type != OptionType::kBoolean) text += "  " + expectation(option);
    if (option.is_required) text += "; required";
    text += "\n        " + option.help + "\n";
  }
  return text;
}

}  // namespace gatetorio::core
