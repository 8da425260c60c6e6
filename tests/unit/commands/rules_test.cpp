// No gate moves late, twice without being asked, or for somebody who may not. Commands on real storage; rights,
// registry and broker are the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::commands {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Ask;
using testing::Moments;
// The plugin has an Outcome of its own.
using Answer = testing::Outcome;

const Principal kAnna{.kind = "user", .id = 1};
const Principal kGate{.kind = "device", .id = 7};

const Principal kBen{.kind = "user", .id = 2};

struct CommandRules : testing::PluginRules {
  explicit CommandRules(std::int64_t motion_seconds = 0) {
    host.provide<DeviceLink::State>(DeviceLink::kId,
                                    [this](LinkQuery) -> Result<LinkState> { return LinkState{is_connected}; });
    host.provide<DeviceLink::PublishCommand>(DeviceLink::kId, [this](Publish message) -> Result<Published> {
      published.push_back(message);
      if (!broker) return broker.error();
      return Published{*broker};
    });
    host.provide<AccessControl::Check>(AccessControl::kId, [this](AccessQuery query) -> Result<Decision> {
      ++judged;
      return Decision{rights.contains(query.principal.id), {.resource_id = 7, .level = "engineer"}};
    });
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [](DeviceIds) -> Result<DeviceList> {
      return DeviceList{{{.id = 7, .controller_id = "gate"}}};
    });
    host.load("commands", {{"motion_seconds", motion_seconds}});
    host.start();
  }
  ~CommandRules() { host.stop(); }  // until then it asks members of this

  static Ask sending(const std::string& key = "", const std::string& action = "open") {
    Ask ask{.principal = kAnna,
            .body = {{"controller_id", "gate"}, {"command", {{"action", action}}}},
            .access = {.resource_id = 7, .resource = "gate", .level = "engineer"}};
    if (!key.empty()) ask.body["idempotency_key"] = key;
    return ask;
  }
  Answer send(const std::string& key = "", const std::string& action = "open") {
    return host.invoke("commands.send", sending(key, action));
  }
  Answer lock_down() {
    std::string until;
    append_rfc3339(until, {host.now().us + 60 * kMicrosecondsPerSecond});
    return host.invoke("commands.lock-down", {.principal = kAnna,
                                              .body = {{"controller_id", "gate"}, {"until", until}},
                                              .access = {.resource_id = 7, .resource = "gate", .level = "owner"}});
  }
  Answer get(const std::string& id, const Principal& who = kAnna) {
    return host.invoke("commands.get", {.principal = who, .body = {{"command_id", id}}});
  }
  std::string state(const std::string& id) { return get(id).word("state"); }
  std::string last_state() {
    return query("SELECT state FROM commands ORDER BY issued_at DESC, id LIMIT 1")[0].text(0, 0);
  }
  // In this session of the device.
  void say(std::int64_t device_id, boost::json::object status, std::uint64_t session = 1) {
    host.publish(DeviceMessage{device_id, boost::json::serialize(status), session}, std::to_string(device_id));
    host.run();
  }
  void hand_over(const std::string& id, std::uint64_t session) {
    host.publish(CommandHandedOver{7, id, host.now().us, session}, "7");
    host.run();
  }
  void change_rights(std::set<std::int64_t> now_have) {
    rights = std::move(now_have);
    host.publish(AccessChanged{"user", 1}, "user:1");
  }
  Answer watch() {
    return host.invoke("commands.events", {.principal = kAnna,
                                           .body = {{"controller_id", "gate"}},
                                           .access = {.resource_id = 7, .resource = "gate", .level = "readonly"}});
  }

  bool is_connected = true;
  Result<bool> broker = true;  // whether somebody is there to get it
  std::set<std::int64_t> rights{1};
  int judged = 0;
  std::vector<Publish> published;
};

}  // namespace

