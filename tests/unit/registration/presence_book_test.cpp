// Who is online, by what the broker and heartbeats told, and what of it is still to be written.
#include "presence_book.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::registration {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTimeout{90};
constexpr std::int64_t kSecond = kMicrosecondsPerSecond;

// Both clocks, moved by hand.
struct Clocks {
  Moment at{std::chrono::steady_clock::time_point(seconds(1'000'000)), {1'800'000'000 * kSecond}};
  Moment pass(milliseconds time) {
    at.steady += time;
    at.wall.us += time.count() * 1000;
    return at;
  }
  Moment set_wall(seconds by) {
    at.wall.us += by.count() * kSecond;
    return at;
  }
};

StoredDevice stored(std::int64_t id, std::int64_t online_until_us = 0) {
  return {.device = {.id = id, .controller_id = "gate"}, .online_until_us = online_until_us};
}

std::uint64_t sequence = 0;  // of the last event

void ignore(void*, gtr_status, gtr_bytes) {}
constexpr gtr_completion kNobody{&ignore, nullptr};

// Takes a change and says that it is on the disk.
PresenceChange write(PresenceBook& book, Moment at) {
  PresenceChange change = book.take(500, at);
  book.written(change, at);
  return change;
}

bool is_online(const PresenceBook& book, const StoredDevice& device, Moment at) {
  return book.shown(device, at).is_online;
}

TEST_CASE("what the broker told counts more than what the column says") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.session(1, true, ++sequence, clocks.at);
  book.session(2, false, ++sequence, clocks.at);
  CHECK(is_online(book, stored(1, 0), clocks.at));
  CHECK_FALSE(is_online(book, stored(2, kForeverUs), clocks.at));
  CHECK(is_online(book, stored(3, kForeverUs), clocks.at));
  CHECK_FALSE(is_online(book, stored(4, 0), clocks.at));
}

TEST_CASE("a heartbeat keeps a device online for its time by the steady clock, wherever the wall clock goes") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  for (const seconds step : {seconds(0), seconds(-3600), seconds(3600)}) {
    book.heartbeat(1, clocks.at, kNobody);
    const std::int64_t column = *write(book, clocks.at).rows.at(0).online_until_us;
    CHECK(column == clocks.at.wall.us + 90 * kSecond);
    clocks.set_wall(step);
    CHECK(is_online(book, stored(1, column), clocks.pass(seconds(89))));
    CHECK(book.take_overdue(clocks.at).empty());
    clocks.pass(seconds(2));
    CHECK_FALSE(is_online(book, stored(1, column), clocks.at));
    const auto overdue = book.take_overdue(clocks.at);
    REQUIRE(overdue.size() == 1);
    CHECK(overdue[0].device_id == 1);
    CHECK(write(book, clocks.at).rows.at(0).online_until_us == 0);
    CHECK(book.size() == 0);
  }
}

TEST_CASE("a stored end of a heartbeat counts only as far ahead as a heartbeat reaches") {
  Clocks clocks;
  const PresenceBook book(kTimeout);
  CHECK(is_online(book, stored(1, clocks.at.wall.us + 90 * kSecond), clocks.at));
  CHECK_FALSE(is_online(book, stored(1, clocks.at.wall.us + 91 * kSecond), clocks.at));
  CHECK_FALSE(is_online(book, stored(1, clocks.at.wall.us + 3600 * kSecond), clocks.at));
  CHECK_FALSE(is_online(book, stored(1, clocks.at.wall.us), clocks.at));
}

TEST_CASE("the end of a connection is the end of being online, even after a heartbeat") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.heartbeat(1, clocks.at, kNobody);
  book.session(1, true, ++sequence, clocks.at);
  CHECK(write(book, clocks.at).rows.at(0).online_until_us == kForeverUs);
  clocks.pass(seconds(100));
  CHECK(book.take_overdue(clocks.at).empty());
  CHECK(is_online(book, stored(1), clocks.at));
  book.heartbeat(1, clocks.at, kNobody);
  book.session(1, false, ++sequence, clocks.at);
  CHECK_FALSE(is_online(book, stored(1, kForeverUs), clocks.at));
}

TEST_CASE("the newest state is written last: a change that comes during a write is the next one") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.session(1, true, ++sequence, clocks.at);
  const PresenceChange first = book.take(500, clocks.at);
  book.session(1, false, ++sequence, clocks.at);
  book.session(1, true, ++sequence, clocks.at);
  book.session(1, false, ++sequence, clocks.at);
  SECTION("where it succeeds") { book.written(first, clocks.at); }
  SECTION("where it fails") { book.failed(first); }
  const PresenceChange second = book.take(500, clocks.at);
  REQUIRE(second.rows.size() == 1);
  CHECK(second.rows[0].online_until_us == 0);
  CHECK_FALSE(is_online(book, stored(1, kForeverUs), clocks.at));
  book.written(second, clocks.at);
  CHECK(book.take(500, clocks.at).empty());
}

TEST_CASE("what could not be written is written the next time, and counts meanwhile") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.session(1, true, ++sequence, clocks.at);
  for (int i = 0; i < 3; ++i) {
    const PresenceChange change = book.take(500, clocks.at);
    REQUIRE(change.rows.size() == 1);
    book.failed(change);
    CHECK(is_online(book, stored(1), clocks.at));
  }
  CHECK(write(book, clocks.at).rows.size() == 1);
}

