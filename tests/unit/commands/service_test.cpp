#include "service.hpp"

#include <catch2/catch_test_macros.hpp>

#include "plugin_fixture.hpp"

namespace gatetorio::commands {
namespace {

using namespace test;

constexpr std::int64_t kGate = 7, kSecond = kMicrosecondsPerSecond;

struct ServiceFixture : PluginFixture {
  // With the gate's rules in memory.
  ServiceFixture() {
    host.run(know_rules());
    const auto reading = batches.take();
    REQUIRE(reading);
    succeed(*reading);
    REQUIRE(are_known.take());
  }
  ~ServiceFixture() { end(); }
  Task<void> know_rules() {
    const Result<RuleBook::Rules> known = co_await rules.known(kGate);
    are_known.put(known ? true : false);
  }

  // A call that was authorised for kGate, by whatever name.
  static Call authorised() {
    Call call{.handle = {}, .received_at = now()};
    call.principal = Principal{.kind = "user", .id = 1};
    call.access = {.resource_id = kGate, .resource = "the-gate", .level = "engineer"};
    return call;
  }
  static SendInput input(const std::string& command = R"({"action":"open"})") {
    return {.controller_id = {"the-gate"},
            .user_token = {},
            .command = {command},
            .ttl_seconds = {},
            .idempotency_key = {},
            .expect = {}};
  }
  void begin(Call call, SendInput what) { host.run(send(std::move(call), std::move(what))); }
  Task<void> send(Call call, SendInput what) {
    auto sending = service.send(std::move(call), std::move(what));
    Result<SendOutput> out = co_await sending;
    answers.put(std::move(out));
  }
  // What is published next; a busy machine may be so slow that the right is judged again.
  Publish next_published() {
    for (int i = 0; i < 200; ++i) {
      if (const auto asked = questions.take(std::chrono::milliseconds(0))) decide(*asked, true);
      if (auto message = published.take(std::chrono::milliseconds(50))) return *std::move(message);
    }
    FAIL("nothing is published");
    return {};
  }
  Status status_of_answer() {
    const auto answer = answers.take();
    REQUIRE(answer);
    return *answer ? Status::kOk : answer->error().status;
  }

  Database database{host, "commands"};
  Repository repository{database};
  StatusBoard board{host, repository};
  const Settings settings;
  MotionWatch motions;
  UnderWay under_way;
  RuleBook rules{database, [this](std::int64_t device_id) { under_way.halt(device_id); }};
  Service service{host, repository, board, motions, under_way, rules, settings};
  Inbox<Result<SendOutput>> answers;
  Inbox<bool> are_known;
};

}  // namespace

TEST_CASE_METHOD(ServiceFixture,
                 "a command goes to the device on which the call was authorised, and no name is looked up") {
  board.take(kGate, "{}", "12.0");
  begin(authorised(), input());
  const auto batch = batches.take();
  REQUIRE(batch);
  CHECK(published.size() == 0);  // first written
  CHECK(batch->statements.at(2).find(" 7 user 1 {\"action\":\"open\"}") != std::string::npos);
  succeed(*batch);
  const Publish message = next_published();
  CHECK(message.device_id == kGate);
  CHECK(message.payload.starts_with(R"({"action":"open","command_id":"cmd_)"));
  CHECK(message.payload.ends_with(R"(,"boot_nonce":12.0})"));
  CHECK(status_of_answer() == Status::kOk);
}

TEST_CASE_METHOD(ServiceFixture, "the transport says whether the device is there") {
  is_connected = false;
  begin(authorised(), input());
  CHECK(status_of_answer() == Status::kUnavailable);
  CHECK(batches.size() == 0);
  CHECK(published.size() == 0);
}

TEST_CASE_METHOD(ServiceFixture, "of the sender's own end and the time to live the earlier counts") {
  for (const std::int64_t said_s : {3, 10, 100}) {
    Call call = authorised();
    call.expires_at = {call.received_at.us + said_s * kSecond};
    const std::int64_t expected_us = call.received_at.us + std::min<std::int64_t>(said_s, 10) * kSecond;
    begin(call, input());
    succeed(*batches.take());
    CHECK(next_published().expires_at_us == expected_us);
    CHECK(status_of_answer() == Status::kOk);
  }
}

TEST_CASE_METHOD(ServiceFixture, "a command whose time is over is written down as failed and not sent") {
  Call over = authorised(), late = authorised();
  over.expires_at = {now().us - 1};
  late.received_at.us -= 11 * kSecond;
  for (const Call& call : {over, late}) {
    begin(call, input());
    succeed(*batches.take());
    auto marking = batches.take(std::chrono::milliseconds(50));
    for (int i = 0; i < 200 && !marking; ++i) {
      if (const auto asked = questions.take(std::chrono::milliseconds(0))) decide(*asked, true);
      marking = batches.take(std::chrono::milliseconds(50));
    }
    REQUIRE(marking);
    CHECK(marking->text().find("Its time was over") != std::string::npos);
    succeed(*marking);
    CHECK(status_of_answer() == Status::kUnavailable);
    CHECK(published.size() == 0);
  }
}

TEST_CASE_METHOD(ServiceFixture, "a right that ended while the storage was slow moves nothing") {
  for (const bool is_allowed : {true, false}) {
    begin(authorised(), input());
    const auto batch = batches.take();
    REQUIRE(batch);
    CHECK_FALSE(questions.take(std::chrono::milliseconds(300)));  // so slow is it
    succeed(*batch);
    const auto asked = questions.take();
    REQUIRE(asked);
    CHECK(asked->query.resource_id == kGate);
    CHECK(asked->query.need == "engineer");
    CHECK(published.size() == 0);
    decide(*asked, is_allowed);
    if (is_allowed) {
      CHECK(published.take()->device_id == kGate);
      CHECK(status_of_answer() == Status::kOk);
    } else {
      const auto marking = batches.take();
      REQUIRE(marking);
      succeed(*marking);
      CHECK(status_of_answer() == Status::kForbidden);
      CHECK(published.size() == 0);
    }
  }
}

}  // namespace gatetorio::commands
