// The guard's mind without a broker: a hub on the other end of its socket, and a broker that is only made believe.
#include "broker/guard.hpp"

#include <atomic>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "broker/payload.hpp"
#include "gatetorio/time.hpp"
#include "link_server.hpp"
#include "stack.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using namespace std::chrono_literals;

class GuardWithHub {
 public:
  GuardWithHub() : server_(folder_.path("guard.sock"), callbacks()) {
    REQUIRE(server_.start().empty());
    GuardSettings settings;
    settings.hub_socket = folder_.path("guard.sock");
    settings.hub_username = "hub";
    settings.hub_password = "hub-secret";
    settings.topic_prefix = "gatetorio";
    BrokerHooks hooks;
    hooks.kick = [this](const std::string& username) { kicked.push_back(username); };
    hooks.kick_session = [this](const std::string& client_id) { kicked_sessions.push_back(client_id); };
    hooks.session_exists = [](const std::string&) { return false; };
    hooks.subscription_count = [](SessionTable::Client) { return 1; };
    guard = std::make_unique<Guard>(settings, hooks);
    guard->wait_until_synced(5s);
  }
  bool connect(const void* client, std::string_view username, std::string_view password, std::string_view id = "id") {
    return guard->may_connect({client, username, password, id, "192.0.2.1", true, false});
  }
  // Lets the guard take news until something holds.
  bool ticking_until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (!holds() && std::chrono::steady_clock::now() < deadline) guard->tick();
    return holds();
  }
  LinkServer& server() { return server_; }

  std::map<std::string, Policy> allowed;  // changed only while the guard asks nothing
  std::int64_t valid_until_us = 0;        // of every password; changed like `allowed`
  std::atomic<int> questions = 0;
  std::atomic<bool> is_silent = false;  // answers nothing
  std::atomic<int> sessions = 0;
  std::vector<std::string> kicked_sessions;
  std::vector<std::string> kicked;
  std::unique_ptr<Guard> guard;

 private:
  LinkServer::Callbacks callbacks() {
    LinkServer::Callbacks callbacks;
    callbacks.connect_request = [this](ConnectRequest request, LinkServer::Reply reply) {
      ++questions;
      if (is_silent) return;
      const auto found = allowed.find(request.username);
      const bool right = found != allowed.end() && request.password == "pw";
      if (right) return reply({.allow = true, .policy = found->second, .valid_until_us = valid_until_us});
      reply({});
    };
    callbacks.session_opened = [this](SessionOpened) { ++sessions; };
    callbacks.session_closed = [](SessionClosed) {};
    callbacks.sessions = [](std::vector<SessionOpened>) {};
    callbacks.command_passed = [](CommandPassed) {};
    callbacks.counters = [](Counters) {};
    callbacks.guard_left = [] {};
    return callbacks;
  }

  testing::TempFolder folder_;
  LinkServer server_;
};

TEST_CASE("a password is asked about once and then known") {
  GuardWithHub world;
  world.allowed["dev_1"] = testing::device_policy("dev_1", "gate1");
  const int one = 0;
  CHECK(world.connect(&one, "dev_1", "pw"));
  CHECK(world.connect(&one, "dev_1", "pw"));
  CHECK(world.questions == 1);
  CHECK_FALSE(world.connect(&one, "dev_1", "wrong"));
  CHECK(world.questions == 2);
  CHECK_FALSE(world.connect(&one, "dev_1", ""));
  CHECK_FALSE(world.connect(&one, "dev_1", std::string(600, 'x')));
  CHECK(world.questions == 2);
}

