// The declared options of a plugin (or of [hub]): what may stand in its table, and what each key means. Validation, the
// commented sample and the reference page all come from it.
//
// As JSON, an array of
//   {"name": "ttl_seconds", "type": "integer", "default": 10, "min": 1, "max": 300, "unit": "seconds", "help": "..."}
//
//   name      snake_case, one level
//   type      string | integer | number | boolean | string_list | enum | secret | table
//   default   a value of that type. Without one, an option that is not set is null for the plugin
//   min, max  range of a number; bytes of a string; entries of a string_list
//   unit      "seconds", "bytes", ...: for messages and pages
//   choices   the words that an enum (required there) or the entries of a string_list may be
//   secret    true on a string: may be written as a secret is, and is never shown
//   required  true: must be set
//   help      what it does, what goes wrong when it is badly set
//   example   a value for the sample, where the default teaches nothing
//
// A secret is written { file = "path" } or { env = "NAME" }, never in place.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/result.hpp"

namespace gatetorio::core {

enum class OptionType { kString, kInteger, kNumber, kBoolean, kStringList, kEnum, kSecret, kTable };

std::string_view to_string(OptionType type);

struct Option {
  std::string name;
  OptionType type = OptionType::kString;
  boost::json::value default_value = {};  // null: none
  boost::json::value example = {};        // null: none
  std::optional<double> min = {};
  std::optional<double> max = {};
  std::string unit = {};
  std::vector<std::string> choices = {};
  bool is_secret = false;  // always true for kSecret
  bool is_required = false;
  std::string help = {};
};

using Schema = std::vector<Option>;

// Reads a schema. The error's detail names the option and the fault ("option 'port': 'min' must be a number"): a fault
// of the plugin, not of the operator. Empty text is a schema without options.
Result<Schema> parse_schema(std::string_view json);

// What the option takes, for messages and pages: `integer (seconds, 1 to 300)`, `one of "text", "json"`.
std::string expectation(const Option& option);

// The range alone: "1 to 300", "at least 1", "at most 64 bytes", or empty.
std::string range_text(const Option& option);

}  // namespace gatetorio::core
