// When access holds, as clients and services write it: weekly windows in a time zone.
//
//   {"time_zone": "Europe/Berlin",
//    "windows": [{"days": ["mon", "tue"], "from": "08:00", "to": "18:00"}, {"days": ["fri"], "from": "22:00", "to":
//    "06:00"}], "except": ["2026-12-24"]}
//
// Clock times are those of the wall there, over changes of summer time too. A window whose `to` is not after its `from`
// ends on the next day; "24:00" is the end of the day. On the dates of `except` no window begins. The plugin that keeps
// access (gatetorio.grants/1) knows the time zones and judges.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "gatetorio/identifiers.hpp"

namespace gatetorio {

enum class Weekday { mon, tue, wed, thu, fri, sat, sun };
BOOST_DESCRIBE_ENUM(Weekday, mon, tue, wed, thu, fri, sat, sun)

// A time of day to the minute, 00:00 to 24:00.
struct ClockTimeRule {
  static constexpr std::size_t kMin = 5, kMax = 5;
  static constexpr std::string_view kPattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";
  static constexpr std::string_view kWords = "a time of day, HH:MM";
  static constexpr bool valid(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return false;
    return minutes(text) <= 24 * 60 && text[3] < '6';
  }
  // Of a valid text: since midnight, 0 to 1440.
  static constexpr int minutes(std::string_view text) {
    return (text[0] - '0') * 600 + (text[1] - '0') * 60 + (text[3] - '0') * 10 + (text[4] - '0');
  }
};
using ClockTime = Text<ClockTimeRule>;

// A day of the calendar, 2026-12-24.
struct DateRule {
  static constexpr std::size_t kMin = 10, kMax = 10;
  static constexpr std::string_view kPattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
  static constexpr std::string_view kWords = "a date, YYYY-MM-DD";
  static constexpr bool valid(std::string_view text) { return parse(text).ok(); }
  // Not ok() where it is none.
  static constexpr std::chrono::year_month_day parse(std::string_view text) {
    int parts[3] = {0, 0, 0};
    for (std::size_t at = 0, part = 0; at < text.size(); ++at) {
      if (at == 4 || at == 7) {
        if (text[at] != '-') return {};
        ++part;
      } else if (text[at] < '0' || text[at] > '9') {
        return {};
      } else {
        parts[part] = parts[part] * 10 + (text[at] - '0');
      }
    }
    return {std::chrono::year(parts[0]), std::chrono::month(static_cast<unsigned>(parts[1])),
            std::chrono::day(static_cast<unsigned>(parts[2]))};
  }
};
using DateText = Text<DateRule>;

// The name of a zone of the IANA time zone database; whether there is one of that name is judged by who knows them.
struct TimeZoneRule {
  static constexpr std::size_t kMin = 1, kMax = 64;
  static constexpr std::string_view kPattern = "^[A-Za-z0-9_+/-]+$";
  static constexpr std::string_view kWords = "the name of a time zone, Europe/Berlin";
  static constexpr bool valid(std::string_view text) {
    return text.front() != '/' && detail::all_of(text, [](char c) {
             return detail::is_letter_or_digit(c) || c == '_' || c == '+' || c == '/' || c == '-';
           });
  }
};
using TimeZoneName = Text<TimeZoneRule>;

struct ScheduleWindow {
  std::vector<Weekday> days;  // on which it begins
  ClockTime from;
  ClockTime to;
};
BOOST_DESCRIBE_STRUCT(ScheduleWindow, (), (days, from, to))

struct Schedule {
  TimeZoneName time_zone;
  std::vector<ScheduleWindow> windows;          // none: at any time
  std::optional<std::vector<DateText>> except;  // days of that time zone
};
BOOST_DESCRIBE_STRUCT(Schedule, (), (time_zone, windows, except))

// How often access may be used.
using MaxUses = Integer<1, 1'000'000>;

inline constexpr std::size_t kMostWindows = 50;
inline constexpr std::size_t kMostExceptions = 366;

}  // namespace gatetorio
