// What the guard remembers: commands, sessions, client ids, and the frames that tell it.
#include <catch2/catch_test_macros.hpp>

#include "broker/client_ids.hpp"
#include "broker/clock_watch.hpp"
#include "broker/ledger.hpp"
#include "broker/name_changes.hpp"
#include "broker/protocol.hpp"
#include "broker/retained_owners.hpp"
#include "broker/sessions.hpp"
#include "stack.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using namespace std::chrono_literals;

Session session(std::string username, std::string client_id) {
  Session s;
  s.username = std::move(username);
  s.client_id = std::move(client_id);
  return s;
}

CommandLedger::Command for_device(std::int64_t device_id, CommandLedger::Clock::time_point until) {
  return {"cmd", device_id, 1'000'000, until};
}

TEST_CASE("only commands that were accepted are in time, for their device, until their end by both clocks") {
  CommandLedger ledger;
  const CommandLedger::Clock::time_point start{};
  ledger.accept("a", for_device(1, start + 10s), start);
  CHECK(ledger.find("a", 1, start + 10s, 1'000'000));
  CHECK_FALSE(ledger.find("a", 1, start + 10s, 1'000'001));
  CHECK_FALSE(ledger.find("a", 1, start + 10s + 1ns, 0));
  CHECK_FALSE(ledger.find("a", 2, start, 0));
  CHECK_FALSE(ledger.find("b", 1, start, 0));
}

TEST_CASE("accepting a command again can only shorten its time") {
  CommandLedger ledger;
  const CommandLedger::Clock::time_point start{};
  ledger.accept("a", for_device(1, start + 10s), start);
  ledger.accept("a", for_device(1, start + 100s), start);
  CHECK_FALSE(ledger.find("a", 1, start + 11s, 0));
  ledger.accept("a", for_device(1, start + 5s), start);
  CHECK_FALSE(ledger.find("a", 1, start + 6s, 0));
}

TEST_CASE("the ledger forgets what is over") {
  CommandLedger ledger;
  const CommandLedger::Clock::time_point start{};
  for (int i = 0; i < 1000; ++i) ledger.accept(std::to_string(i), for_device(1, start + 1s * i + 10s), start + 1s * i);
  CHECK(ledger.size() <= 12);
}

TEST_CASE("whose a retained message is survives a restart of the broker") {
  const testing::TempFolder folder;
  RetainedOwners before;
  before.keep("gate1", 1, "open", RetainedOwners::From::kPublish);
  before.keep("gate1", 1, "gone", RetainedOwners::From::kWill);
  CHECK(before.has_changed());
  REQUIRE(before.save(folder.path("retained")));
  CHECK_FALSE(before.has_changed());
  RetainedOwners after;
  REQUIRE(after.load(folder.path("retained")));
  CHECK(after.is_of("gate1", 1, "open"));
  CHECK(after.is_of("gate1", 1, "gone"));
  CHECK_FALSE(after.is_of("gate1", 2, "open"));
  CHECK_FALSE(after.is_of("gate2", 1, "open"));
  CHECK(after.forget("gate1"));
  CHECK_FALSE(after.is_of("gate1", 1, "open"));
  CHECK_FALSE(after.load(folder.path("none")));
}

TEST_CASE("a wall clock that is set back is noticed once, and one that runs slowly is not") {
  const ClockWatch::Wall wall{1000h};
  const ClockWatch::Steady steady{1h};
  ClockWatch watch(wall, steady);
  CHECK_FALSE(watch.was_set_back(wall + 10s, steady + 10s));
  CHECK_FALSE(watch.was_set_back(wall + 16s, steady + 20s));  // by four seconds
  CHECK_FALSE(watch.was_set_back(wall + 500h, steady + 21s));
  CHECK(watch.was_set_back(wall + 499h, steady + 22s));
  CHECK_FALSE(watch.was_set_back(wall + 499h + 1s, steady + 23s));
}

TEST_CASE("under a name that has changed hands only what its holder has sent is delivered") {
  NameChanges names;
  names.published("gate1", 1, "open");
  CHECK(names.may_be_of("gate1", 2, "open"));  // nobody has ever given the name up
  names.given_up("gate1");
  CHECK_FALSE(names.may_be_of("gate1", 2, "open"));
  names.published("gate1", 2, "open");
  CHECK(names.may_be_of("gate1", 2, "open"));
  CHECK_FALSE(names.may_be_of("gate1", 1, "open"));
}