TEST_CASE("a storm of unknown passwords against a silent hub neither stops the broker nor fills its memory") {
  GuardWithHub test;
  test.allowed["user-1"] = testing::user_policy("user-1", {});
  REQUIRE(test.connect("before", "user-1", "pw"));
  test.is_silent = true;
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 5'000; ++i) CHECK_FALSE(test.connect("stranger", "user-" + std::to_string(i + 2), "guess"));
  CHECK(std::chrono::steady_clock::now() - begun < 3s);  // 0.4 s of waiting, and a fifth of what passes
  CHECK(test.connect("after", "user-1", "pw", "id-2"));  // who is known needs no answer
  REQUIRE(test.ticking_until([&] { return test.sessions == 2; }));
  CHECK(test.questions > 1'000);
  CHECK(test.questions < 1'200);
}

TEST_CASE("the hub's own client is known by its secret and nobody may take its client id") {
  GuardWithHub world;
  world.allowed["dev_1"] = testing::device_policy("dev_1", "gate1");
  const int hub = 0, device = 0;
  CHECK_FALSE(world.connect(&hub, "hub", "pw", "hub-id"));
  CHECK(world.connect(&hub, "hub", "hub-secret", "hub-id"));
  CHECK_FALSE(world.connect(&device, "dev_1", "pw", "hub-id"));
  CHECK(world.guard->may_subscribe("hub", "gatetorio/+/status"));
  CHECK_FALSE(world.guard->may_publish("hub", {"elsewhere", "{}", false}));
  CHECK_FALSE(world.guard->may_publish("hub", {"gatetorio/gate1/commands", "{}", true}));
}

TEST_CASE("a principal that stops being valid is kicked and may do nothing") {
  GuardWithHub world;
  world.allowed["dev_1"] = testing::device_policy("dev_1", "gate1");
  const int device = 0;
  REQUIRE(world.connect(&device, "dev_1", "pw"));
  const Message status{"gatetorio/gate1/status", "{}", false};
  CHECK(world.guard->may_publish("dev_1", status));
  Policy gone = testing::device_policy("dev_1", "gate1");
  gone.valid = false;
  world.server().set_policy(gone);
  CHECK(world.ticking_until([&] { return world.kicked == std::vector<std::string>{"dev_1"}; }));
  CHECK_FALSE(world.guard->may_publish("dev_1", status));
}

TEST_CASE("a delivery is refused unless the guard itself accepted the command") {
  GuardWithHub world;
  world.allowed["dev_1"] = testing::device_policy("dev_1", "gate1");
  const int device = 0;
  REQUIRE(world.connect(&device, "dev_1", "pw"));
  const std::string topic = "gatetorio/gate1/commands";
  const std::string command = testing::command_text("cmd_1", now().us + 10'000'000);
  CHECK_FALSE(world.guard->may_receive("dev_1", {topic, command, false}));
  CHECK(world.guard->judge(nullptr, "hub", {topic, command, false}).kind == Verdict::Kind::kPass);
  CHECK(world.guard->may_receive("dev_1", {topic, command, false}));
  CHECK_FALSE(world.guard->may_receive("dev_1", {topic, command, true}));
  CHECK_FALSE(world.guard->may_receive("dev_2", {topic, command, false}));
  // The same id with another date is the same command: its first end counts.
  const std::string late = testing::command_text("cmd_1", now().us - 1'000);
  CHECK_FALSE(world.guard->may_receive("dev_1", {topic, late, false}));
}

TEST_CASE("a password is good until its end, and its session ends with it") {
  GuardWithHub world;
  world.allowed["usr_1"] = testing::user_policy("usr_1", {{"gate1", false, true, true, 0}});
  world.valid_until_us = now().us + 400'000;
  const int app = 0;
  REQUIRE(world.connect(&app, "usr_1", "pw"));
  CHECK(world.kicked_sessions.empty());
  CHECK(world.ticking_until([&] { return !world.kicked_sessions.empty(); }));
  CHECK(world.kicked_sessions == std::vector<std::string>{"id"});
  CHECK(now().us >= world.valid_until_us);
  CHECK_FALSE(world.connect(&app, "usr_1", "pw"));
}

TEST_CASE("an app's command goes to the hub with who sent it") {
  GuardWithHub world;
  world.allowed["dev_1"] = testing::device_policy("dev_1", "gate1");
  world.allowed["usr_1"] = testing::user_policy("usr_1", {{"gate1", false, true, true, 0}});
  const int device = 0, app = 0;
  REQUIRE(world.connect(&app, "usr_1", "pw", "app"));
  const Message message{"gatetorio/gate1/commands", R"({"action":"open", "username":"x"})", false};
  CHECK(world.guard->judge(&app, "usr_1", message).kind == Verdict::Kind::kNobody);
  REQUIRE(world.connect(&device, "dev_1", "pw", "device"));
  const Verdict verdict = world.guard->judge(&app, "usr_1", message);
  REQUIRE(verdict.kind == Verdict::Kind::kToHub);
  const auto request = boost::json::parse(verdict.payload);
  CHECK(request.at("username") == "usr_1");
  CHECK(request.at("peer") == "192.0.2.1");
  CHECK(request.at("controller_id") == "gate1");
  CHECK(request.at("command").at("username") == "x");
  CHECK(std::abs(request.at("received_at_us").as_int64() - now().us) < 5'000'000);
  CHECK_FALSE(world.guard->may_publish("usr_1", {kRequestTopic, "{}", false}));
  CHECK_FALSE(world.guard->may_receive("usr_1", {kRequestTopic, "{}", false}));
  CHECK_FALSE(world.guard->may_subscribe("usr_1", kRequestTopic));
  CHECK(world.guard->may_receive("hub", {kRequestTopic, "{}", false}));
}

TEST_CASE("a device's new name moves what it may do") {
  GuardWithHub world;
  world.allowed["dev_1"] = testing::device_policy("dev_1", "gate1");
  const int device = 0;
  REQUIRE(world.connect(&device, "dev_1", "pw"));
  world.server().set_policy(testing::device_policy("dev_1", "gate9"));
  const Message renamed{"gatetorio/gate9/status", "{}", false};
  CHECK(world.ticking_until([&] { return world.guard->may_publish("dev_1", renamed); }));
  CHECK_FALSE(world.guard->may_publish("dev_1", {"gatetorio/gate1/status", "{}", false}));
  const std::string command = testing::command_text("cmd_1", now().us + 10'000'000);
  CHECK(world.guard->judge(nullptr, "hub", {"gatetorio/gate1/commands", command, false}).kind == Verdict::Kind::kRefuse);
  CHECK(world.guard->judge(nullptr, "hub", {"gatetorio/gate9/commands", command, false}).kind == Verdict::Kind::kPass);
  CHECK(world.kicked.empty());
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