TEST_CASE_METHOD(CommandRules, "a command is in the audit log before it goes out, and names its end") {
  host.hold(DeviceLink::kId, "\"action\"");
  auto sending = host.begin("commands.send", this->sending());
  host.run();
  REQUIRE(host.held() == 1);
  CHECK(audited("command.send") == 1);
  CHECK(published.empty());
  host.release();
  const Answer sent = sending.take();
  CHECK(sent.status == Status::kAccepted);
  REQUIRE(published.size() == 1);
  CHECK(published[0].device_id == 7);
  CHECK(published[0].expires_at_us == host.now().us + 10 * kMicrosecondsPerSecond);
  const auto payload = boost::json::parse(published[0].payload).as_object();
  CHECK(payload.at("command_id").as_string() == sent.word("command_id"));
}

TEST_CASE_METHOD(CommandRules, "a command that cannot be written down is not sent") {
  for (const Status wrong : {Status::kUnavailable, Status::kFull, Status::kTimeout}) {
    host.fail(sql::kServiceId, {.status = wrong}, "INSERT INTO commands");
    CHECK(send().status == wrong);
  }
  CHECK(published.empty());
}

TEST_CASE_METHOD(CommandRules,
                 "a command whose writing was not confirmed is not sent, and its key sends nothing later") {
  host.lose_answer(sql::kServiceId, "INSERT INTO commands");
  CHECK(send("key").status == Status::kTimeout);
  CHECK(published.empty());
  send("key");
  CHECK(published.empty());
}

TEST_CASE_METHOD(CommandRules, "a device that is not connected gets nothing, and nothing waits for it") {
  is_connected = false;
  CHECK(send().status == Status::kUnavailable);
  is_connected = true;
  host.advance(seconds(10));
  CHECK(published.empty());
  CHECK(count("SELECT COUNT(*) FROM commands") == 0);
  host.set_available(DeviceLink::kId, false);
  CHECK(send().status == Status::kUnavailable);
}

TEST_CASE("no command goes out that was judged before a lockdown which was answered") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    CommandRules rules;
    auto sending = moments.begin(rules.host, "commands.send", rules.sending("", "open_gate"));
    REQUIRE(rules.lock_down().is_ok());
    const std::size_t before = rules.published.size();
    rules.host.release();
    const Answer answer = sending.take();
    CHECK(rules.published.size() == before);
    CHECK(answer.is_ok() == (before == 1));
  }
}

TEST_CASE_METHOD(CommandRules, "what another hub has changed of a gate's rules holds for the next command") {
  CHECK(send("", "open_gate").is_ok());  // from now on the rules are in memory
  query("INSERT INTO gate_rules (device_id, version, policy) VALUES (7, 1, '{\"verbs\":{\"open\":\"owner\"}}')");
  CHECK(send("", "open_gate").status == Status::kForbidden);
  query("UPDATE gate_rules SET version = 2, policy = '{}'");
  CHECK(send("", "open_gate").is_ok());
  query("INSERT INTO gate_holds VALUES (7, 'lockdown', $1, '', 'user:2', '', 0)",
        host.now().us + 60 * kMicrosecondsPerSecond);
  query("UPDATE gate_rules SET version = 3");
  CHECK(send("", "open_gate").status == Status::kConflict);
  CHECK(send("", "stop_gate").is_ok());
  host.advance(milliseconds(1));
  query("DELETE FROM gate_holds");
  query("UPDATE gate_rules SET version = 4");
  CHECK(send("", "open_gate").is_ok());
  CHECK(published.size() == 4);
}

TEST_CASE_METHOD(CommandRules, "what a gate says between the writing of a command and its sending is not ignored") {
  say(7, {{"safe", true}});
  REQUIRE(host.invoke("commands.set-policy",
                      {.principal = kAnna,
                       .body = {{"controller_id", "gate"}, {"conditions", {{{"pointer", "/safe"}, {"equals", true}}}}},
                       .access = {.resource_id = 7, .resource = "gate", .level = "owner"}})
              .is_ok());
  host.hold_answer(sql::kServiceId, "INSERT INTO commands");
  auto sending = host.begin("commands.send", this->sending("", "open_gate"));
  host.run();
  say(7, {{"safe", false}});
  host.release();
  CHECK(sending.take().status == Status::kConflict);
  CHECK(published.empty());
  CHECK(last_state() == "failed");
}

