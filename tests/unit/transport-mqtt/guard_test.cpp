// The guard's mind without a broker: a hub on the other end of its socket, and a broker that is only made believe.
#include "broker/guard.hpp"

#include <atomic>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <mutex>
#include <set>

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
    hooks.session_exists = [this](const std::string&) { return are_sessions_kept; };
    hooks.judge_subscriptions = [this](const std::string& client_id) { judged.push_back(client_id); };
    hooks.clear_retained = [this](const std::string& topic) { cleared.push_back(topic); };
    hooks.subscription_count = [this](SessionTable::Client) { return subscriptions; };
    hooks.watch_sockets = [](const auto&) { return SocketWatch::Found(); };
    guard = std::make_unique<Guard>(settings, hooks);
    guard->wait_until_synced(5s);
  }
  bool connect(const void* client, std::string_view username, std::string_view password, std::string_view id = "id") {
    const auto ask = [&] { return guard->may_connect({client, username, password, id, "192.0.2.1", true, false}); };
    Admission answer = ask();
    // On a busy machine the hub's first answer may come when the guard waits no more: then a client comes again.
    const bool is_first = allowed.contains(std::string(username)) && known_.insert(std::string(username)).second;
    if (is_first && !is_silent) {
      ticking_until([&] { return (answer == Admission::kLater ? answer = ask() : answer) != Admission::kLater; });
    }
    return answer == Admission::kYes;
  }
  // Lets the guard take news until something holds.
  bool ticking_until(const std::function<bool()>& holds, std::chrono::seconds patience = 5s) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds() && std::chrono::steady_clock::now() < deadline) guard->tick();
    return holds();
  }
  LinkServer& server() { return server_; }
  std::vector<DeviceStatus> statuses() const {
    const std::lock_guard lock(mutex_);
    return statuses_;
  }

  std::vector<OverBudget> excesses() const {
    const std::lock_guard lock(mutex_);
    return excesses_;
  }

  std::map<std::string, Policy> allowed;  // changed only while the guard asks nothing
  std::int64_t valid_until_us = 0;        // of every password; changed like `allowed`
  std::atomic<int> questions = 0;
  std::atomic<bool> is_silent = false;  // answers nothing
  std::atomic<int> sessions = 0, closed = 0;
  bool are_sessions_kept = false;
  int subscriptions = 1;             // of every connection
  std::vector<std::string> judged;   // client ids
  std::vector<std::string> cleared;  // topics
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
    callbacks.session_closed = [this](SessionClosed) { ++closed; };
    callbacks.sessions = [](const Sessions&) {};
    callbacks.command_passed = [](CommandPassed) {};
    callbacks.counters = [](Counters) {};
    callbacks.over_budget = [this](OverBudget excess) {
      const std::lock_guard lock(mutex_);
      excesses_.push_back(std::move(excess));
    };
    callbacks.device_status = [this](DeviceStatus status) {
      const std::lock_guard lock(mutex_);
      statuses_.push_back(std::move(status));
    };
    callbacks.absent_holders = [](std::vector<std::string>) {};
    return callbacks;
  }

  testing::TempFolder folder_;
  std::set<std::string> known_;  // who has connected
  mutable std::mutex mutex_;
  std::vector<DeviceStatus> statuses_;
  std::vector<OverBudget> excesses_;
  LinkServer server_;
};

TEST_CASE("a password is asked about once and then known") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int one = 0;
  CHECK(world.connect(&one, "device-1", "pw"));
  CHECK(world.connect(&one, "device-1", "pw"));
  CHECK(world.questions == 1);
  CHECK_FALSE(world.connect(&one, "device-1", "wrong"));
  CHECK(world.questions == 2);
  CHECK_FALSE(world.connect(&one, "device-1", ""));
  CHECK_FALSE(world.connect(&one, "device-1", std::string(600, 'x')));
  CHECK(world.questions == 2);
}

