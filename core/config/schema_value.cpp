#include "core/config/schema_value.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/config/problem.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

bool in_range(const Option& option, double number) {
  return number >= option.min.value_or(number) && number <= option.max.value_or(number);
}

bool is_choice(const Option& option, std::string_view word) {
  return std::find(option.choices.begin(), option.choices.end(), word) != option.choices.end();
}

bool fits_list(const Option& option, const json::value& value) {
  if (!value.is_array() || !in_range(option, static_cast<double>(value.get_array().size()))) return false;
  const Option one = entry_option(option);
  return std::all_of(value.get_array().begin(), value.get_array().end(),
                     [&one](const json::value& entry) { return fits(one, entry); });
}

std::string counted(const Option& option) {
  const bool is_text = option.type == OptionType::kString || option.type == OptionType::kSecret;
  return is_text ? " bytes" : option.type == OptionType::kStringList ? " entries" : "";
}

}  // namespace

bool fits(const Option& option, const json::value& value) {
  switch (option.type) {
    case OptionType::kString:
    case OptionType::kSecret:
      return value.is_string() && in_range(option, static_cast<double>(value.get_string().size()));
    case OptionType::kInteger:
      return value.is_int64() && in_range(option, static_cast<double>(value.get_int64()));
    case OptionType::kNumber:
      return value.is_number() && std::isfinite(value.to_number<double>()) &&
             in_range(option, value.to_number<double>());
    case OptionType::kBoolean:
      return value.is_bool();
    case OptionType::kStringList:
      return fits_list(option, value);
    case OptionType::kEnum:
      return value.is_string() && is_choice(option, std::string_view(value.get_string()));
    case OptionType::kTable:
      return value.is_object();
  }
  return false;
}

Option entry_option(const Option& list) {
  Option one;
  one.name = list.name;
  one.type = list.choices.empty() ? OptionType::kString : OptionType::kEnum;
  one.choices = list.choices;
  return one;
}

std::string range_text(const Option& option) {
  if (option.min && option.max) return number_text(*option.min) + " to " + number_text(*option.max) + counted(option);
  if (option.min == 1.0 && option.type != OptionType::kInteger && option.type != OptionType::kNumber)
    return "not empty";
  if (option.min) return "at least " + number_text(*option.min) + counted(option);
  if (option.max) return "at most " + number_text(*option.max) + counted(option);
  return {};
}

std::string expectation(const Option& option) {
  std::string words;
  for (const std::string& choice : option.choices) words += (words.empty() ? "\"" : ", \"") + choice + "\"";
  if (option.type == OptionType::kEnum) return "one of " + words;
  std::string text = option.type == OptionType::kStringList ? "list of strings" : std::string(to_string(option.type));
  if (!words.empty()) text += " from " + words;
  const std::string range = range_text(option);
  const std::string inside = option.unit + (option.unit.empty() || range.empty() ? "" : ", ") + range;
  return inside.empty() ? text : text + " (" + inside + ")";
}

}  // namespace gatetorio::core