// Equal motions are merged, for a minute.
struct MotionRules : CommandRules {
  MotionRules() : CommandRules(60) { rights = {1, 2}; }
  static Ask opening(const Principal& who, const std::string& key = "", std::int64_t ttl_seconds = 300) {
    Ask ask = sending(key, "open_gate");
    ask.principal = who;
    ask.body["ttl_seconds"] = ttl_seconds;
    return ask;
  }
  Answer open(const Principal& who, const std::string& key = "", std::int64_t ttl_seconds = 300) {
    return host.invoke("commands.send", opening(who, key, ttl_seconds));
  }
  static bool is_merged(const Answer& answer) { return answer.body.at("merged").as_bool(); }
};

TEST_CASE_METHOD(MotionRules,
                 "who is merged learns whether the motion goes out, and moves the gate where it does not") {
  host.hold(DeviceLink::kId, "\"action\"");
  auto first = host.begin("commands.send", opening(kAnna));
  host.run();
  auto second = host.begin("commands.send", opening(kBen, "key"));
  host.run();
  REQUIRE(host.held() == 1);
  broker = false;  // nobody is there to get it
  host.release();
  CHECK(first.take().status == Status::kUnavailable);
  broker = true;
  host.advance(milliseconds(20));
  const Answer sent = second.take();
  REQUIRE(sent.is_ok());
  CHECK_FALSE(is_merged(sent));
  CHECK(published.size() == 2);
}

TEST_CASE_METHOD(MotionRules, "a key is free again where the motion into which it was merged never went out") {
  REQUIRE(open(kAnna).is_ok());
  REQUIRE(is_merged(open(kBen, "key")));
  CHECK(is_merged(open(kBen, "key")));
  query("UPDATE commands SET state = 'unconfirmed' WHERE state = 'sent'");
  CHECK(open(kBen, "key").status == Status::kUnavailable);  // nobody knows whether the gate has it
  CHECK(open(kBen).status == Status::kUnavailable);
  CHECK(published.size() == 1);
}

TEST_CASE_METHOD(MotionRules, "nobody waits for a motion whose time is over, or that a clock set back makes long") {
  REQUIRE(open(kAnna, "", 1).is_ok());
  CHECK(is_merged(open(kBen)));
  host.advance(seconds(2));
  CHECK_FALSE(is_merged(open(kBen)));
  host.leap(-std::chrono::hours(1));
  CHECK_FALSE(is_merged(open(kAnna)));
  CHECK(published.size() == 3);
}

TEST_CASE_METHOD(MotionRules, "a stop that a motion may have overtaken is sent once more, as a command of its own") {
  host.hold(DeviceLink::kId, "\"action\"");
  auto opening_it = host.begin("commands.send", opening(kAnna));
  host.run();
  REQUIRE(host.held() == 1);
  REQUIRE(send("", "stop_gate").is_ok());
  host.release();
  REQUIRE(opening_it.take().is_ok());
  REQUIRE(published.size() == 3);
  const auto id = [&](std::size_t at) { return boost::json::parse(published[at].payload).at("command_id"); };
  CHECK(boost::json::parse(published[2].payload).at("action") == "stop_gate");
  CHECK(id(2) != id(0));
  CHECK(audited("command.send") == 3);
}

TEST_CASE("a motion that came before a stop never follows it") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    MotionRules rules;
    auto opening = moments.begin(rules.host, "commands.send", MotionRules::opening(kAnna));
    rules.host.advance(milliseconds(1));
    REQUIRE(rules.send("", "stop_gate").is_ok());
    rules.host.release();
    opening.take();
    REQUIRE_FALSE(rules.published.empty());
    CHECK(boost::json::parse(rules.published.back().payload).at("action") == "stop_gate");
  }
}