TEST_CASE("what is remembered of names that change hands is bounded, and what is forgotten is delivered to nobody") {
  NameChanges changes;
  for (int name = 0; name < 200; ++name) {
    const std::string gate = "gate" + std::to_string(name);
    changes.given_up(gate);
    for (int i = 0; i < 500; ++i) changes.published(gate, 1, std::to_string(i));
  }
  CHECK(changes.statuses() == 50'000);
  CHECK(changes.may_be_of("gate199", 1, "499"));
  CHECK_FALSE(changes.may_be_of("gate0", 1, "499"));
  CHECK(changes.may_be_of("never given up", 1, "x"));
}

TEST_CASE("sessions that have ended since are found by asking again, each every five seconds") {
  ClientIds ids;
  const auto start = ClientIds::Clock::now();
  int asked = 0;
  bool exists = true;
  const auto probe = [&](const std::string&) { return ++asked, exists; };
  ids.left("phone", {"user-1", "", {}}, start);
  ids.sweep(probe, start);
  CHECK(ids.count("user-1") == 1);
  exists = false;
  ids.ask_about("user-1", probe, start + 4s);
  CHECK(ids.count("user-1") == 1);
  ids.ask_about("user-2", probe, start + 6s);
  CHECK(ids.count("user-1") == 1);
  ids.ask_about("user-1", probe, start + 6s);
  CHECK(ids.count("user-1") == 0);
  CHECK(asked == 2);
  ids.left("tablet", {"user-1", "", {}}, start);
  exists = true;
  ids.sweep(probe, start + 7s);
  exists = false;
  ids.sweep(probe, start + 11min);
  CHECK(ids.count("user-1") == 0);
}

TEST_CASE("a client without a keep-alive that says nothing is told of once") {
  SessionTable table;
  const SessionTable::Client quiet = "quiet", alive = "alive";
  const std::chrono::steady_clock::time_point start{1h};
  Session one = session("user-1", "quiet"), two = session("user-2", "alive");
  one.has_keep_alive = two.has_keep_alive = false;
  one.heard_at = two.heard_at = start;
  table.open(quiet, one);
  table.open(alive, two);
  table.find(alive)->heard_at = start + 2s;
  CHECK(table.silent_since(start - 1s).empty());
  CHECK(table.silent_since(start + 1s) == std::vector<std::string>{"quiet"});
  CHECK(table.silent_since(start + 1s).empty());
}

TEST_CASE("a takeover leaves one live session of two and never none") {
  SessionTable table;
  const int first = 0, second = 0;
  const auto one = table.open(&first, session("device-1", "gate")).number;
  const auto two = table.open(&second, session("device-1", "gate")).number;
  CHECK(one != two);
  CHECK(table.live("device-1") == std::vector<SessionTable::Client>{&second});
  const auto ended = table.close(&first);
  REQUIRE(ended);
  CHECK(ended->superseded);
  CHECK(ended->number == one);
  CHECK(table.live("device-1").size() == 1);
  CHECK(*table.live_owner("gate") == "device-1");
  CHECK_FALSE(table.close(&second)->superseded);
  CHECK(table.live("device-1").empty());
  CHECK(table.live_owner("gate") == nullptr);
  CHECK_FALSE(table.close(&second));
}

TEST_CASE("a handle that the broker uses again is another session") {
  SessionTable table;
  const int client = 0;
  table.open(&client, session("device-1", "a"));
  table.open(&client, session("device-2", "b"));
  CHECK(table.live("device-1").empty());
  CHECK(table.live_owner("a") == nullptr);
  CHECK(table.all().size() == 1);
}

TEST_CASE("an absent client's id stays its own as long as its session waits") {
  ClientIds ids;
  const ClientIds::Clock::time_point start{1000h};
  bool exists = true;
  int asked = 0;
  const auto probe = [&](const std::string&) {
    ++asked;
    return exists;
  };
  ids.left("phone", {"user-1", "", {}}, start);
  CHECK(ids.held_by_other("phone", "user-2", probe, start));
  CHECK_FALSE(ids.held_by_other("phone", "user-1", probe, start));
  CHECK(ids.held_by_other("phone", "user-2", probe, start + 1s));
  CHECK(asked == 1);
  exists = false;
  CHECK_FALSE(ids.held_by_other("phone", "user-2", probe, start + 10s));
  CHECK(ids.size() == 0);
}

TEST_CASE("ids whose session ended with the connection are swept") {
  ClientIds ids;
  const ClientIds::Clock::time_point start{1000h};
  ids.left("a", {"user-1", "", {}}, start);
  ids.left("b", {"user-1", "", {}}, start);
  ids.sweep([](const std::string& id) { return id == "b"; }, start);
  CHECK(ids.size() == 1);
}

TEST_CASE("client ids survive a restart of the broker for a day") {
  const testing::TempFolder folder;
  const std::string path = folder.path("client-ids");
  const ClientIds::Clock::time_point start{1000h};
  const auto never = [](const std::string&) { return false; };
  ClientIds before;
  before.left("phone", {"user-1", "a/commands", {"+/status"}}, start);
  REQUIRE(before.save(path));
  ClientIds after;
  REQUIRE(after.load(path, start + 1h));
  CHECK(after.held_by_other("phone", "user-2", never, start + 1h));
  CHECK_FALSE(after.held_by_other("phone", "user-2", never, start + 25h));
  CHECK_FALSE(ClientIds().load(folder.path("none"), start));
  ClientIds again;
  REQUIRE(again.load(path, start + 1h));
  CHECK(again.holders() == std::vector<std::string>{"user-1"});
  again.listens_no_more("phone", "b/commands");
  CHECK(again.count("user-1") == 0);  // whether it still exists nobody can tell
  CHECK(again.of("user-1").size() == 1);
  const auto kept = again.is_back("phone");
  REQUIRE(kept);
  CHECK(kept->listens_by == "a/commands");
  CHECK(kept->wildcards == std::vector<std::string>{"+/status"});
  CHECK(again.count("user-1") == 0);
  CHECK_FALSE(again.is_back("phone"));
}

TEST_CASE("frames are cut from any pieces") {
  const std::string bytes = to_frame(SessionOpened{7, "user-1", "phone", "192.0.2.1"}) + to_frame(Synced{});
  FrameReader reader;
  std::vector<Frame> frames;
  for (const char byte : bytes) {
    reader.append({&byte, 1});
    while (auto frame = reader.next()) frames.push_back(std::move(*frame));
  }
  REQUIRE(frames.size() == 2);
  SessionOpened opened;
  REQUIRE(wire::decode(frames[0].body, opened));
  CHECK(opened.session == 7);
  CHECK(opened.client_id == "phone");
  CHECK(frames[1].type == Synced::kType);
}

TEST_CASE("a frame of an impossible size breaks the stream") {
  for (const std::string& bytes : {std::string(4, '\0'), std::string(4, '\xff')}) {
    FrameReader reader;
    reader.append(bytes);
    CHECK_FALSE(reader.next());
    CHECK(reader.broken());
  }
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