TEST_CASE("who comes through the hub is let in while the hub's word for it is still on the way") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int client = 0;
  REQUIRE(world.connect(&client, "device-1", "pw"));
  const auto connect_from = [&](const std::string& address) {
    return world.guard->may_connect({&client, "device-1", "pw", "id", address, true, false});
  };
  for (int i = 1; i <= 200; ++i) {
    const std::string address = "127.128.0." + std::to_string(i);
    world.server().relay(address, "192.0.2.1");
    REQUIRE(connect_from(address) == Admission::kYes);
    world.server().relay(address, {});
  }
  CHECK(connect_from("127.129.0.1") == Admission::kLater);
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
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int hub = 0, device = 0;
  CHECK_FALSE(world.connect(&hub, "hub", "pw", "hub-id"));
  CHECK(world.connect(&hub, "hub", "hub-secret", "hub-id"));
  CHECK_FALSE(world.connect(&device, "device-1", "pw", "hub-id"));
  CHECK(world.guard->may_subscribe(&hub, "hub", kRequestTopic));
  CHECK(world.guard->may_subscribe(&hub, "hub", "gatetorio/+/status"));
  CHECK_FALSE(world.guard->may_receive(nullptr, "hub", {"gatetorio/gate1/status", "{}", false}));
  CHECK_FALSE(world.guard->may_subscribe(&hub, "hub", "#"));
  CHECK(world.guard->may_publish(&hub, "hub", {"$gatetorio/devices/1/commands", "{}", false}));
  for (const std::string_view topic : {"elsewhere", "gatetorio/gate1/commands", "$gatetorio/devices/01/commands",
                                       "$gatetorio/devices/1/x", "$gatetorio/devices//status"}) {
    CHECK_FALSE(world.guard->may_publish(&hub, "hub", {topic, "{}", false}));
  }
  CHECK_FALSE(world.guard->may_publish(&hub, "hub", {"$gatetorio/devices/1/status", "{}", true}));
}

TEST_CASE("no two broker processes give a session the same number") {
  const int client = 0;
  SessionTable first, second;
  CHECK(first.open(&client, {}).number != second.open(&client, {}).number);
  CHECK(first.open(&client, {}).number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
}

TEST_CASE("a principal that stops being valid is kicked and may do nothing") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int device = 0;
  REQUIRE(world.connect(&device, "device-1", "pw"));
  const Message status{"gatetorio/gate1/status", "{}", false};
  CHECK(world.guard->may_publish(&device, "device-1", status));
  Policy gone = testing::device_policy("device-1", "gate1");
  gone.valid = false;
  world.server().set_policy(gone);
  CHECK(world.ticking_until([&] { return world.kicked == std::vector<std::string>{"device-1"}; }));
  CHECK_FALSE(world.guard->may_publish(&device, "device-1", status));
}

constexpr std::string_view kToDevice1 = "$gatetorio/devices/1/commands";

// A connected device that has subscribed to its commands.
void listen(GuardWithHub& world, const void* client, const std::string& username, const std::string& name) {
  world.allowed[username] = testing::device_policy(username, name);
  REQUIRE(world.connect(client, username, "pw", username));
  REQUIRE(world.guard->may_subscribe(client, username, "gatetorio/" + name + "/commands"));
}

TEST_CASE("only what the hub has published for this device is delivered to it, to the letter") {
  GuardWithHub world;
  const int device = 0, other = 0;
  listen(world, &device, "device-1", "gate1");
  listen(world, &other, "device-2", "gate2");
  const std::string topic = "gatetorio/gate1/commands";
  const std::string command = testing::command_text("cmd_1", now().us + 10'000'000);
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-1", {topic, command, false}));
  const Verdict verdict = world.guard->judge(nullptr, "hub", {kToDevice1, command, false});
  CHECK(verdict.kind == Verdict::Kind::kMove);
  CHECK(verdict.topic == topic);
  CHECK(verdict.payload.empty());
  CHECK(world.guard->may_receive(nullptr, "device-1", {topic, command, false}));
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-1", {topic, command, true}));
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-2", {topic, command, false}));
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-2", {"gatetorio/gate2/commands", command, false}));
  // A known id with another date, or with another content, is another command.
  const std::string later = testing::command_text("cmd_1", now().us + 200'000'000);
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-1", {topic, later, false}));
  const std::string expires = std::string(boost::json::parse(command).at("expires_at").as_string());
  const std::string forged = R"({"action":"open","command_id":"cmd_1","expires_at":")" + expires + "\"}";
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-1", {topic, forged, false}));
}

