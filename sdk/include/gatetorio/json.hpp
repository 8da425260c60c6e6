// JSON for described structs: reading with errors by field, writing, and the JSON Schema that says the same to others.
//
// A member is required unless it is std::optional. Rules sit in the member's type: Text<Rule> for constrained strings,
// Integer<Min, Max> for bounded numbers, described enums for a choice of words, Object for any JSON object, ObjectText
// for one whose text matters, Scalar for a text, a number, true, false or null.
#pragma once

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/json_text.hpp"
#include "gatetorio/result.hpp"
#include "gatetorio/time.hpp"
#include "gatetorio/utf8.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio {

// A string that obeys a rule:
//   struct NameRule { static constexpr std::size_t kMin = 1, kMax = 64;                 // characters, not bytes
//                     static constexpr std::string_view kPattern = "^[a-z]*$";          // for the schema
//                     static constexpr std::string_view kWords = "lower-case letters";  // for people
//                     static bool valid(std::string_view text); };                      // size is checked already
template <class Rule>
struct Text {
  using RuleType = Rule;
  std::string value;
  operator const std::string&() const { return value; }  // NOLINT: it is that string
};

// A whole number in [Min, Max].
template <std::int64_t Min, std::int64_t Max>
struct Integer {
  static constexpr std::int64_t kMin = Min, kMax = Max;
  std::int64_t value = Min;
  operator std::int64_t() const { return value; }  // NOLINT: it is that number
};

// Any JSON object by its values. Numbers may be written in another form than they came in.
struct Object {
  boost::json::object value;
};

// Any JSON value but an object or an array.
struct Scalar {
  boost::json::value value;
};

// A JSON object as the text in which it came, of at most the size of what held it. Only as a direct member of the input
// of an operation, or of an output.
struct ObjectText {
  std::string text = "{}";
};

namespace json {

template <class T>
inline constexpr bool kIsText = false;
template <class Rule>
inline constexpr bool kIsText<Text<Rule>> = true;
template <class T>
inline constexpr bool kIsInteger = false;
template <std::int64_t Min, std::int64_t Max>
inline constexpr bool kIsInteger<Integer<Min, Max>> = true;

// ---- writing -------------------------------------------------------------------------------------------------------

// Appends a JSON string. Bytes from 0x80 on pass as they are: text inside the hub is UTF-8.
inline void append_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto needs_escape = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; };
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !needs_escape(text[end])) ++end;
    out.append(text, at, end - at);
    if (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x20) {
      out.append({'\\', text[end]});
    } else if (end < text.size()) {
      out.append({'\\', 'u', '0', '0', kHex[(text[end] >> 4) & 15], kHex[text[end] & 15]});
    }
    at = end + 1;
  }
  out.push_back('"');
}

template <class T>
void append(std::string& out, const T& v) {
  if constexpr (std::is_same_v<T, bool>) {
    out.append(v ? "true" : "false");
  } else if constexpr (std::is_integral_v<T>) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, v).ptr;
    out.append(digits, end);
  } else if constexpr (std::is_enum_v<T>) {
    append_string(out, boost::describe::enum_to_string(v, ""));
  } else if constexpr (std::is_floating_point_v<T>) {
    out.append(boost::json::serialize(boost::json::value(v)));
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    append_string(out, v);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    out.push_back('"');
    append_rfc3339(out, v);
    out.push_back('"');
  } else if constexpr (std::is_same_v<T, Object> || std::is_same_v<T, Scalar>) {
    out.append(boost::json::serialize(v.value));
  } else if constexpr (std::is_same_v<T, ObjectText>) {
    out.append(v.text);
  } else if constexpr (kIsText<T> || kIsInteger<T>) {
    append(out, v.value);
  } else if constexpr (wire::kIsOptional<T>) {
    v ? append(out, *v) : void(out.append("null"));
  } else if constexpr (wire::kIsVector<T>) {
    out.push_back('[');
    bool first = true;
    for (const auto& element : v) {
      if (!first) out.push_back(',');
      first = false;
      append(out, element);
    }
    out.push_back(']');
  } else {
    static_assert(wire::kIsStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    out.push_back('{');
    bool first = true;
    boost::mp11::mp_for_each<wire::Members<T>>([&](auto member) {
      if (!first) out.push_back(',');
      first = false;
      out.append(1, '"').append(member.name).append("\":");  // a name of C++ needs no escaping
      append(out, v.*member.pointer);
    });
    out.push_back('}');
  }
}

template <class T>
std::string write(const T& value) {
  std::string out;
  out.reserve(256);
  append(out, value);
  return out;
}

// ---- reading -------------------------------------------------------------------------------------------------------

using Errors = std::vector<FieldError>;

template <class T>
std::string enum_words() {
  std::string words;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
      [&](auto e) { words.append(words.empty() ? "" : ", ").append(e.name); });
  return words;
}

