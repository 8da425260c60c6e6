// Presence on the real platform, beside a storage and a transport that answer when the test says.
#include "presence.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "gatetorio/sql_reader.hpp"
#include "support/eventually.hpp"
#include "unit/core/platform_fixture.hpp"

namespace gatetorio::registration {
namespace {

using core::test::FakePlugin;
using core::test::Inbox;
using std::chrono::milliseconds;
using testing::eventually;

struct AskedBatch {
  gtr_call call{};
  std::string text;  // for each statement its first word and its numbers, times as "time"
  std::size_t statements = 0;
};

struct AskedState {
  gtr_call call{};
  std::int64_t device_id = 0;
};

// Its statements, in whatever order.
std::set<std::string> rows_of(const AskedBatch& batch) {
  std::set<std::string> rows;
  std::string_view rest = batch.text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find("; "), rest.size());
    rows.emplace(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return rows;
}

std::string number(std::int64_t value) {
  if (value == kForeverUs) return "connected";
  return value > 1'000'000'000'000 ? "time" : std::to_string(value);
}

struct PresenceFixture : core::test::PlatformFixture {
  PresenceFixture() {
    platform.services.provide(storage.plugin, sql::kServiceId, "", &PresenceFixture::take_batch, this);
    platform.services.provide(transport.plugin, DeviceLink::kId, "", &PresenceFixture::take_state, this);
    presence.subscribe();
  }
  ~PresenceFixture() { end(); }

  static void take_batch(void* self, gtr_call call, std::uint32_t, gtr_bytes body) {
    AskedBatch asked{call, {}, 0};
    sql::BatchReader in(to_view(body));
    sql::Mode mode{};
    in.mode(mode);
    sql::StatementView statement;
    while (!in.at_end() && in.statement(statement)) {
      asked.text +=
          (asked.statements++ == 0 ? "" : "; ") + std::string(statement.sql.substr(0, statement.sql.find(' ')));
      for (std::uint32_t i = 0; i < statement.parameters; ++i) {
        sql::Cell cell;
        in.parameter(cell);
        if (cell.type == sql::Type::kText) continue;  // whose hub writes
        asked.text += " " + (cell.type == sql::Type::kNull ? std::string("null") : number(cell.integer));
      }
    }
    static_cast<PresenceFixture*>(self)->batches.put(std::move(asked));
  }
  static void take_state(void* self, gtr_call call, std::uint32_t, gtr_bytes body) {
    LinkQuery query;
    wire::decode(to_view(body), query);
    static_cast<PresenceFixture*>(self)->states.put({call, query.device_id});
  }

  void session(std::int64_t id, bool is_connected) {
    publish(link, LinkSession{"device", id, is_connected, ""}, "device:" + std::to_string(id));
  }
  AskedBatch next_batch() {
    auto batch = batches.take();
    REQUIRE(batch);
    return *std::move(batch);
  }
  void succeed(const AskedBatch& batch, std::int64_t changes = 1) {
    std::string results;
    wire::Writer out(results);
    for (std::size_t i = 0; i < batch.statements; ++i) {
      out.value(changes);
      out.u32(0);
      out.u32(0);
    }
    platform.services.complete(batch.call, GTR_OK, results);
  }
  void fail(const AskedBatch& batch) {
    platform.services.complete(batch.call, GTR_UNAVAILABLE,
                               to_json(Error{.status = Status::kUnavailable, .detail = "Away."}));
  }
  // To a page of devices: these are there, with what their columns say.
  void answer_page(const AskedBatch& batch, const std::vector<std::pair<std::int64_t, std::int64_t>>& online_until) {
    std::string results;
    wire::Writer out(results);
    const auto integer = [&](std::int64_t value) {
      results.push_back(static_cast<char>(sql::Type::kInteger));
      out.value(value);
    };
    const auto text = [&](std::string_view value) {
      results.push_back(static_cast<char>(sql::Type::kText));
      out.u32(static_cast<std::uint32_t>(value.size()));
      results.append(value);
    };
    out.value(std::int64_t{0});
    out.u32(10);
    out.u32(static_cast<std::uint32_t>(online_until.size()));
    for (const auto& [id, until] : online_until) {
      integer(id);
      for (const char* word : {"gate", "hw", "", ""}) text(word);
      for (const std::int64_t value : {until, std::int64_t{0}, std::int64_t{1}}) integer(value);
      text("");  // no token
      text("");  // no other hub
    }
    platform.services.complete(batch.call, GTR_OK, results);
  }
  bool shows_online(std::int64_t id, std::int64_t online_until_us = 0) {
    return presence.shown({.device = {.id = id}, .online_until_us = online_until_us}).is_online;
  }
  Task<void> beat(std::int64_t id) {
    Call call;
    call.access.resource_id = id;
    const Result<HeartbeatOutput> beaten = co_await presence.heartbeat(std::move(call), DeviceRef());
    beats.put(beaten ? Status::kOk : beaten.error().status);
  }