TEST_CASE("a command for a device that has not subscribed to its own topic is refused") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int device = 0;
  const std::string command = testing::command_text("cmd_1", now().us + 10'000'000);
  const auto outcome = [&] { return world.guard->judge(nullptr, "hub", {kToDevice1, command, false}).kind; };
  CHECK(outcome() == Verdict::Kind::kRefuse);
  REQUIRE(world.connect(&device, "device-1", "pw"));
  CHECK(outcome() == Verdict::Kind::kRefuse);
  CHECK(world.guard->may_subscribe(&device, "device-1", "gatetorio/+/commands"));
  CHECK(outcome() == Verdict::Kind::kMove);
  world.guard->unsubscribed(&device, "gatetorio/+/commands");
  CHECK(outcome() == Verdict::Kind::kRefuse);
}

TEST_CASE("a last will is no command, and a device's own will is a status") {
  GuardWithHub world;
  const int device = 0, app = 0;
  listen(world, &device, "device-1", "gate1");
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0}});
  REQUIRE(world.connect(&app, "user-1", "pw", "app"));
  const Message will{"gatetorio/gate1/commands", "{}", false};
  CHECK(world.guard->may_publish(&app, "user-1", will));  // a packet; `judge` hands it to the hub
  world.guard->disconnected(&app);
  CHECK_FALSE(world.guard->may_publish(&app, "user-1", will));
  CHECK(world.statuses().empty());
  const Message last_words{"gatetorio/gate1/status", R"({"online":false})", true};
  CHECK(world.guard->may_publish(&device, "device-1", last_words));  // a packet, which `judge` will see
  world.guard->disconnected(&device);
  CHECK(world.guard->may_publish(&device, "device-1", last_words));
  CHECK(world.ticking_until([&] { return world.statuses().size() == 1; }));
  CHECK(world.statuses()[0].device_id == 1);
  // The broker asks about the sender of a retained message when it delivers it: that is no news.
  CHECK(world.guard->may_publish(&device, "device-1", last_words));
  const int another = 0;
  CHECK(world.guard->may_publish(&another, "device-1", last_words));
  world.guard->tick();
  CHECK(world.statuses().size() == 1);
}

TEST_CASE("a will of a connection that is being taken over is one, too") {
  GuardWithHub world;
  const int first = 0, second = 0;
  listen(world, &first, "device-1", "gate1");
  REQUIRE(world.connect(&second, "device-1", "pw", "device-1"));
  CHECK(world.guard->may_publish(&first, "device-1", {"gatetorio/gate1/status", "{}", false}));
  CHECK(world.ticking_until([&] { return world.statuses().size() == 1; }));
}

TEST_CASE("a retained status is its sender's, whoever has the name later") {
  GuardWithHub world;
  const int device = 0, next = 0;
  listen(world, &device, "device-1", "gate1");
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0, 1}});
  world.allowed["user-2"] = testing::user_policy("user-2", {{"gate1", false, true, true, 0, 2}});
  const int app = 0, other_app = 0;
  REQUIRE(world.connect(&app, "user-1", "pw", "app"));
  REQUIRE(world.connect(&other_app, "user-2", "pw", "app-2"));
  const Message status{"gatetorio/gate1/status", R"({"state":"OPEN"})", true};
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-1", status));  // from before the guard's time
  CHECK(world.guard->judge(&device, "device-1", status).kind == Verdict::Kind::kPass);
  CHECK(world.guard->may_receive(nullptr, "user-1", status));
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-2", status));
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-1", {status.topic, R"({"state":"CLOSED"})", true}));
  world.server().set_policy(testing::device_policy("device-1", "gate8"));
  CHECK(world.ticking_until([&] { return world.cleared == std::vector<std::string>{"gatetorio/gate1/status"}; }));
  listen(world, &next, "device-2", "gate1");
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-2", status));
  // A status that waited in the broker, or in a QoS 2 flow, since the former holder sent it: not of the present one.
  const Message live{status.topic, "{}", false};
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-2", live));
  CHECK(world.guard->judge(&next, "device-2", live).kind == Verdict::Kind::kPass);
  CHECK(world.guard->may_receive(nullptr, "user-2", live));
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-1", live));
}

