#include "outcomes.hpp"

#include <catch2/catch_test_macros.hpp>

#include "plugin_fixture.hpp"

namespace gatetorio::commands {
namespace {

using namespace test;

struct OutcomesFixture : PluginFixture {
  ~OutcomesFixture() { end(); }
  AskedBatch next_batch() {
    auto batch = batches.take();
    REQUIRE(batch);
    return *std::move(batch);
  }
  Task<void> flush_and_tell() {
    auto flushing = outcomes.flush();
    co_await flushing;
    flushed.put(true);
  }
  // Returns when nothing is being written.
  void await_end_of_write() {
    host.run(flush_and_tell());
    REQUIRE(flushed.take());
  }

  Database database{host, "commands"};
  Repository repository{database};
  MotionWatch motions;
  Outcomes outcomes{host, repository, motions};
  Inbox<bool> flushed;
};

StatusPayload answer(std::string command_id, bool is_success = true) {
  return {.answer = Answer{std::move(command_id), is_success}};
}

}  // namespace

TEST_CASE_METHOD(OutcomesFixture, "a command is delivered by its device's word alone") {
  outcomes.handed_over({7, "cmd_1", 0, 71}, 1);
  CHECK_FALSE(batches.take(std::chrono::milliseconds(20)));
  outcomes.heard({8, "{}", 81}, {}, 2);
  CHECK_FALSE(batches.take(std::chrono::milliseconds(20)));
  outcomes.heard({7, "{}", 71}, {}, 3);
  const AskedBatch batch = next_batch();
  CHECK(batch.text() == "UPDATE cmd_1 7");
  succeed(batch);
  await_end_of_write();
}

TEST_CASE_METHOD(OutcomesFixture, "answers that cannot be written wait and are written in their order") {
  outcomes.heard({7, "first"}, answer("cmd_1", false), 1);
  const AskedBatch under_way = next_batch();
  outcomes.heard({7, "second"}, answer("cmd_1"), 2);
  fail(under_way);
  AskedBatch both = next_batch();
  CHECK(both.text() == "UPDATE cmd_1 7 failed first; UPDATE cmd_1 7 acknowledged second");
  fail(both);
  outcomes.heard({7, "third"}, answer("cmd_2"), 3);
  CHECK_FALSE(batches.take(std::chrono::milliseconds(20)));  // an outage is not hammered at
  host.run(flush_and_tell());
  both = next_batch();
  CHECK(both.text() ==
        "UPDATE cmd_1 7 failed first; UPDATE cmd_1 7 acknowledged second; UPDATE cmd_2 7 acknowledged third");
  succeed(both);
  REQUIRE(flushed.take());
}

TEST_CASE_METHOD(OutcomesFixture, "what a gate does after a command is written down, once each") {
  motions.begin(7, "cmd_1", {.verb = Verb::open}, MotionWatch::Clock::now());
  motions.acknowledged(7, "cmd_1");
  for (const char* state : {"CLOSED", "OPENING", "OPENING"}) outcomes.heard({7, "{}"}, {.state = state}, 1);
  const AskedBatch moving = next_batch();
  CHECK(moving.text() == "UPDATE cmd_1 7");
  succeed(moving);
  outcomes.heard({7, "{}"}, {.state = "OPEN"}, 2);
  const AskedBatch completed = next_batch();
  CHECK(completed.text() == "UPDATE cmd_1 7 completed");
  succeed(completed);
  await_end_of_write();
}

TEST_CASE_METHOD(OutcomesFixture, "a device that floods with answers pushes out its own") {
  outcomes.heard({8, "kept"}, answer("cmd_other"), 1);
  const AskedBatch under_way = next_batch();
  for (int i = 0; i < 1'000; ++i) outcomes.heard({7, "{}"}, answer("cmd_" + std::to_string(i)), 2);
  for (int i = 0; i < 100; ++i) outcomes.heard({9, std::string(60 * 1024, 'x')}, answer("cmd_large"), 3);
  fail(under_way);
  const AskedBatch batch = next_batch();
  CHECK(batch.statements.size() == Outcomes::kMostOfADevice + 1 + 4);
  CHECK(batch.text().find("UPDATE cmd_other 8 acknowledged kept") != std::string::npos);
  CHECK(batch.text().find("UPDATE cmd_999 7 acknowledged") != std::string::npos);
  succeed(batch);
  await_end_of_write();
}

TEST_CASE_METHOD(OutcomesFixture, "what waits while a write is under way is bounded too") {
  outcomes.heard({8, "{}"}, answer("cmd_other"), 1);
  const AskedBatch under_way = next_batch();
  for (int i = 0; i < 1'000; ++i) outcomes.heard({7, "{}"}, answer("cmd_" + std::to_string(i)), 2);
  succeed(under_way);
  const AskedBatch batch = next_batch();
  CHECK(batch.statements.size() == Outcomes::kMostOfADevice);
  CHECK(batch.statements.back() == "UPDATE cmd_999 7 acknowledged {}");
  succeed(batch);
  await_end_of_write();
}

}  // namespace gatetorio::commands