  FakePlugin& feature = plugin("registration", false);
  FakePlugin& storage = plugin("storage", false, {"gatetorio.sql/1"});
  FakePlugin& transport = plugin("transport", false, {"gatetorio.device-link/1"});
  Host host{feature.host()}, link{transport.host()};
  Inbox<AskedBatch> batches;
  Inbox<AskedState> states;
  Inbox<Status> beats;
  Database database{host, "registration"};
  Repository repository{database};
  Presence presence{host, repository, std::chrono::seconds(90)};
};

}  // namespace

TEST_CASE_METHOD(PresenceFixture, "one write is under way at a time, and the newest state is the last one") {
  session(7, true);
  const AskedBatch first = next_batch();
  CHECK(first.text == "UPDATE 7 connected time time");
  session(8, true);
  for (const bool is_connected : {false, true, false}) {
    session(7, is_connected);
    REQUIRE(eventually([&] { return shows_online(7) == is_connected; }));
  }
  REQUIRE(eventually([&] { return shows_online(8); }));
  CHECK(batches.size() == 0);
  succeed(first);
  const AskedBatch second = next_batch();
  CHECK(rows_of(second) == std::set<std::string>{"UPDATE 7 0 time time", "UPDATE 8 connected time time"});
  succeed(second);
  CHECK(!batches.take(milliseconds(200)));
}

TEST_CASE_METHOD(PresenceFixture,
                 "what could not be written is tried again in its newest state, and counts meanwhile") {
  session(7, true);
  session(8, true);
  REQUIRE(eventually([&] { return shows_online(7) && shows_online(8); }));
  fail(next_batch());
  fail(next_batch());
  session(7, false);
  REQUIRE(eventually([&] { return !shows_online(7, kForeverUs); }));
  CHECK(shows_online(8));
  const std::set<std::string> newest{"UPDATE 7 0 time time", "UPDATE 8 connected time time"};
  const bool is_newest = eventually([&] {
    const AskedBatch again = next_batch();
    const bool has_both = rows_of(again) == newest;
    has_both ? succeed(again) : fail(again);
    return has_both;
  });
  CHECK(is_newest);
}

TEST_CASE_METHOD(PresenceFixture, "a heartbeat is answered when it is written, or cannot be") {
  host.run(beat(7));
  const AskedBatch first = next_batch();
  CHECK(first.text == "UPDATE 7 time time time");
  CHECK(!beats.take(milliseconds(50)));
  succeed(first);
  CHECK(beats.take() == Status::kOk);
  host.run(beat(7));
  fail(next_batch());
  CHECK(beats.take() == Status::kUnavailable);
  CHECK(shows_online(7));
  succeed(next_batch());
  host.run(beat(9));
  succeed(next_batch(), 0);
  CHECK(beats.take() == Status::kNotFound);
  CHECK_FALSE(shows_online(9));
}

TEST_CASE_METHOD(PresenceFixture, "a reset goes to the disk before the sessions that began after it") {
  session(7, true);
  succeed(next_batch());
  publish(link, LinkReset{"the broker died"}, "");
  session(8, true);
  REQUIRE(eventually([&] { return !shows_online(7, kForeverUs) && shows_online(8); }));
  std::string written;
  const bool is_written = eventually([&] {
    const AskedBatch batch = next_batch();
    written += "[" + batch.text + "]";
    succeed(batch, 0);
    return written.find("UPDATE 8") != std::string::npos || written.find("UPDATE;") != std::string::npos;
  });
  CAPTURE(written);
  CHECK(is_written);
  CHECK((written == "[UPDATE; UPDATE 8 connected time time]" || written.starts_with("[UPDATE][UPDATE 8") ||
         written.starts_with("[UPDATE 8 connected time time][UPDATE; UPDATE 8")));
}

TEST_CASE_METHOD(PresenceFixture, "where news of sessions were lost, the transport is asked for every device") {
  session(7, true);
  succeed(next_batch());
  platform.bus.publish(LinkSession::kTopic, "device:7", "no JSON");
  const AskedBatch page = next_batch();
  CHECK(page.text == "SELECT 0 500");
  answer_page(page, {{7, kForeverUs}, {8, 0}, {9, kForeverUs}, {10, kForeverUs}});
  const std::map<std::int64_t, bool> truth{{7, false}, {8, true}, {9, false}, {10, true}};
  for (const auto& [id, is_connected] : truth) {
    const auto asked = states.take();
    REQUIRE(asked);
    CHECK(asked->device_id == id);
    platform.services.complete(asked->call, GTR_OK, wire::encode(LinkState{is_connected}));
  }
  const AskedBatch end = next_batch();
  CHECK(end.text == "SELECT 10 500");
  answer_page(end, {});
  CHECK(rows_of(next_batch()) ==
        std::set<std::string>{"UPDATE 7 0 time time", "UPDATE 8 connected time time", "UPDATE 9 0 0 time"});
  CHECK_FALSE(shows_online(7, kForeverUs));
  CHECK(shows_online(8));
  CHECK_FALSE(shows_online(9, kForeverUs));
  CHECK(shows_online(10, kForeverUs));
}

TEST_CASE_METHOD(PresenceFixture, "what happens while the transport is asked counts more than its answer") {
  platform.bus.publish(LinkSession::kTopic, "device:7", "no JSON");
  answer_page(next_batch(), {{7, 0}});
  const auto asked = states.take();
  REQUIRE(asked);
  session(7, true);
  REQUIRE(eventually([&] { return shows_online(7); }));
  session(7, false);
  REQUIRE(eventually([&] { return !shows_online(7, kForeverUs); }));
  platform.services.complete(asked->call, GTR_OK, wire::encode(LinkState{true}));
  const bool is_read = eventually([&] {
    const AskedBatch batch = next_batch();
    if (batch.text.starts_with("SELECT")) {
      answer_page(batch, {});
      return true;
    }
    succeed(batch);
    return false;
  });
  CHECK(is_read);
  CHECK_FALSE(shows_online(7, kForeverUs));
}

TEST_CASE_METHOD(PresenceFixture,
                 "what was heard is written by a flush, which does not wait for a storage that is away") {
  Inbox<bool> flushed;
  const auto flush = [&](bool is_away) {
    publish(link, DeviceMessage{7, "{}"}, "7");
    REQUIRE(eventually([&] { return presence.shown({.device = {.id = 7}}).last_seen_us > 0; }));
    spawn(
        presence.flush(), [&] { flushed.put(true); }, [](std::exception_ptr) {});
    const AskedBatch batch = next_batch();
    CHECK(batch.text == "UPDATE 7 null time time");
    is_away ? fail(batch) : succeed(batch);
    CHECK(flushed.take());
  };
  flush(false);
  flush(true);
}

}  // namespace gatetorio::registration