TEST_CASE("an empty retained message clears, and is delivered to nobody") {
  GuardWithHub world;
  const int device = 0;
  listen(world, &device, "device-1", "gate1");
  CHECK(world.guard->may_publish(&device, "device-1", {"gatetorio/gate1/status", "", true}));
  CHECK(world.guard->judge(&device, "device-1", {"gatetorio/gate1/status", "", true}).kind == Verdict::Kind::kPass);
  CHECK_FALSE(world.guard->may_publish(&device, "device-1", {"gatetorio/gate1/status", "", false}));
  world.guard->tick();
  CHECK(world.statuses().empty());
}

TEST_CASE("a principal's name as client id is kept for it") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0}});
  const int squatter = 0, device = 0;
  CHECK_FALSE(world.connect(&squatter, "user-1", "pw", "device-1"));
  CHECK_FALSE(world.connect(&squatter, "user-1", "pw", "user-2"));
  CHECK(world.connect(&squatter, "user-1", "pw", "device-1-panel"));
  CHECK(world.connect(&device, "device-1", "pw", "device-1"));
}

TEST_CASE("what one who lost his rights leaves behind is free at once") {
  GuardWithHub world;
  world.are_sessions_kept = true;
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0}});
  world.allowed["user-2"] = world.allowed["user-1"];
  world.allowed["user-2"].username = "user-2";
  const int first = 0, second = 0;
  REQUIRE(world.guard->may_connect({&first, "user-1", "pw", "panel", "192.0.2.1", false, true}) == Admission::kYes);
  world.guard->disconnected(&first);
  CHECK_FALSE(world.connect(&second, "user-2", "pw", "panel"));
  Policy gone = world.allowed["user-1"];
  gone.valid = false;
  world.server().set_policy(gone);
  CHECK(world.ticking_until([&] { return world.judged == std::vector<std::string>{"panel"}; }));
  CHECK(world.connect(&second, "user-2", "pw", "panel"));
}

TEST_CASE("a client that is asked about again keeps its session") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int device = 0;
  REQUIRE(world.connect(&device, "device-1", "pw"));
  REQUIRE(world.connect(&device, "device-1", "pw"));
  REQUIRE(world.ticking_until([&] { return world.sessions == 1; }));
  world.guard->disconnected(&device);
  CHECK(world.ticking_until([&] { return world.closed == 1; }));
  CHECK(world.sessions == 1);
}

TEST_CASE("a password is good until its end, and its session ends with it") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0}});
  world.valid_until_us = now().us + 400'000;
  const int app = 0;
  REQUIRE(world.connect(&app, "user-1", "pw"));
  CHECK(world.kicked_sessions.empty());
  CHECK(world.ticking_until([&] { return !world.kicked_sessions.empty(); }));
  CHECK(world.kicked_sessions == std::vector<std::string>{"id"});
  CHECK(now().us >= world.valid_until_us);
  CHECK_FALSE(world.connect(&app, "user-1", "pw"));
}

TEST_CASE("an app's command goes to the hub with who sent it") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0}});
  const int device = 0, app = 0;
  REQUIRE(world.connect(&app, "user-1", "pw", "app"));
  const Message message{"gatetorio/gate1/commands", R"({"action":"open", "username":"x"})", false};
  CHECK(world.guard->judge(&app, "user-1", message).kind == Verdict::Kind::kNobody);
  listen(world, &device, "device-1", "gate1");
  const Verdict verdict = world.guard->judge(&app, "user-1", message);
  REQUIRE(verdict.kind == Verdict::Kind::kMove);
  CHECK(verdict.topic == kRequestTopic);
  const auto request = boost::json::parse(verdict.payload);
  CHECK(request.at("username") == "user-1");
  CHECK(request.at("peer") == "192.0.2.1");
  CHECK(request.at("controller_id") == "gate1");
  CHECK(request.at("device_id") == 1);
  CHECK(request.at("command").at("username") == "x");
  CHECK(request.at("statuses") == 0);
  REQUIRE(world.guard->judge(&device, "device-1", {"gatetorio/gate1/status", "{}", false}).kind ==
          Verdict::Kind::kPass);
  const Verdict after = world.guard->judge(&app, "user-1", message);
  CHECK(boost::json::parse(after.payload).at("statuses") == 1);  // the app may have seen it
  CHECK(world.ticking_until([&] { return world.statuses().size() == 1; }));
  CHECK(world.statuses()[0].number == 1);
  CHECK(std::abs(request.at("received_at_us").as_int64() - now().us) < 5'000'000);
  CHECK_FALSE(world.guard->may_publish(&app, "user-1", {kRequestTopic, "{}", false}));
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-1", {kRequestTopic, "{}", false}));
  CHECK_FALSE(world.guard->may_subscribe(&app, "user-1", kRequestTopic));
  CHECK(world.guard->may_receive(nullptr, "hub", {kRequestTopic, "{}", false}));
}