template <class T>
void read_text(std::string_view text, T& out, const std::string& pointer, Errors& errors) {
  if constexpr (kIsText<T>) {
    using Rule = typename T::RuleType;
    const std::size_t length = utf8::length(text);
    if (length < Rule::kMin || length > Rule::kMax || !Rule::valid(text)) {
      errors.push_back({pointer, "must be " + std::to_string(Rule::kMin) + " to " + std::to_string(Rule::kMax) +
                                     " characters: " + std::string(Rule::kWords)});
    } else {
      out.value = text;
    }
  } else if constexpr (std::is_enum_v<T>) {
    bool found = false;  // not enum_from_string: it stops at a NUL inside the text
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto e) {
      if (text == e.name) {
        out = e.value;
        found = true;
      }
    });
    if (!found) errors.push_back({pointer, "must be one of " + enum_words<T>()});
  } else {
    out = text;
  }
}

template <class T>
void read(const boost::json::value& in, T& out, const std::string& pointer, Errors& errors);

template <class T>
void read_number(const boost::json::value& in, T& out, std::int64_t min, std::int64_t max, const std::string& pointer,
                 Errors& errors) {
  boost::system::error_code wrong;
  const auto number = in.is_number() ? in.to_number<std::int64_t>(wrong) : 0;
  if (!in.is_number() || wrong || number < min || number > max) {
    errors.push_back({pointer, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max)});
  } else {
    out = static_cast<T>(number);
  }
}

template <class T>
void read_struct(const boost::json::object& in, T& out, const std::string& pointer, Errors& errors) {
  boost::mp11::mp_for_each<wire::Members<T>>([&](auto member) {
    auto& field = out.*member.pointer;
    using Field = std::remove_reference_t<decltype(field)>;
    const auto* value = in.if_contains(member.name);
    const std::string at = pointer + "/" + member.name;
    if (value != nullptr) {
      read(*value, field, at, errors);
    } else if constexpr (!wire::kIsOptional<Field>) {
      errors.push_back({at, "is required"});
    }
  });
}

template <class T>
void read(const boost::json::value& in, T& out, const std::string& pointer, Errors& errors) {
  if constexpr (std::is_same_v<T, Scalar>) {
    in.is_structured() ? errors.push_back({pointer, "must be a string, a number, true, false or null"})
                       : void(out.value = in);
  } else if constexpr (wire::kIsOptional<T>) {
    if (in.is_null()) return;
    read(in, out.emplace(), pointer, errors);
  } else if constexpr (std::is_same_v<T, bool>) {
    in.is_bool() ? void(out = in.as_bool()) : errors.push_back({pointer, "must be true or false"});
  } else if constexpr (kIsInteger<T>) {
    read_number(in, out.value, T::kMin, T::kMax, pointer, errors);
  } else if constexpr (std::is_integral_v<T>) {
    constexpr std::uint64_t kTop = std::numeric_limits<T>::max();
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    read_number(in, out, std::numeric_limits<T>::min(), kTop < kMost ? kTop : kMost, pointer, errors);
  } else if constexpr (std::is_floating_point_v<T>) {
    // The parser makes infinity of 1e999, and of 0e999 what is no number: neither can be written again.
    const double number = in.is_number() ? in.to_number<double>() : std::numeric_limits<double>::infinity();
    std::isfinite(number) ? void(out = static_cast<T>(number)) : errors.push_back({pointer, "must be a number"});
  } else if constexpr (std::is_same_v<T, std::string> || kIsText<T> || std::is_enum_v<T>) {
    in.is_string() ? read_text(std::string_view(in.get_string()), out, pointer, errors)
                   : errors.push_back({pointer, "must be a string"});
  } else if constexpr (std::is_same_v<T, Object>) {
    in.is_object() ? void(out.value = in.get_object()) : errors.push_back({pointer, "must be an object"});
  } else if constexpr (wire::kIsVector<T>) {
    if (!in.is_array()) return errors.push_back({pointer, "must be an array"});
    for (const auto& element : in.get_array()) {
      const std::string at = pointer + "/" + std::to_string(out.size());
      read(element, out.emplace_back(), at, errors);
    }
  } else {
    in.is_object() ? read_struct(in.get_object(), out, pointer, errors)
                   : errors.push_back({pointer, "must be an object"});
  }
}

// Reads the member `name` of the object whose text is `source`; `in` is that member, parsed.
template <class T>
void read_member(const boost::json::value& in, std::string_view source, std::string_view name, T& out, Errors& errors) {
  if constexpr (std::is_same_v<T, ObjectText>) {
    if (!in.is_object()) return errors.push_back({"/" + std::string(name), "must be an object"});
    out.text = *find_member(members(source), name);
  } else if constexpr (std::is_same_v<T, std::optional<ObjectText>>) {
    if (!in.is_null()) read_member(in, source, name, out.emplace(), errors);
  } else {
    read(in, out, "/" + std::string(name), errors);
  }
}

