// Options: what an operator may set in [plugins.<id>], declared beside the code that uses it. Defaults are those of a
// default-constructed struct.
//
//   struct Settings { std::int64_t ttl_seconds = 10; };
//   inline const OptionTable<Settings> kOptions = {
//       option("ttl_seconds", &Settings::ttl_seconds, "Default time to live of a command.").unit("seconds").range(1,
//       300)};
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gatetorio {

// A value that must not be printed. It comes from { file = "path" } or { env = "NAME" } in the configuration.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

template <class S>
class Option {
 public:
  template <class Field>
  Option(std::string_view name, Field S::*field, std::string_view help) {
    schema_["name"] = name;
    schema_["type"] = type_name<Field>();
    if constexpr (!std::is_same_v<Field, Secret>) schema_["default"] = boost::json::value_from(S{}.*field);
    schema_["help"] = help;
    load_ = [field](S& into, const boost::json::value& value) {
      if constexpr (std::is_same_v<Field, Secret>) {
        into.*field = Secret(boost::json::value_to<std::string>(value));
      } else {
        into.*field = boost::json::value_to<Field>(value);
      }
    };
  }
  Option& unit(std::string_view unit) { return set("unit", unit); }
  Option& range(std::int64_t min, std::int64_t max) { return set("min", min).set("max", max); }
  // One of these words (string options).
  Option& choices(std::initializer_list<std::string_view> words) {
    set("type", "enum");
    boost::json::array list;
    for (const auto word : words) list.emplace_back(word);
    return set("choices", std::move(list));
  }
  Option& required() {
    schema_.erase("default");
    return set("required", true);
  }
  const boost::json::object& schema() const { return schema_; }
  void load(S& into, const boost::json::object& options) const {
    if (const auto* value = options.if_contains(std::string_view(schema_.at("name").get_string()));
        value != nullptr && !value->is_null()) {
      load_(into, *value);
    }
  }

 private:
  template <class Value>
  Option& set(std::string_view key, Value&& value) {
    schema_[key] = boost::json::value(std::forward<Value>(value));
    return *this;
  }
  template <class Field>
  static std::string_view type_name() {
    if constexpr (std::is_same_v<Field, bool>)
      return "boolean";
    else if constexpr (std::is_integral_v<Field>)
      return "integer";
    else if constexpr (std::is_floating_point_v<Field>)
      return "number";
    else if constexpr (std::is_same_v<Field, Secret>)
      return "secret";
    else if constexpr (std::is_same_v<Field, std::vector<std::string>>)
      return "string_list";
    else {
      static_assert(std::is_same_v<Field, std::string>, "no such kind of option");
      return "string";
    }
  }

  boost::json::object schema_;
  std::function<void(S&, const boost::json::value&)> load_;
};

template <class S, class Field>
Option<S> option(std::string_view name, Field S::*field, std::string_view help) {
  return Option<S>(name, field, help);
}

template <class S>
class OptionTable {
 public:
  using Settings = S;
  OptionTable(std::initializer_list<Option<S>> options) : options_(options) {}  // NOLINT: a list is a table

  // For gtr_plugin::options.
  std::string schema() const {
    boost::json::array list;
    for (const auto& option : options_) list.emplace_back(option.schema());
    return boost::json::serialize(list);
  }
  // From the validated object that the hub hands to `configure`.
  S load(const boost::json::object& values) const {
    S settings{};
    for (const auto& option : options_) option.load(settings, values);
    return settings;
  }

 private:
  std::vector<Option<S>> options_;
};

}  // namespace gatetorio