TEST_CASE("a device that gets another name hears commands all the time, and must subscribe to its new name soon") {
  GuardWithHub world;
  const int device = 0, other = 0, wild = 0;
  listen(world, &device, "device-1", "gate1");
  REQUIRE(world.connect(&wild, "device-1", "pw", "wild"));
  REQUIRE(world.guard->may_subscribe(&wild, "device-1", "gatetorio/+/commands"));
  world.server().set_policy(testing::device_policy("device-1", "gate9"));
  const Message renamed{"gatetorio/gate9/status", "{}", false};
  CHECK(world.ticking_until([&] { return world.guard->may_publish(&device, "device-1", renamed); }));
  CHECK_FALSE(world.guard->may_publish(&device, "device-1", {"gatetorio/gate1/status", "{}", false}));
  listen(world, &other, "device-2", "gate1");
  const std::string command = testing::command_text("cmd_1", now().us + 10'000'000);
  CHECK(world.guard->judge(nullptr, "hub", {kToDevice1, command, false}).topic == "gatetorio/gate9/commands");
  world.guard->disconnected(&wild);
  const Verdict verdict = world.guard->judge(nullptr, "hub", {kToDevice1, command, false});
  CHECK(verdict.topic == "gatetorio/gate1/commands");
  // There only this device hears it, although another one has the name by now.
  CHECK(world.guard->may_receive(nullptr, "device-1", {verdict.topic, command, false}));
  CHECK_FALSE(world.guard->may_receive(nullptr, "device-2", {verdict.topic, command, false}));
  SECTION("one that follows keeps its connection") {
    CHECK(world.guard->may_subscribe(&device, "device-1", "gatetorio/gate9/commands"));
    CHECK(world.guard->judge(nullptr, "hub", {kToDevice1, command, false}).topic == "gatetorio/gate9/commands");
  }
  SECTION("one that does not is disconnected") {
    CHECK(world.ticking_until([&] { return world.kicked_sessions == std::vector<std::string>{"device-1"}; }, 10s));
  }
  CHECK(world.kicked.empty());
}

TEST_CASE(
    "a device that gets another name is heard and commanded under it by those whose rights still have the old one") {
  GuardWithHub world;
  const int device = 0, next = 0, app = 0;
  listen(world, &device, "device-1", "gate1");
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0, 1}});
  REQUIRE(world.connect(&app, "user-1", "pw", "app"));
  const Message before{"gatetorio/gate9/status", "{}", false};
  CHECK_FALSE(world.guard->may_subscribe(&app, "user-1", "gatetorio/gate9/status"));
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-1", before));
  world.server().set_policy(testing::device_policy("device-1", "gate9"));
  REQUIRE(world.ticking_until([&] { return world.guard->may_publish(&device, "device-1", before); }));
  REQUIRE(world.guard->judge(&device, "device-1", before).kind == Verdict::Kind::kPass);
  CHECK(world.guard->may_receive(nullptr, "user-1", before));
  CHECK(world.guard->may_subscribe(&app, "user-1", "gatetorio/gate9/status"));
  REQUIRE(world.guard->may_subscribe(&device, "device-1", "gatetorio/gate9/commands"));
  const Message command{"gatetorio/gate9/commands", R"({"action":"open"})", false};
  CHECK(world.guard->may_publish(&app, "user-1", command));
  const Verdict verdict = world.guard->judge(&app, "user-1", command);
  REQUIRE(verdict.kind == Verdict::Kind::kMove);
  CHECK(boost::json::parse(verdict.payload).at("device_id") == 1);
  // The old name is another device's now, to which nobody here has rights.
  listen(world, &next, "device-2", "gate1");
  const Message of_next{"gatetorio/gate1/status", "{}", false};
  REQUIRE(world.guard->judge(&next, "device-2", of_next).kind == Verdict::Kind::kPass);
  CHECK_FALSE(world.guard->may_receive(nullptr, "user-1", of_next));
  CHECK(world.guard->judge(&app, "user-1", {"gatetorio/gate1/commands", command.payload, false}).kind ==
        Verdict::Kind::kNobody);
}

