#include "core/runtime/call_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace gatetorio::core {
namespace {

using Table = CallTable<int>;
const auto kLater = Clock::time_point::max() - std::chrono::hours(1);

gtr_call open(Table& table, int payload = 0, Clock::time_point deadline = kLater) {
  return table.open(std::make_shared<int>(payload), deadline);
}

}  // namespace

TEST_CASE("the first answer counts, a second finds nothing", "[calls]") {
  Table table;
  const gtr_call call = open(table, 7);
  bool first = false;
  const auto payload = table.finish(call, first);
  REQUIRE(payload);
  CHECK(*payload == 7);
  CHECK(first);
  CHECK_FALSE(table.finish(call, first));
  CHECK_FALSE(table.give_up(call));
  CHECK(table.size() == 0);
}

TEST_CASE("an answer to a call that has ended does not hit the next one in its place", "[calls]") {
  Table table;
  const gtr_call old = open(table, 1);
  bool first = false;
  table.finish(old, first);
  const gtr_call fresh = open(table, 2);
  REQUIRE(fresh.slot == old.slot);
  CHECK(fresh.generation != old.generation);
  CHECK_FALSE(table.finish(old, first));
  CHECK_FALSE(table.find(old));
  CHECK_FALSE(table.is_waiting(old));
  CHECK(table.is_waiting(fresh));
}

TEST_CASE("numbers that nobody was given find nothing", "[calls]") {
  Table table;
  const gtr_call call = open(table);
  bool first = false;
  for (const gtr_call forged : {gtr_call{call.slot, call.generation + 1}, gtr_call{call.slot + 1, call.generation},
                                gtr_call{~0ULL, ~0ULL}, gtr_call{0, 0}}) {
    CAPTURE(forged.slot, forged.generation);
    CHECK_FALSE(table.finish(forged, first));
    CHECK_FALSE(table.give_up(forged));
    CHECK_FALSE(table.find(forged));
  }
  CHECK(table.size() == 1);
}

TEST_CASE("who gives up gets the payload once, and the callee keeps it until it answers", "[calls]") {
  Table table;
  auto payload = std::make_shared<int>(5);
  const gtr_call call = table.open(payload, kLater);
  REQUIRE(table.give_up(call));
  CHECK_FALSE(table.give_up(call));
  CHECK_FALSE(table.is_waiting(call));
  CHECK(table.find(call) == payload);
  bool first = true;
  CHECK(table.finish(call, first) == payload);
  CHECK_FALSE(first);
  CHECK(payload.use_count() == 1);
}

TEST_CASE("only calls that are late and still waited for are overdue", "[calls]") {
  Table table;
  const auto now = Clock::now();
  const gtr_call late = open(table, 1, now - std::chrono::seconds(1));
  const gtr_call given_up = open(table, 2, now - std::chrono::seconds(1));
  const gtr_call answered = open(table, 3, now - std::chrono::seconds(1));
  open(table, 4, now + std::chrono::seconds(60));
  bool first = false;
  table.give_up(given_up);
  table.finish(answered, first);
  const auto overdue = table.overdue(now);
  REQUIRE(overdue.size() == 1);
  CHECK(overdue[0].slot == late.slot);
}

TEST_CASE("of a deadline and an answer that race, exactly one wins", "[calls]") {
  Table table;
  std::atomic<int> wins = 0;
  for (int round = 0; round < 500; ++round) {
    const gtr_call call = open(table);
    std::thread other([&] { wins += table.give_up(call) ? 1 : 0; });
    bool first = false;
    if (table.finish(call, first) && first) ++wins;
    other.join();
  }
  CHECK(wins == 500);
  CHECK(table.size() == 0);
}

}  // namespace gatetorio::core
