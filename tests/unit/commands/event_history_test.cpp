#include "event_history.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::commands {
namespace {

constexpr std::int64_t kGate = 7, kOther = 8;

std::string events_after(const EventHistory& history, std::int64_t device, std::uint64_t number) {
  std::string out;
  history.visit_after(device, number, [&](const EventHistory::Event& event) { out += event.data; });
  return out;
}

TEST_CASE("an id is known to its own device in its own run, and nobody can make one up") {
  EventHistory history({}), other_run({});
  for (EventHistory* each : {&history, &other_run}) {
    each->open(kGate);
    each->open(kOther);
    each->add(kGate, "status", "a");
    each->add(kOther, "status", "b");
  }
  const std::string id = history.id_of(kGate, 1);
  CHECK(history.number_of(kGate, id) == 1);
  CHECK_FALSE(history.number_of(kOther, id));
  CHECK_FALSE(other_run.number_of(kGate, id));
  const std::string proof = id.substr(id.find('-'));
  for (const std::string& made_up :
       {std::string(), std::string("1"), "0" + proof, "2" + proof, "01" + proof, "+1" + proof, " 1" + proof, proof,
        id + " ", id.substr(0, id.size() - 1), std::string("-5"), std::string("18446744073709551616-00")}) {
    INFO(made_up);
    CHECK_FALSE(history.number_of(kGate, made_up));
  }
  history.close(kGate);
  CHECK_FALSE(history.number_of(kGate, id));
  history.open(kGate);
  history.add(kGate, "status", "c");
  CHECK_FALSE(history.number_of(kGate, id));  // there may have been others meanwhile
}

TEST_CASE("only what happens while a device is open is kept") {
  EventHistory history({});
  CHECK(history.add(kGate, "status", "x") == nullptr);
  history.open(kGate);
  for (const char* data : {"a", "b", "c"}) history.add(kGate, "status", data);
  CHECK(events_after(history, kGate, 0) == "abc");
  CHECK(events_after(history, kGate, 2) == "c");
  CHECK(history.has_all_after(kGate, 0));
}

TEST_CASE("a device that floods pushes out its own events, and all together have a bound") {
  EventHistory history({.device_events = 3, .device_bytes = 10, .events = 5, .bytes = 20});
  history.open(kGate);
  history.open(kOther);
  history.add(kOther, "status", "z");
  for (int i = 0; i < 100; ++i) history.add(kGate, "status", "g");
  CHECK(history.size() == 4);
  CHECK(events_after(history, kOther, 0) == "z");
  CHECK(history.has_all_after(kGate, 97));
  CHECK_FALSE(history.has_all_after(kGate, 96));
  history.add(kGate, "status", "ninebytes");  // with one other: ten
  CHECK(events_after(history, kGate, 0) == "gninebytes");
  history.add(kGate, "status", std::string(50, 'x'));  // larger than any bound: the newest stays
  CHECK(history.size() == 1);
  CHECK(history.bytes() == 50);
  CHECK_FALSE(history.has_all_after(kOther, 0));
  CHECK(history.has_all_after(kOther, 1));
}

TEST_CASE("after a gap nobody goes on from before it") {
  EventHistory history({});
  history.open(kGate);
  history.add(kGate, "status", "a");
  history.lose_all();
  CHECK_FALSE(history.has_all_after(kGate, 1));
  CHECK(history.has_all_after(kGate, history.last_number(kGate)));
  history.add(kGate, "status", "b");
  CHECK(events_after(history, kGate, 0) == "b");
  CHECK(history.bytes() == 1);
}

}  // namespace
}  // namespace gatetorio::commands
