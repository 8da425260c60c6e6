// A point in time as callers write it: a filter of a list, say.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "gatetorio/json.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio {

// RFC 3339: "2026-11-23T07:00:00Z", with a fraction of a second (what is below a microsecond does not count), or an
// offset ("+02:00") in place of the Z. Nothing for any other text, and for a day that there is not. Any thread.
inline std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  bool is_right = true;
  const auto digits = [&](std::size_t count) {
    int value = 0;
    for (; count > 0; --count, ++at) {
      const bool is_digit = at < text.size() && text[at] >= '0' && text[at] <= '9';
      is_right = is_right && is_digit;
      if (is_digit) value = 10 * value + (text[at] - '0');
    }
    return value;
  };
  const auto one_of = [&](std::string_view choice) {
    const bool fits = at < text.size() && choice.find(text[at]) != std::string_view::npos;
    is_right = is_right && fits;
    return fits ? text[at++] : '\0';
  };
  const auto below = [&](int value, int end) {
    is_right = is_right && value < end;
    return value;
  };
  const int year = digits(4);
  one_of("-");
  const int month = digits(2);
  one_of("-");
  const int day = digits(2);
  one_of("Tt");
  std::int64_t seconds = std::int64_t{below(digits(2), 24)} * 3600;
  one_of(":");
  seconds += std::int64_t{below(digits(2), 60)} * 60;
  one_of(":");
  seconds += below(digits(2), 60);
  std::int64_t us = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    std::int64_t weight = kMicrosecondsPerSecond / 10;
    us += digits(1) * weight;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') us += digits(1) * (weight /= 10);
  }
  const char zone = one_of("Zz+-");
  if (zone == '+' || zone == '-') {
    std::int64_t offset = std::int64_t{below(digits(2), 24)} * 3600;
    one_of(":");
    offset += std::int64_t{below(digits(2), 60)} * 60;
    seconds -= zone == '+' ? offset : -offset;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!is_right || at != text.size() || !date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return Timestamp{(days * 86'400 + seconds) * kMicrosecondsPerSecond + us};
}

struct TimeRule {
  static constexpr std::size_t kMin = 20, kMax = 40;
  static constexpr std::string_view kPattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt].*$";
  static constexpr std::string_view kWords = "a time as RFC 3339 writes it: 2026-11-23T07:00:00Z";
  static bool valid(std::string_view text) { return parse_rfc3339(text).has_value(); }
};
// An input's member; what it says: time_of.
using TimeText = Text<TimeRule>;
inline Timestamp time_of(const TimeText& text) { return *parse_rfc3339(text.value); }

}  // namespace gatetorio