TEST_CASE("a device whose rights cannot be found out for a moment keeps its name and its connection") {
  GuardWithHub world;
  const int device = 0;
  listen(world, &device, "device-1", "gate1");
  Policy suspended = testing::device_policy("device-1", "gate1");
  suspended.rules.clear();
  world.server().set_policy(suspended);
  const Message status{"gatetorio/gate1/status", "{}", false};
  REQUIRE(world.ticking_until([&] { return !world.guard->may_publish(&device, "device-1", status); }));
  world.server().set_policy(testing::device_policy("device-1", "gate1"));
  REQUIRE(world.ticking_until([&] { return world.guard->may_publish(&device, "device-1", status); }));
  world.guard->tick();
  CHECK(world.kicked.empty());
}

TEST_CASE("an address that guesses is not asked about any more, while others are, and those who are known come in") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  world.allowed["device-2"] = testing::device_policy("device-2", "gate2");
  const int client = 0;
  REQUIRE(world.connect(&client, "device-1", "pw"));
  for (int i = 0; i < 200; ++i) CHECK_FALSE(world.connect(&client, "device-1", "guess-" + std::to_string(i)));
  CHECK(world.questions < 100);
  CHECK(world.connect(&client, "device-1", "pw"));
  const int another = 0;
  CHECK(world.guard->may_connect({&another, "device-2", "pw", "other", "192.0.2.2", true, false}) == Admission::kYes);
}

TEST_CASE("the newest connections of a principal stay and the oldest ends; its own reconnect ends none") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {});
  world.allowed["user-2"] = testing::user_policy("user-2", {});
  std::vector<int> clients(12);
  for (int i = 0; i < 10; ++i) REQUIRE(world.connect(&clients[i], "user-1", "pw", "id-" + std::to_string(i)));
  REQUIRE(world.connect(&clients[10], "user-1", "pw", "id-9"));
  REQUIRE(world.connect(&clients[11], "user-2", "pw", "other"));
  world.guard->tick();
  CHECK(world.kicked_sessions.empty());
  const int one_more = 0;
  REQUIRE(world.connect(&one_more, "user-1", "pw", "id-10"));
  REQUIRE(world.ticking_until([&] { return !world.kicked_sessions.empty(); }));
  CHECK(world.kicked_sessions == std::vector<std::string>{"id-0"});
}

TEST_CASE("a connection that has left by itself is not ended: the broker would use its session after its end") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {});
  std::vector<int> clients(11);
  for (int i = 0; i < 11; ++i) {
    const std::string id = "id-" + std::to_string(i);
    REQUIRE(world.guard->may_connect({&clients[i], "user-1", "pw", id, "192.0.2.1", false, true}) == Admission::kYes);
  }
  world.guard->disconnected(&clients[0]);  // in the same turn
  world.guard->tick();
  CHECK(world.kicked_sessions.empty());
}

TEST_CASE("a client id has at most 128 bytes, and a principal connects so often") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {});
  const int client = 0;
  CHECK(world.connect(&client, "user-1", "pw", std::string(128, 'x')));
  CHECK_FALSE(world.connect(&client, "user-1", "pw", std::string(129, 'x')));
  int let_in = 0;
  for (int i = 0; i < 200; ++i) let_in += world.connect(&client, "user-1", "pw", "id-" + std::to_string(i)) ? 1 : 0;
  CHECK(let_in >= 59);
  CHECK(let_in < 80);
}