TEST_CASE("a reset is written before the sessions that began after it") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  for (const std::int64_t id : {1, 2, 3}) book.session(id, true, ++sequence, clocks.at);
  write(book, clocks.at);
  const auto left = book.reset(++sequence);
  CHECK(left.size() == 3);
  CHECK_FALSE(is_online(book, stored(1, kForeverUs), clocks.at));
  CHECK_FALSE(is_online(book, stored(9, kForeverUs), clocks.at));  // of an earlier run, by its column alone
  book.session(2, true, ++sequence, clocks.at);
  const PresenceChange change = book.take(500, clocks.at);
  CHECK(change.has_reset);
  REQUIRE(change.rows.size() == 1);
  CHECK(change.rows[0].device_id == 2);
  CHECK(change.rows[0].online_until_us == kForeverUs);
  CHECK_FALSE(is_online(book, stored(9, kForeverUs), clocks.at));
  SECTION("where it succeeds, what is offline is forgotten") {
    book.written(change, clocks.at);
    CHECK(book.size() == 1);
    CHECK_FALSE(book.take(500, clocks.at).has_reset);
  }
  SECTION("where it fails, it comes first again") {
    book.failed(change);
    CHECK_FALSE(is_online(book, stored(1, kForeverUs), clocks.at));
    CHECK(book.take(500, clocks.at).has_reset);
  }
}

TEST_CASE("a reset and the sessions around it may overtake each other") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.session(1, true, 10, clocks.at);
  book.session(2, true, 30, clocks.at);  // of the new broker, before the reset is heard
  write(book, clocks.at);
  const auto left = book.reset(20);
  REQUIRE(left.size() == 1);
  CHECK(left[0].device_id == 1);
  CHECK_FALSE(book.session(3, true, 15, clocks.at));  // of the old broker, after it
  CHECK_FALSE(is_online(book, stored(1, kForeverUs), clocks.at));
  CHECK(is_online(book, stored(2), clocks.at));
  CHECK_FALSE(is_online(book, stored(3), clocks.at));
  const PresenceChange change = write(book, clocks.at);
  CHECK(change.has_reset);
  REQUIRE(change.rows.size() == 1);
  CHECK(change.rows[0].device_id == 2);
  CHECK(book.size() == 1);
}

TEST_CASE("memory holds who is online and what is not yet written, and nobody else") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  for (std::int64_t id = 1; id <= 100; ++id) book.session(id, true, ++sequence, clocks.at);
  write(book, clocks.at);
  CHECK(book.size() == 100);
  for (std::int64_t id = 1; id <= 90; ++id) book.session(id, false, ++sequence, clocks.at);
  write(book, clocks.at);
  CHECK(book.size() == 10);
  book.message(200, clocks.at);
  CHECK(book.take(500, clocks.at).empty());
  book.gather();
  const PresenceChange heard = write(book, clocks.at);
  REQUIRE(heard.rows.size() == 1);
  CHECK_FALSE(heard.rows[0].online_until_us);  // who was heard of need not be connected
  CHECK(book.size() == 10);
}

TEST_CASE("who was only heard of is online as its column says") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.message(1, clocks.at);
  CHECK(is_online(book, stored(1, clocks.at.wall.us + kSecond), clocks.at));
  CHECK_FALSE(is_online(book, stored(1, 0), clocks.at));
  CHECK(book.shown(stored(1), clocks.at).last_seen_us == clocks.at.wall.us);
}

TEST_CASE("more changes than fit into one batch come in turn") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  for (std::int64_t id = 1; id <= 10; ++id) book.session(id, true, ++sequence, clocks.at);
  std::set<std::int64_t> written;
  for (int i = 0; i < 3; ++i) {
    const PresenceChange change = book.take(4, clocks.at);
    for (const PresenceRow& row : change.rows) written.insert(row.device_id);
    book.written(change, clocks.at);
    book.session(1, true, ++sequence, clocks.at);  // one that never rests
  }
  CHECK(written.size() == 10);
}

TEST_CASE("an answer about a device that changed since it was asked is not believed") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.hold();
  const std::uint64_t before = book.changes(1);
  book.session(1, true, ++sequence, clocks.at);
  book.session(1, false, ++sequence, clocks.at);
  write(book, clocks.at);
  CHECK_FALSE(book.correct(stored(1, kForeverUs), true, before, clocks.at));
  CHECK_FALSE(is_online(book, stored(1, 0), clocks.at));
  SECTION("one about a device that has not changed is") {
    CHECK(book.correct(stored(1, 0), true, book.changes(1), clocks.at));
    CHECK(is_online(book, stored(1, 0), clocks.at));
    CHECK(book.correct(stored(2, kForeverUs), false, book.changes(2), clocks.at));
    CHECK_FALSE(is_online(book, stored(2, kForeverUs), clocks.at));
    CHECK_FALSE(book.correct(stored(3, 0), false, book.changes(3), clocks.at));
    CHECK(book.take(500, clocks.at).rows.size() == 2);
  }
  book.release(clocks.at);
}

TEST_CASE("a forgotten device leaves nothing, and those who wait for it are named") {
  Clocks clocks;
  PresenceBook book(kTimeout);
  book.heartbeat(1, clocks.at, kNobody);
  CHECK(book.forget(1).size() == 1);
  CHECK(book.forget(1).empty());
  CHECK(book.size() == 0);
  CHECK(book.take(500, clocks.at).empty());
  CHECK(book.take_overdue(clocks.pass(seconds(200))).empty());
}

}  // namespace
}  // namespace gatetorio::registration
