// Points in time: microseconds since 1970-01-01T00:00:00Z in storage and code, RFC 3339 with milliseconds outside.
#pragma once

#include <chrono>
#include <cstdint>
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

// Appends "2026-11-23T07:00:00.000Z". Years 1970 to 9999; outside them the nearest of the two.
inline void append_rfc3339(std::string& out, Timestamp time) {
  constexpr std::int64_t kLast = 253402300799LL * kMicrosecondsPerSecond;
  const std::int64_t us = time.us < 0 ? 0 : time.us > kLast ? kLast : time.us;
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(us / 1000)};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(day);
  const auto in_day = static_cast<unsigned>((point - day).count());
  char text[] = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t at, std::size_t digits, unsigned value) {
    for (std::size_t i = at + digits; i-- > at; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, in_day / 3'600'000);
  put(14, 2, in_day / 60'000 % 60);
  put(17, 2, in_day / 1000 % 60);
  put(20, 3, in_day % 1000);
  out.append(text, sizeof text - 1);
}

inline std::string to_rfc3339(Timestamp time) {
  std::string out;
  append_rfc3339(out, time);
  return out;
}

}  // namespace gatetorio
