// Members of an operation's declaration, which come from other plugins: what is of another type is not there.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace gatetorio::transport_http {

inline std::string_view text_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return value->get_string();
}

inline bool flag_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace gatetorio::transport_http