TEST_CASE_METHOD(CommandRules,
                 "who was an owner when it began and is none when the storage is done obeys the rules for others") {
  REQUIRE(host.invoke("commands.set-policy", {.principal = kAnna,
                                              .body = {{"controller_id", "gate"}, {"verbs", {{"open", "owner"}}}},
                                              .access = {.resource_id = 7, .resource = "gate", .level = "owner"}})
              .is_ok());
  Ask asked = sending("", "open_gate");
  asked.access.level = "owner";
  CHECK(host.invoke("commands.send", asked).is_ok());
  host.hold_answer(sql::kServiceId, "INSERT INTO commands");
  auto sending = host.begin("commands.send", asked);
  host.run();
  host.advance(milliseconds(251));  // the right is judged again, and is an engineer's now
  host.release();
  CHECK(sending.take().status == Status::kForbidden);
  CHECK(published.size() == 1);
}

TEST_CASE("of two sendings with one key at once one goes out, and both get its answer") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    CommandRules rules;
    auto first = moments.begin(rules.host, "commands.send", rules.sending("key"));
    const Answer second = rules.send("key");
    rules.host.release();
    const Answer answer = first.take();
    CHECK(rules.published.size() == 1);
    REQUIRE(answer.is_ok());
    CHECK(answer.word("command_id") == second.word("command_id"));
  }
}

TEST_CASE_METHOD(CommandRules, "a key sends again after its window, and never another command within it") {
  CHECK(send("key").is_ok());
  CHECK(send("key", "close").status == Status::kInvalid);
  host.leap(seconds(3600));
  CHECK(send("key").is_ok());
  CHECK(published.size() == 1);  // still within it, to the last moment
  host.leap(seconds(1));
  CHECK(send("key", "close").is_ok());
  CHECK(published.size() == 2);
}

TEST_CASE_METHOD(CommandRules,
                 "where the storage took its time the right is judged again before the command goes out") {
  for (const bool still_may : {true, false}) {
    published.clear();
    host.hold_answer(sql::kServiceId, "INSERT INTO commands");
    auto sending = host.begin("commands.send", this->sending());
    host.run();
    REQUIRE(host.held() == 1);
    host.advance(milliseconds(251));
    if (!still_may) rights.clear();
    host.release();
    CHECK(sending.take().status == (still_may ? Status::kAccepted : Status::kForbidden));
    CHECK(published.size() == (still_may ? 1 : 0));
  }
  CHECK(last_state() == "failed");
}

TEST_CASE_METHOD(CommandRules, "where the right cannot be judged again nothing goes out") {
  host.hold_answer(sql::kServiceId, "INSERT INTO commands");
  auto sending = host.begin("commands.send", this->sending());
  host.run();
  host.advance(seconds(1));
  host.set_available(AccessControl::kId, false);
  host.release();
  CHECK(sending.take().status == Status::kUnavailable);
  CHECK(published.empty());
}

TEST_CASE_METHOD(CommandRules,
                 "a command that nobody took has failed and its key is free; one that was not confirmed is not") {
  broker = false;
  CHECK(send("a").status == Status::kUnavailable);
  CHECK(last_state() == "failed");
  broker = Error{.status = Status::kTimeout};
  CHECK(send("b").status == Status::kUnavailable);
  broker = true;
  CHECK(send("b").status == Status::kUnavailable);
  CHECK(published.size() == 2);
  CHECK(send("a").is_ok());
  CHECK(published.size() == 3);
}

TEST_CASE_METHOD(CommandRules, "a command that nobody answered has expired at its end, by the date") {
  const std::string id = send().word("command_id");
  host.advance(seconds(10) - milliseconds(1));
  CHECK(state(id) == "sent");
  host.advance(milliseconds(1));
  CHECK(state(id) == "expired");
}

