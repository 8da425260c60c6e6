// When schedules are open, in the time of the place, over changes of summer time.
#include "calendar.hpp"

#include <catch2/catch_test_macros.hpp>

#include "gatetorio/time_text.hpp"

namespace gatetorio::auth {
namespace {

Timestamp at(std::string_view text) { return *parse_rfc3339(text); }
std::string text(Timestamp time) { return time.us == kForeverUs ? "never" : to_rfc3339(time).substr(0, 16); }

Schedule read(std::string_view json) { return *json::parse<Schedule>(json); }
// "open until ..." or "closed until ...", in UTC.
std::string seen(const Schedule& schedule, std::string_view time) {
  const Opening opening = opening_at(schedule, at(time));
  return (opening.is_open ? "open until " : "closed until ") + text(opening.changes_at);
}
std::vector<std::string> wrong(const Schedule& schedule) {
  std::vector<std::string> pointers;
  const Result<void> checked = check_schedule(schedule, "/schedule");
  if (checked) return pointers;
  for (const FieldError& field : checked.error().fields) pointers.push_back(field.pointer);
  return pointers;
}

const std::string kOffice =
    R"({"time_zone":"Europe/Berlin","windows":[{"days":["mon","tue","wed","thu","fri"],"from":"08:00","to":"18:00"}]})";

}  // namespace

TEST_CASE("a weekly window opens and closes by the clock of its time zone") {
  const Schedule office = read(kOffice);  // Monday is 2026-11-23
  CHECK(seen(office, "2026-11-23T06:59:59Z") == "closed until 2026-11-23T07:00");
  CHECK(seen(office, "2026-11-23T07:00:00Z") == "open until 2026-11-23T17:00");
  CHECK(seen(office, "2026-11-23T16:59:59.999Z") == "open until 2026-11-23T17:00");
  CHECK(seen(office, "2026-11-23T17:00:00Z") == "closed until 2026-11-24T07:00");
  CHECK(seen(office, "2026-11-27T17:00:00Z") == "closed until 2026-11-30T07:00");
  CHECK(seen(office, "2026-07-06T06:00:00Z") == "open until 2026-07-06T16:00");  // in summer
}

TEST_CASE("a window over midnight ends on the next day, and windows that touch are one") {
  const Schedule night = read(
      R"({"time_zone":"UTC","windows":[{"days":["fri"],"from":"22:00","to":"06:00"},{"days":["sat"],"from":"06:00","to":"24:00"},)"
      R"({"days":["sun"],"from":"00:00","to":"01:00"}]})");
  CHECK(seen(night, "2026-11-27T21:59:00Z") == "closed until 2026-11-27T22:00");
  CHECK(seen(night, "2026-11-27T23:00:00Z") == "open until 2026-11-29T01:00");
  CHECK(seen(night, "2026-11-28T03:00:00Z") == "open until 2026-11-29T01:00");
  CHECK(seen(night, "2026-11-29T01:00:00Z") == "closed until 2026-12-04T22:00");
}

TEST_CASE("windows keep to the wall clock when summer time begins and ends") {
  // Begins on 2026-03-29: 02:00 becomes 03:00 in Berlin. Ends on 2026-10-25: 03:00 becomes 02:00.
  const auto daily = [](const std::string& from, const std::string& to) {
    return read(
        R"({"time_zone":"Europe/Berlin","windows":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":")" +
        from + R"(","to":")" + to + R"("}]})");
  };
  const Schedule early = daily("01:00", "04:00");
  CHECK(seen(early, "2026-03-29T00:30:00Z") == "open until 2026-03-29T02:00");  // two hours
  CHECK(seen(early, "2026-03-29T01:59:00Z") == "open until 2026-03-29T02:00");
  CHECK(seen(early, "2026-10-25T00:30:00Z") == "open until 2026-10-25T03:00");  // four
  CHECK(seen(early, "2026-10-25T02:59:00Z") == "open until 2026-10-25T03:00");
  // 02:30 there is none: the window begins when the clock is put forward.
  const Schedule skipped = daily("02:30", "03:30");
  CHECK(seen(skipped, "2026-03-29T00:59:00Z") == "closed until 2026-03-29T01:00");
  CHECK(seen(skipped, "2026-03-29T01:10:00Z") == "open until 2026-03-29T01:30");
  // The whole window is in the hour that there is not.
  const Schedule lost = daily("02:10", "02:50");
  CHECK(seen(lost, "2026-03-28T23:00:00Z") == "closed until 2026-03-30T00:10");
  // 02:10 to 02:50 there is twice: it is open from the first beginning to the last end.
  CHECK(seen(lost, "2026-10-25T00:00:00Z") == "closed until 2026-10-25T00:10");
  CHECK(seen(lost, "2026-10-25T00:55:00Z") == "open until 2026-10-25T01:50");
  CHECK(seen(lost, "2026-10-25T01:50:00Z") == "closed until 2026-10-26T01:10");
  // The other half of the world, where it ends in April and begins in October.
  const Schedule sydney =
      read(R"({"time_zone":"Australia/Sydney","windows":[{"days":["sun"],"from":"00:00","to":"06:00"}]})");
  CHECK(seen(sydney, "2026-04-04T13:00:00Z") == "open until 2026-04-04T20:00");
  CHECK(seen(sydney, "2026-10-03T14:00:00Z") == "open until 2026-10-03T19:00");
}

