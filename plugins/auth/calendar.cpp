#include "calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <chrono>

#include "gatetorio/json.hpp"

namespace gatetorio::auth {

namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using SysTime = date::sys_time<microseconds>;
using LocalDay = date::local_days;

// A week and a day: what is open so long is open until an exception.
constexpr date::days kWholeWeek(8);
// Longer than all exceptions together.
constexpr date::days kHorizon(400);

const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

SysTime sys_of(Timestamp time) { return SysTime(microseconds(time.us)); }
Timestamp timestamp_of(SysTime time) { return {time.time_since_epoch().count()}; }

LocalDay day_of(const DateText& text) {
  const std::chrono::year_month_day day = DateRule::parse(text.value);
  return LocalDay(date::year(static_cast<int>(day.year())) / static_cast<int>(static_cast<unsigned>(day.month())) /
                  static_cast<int>(static_cast<unsigned>(day.day())));
}

struct Interval {
  SysTime begin, end;
};

class Days {
 public:
  Days(const Schedule& schedule, const date::time_zone& zone) : schedule_(schedule), zone_(zone) {
    if (!schedule.except) return;
    for (const DateText& text : *schedule.except) excepted_.push_back(day_of(text));
    std::sort(excepted_.begin(), excepted_.end());
  }
  // What begins on that day, in its order. A clock time that there is twice counts for both, one that there is not for
  // the moment in which the clock is put forward.
  std::vector<Interval> beginning_on(LocalDay day) const {
    std::vector<Interval> list;
    if (std::binary_search(excepted_.begin(), excepted_.end(), day)) return list;
    const auto weekday = static_cast<Weekday>(date::weekday(day).iso_encoding() - 1);
    for (const ScheduleWindow& window : schedule_.windows) {
      if (std::find(window.days.begin(), window.days.end(), weekday) == window.days.end()) continue;
      const minutes from(ClockTimeRule::minutes(window.from.value)), to(ClockTimeRule::minutes(window.to.value));
      const LocalDay last = to > from ? day : day + date::days(1);
      list.push_back({zone_.to_sys(day + from, date::choose::earliest), zone_.to_sys(last + to, date::choose::latest)});
    }
    std::sort(list.begin(), list.end(), [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
    return list;
  }
  SysTime beginning_of(LocalDay day) const { return zone_.to_sys(day + minutes(0), date::choose::earliest); }
  bool has_exceptions_from(LocalDay day) const { return !excepted_.empty() && excepted_.back() >= day; }

 private:
  const Schedule& schedule_;
  const date::time_zone& zone_;
  std::vector<LocalDay> excepted_;
};

}  // namespace

Result<void> check_schedule(const Schedule& schedule, const std::string& pointer) {
  Error error{.status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = {}};
  const auto refuse = [&](const std::string& at, std::string why) {
    error.fields.push_back({pointer + at, std::move(why)});
  };
  if (find_zone(schedule.time_zone.value) == nullptr) refuse("/time_zone", "is no time zone that the hub knows");
  if (schedule.windows.size() > kMostWindows) refuse("/windows", "at most " + std::to_string(kMostWindows));
  if (schedule.except && schedule.except->size() > kMostExceptions) {
    refuse("/except", "at most " + std::to_string(kMostExceptions));
  }
  for (std::size_t i = 0; i < schedule.windows.size() && i < kMostWindows; ++i) {
    const ScheduleWindow& window = schedule.windows[i];
    const std::string at = "/windows/" + std::to_string(i);
    if (window.days.empty() || window.days.size() > 7) refuse(at + "/days", "must name one to seven days");
    if (window.from.value == window.to.value)
      refuse(at + "/to", "must differ from `from`; 00:00 to 24:00 is a whole day");
    if (window.from.value == "24:00") refuse(at + "/from", "must be before 24:00");
  }
  if (error.fields.empty()) return {};
  return error;
}

Opening opening_at(const Schedule& schedule, Timestamp time) {
  if (schedule.windows.empty()) return {.is_open = true};
  const date::time_zone* zone = find_zone(schedule.time_zone.value);
  if (zone == nullptr) return {};
  const SysTime at = sys_of(time);
  const Days days(schedule, *zone);
  const LocalDay today = date::floor<date::days>(zone->to_local(at));
  // The first stretch that has not ended, of windows that touch each other.
  std::optional<Interval> stretch;
  for (LocalDay day = today - date::days(2); day <= today + kHorizon; day += date::days(1)) {
    if (stretch && days.beginning_of(day) > stretch->end) break;
    if (stretch && stretch->begin <= at && stretch->end - at > kWholeWeek && !days.has_exceptions_from(day)) {
      return {.is_open = true};
    }
    for (const Interval& window : days.beginning_on(day)) {
      if (window.end <= at || window.end <= window.begin) continue;
      if (!stretch) {
        stretch = window;
      } else if (window.begin <= stretch->end) {
        stretch->end = std::max(stretch->end, window.end);
      }
    }
  }
  if (!stretch) return {};
  const bool is_open = stretch->begin <= at;
  return {.is_open = is_open, .changes_at = timestamp_of(is_open ? stretch->end : stretch->begin)};
}

Opening GrantTime::at(Timestamp time) const {
  if (time >= expires_at) return {};
  if (time < valid_from) {
    const Opening then = at(valid_from);
    return {.is_open = false, .changes_at = then.is_open ? valid_from : then.changes_at};
  }
  Opening opening{.is_open = true};
  if (!schedule.empty()) {
    const Result<Schedule> read = json::parse<Schedule>(schedule);
    opening = read ? opening_at(*read, time) : Opening{};
  }
  if (opening.is_open) {
    opening.changes_at = std::min(opening.changes_at, expires_at);
  } else if (opening.changes_at >= expires_at) {
    opening.changes_at = {kForeverUs};
  }
  return opening;
}

}  // namespace gatetorio::auth