TEST_CASE_METHOD(CommandRules,
                 "handed over is not delivered: the device must say something after it, in the same session") {
  const std::string swallowed = send().word("command_id"), heard = send().word("command_id");
  hand_over(swallowed, 1);
  CHECK(state(swallowed) == "sent");
  say(7, {{"position", 1}}, 2);
  CHECK(state(swallowed) == "sent");
  hand_over(heard, 2);
  say(8, {{"position", 1}}, 3);  // another device
  say(7, {{"position", 1}}, 0);  // its will, or the hub on its topic
  CHECK(state(heard) == "sent");
  say(7, {{"position", 2}}, 2);
  CHECK(state(heard) == "delivered");
  CHECK(state(swallowed) == "sent");
}

TEST_CASE_METHOD(CommandRules, "a device answers its own commands only, and an answer is final") {
  const std::string id = send().word("command_id");
  say(8, {{"command_id", id}, {"result", "success"}});
  CHECK(state(id) == "sent");
  say(7, {{"command_id", id}, {"result", "jammed"}});
  CHECK(state(id) == "failed");
  say(7, {{"command_id", id}, {"result", "success"}});
  CHECK(state(id) == "failed");
}

TEST_CASE_METHOD(CommandRules, "statuses and answers wait while the storage is away, and the newest status wins") {
  const std::string id = send().word("command_id");
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "INSERT INTO device_status", 3);
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "UPDATE commands SET state", 3);
  say(7, {{"position", 1}, {"command_id", id}, {"result", "success"}});
  host.advance(seconds(2));
  say(7, {{"position", 2}});
  host.advance(seconds(10));
  CHECK(host.faults_left() == 0);
  CHECK(state(id) == "acknowledged");
  CHECK(query("SELECT status FROM device_status WHERE device_id = 7")[0].text(0, 0) == R"({"position":2})");
}

TEST_CASE_METHOD(CommandRules,
                 "a command carries the boot nonce of the last status, also of one that is not written yet") {
  say(7, {{"boot_nonce", "old"}});
  host.advance(seconds(2));
  say(7, {{"boot_nonce", "new"}});
  send();
  CHECK(boost::json::parse(published.at(0).payload).as_object().at("boot_nonce").as_string() == "new");
}

TEST_CASE_METHOD(CommandRules, "a stream ends when its user loses the right, and at the end of what it was given") {
  const Answer stream = watch();
  REQUIRE(stream.is_ok());
  say(7, {{"position", 1}});
  CHECK(host.events_of(stream.stream).size() == 2);  // the state, and this
  CHECK(host.is_open(stream.stream));
  change_rights({});
  host.run();
  CHECK_FALSE(host.is_open(stream.stream));
  say(7, {{"position", 2}});
  CHECK(host.events_of(stream.stream).size() == 2);
}

TEST_CASE_METHOD(CommandRules, "a right that is lost while a stream begins is not missed") {
  host.hold_answer(AccessControl::kId);
  auto watching = host.begin(
      "commands.events",
      {.principal = kAnna, .body = {{"controller_id", "gate"}}, .access = {.resource_id = 7, .resource = "gate"}});
  host.run();
  REQUIRE(host.held() == 1);
  change_rights({});
  host.run();
  host.release();
  const Answer watched = watching.take();
  host.run();
  CHECK((!watched.is_ok() || !host.is_open(watched.stream)));
}

TEST_CASE_METHOD(CommandRules,
                 "where the news of a lost right was lost the next news ends the stream, or half a minute") {
  const Answer stream = watch();
  host.lose_events(1);
  change_rights({});
  host.run();
  CHECK(host.is_open(stream.stream));
  host.publish(AccessChanged{"user", 99}, "user:99");
  host.run();
  CHECK_FALSE(host.is_open(stream.stream));
  rights = {1};
  const Answer other = watch();
  host.lose_events(1);
  change_rights({});
  host.advance(seconds(31));
  CHECK_FALSE(host.is_open(other.stream));
}

