// Points in time: microseconds since 1970-01-01T00:00:00Z in storage and code, RFC 3339 with milliseconds outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>

namespace gatetorio {

struct Timestamp {
  std::int64_t us = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

inline constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosecondsPerHour = 3600 * kMicrosecondsPerSecond;
// Later than anything: "for ever" where a column holds a time.
inline constexpr std::int64_t kForeverUs = std::numeric_limits<std::int64_t>::max();

// Wall-clock time; it may jump.
inline Timestamp now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

// "2026-11-23T07:00:00.000Z". Years 1970 to 9999; outside them the nearest of the two.
inline std::string to_rfc3339(Timestamp time) {
  constexpr std::int64_t kLast = 253402300799LL * kMicrosecondsPerSecond;
  const std::int64_t us = time.us < 0 ? 0 : time.us > kLast ? kLast : time.us;
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(us / 1000)};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(point - day);
  char text[40];
  const int size =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace gatetorio