TEST_CASE("sessions that wait for absent clients are counted, over all that comes and goes") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {});
  world.are_sessions_kept = true;
  const int client = 0;
  const auto come_and_go = [&](const std::string& id) {
    const bool is_in =
        world.guard->may_connect({&client, "user-1", "pw", id, "192.0.2.1", false, true}) == Admission::kYes;
    if (is_in) world.guard->disconnected(&client);
    return is_in;
  };
  for (int i = 0; i < 10; ++i) REQUIRE(come_and_go("phone-" + std::to_string(i)));
  CHECK_FALSE(come_and_go("phone-10"));
  CHECK(come_and_go("phone-3"));                             // one of them is back
  CHECK(world.connect(&client, "user-1", "pw", "visitor"));  // and this one leaves nothing behind
  world.guard->disconnected(&client);
  CHECK_FALSE(come_and_go("phone-11"));
}

TEST_CASE("subscriptions and wildcards of a connection are counted, also over an absence") {
  GuardWithHub world;
  world.allowed["user-1"] = testing::user_policy("user-1", {{"gate1", false, true, true, 0, 1}});
  world.are_sessions_kept = true;
  const int client = 0;
  const auto connect = [&] {
    return world.guard->may_connect({&client, "user-1", "pw", "panel", "192.0.2.1", false, true}) == Admission::kYes;
  };
  const auto filter = [](int i) { return "gatetorio/gate" + std::to_string(i) + "/#"; };
  REQUIRE(connect());
  for (int i = 0; i < 8; ++i) CHECK(world.guard->may_subscribe(&client, "user-1", filter(i)));
  CHECK_FALSE(world.guard->may_subscribe(&client, "user-1", filter(8)));
  CHECK(world.guard->may_subscribe(&client, "user-1", filter(3)));  // again
  world.guard->disconnected(&client);
  REQUIRE(connect());
  CHECK(world.guard->may_subscribe(&client, "user-1", filter(3)));
  CHECK_FALSE(world.guard->may_subscribe(&client, "user-1", filter(8)));
  world.guard->unsubscribed(&client, filter(0));
  CHECK(world.guard->may_subscribe(&client, "user-1", filter(8)));
  CHECK(world.guard->may_subscribe(&client, "user-1", "gatetorio/gate1/status"));
  world.subscriptions = 500;
  CHECK_FALSE(world.guard->may_subscribe(&client, "user-1", "gatetorio/gate1/status"));
}

TEST_CASE("what a principal sends is counted over its connections; a will and the hub's own are not") {
  GuardWithHub world;
  world.allowed["device-1"] = testing::device_policy("device-1", "gate1");
  const int one = 0, two = 0, hub = 0;
  REQUIRE(world.connect(&one, "device-1", "pw", "a"));
  REQUIRE(world.connect(&two, "device-1", "pw", "b"));
  REQUIRE(world.connect(&hub, "hub", "hub-secret", "hub"));
  const Message status{"gatetorio/gate1/status", "{}", false};
  using Spending = Guard::Spending;
  int refused = 0, closed = 0;
  for (int i = 0; i < 11'000; ++i) {
    refused += world.guard->spend(i % 2 == 0 ? &one : &two, "device-1", status) == Spending::kRefuse ? 1 : 0;
    REQUIRE(world.guard->spend(&hub, "hub", status) == Spending::kYes);
  }
  CHECK(refused > 0);
  CHECK(refused < 1'001);  // 20 s' worth of 500 a second went before
  for (int i = 0; i < 11'000; ++i) closed += world.guard->spend(&one, "device-1", status) == Spending::kClose ? 1 : 0;
  CHECK(closed > 0);
  world.guard->disconnected(&one);
  CHECK(world.guard->spend(&one, "device-1", status) == Spending::kYes);  // as a will
  REQUIRE(world.ticking_until([&] { return !world.excesses().empty(); }));
  CHECK(world.excesses()[0].who == "device-1");
  CHECK(world.excesses()[0].budget == "messages");
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