namespace {

// Anna's access counts uses; the test keeps them.
struct CountedRules : CommandRules {
  explicit CountedRules(std::int64_t motion_seconds = 0) : CommandRules(motion_seconds) {
    host.provide<GrantStore::Use>(GrantStore::kId, [this](const GrantUse&) -> Result<UsedGrant> {
      ++asked;
      if (left == 0) return Error{.status = Status::kForbidden, .detail = "spent"};
      --left;
      return UsedGrant{"sharing:1"};
    });
    host.provide<GrantStore::GiveBack>(GrantStore::kId, [this](const GrantUse& use) -> Result<Checked> {
      CHECK(use.source == "sharing:1");
      CHECK(use.user_id == kAnna.id);
      CHECK(use.device_id == 7);
      ++left;
      return Checked{};
    });
  }
  Answer send_counted(const std::string& action = "open", const std::string& key = "") {
    Ask ask = sending(key, action);
    ask.access.counts_uses = true;
    return host.invoke("commands.send", std::move(ask));
  }

  int left = 2;
  int asked = 0;
};

}  // namespace

TEST_CASE_METHOD(CountedRules, "a command takes a use before it goes out, and goes nowhere without one") {
  CHECK(send_counted().status == Status::kAccepted);
  CHECK(left == 1);
  CHECK(send_counted("close").status == Status::kAccepted);
  const Answer spent = send_counted("open");
  CHECK(spent.status == Status::kForbidden);
  CHECK(published.size() == 2);
  CHECK(count("SELECT COUNT(*) FROM commands WHERE state = 'failed'") == 1);
}

TEST_CASE_METHOD(CountedRules, "a stop takes no use, and neither does a command of access that counts none") {
  left = 0;
  CHECK(send_counted("stop_gate").status == Status::kAccepted);
  CHECK(send().status == Status::kAccepted);
  CHECK(asked == 0);
}

TEST_CASE("a command that was merged into another takes no use, and a repetition takes none") {
  CountedRules rules(60);
  CHECK(rules.send_counted("open_gate", "key").status == Status::kAccepted);
  CHECK(rules.send_counted("open_gate", "key").status == Status::kAccepted);
  CHECK(rules.send_counted("open_gate").body.at("merged").as_bool());
  CHECK(rules.asked == 1);
  CHECK(rules.left == 1);
}

TEST_CASE_METHOD(CountedRules, "a use of which nothing came is given back; one of what may arrive is not") {
  broker = false;  // nobody is there to get it
  CHECK(send_counted().status == Status::kUnavailable);
  CHECK(left == 2);
  broker = Error{.status = Status::kGone};  // its time was over
  CHECK(send_counted().status == Status::kUnavailable);
  CHECK(left == 2);
  broker = Error{.status = Status::kTimeout};  // it may arrive
  CHECK(send_counted().status == Status::kUnavailable);
  CHECK(left == 1);
}

TEST_CASE("a use is given back where a stop, or a lost right, comes before the command goes out") {
  for (const bool is_stop : {true, false}) {
    CAPTURE(is_stop);
    CountedRules rules(60);
    rules.host.hold_answer(GrantStore::kId);
    Ask ask = CommandRules::sending("", "open_gate");
    ask.access.counts_uses = true;
    auto sending = rules.host.begin("commands.send", std::move(ask));
    rules.host.run();
    REQUIRE(rules.host.held() == 1);
    if (is_stop) {
      CHECK(rules.send_counted("stop_gate").status == Status::kAccepted);
    } else {
      rules.change_rights({});
      rules.host.advance(seconds(1));
    }
    rules.host.release();
    const Status status = sending.take().status;
    CHECK(status == (is_stop ? Status::kConflict : Status::kForbidden));
    CHECK(rules.left == 2);
    CHECK(rules.published.size() == (is_stop ? 1U : 0U));
  }
}

}  // namespace gatetorio::commands
