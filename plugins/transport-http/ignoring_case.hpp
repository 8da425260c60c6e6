// Words of HTTP that are the same in any case: names of headers, schemes, media types.
#pragma once

#include <algorithm>
#include <string_view>

namespace gatetorio::transport_http {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// In ASCII letters alone. Reads nothing outside the two; boost::beast::iequals reads the byte behind them.
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace gatetorio::transport_http