// Parses text that should hold a T. Errors: kMalformed (not JSON, not UTF-8, nested deeper than 32), kInvalid.
template <class T>
Result<T> parse(std::string_view text) {
  boost::system::error_code wrong;
  const auto value = boost::json::parse(text, wrong);
  if (wrong) return Error{.status = Status::kMalformed, .detail = "The body is not valid JSON."};
  T out{};
  Errors errors;
  read(value, out, "", errors);
  if (!errors.empty()) return Error{.status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = errors};
  return out;
}

// ---- JSON Schema (draft 2020-12) -----------------------------------------------------------------------------------

template <class T>
boost::json::object schema() {
  if constexpr (wire::kIsOptional<T>) {
    return schema<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (kIsInteger<T>) {
    return {{"type", "integer"}, {"minimum", T::kMin}, {"maximum", T::kMax}};
  } else if constexpr (std::is_integral_v<T>) {
    return {{"type", "integer"}};
  } else if constexpr (std::is_floating_point_v<T>) {
    return {{"type", "number"}};
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return {{"type", "string"}, {"format", "date-time"}};
  } else if constexpr (kIsText<T>) {
    using Rule = typename T::RuleType;
    boost::json::object out{{"type", "string"}, {"minLength", Rule::kMin}, {"maxLength", Rule::kMax}};
    if (!Rule::kPattern.empty()) out["pattern"] = Rule::kPattern;
    return out;
  } else if constexpr (std::is_enum_v<T>) {
    boost::json::array words;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto e) { words.emplace_back(e.name); });
    return {{"type", "string"}, {"enum", std::move(words)}};
  } else if constexpr (std::is_same_v<T, Object> || std::is_same_v<T, ObjectText>) {
    return {{"type", "object"}};
  } else if constexpr (std::is_same_v<T, Scalar>) {
    return {{"type", boost::json::array{"string", "number", "boolean", "null"}}};
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    return {{"type", "string"}};
  } else if constexpr (wire::kIsVector<T>) {
    return {{"type", "array"}, {"items", schema<typename T::value_type>()}};
  } else {
    static_assert(wire::kIsStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    boost::json::object properties;
    boost::json::array required;
    boost::mp11::mp_for_each<wire::Members<T>>([&](auto member) {
      using Field = std::remove_reference_t<decltype(std::declval<T&>().*member.pointer)>;
      properties[member.name] = schema<Field>();
      if constexpr (!wire::kIsOptional<Field>) required.emplace_back(member.name);
    });
    boost::json::object out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
  }
}

}  // namespace json

// The error as a failed completion carries it (abi/base.h).
inline std::string to_json(const Error& error) {
  std::string out = "{\"detail\":";
  json::append_string(out, error.detail);
  out.append(",\"errors\":[");
  for (std::size_t i = 0; i < error.fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    out.append("{\"pointer\":");
    json::append_string(out, error.fields[i].pointer);
    out.append(",\"detail\":");
    json::append_string(out, error.fields[i].detail);
    out.push_back('}');
  }
  out.append("],\"retry_after_s\":").append(std::to_string(error.retry_after_s));
  out.append(",\"statement\":").append(std::to_string(error.statement));
  if (!error.extensions.empty()) out.append(",\"extensions\":").append(error.extensions);
  out.push_back('}');
  return out;
}

// The same back. Bytes that are not such an object give an error without words.
inline Error error_from_json(gtr_status status, std::string_view text) {
  Error error{.status = static_cast<Status>(status)};
  boost::system::error_code wrong;
  const auto value = boost::json::parse(text, wrong);
  if (wrong || !value.is_object()) return error;
  const auto& object = value.get_object();
  if (const auto* detail = object.if_contains("detail"); detail && detail->is_string()) {
    error.detail = std::string_view(detail->get_string());
  }
  if (const auto* fields = object.if_contains("errors"); fields && fields->is_array()) {
    for (const auto& field : fields->get_array()) {
      const auto* entry = field.if_object();
      const auto* pointer = entry ? entry->if_contains("pointer") : nullptr;
      const auto* words = entry ? entry->if_contains("detail") : nullptr;
      if (!pointer || !pointer->is_string() || !words || !words->is_string()) continue;
      error.fields.push_back({std::string(pointer->get_string()), std::string(words->get_string())});
    }
  }
  if (const auto* s = object.if_contains("retry_after_s");
      s && s->is_int64() && s->get_int64() >= 0 && s->get_int64() <= std::numeric_limits<std::uint32_t>::max()) {
    error.retry_after_s = static_cast<std::uint32_t>(s->get_int64());
  }
  if (const auto* s = object.if_contains("statement"); s && s->is_int64()) {
    error.statement = static_cast<std::int32_t>(s->get_int64());
  }
  if (const auto* more = object.if_contains("extensions"); more && more->is_object()) {
    error.extensions = boost::json::serialize(*more);
  }
  return error;
}

}  // namespace gatetorio
