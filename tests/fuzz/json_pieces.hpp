// What the targets of JSON ask: do the pieces of a text say the same as the parsed value?
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <optional>
#include <string_view>

#include "fuzz.hpp"
#include "gatetorio/json_text.hpp"

namespace gatetorio::fuzz {

inline std::optional<boost::json::value> parsed(std::string_view text) {
  boost::system::error_code wrong;
  auto value = boost::json::parse(text, wrong);
  if (wrong) return std::nullopt;
  return value;
}

// The library reads one and the same number a little differently at the end of a text and inside, and makes of 0e400,
// which is 0, what equals nothing.
inline bool is_same_number(double a, double b) {
  const bool is_tiny = std::abs(a) < 1e-290 && std::abs(b) < 1e-290;
  return is_tiny || a == b || !std::isfinite(a) || !std::isfinite(b) || std::abs(a - b) <= 1e-12 * std::abs(a);
}

inline bool is_same(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_double() && b.is_double()) return is_same_number(a.get_double(), b.get_double());
  if (a.is_array() && b.is_array()) {
    return std::ranges::equal(a.get_array(), b.get_array(), is_same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto& other = b.get_object();
  return a.get_object().size() == other.size() && std::ranges::all_of(a.get_object(), [&other](const auto& member) {
           const auto* found = other.if_contains(member.key());
           return found != nullptr && is_same(member.value(), *found);
         });
}

// Every piece lies in the text, has no space around it, and is what the parser makes of that place.
inline void check_pieces(std::string_view text, const boost::json::value& value) {
  const auto check_piece = [&](std::string_view piece, const boost::json::value& wanted) {
    FUZZ_HOLDS(!piece.empty() && piece.data() >= text.data());
    FUZZ_HOLDS(piece.data() + piece.size() <= text.data() + text.size());
    const auto again = parsed(piece);
    FUZZ_HOLDS(again && is_same(*again, wanted));
    FUZZ_HOLDS(piece.find_first_of(" \t\r\n") != 0 && piece.find_last_of(" \t\r\n") != piece.size() - 1);
    check_pieces(piece, wanted);
  };
  if (value.is_object()) {
    const auto members = json::members(text);
    FUZZ_HOLDS(members.size() >= value.get_object().size());
    for (const auto& [name, wanted] : value.get_object()) {
      const auto piece = json::find_member(members, std::string_view(name));
      FUZZ_HOLDS(piece.has_value());
      check_piece(*piece, wanted);
    }
    for (const auto& member : members) FUZZ_HOLDS(value.get_object().contains(member.name));
  } else if (value.is_array()) {
    const auto elements = json::elements(text);
    FUZZ_HOLDS(elements.size() == value.get_array().size());
    for (std::size_t i = 0; i < elements.size(); ++i) check_piece(elements[i], value.get_array()[i]);
  }
}

}  // namespace gatetorio::fuzz