TEST_CASE("no window begins on an excepted day, and one of the day before goes on") {
  Schedule office = read(kOffice);
  office.except = {{{"2026-11-24"}}};
  CHECK(seen(office, "2026-11-24T10:00:00Z") == "closed until 2026-11-25T07:00");
  CHECK(seen(office, "2026-11-23T17:00:00Z") == "closed until 2026-11-25T07:00");
  Schedule night = read(
      R"({"time_zone":"UTC","windows":[{"days":["mon","tue"],"from":"22:00","to":"06:00"}],"except":["2026-11-24"]})");
  CHECK(seen(night, "2026-11-24T05:00:00Z") == "open until 2026-11-24T06:00");
  CHECK(seen(night, "2026-11-24T23:00:00Z") == "closed until 2026-11-30T22:00");
}

TEST_CASE("what is always open has no end, but at an exception; what is never open does not open") {
  Schedule always = read(
      R"({"time_zone":"America/New_York","windows":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"}]})");
  CHECK(seen(always, "2026-03-01T00:00:00Z") == "open until never");
  always.except = {{{"2026-07-04"}}};
  CHECK(seen(always, "2026-03-01T00:00:00Z") == "open until 2026-07-04T04:00");
  CHECK(seen(always, "2026-07-04T12:00:00Z") == "closed until 2026-07-05T04:00");
  CHECK(seen(always, "2026-07-05T04:00:00Z") == "open until never");
  CHECK(opening_at(read(R"({"time_zone":"UTC","windows":[]})"), at("2026-03-01T00:00:00Z")).is_open);
  Schedule monday = read(R"({"time_zone":"UTC","windows":[{"days":["mon"],"from":"08:00","to":"09:00"}]})");
  monday.except.emplace();
  for (std::int64_t week = 0; week < 60; ++week) {
    const Timestamp day{at("2026-11-23T00:00:00Z").us + week * 7 * 24 * kMicrosecondsPerHour};
    monday.except->push_back({to_rfc3339(day).substr(0, 10)});
  }
  CHECK(seen(monday, "2026-11-22T00:00:00Z") == "closed until never");
}

TEST_CASE("a grant is open from its beginning to its end, and what cannot be read is closed") {
  const auto seen_of = [](const GrantTime& time, std::string_view when) {
    const Opening opening = time.at(at(when));
    return (opening.is_open ? "open until " : "closed until ") + text(opening.changes_at);
  };
  const GrantTime plain{at("2026-11-23T12:00:00Z"), at("2026-11-25T09:00:00Z"), ""};
  CHECK(seen_of(plain, "2026-11-23T11:59:59Z") == "closed until 2026-11-23T12:00");
  CHECK(seen_of(plain, "2026-11-23T12:00:00Z") == "open until 2026-11-25T09:00");
  CHECK(seen_of(plain, "2026-11-25T09:00:00Z") == "closed until never");
  const GrantTime office{plain.valid_from, plain.expires_at, kOffice};
  CHECK(seen_of(office, "2026-11-20T08:00:00Z") == "closed until 2026-11-23T12:00");  // it begins within a window
  CHECK(seen_of(office, "2026-11-23T12:00:00Z") == "open until 2026-11-23T17:00");
  CHECK(seen_of(office, "2026-11-25T08:00:00Z") == "open until 2026-11-25T09:00");
  const GrantTime evening{at("2026-11-23T18:00:00Z"), at("2026-11-24T06:00:00Z"), kOffice};
  CHECK(seen_of(evening, "2026-11-23T12:00:00Z") == "closed until never");  // no window between the two
  CHECK_FALSE(GrantTime{{0}, {kForeverUs}, "{"}.at(at("2026-11-23T12:00:00Z")).is_open);
  CHECK_FALSE(GrantTime{
      {0}, {kForeverUs}, R"({"time_zone":"Mars/Base","windows":[{"days":["mon"],"from":"00:00","to":"24:00"}]})"}
                  .at(at("2026-11-23T12:00:00Z"))
                  .is_open);
}

TEST_CASE("a schedule that cannot be kept is refused where it is wrong") {
  CHECK(wrong(read(kOffice)).empty());
  Schedule bad = read(kOffice);
  bad.time_zone.value = "Europe/Atlantis";
  bad.windows[0].to = bad.windows[0].from;
  bad.windows.push_back({{}, {"24:00"}, {"06:00"}});
  CHECK(wrong(bad) == std::vector<std::string>{"/schedule/time_zone", "/schedule/windows/0/to",
                                               "/schedule/windows/1/days", "/schedule/windows/1/from"});
  Schedule many = read(kOffice);
  many.windows.resize(kMostWindows + 1, many.windows[0]);
  many.except.emplace(kMostExceptions + 1, DateText{"2026-11-24"});
  CHECK(wrong(many) == std::vector<std::string>{"/schedule/windows", "/schedule/except"});
  for (const std::string time : {"8:00", "08:60", "24:01", "25:00", "08-00", "ab:cd", ""}) {
    CAPTURE(time);
    CHECK_FALSE(json::parse<Schedule>(R"({"time_zone":"UTC","windows":[{"days":["mon"],"from":")" + time +
                                      R"(","to":"09:00"}]})"));
  }
  for (const std::string day : {"2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "2026/01/01", "2026-01-0x"}) {
    CAPTURE(day);
    CHECK_FALSE(json::parse<Schedule>(R"({"time_zone":"UTC","windows":[],"except":[")" + day + R"("]})"));
  }
  for (const std::string zone : {"", "/etc/passwd", "../../etc/passwd", "Europe Berlin"}) {
    CAPTURE(zone);
    const auto read = json::parse<Schedule>(R"({"time_zone":")" + zone + R"(","windows":[]})");
    CHECK((!read || !check_schedule(*read, "")));
  }
}

}  // namespace gatetorio::auth
