#include "core/config/schema.hpp"

#include <array>
#include <boost/json.hpp>
#include <set>
#include <utility>

#include "core/config/schema_value.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 8> kTypeNames = {"string",      "integer", "number", "boolean",
                                                        "string_list", "enum",    "secret", "table"};

bool is_option_name(std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// Each reads one attribute into the option and returns what is wrong with it, or nothing.
std::string read_text(const json::value& value, std::string& into) {
  if (!value.is_string()) return "must be a string";
  into = std::string(value.get_string());
  return {};
}

std::string read_flag(const json::value& value, bool& into) {
  if (!value.is_bool()) return "must be true or false";
  into = value.get_bool();
  return {};
}

std::string read_limit(const json::value& value, std::optional<double>& into) {
  if (!value.is_number()) return "must be a number";
  into = value.to_number<double>();
  return {};
}

std::string read_type(const json::value& value, OptionType& into) {
  for (std::size_t i = 0; value.is_string() && i < kTypeNames.size(); ++i) {
    if (value.get_string() != kTypeNames[i]) continue;
    into = static_cast<OptionType>(i);
    return {};
  }
  return "must be one of string, integer, number, boolean, string_list, enum, secret, table";
}

std::string read_choices(const json::value& value, std::vector<std::string>& into) {
  if (!value.is_array()) return "must be a list of strings";
  for (const json::value& choice : value.get_array()) {
    if (!choice.is_string()) return "must be a list of strings";
    into.emplace_back(choice.get_string());
  }
  return {};
}

std::string read_attribute(std::string_view name, const json::value& value, Option& option) {
  if (name == "name") return read_text(value, option.name);
  if (name == "type") return read_type(value, option.type);
  if (name == "default") return option.default_value = value, std::string();
  if (name == "example") return option.example = value, std::string();
  if (name == "min") return read_limit(value, option.min);
  if (name == "max") return read_limit(value, option.max);
  if (name == "unit") return read_text(value, option.unit);
  if (name == "choices") return read_choices(value, option.choices);
  if (name == "secret") return read_flag(value, option.is_secret);
  if (name == "required") return read_flag(value, option.is_required);
  if (name == "help") return read_text(value, option.help);
  return {};  // an attribute of a later version of the SDK
}

// What is wrong with the option as a whole, or nothing.
std::string check_option(const Option& option) {
  if (!is_option_name(option.name)) return "'name' must be snake_case";
  if (option.type == OptionType::kEnum && option.choices.empty()) return "an enum needs 'choices'";
  if (option.is_secret && option.type != OptionType::kSecret && option.type != OptionType::kString) {
    return "only a string can be marked 'secret'";
  }
  if (option.is_secret && !(option.default_value.is_null() && option.example.is_null())) {
    return "a secret has no 'default' and no 'example'";
  }
  if (option.min && option.max && *option.min > *option.max) return "'min' is above 'max'";
  if (!option.default_value.is_null() && !fits(option, option.default_value)) {
    return "'default' " + json::serialize(option.default_value) + " is not " + expectation(option);
  }
  if (!option.example.is_null() && !fits(option, option.example)) return "'example' is not " + expectation(option);
  return {};
}

std::string read_option(const json::value& value, Option& option) {
  if (!value.is_object()) return "must be an object";
  if (!value.get_object().contains("type")) return "needs a 'type'";
  for (const auto& [name, attribute] : value.get_object()) {
    const std::string wrong = read_attribute(name, attribute, option);
    if (!wrong.empty()) return "'" + std::string(name) + "' " + wrong;
  }
  option.is_secret |= option.type == OptionType::kSecret;
  return check_option(option);
}

}  // namespace

std::string_view to_string(OptionType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

Result<Schema> parse_schema(std::string_view text) {
  Schema schema;
  if (text.empty()) return schema;
  boost::system::error_code failed;
  const json::value root = json::parse(text, failed);
  if (failed || !root.is_array()) return Error{Status::kInvalid, "the options must be a JSON array"};
  std::set<std::string> names;
  for (const json::value& entry : root.get_array()) {
    Option option;
    std::string wrong = read_option(entry, option);
    if (wrong.empty() && !names.insert(option.name).second) wrong = "is declared twice";
    if (!wrong.empty()) {
      const std::string which = option.name.empty() ? std::to_string(schema.size() + 1) : "'" + option.name + "'";
      return Error{Status::kInvalid, "option " + which + ": " + wrong};
    }
    schema.push_back(std::move(option));
  }
  return schema;
}

}  // namespace gatetorio::core
