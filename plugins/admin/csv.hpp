// CSV as RFC 4180 has it, for spreadsheets that believe what they read.
#pragma once

#include <string>
#include <string_view>

namespace gatetorio::admin {

// In quotes, and never a formula: what begins like one gets a ' before it.
inline std::string csv_field(std::string_view text) {
  const bool is_formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  std::string out = "\"";
  if (is_formula) out += '\'';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

}  // namespace gatetorio::admin
