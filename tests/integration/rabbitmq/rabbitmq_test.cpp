// The hub with Debian's RabbitMQ for a broker, configured as docs/ops/brokers.md says.
#include "support/rabbitmq.hpp"

#include <signal.h>

#include <catch2/catch_test_macros.hpp>
#include <iostream>

#include "../external_hub.hpp"
#include "../pi_agent.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {
namespace {

void replace(std::string& text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The block "ini" of the documentation, with the test's ports and secret.
std::string documented_config(const std::string& hub, RabbitMqPorts ports) {
  const std::string page = read_file(std::filesystem::path(GATETORIO_SOURCE_DIR) / "docs/ops/brokers.md");
  const auto begin = page.find("```ini\n") + 7;
  std::string config = page.substr(begin, page.find("```", begin) - begin);
  replace(config, "gtb_SECRET", kBrokerSecret);
  replace(config, "127.0.0.1:8080", hub);
  replace(config, "127.0.0.1:1883", "127.0.0.1:" + std::to_string(ports.mqtt));
  replace(config, "port = 15672", "port = " + std::to_string(ports.management));
  if (RabbitMq::is_new(3, 13)) {
    replace(config, "mqtt.subscription_ttl", "# mqtt.subscription_ttl");
    replace(config, "# mqtt.max_session", "mqtt.max_session");
    if (RabbitMq::is_new(4, 0)) replace(config, "# mqtt.max_packet", "mqtt.max_packet");
  }
  return config;
}

struct Stack {
  const RabbitMqPorts ports{free_port(), free_port()};
  const std::string http = "127.0.0.1:" + std::to_string(free_port());
  RabbitMq rabbit{documented_config(http, ports), ports};
  TempDir folder;
  std::unique_ptr<HubProcess> hub;

  Stack() {
    rabbit.wait();
    hub = std::make_unique<HubProcess>(external_setup(
        folder, ports.mqtt,
        {"transport-http.listen=" + http, "transport-mqtt.external_silence_seconds=4",
         "transport-mqtt.recheck_seconds=2",
         "transport-mqtt.external_management_url=http://127.0.0.1:" + std::to_string(ports.management)}));
    if (!eventually([&] { return says("mqtt_connected"); })) {
      throw std::runtime_error("RabbitMQ does not let the hub in:\n" + hub->log());
    }
  }
  bool says(const char* fact) const {
    const auto health = client().root("/health").json();
    return health.contains(fact) && health.at(fact).as_bool();
  }
  // What the management answers to the hub's name.
  std::string ask(const std::string& method, const std::string& path) const {
    return run({"/usr/bin/curl", "-sg", "-X", method, "-u", std::string(kHubName) + ":" + kHubPassword,
                "http://127.0.0.1:" + std::to_string(ports.management) + "/api" + path})
        .out;
  }
  HttpClient client(const std::string& bearer = {}) const { return HttpClient(hub->http(), bearer); }
};

// One for all tests here: Erlang takes long to start.
Stack& stack() {
  static Stack one;
  return one;
}

MqttLogin login(const TestDevice& device, const std::string& suffix = "") {
  MqttLogin made = login_of(device, 4);
  made.client_id = device.mqtt_username + suffix;
  return made;
}

MqttLogin login(const TestUser& user) {
  MqttLogin made = login_of(stack().hub->http(), user, 4);
  made.client_id = made.username + unique("-app");
  return made;
}

bool is_online(const TestDevice& device) {
  return stack().client(device.token).get("/devices/" + device.controller_id).at("is_online").as_bool();
}

TEST_CASE("at RabbitMQ nobody connects without the right name, password and client id") {
  const TestDevice device = make_device(stack().hub->http()), other = make_device(stack().hub->http());
  MqttClient mqtt;
  CHECK(mqtt.connect(stack().ports.mqtt, login(device)) == kMqttOk);
  mqtt.disconnect();
  struct Wrong {
    std::string client_id, username, password;
  };
  const Wrong cases[] = {{device.mqtt_username, device.mqtt_username, other.mqtt_password},
                         {device.mqtt_username, device.mqtt_username, ""},
                         {other.mqtt_username, device.mqtt_username, device.mqtt_password},
                         {"any", device.mqtt_username, device.mqtt_password},
                         {"guest", "guest", "guest"},
                         {kHubName, kHubName, "wrong"},
                         {"x", "", ""}};
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.client_id, wrong.username, wrong.password);
    const int code = mqtt.connect(
        stack().ports.mqtt,
        {.client_id = wrong.client_id, .username = wrong.username, .password = wrong.password, .version = 4});
    CHECK(code != kMqttOk);
  }
}

TEST_CASE("the table of rights holds at RabbitMQ") {
  const TestDevice own = make_device(stack().hub->http()), foreign = make_device(stack().hub->http());
  const TestUser owner = make_user(stack().hub->http(), own, "owner"),
                 reader = make_user(stack().hub->http(), own, "readonly");
  struct Who {
    const char* name;
    MqttLogin login;
    bool publishes_status, hears_commands, hears_status;
  };
  const Who people[] = {{"device", login(own), true, true, false},
                        {"owner", login(owner), false, false, true},
                        {"readonly", login(reader), false, false, true}};
  int cells = 0, wrong = 0;
  const auto check = [&](bool got, bool may) {
    ++cells;
    if (got != may) ++wrong;
    CHECK(got == may);
  };
  for (const Who& who : people) {
    for (const TestDevice* device : {&own, &foreign}) {
      const bool is_own = device == &own;
      CAPTURE(who.name, is_own);
      const auto connected = [&] {
        auto mqtt = std::make_unique<MqttClient>();
        REQUIRE(mqtt->connect(stack().ports.mqtt, who.login) == kMqttOk);
        return mqtt;
      };
      check(connected()->subscribe(device->commands) == 1, is_own && who.hears_commands);
      check(connected()->subscribe(device->status) == 1, is_own && who.hears_status);
      check(connected()->publish(device->status, "{}") == 0, is_own && who.publishes_status);
      check(connected()->publish(device->commands, "{}") == 0, false);
    }
    for (const char* filter : {"#", "gatetorio/#", "gatetorio/+/status", "gatetorio/+/commands", "+/+/+"}) {
      CAPTURE(who.name, filter);
      MqttClient mqtt;
      REQUIRE(mqtt.connect(stack().ports.mqtt, who.login) == kMqttOk);
      check(mqtt.subscribe(filter) == 1, false);
    }
  }
  std::cout << "rights at RabbitMQ: " << cells << " cells, " << wrong << " wrong\n";
  CHECK(cells == 39);
}

TEST_CASE("the reference agent obeys commands through RabbitMQ, and is there until it goes") {
  Agent agent(*stack().hub, "mqtt_version = \"3.1.1\"\n");
  const TestDevice device = agent.device();
  const TestUser user = make_user(stack().hub->http(), device, "owner");
  REQUIRE(agent.is_ready());
  CHECK(is_obeyed(*stack().hub, user, device));
  CHECK(agent.moves() == 1);
  CHECK(is_online(device));
  agent.process().signal(SIGKILL);  // its last will says that it is away, long before its silence does
  agent.process().wait();
  CHECK(eventually([&] { return !is_online(device); }, milliseconds(2'500)));
  const auto sent = stack()
                        .client(user.token)
                        .post("/commands/send", {{"controller_id", device.controller_id},
                                                 {"command", JsonObject{{"action", "open_gate"}}}});
  CHECK(sent.status == 503);
}

TEST_CASE("a device that falls silent counts as away") {
  const TestDevice device = make_device(stack().hub->http());
  MqttClient mqtt;
  REQUIRE(mqtt.connect(stack().ports.mqtt, login(device)) == kMqttOk);
  REQUIRE(mqtt.publish(device.status, R"({"state":"OPEN"})") == 0);
  CHECK(eventually([&] { return is_online(device); }));
  CHECK(eventually([&] { return !is_online(device); }));
  // What the hub itself tells on that topic is no sign of the device's life. Another's status, sent later, is heard
  // later.
  const TestDevice other = make_device(stack().hub->http());
  MqttClient hub, gate;
  REQUIRE(hub.connect(stack().ports.mqtt,
                      {.client_id = "hub-2", .username = kHubName, .password = kHubPassword, .version = 4}) == kMqttOk);
  REQUIRE(hub.publish(device.status, R"({"type":"file_available","file_id":1})") == 0);
  REQUIRE(gate.connect(stack().ports.mqtt, login(other)) == kMqttOk);
  REQUIRE(gate.publish(other.status, R"({"state":"OPEN"})") == 0);
  CHECK(eventually([&] { return is_online(other); }));
  CHECK_FALSE(is_online(device));
}

void come_in(MqttClient& mqtt, const TestUser& user, const std::string& topic) {
  REQUIRE(mqtt.connect(stack().ports.mqtt, login(user)) == kMqttOk);
  REQUIRE(mqtt.subscribe(topic) == 1);
}

// Without a pause, as a client does that has lost its connection.
void come_back(MqttClient& mqtt, const MqttLogin& login) {
  REQUIRE(eventually([&] { return mqtt.connect(stack().ports.mqtt, login) == kMqttOk; }));
}

void restart_hub() {
  stack().hub->start();
  REQUIRE(eventually([&] { return stack().says("mqtt_connected"); }));
}

void take_access(const TestDevice& device, const TestUser& user) {
  const std::string path = "/devices/" + device.controller_id + "/users/" + std::to_string(user.id);
  REQUIRE(stack().client(device.token).del(path).status == 204);
}

TEST_CASE("a status of megabytes does not come through RabbitMQ to the hub") {
  const TestDevice device = make_device(stack().hub->http());
  MqttClient gate, again;
  REQUIRE(gate.connect(stack().ports.mqtt, login(device)) == kMqttOk);
  CHECK(gate.publish(device.status, std::string(4'000'000, 'x')) != kMqttOk);
  gate.drop();
  REQUIRE(eventually([&] { return again.connect(stack().ports.mqtt, login(device)) == kMqttOk; }));
  REQUIRE(again.publish(device.status, R"({"state":"OPEN"})") == kMqttOk);
  const auto last = [&] { return stack().client(device.token).get("/commands/status/" + device.controller_id); };
  CHECK(eventually([&] { return last().status == 200 && last().body.find("OPEN") != std::string::npos; }));
  CHECK(stack().client().root("/metrics").body.find("\ngatetorio_transport_mqtt_statuses_malformed_total 0\n") !=
        std::string::npos);
}

TEST_CASE("whoever loses a right is disconnected from RabbitMQ within a second") {
  const TestDevice device = make_device(stack().hub->http());
  milliseconds longest{0};
  const auto is_cut = [&](MqttClient& mqtt) {
    milliseconds took{0};
    bool closed = false;
    took = time_of([&] { closed = mqtt.is_closed_by_broker(); });
    longest = std::max(longest, took);
    return closed;
  };
  for (int i = 0; i < 10; ++i) {
    const TestUser user = make_user(stack().hub->http(), device, "engineer");
    MqttClient mqtt;
    come_in(mqtt, user, device.status);
    const std::string path = "/devices/" + device.controller_id + "/users/" + std::to_string(user.id);
    REQUIRE(stack().client(device.token).del(path).status == 204);
    CHECK(is_cut(mqtt));
  }
  const TestUser owner = make_user(stack().hub->http(), device, "owner"),
                 guest = make_user(stack().hub->http(), device, "readonly");
  MqttClient gate, app, visitor;
  REQUIRE(gate.connect(stack().ports.mqtt, login(device)) == kMqttOk);
  REQUIRE(gate.subscribe(device.commands) == 1);
  come_in(app, owner, device.status);
  SECTION("by a new name") {
    REQUIRE(stack()
                .client(owner.token)
                .patch("/devices/" + device.controller_id, {{"controller_id", unique("gate")}})
                .status == 200);
    CHECK(is_cut(gate));
    CHECK(is_cut(app));
  }
  SECTION("by deletion") {
    REQUIRE(stack().client(owner.token).del("/devices/" + device.controller_id).status == 204);
    CHECK(is_cut(gate));
    CHECK(is_cut(app));
    CHECK(gate.connect(stack().ports.mqtt, login(device)) != kMqttOk);
  }
  SECTION("by the clock") {
    const std::int64_t end = (std::time(nullptr) + 2) * 1'000'000;
    change_database(*stack().hub, "UPDATE grants SET expires_at = " + std::to_string(end) +
                                      " WHERE user_id = " + std::to_string(guest.id));
    REQUIRE(visitor.connect(stack().ports.mqtt, login(guest)) == kMqttOk);
    REQUIRE(visitor.subscribe(device.status) == 1);
    CHECK(visitor.is_closed_by_broker());
    CHECK(std::time(nullptr) * 1'000'000 - end < 2'000'000);
  }
  SECTION("by the end of a password") {
    const MqttLogin made = login(guest);
    const std::int64_t end = (std::time(nullptr) + 2) * 1'000'000;
    change_database(*stack().hub, "UPDATE mqtt_credentials SET expires_at = " + std::to_string(end) +
                                      " WHERE user_id = " + std::to_string(guest.id));
    REQUIRE(visitor.connect(stack().ports.mqtt, made) == kMqttOk);
    REQUIRE(visitor.subscribe(device.status) == 1);
    CHECK(visitor.is_closed_by_broker());
    CHECK(std::time(nullptr) * 1'000'000 - end < 2'000'000);
    CHECK(visitor.connect(stack().ports.mqtt, made) != kMqttOk);
  }
  SECTION("and who loses none is not") {
    REQUIRE(stack()
                .client(device.token)
                .post("/users/authorize", {{"user_token", owner.token}, {"access_level", "owner"}})
                .status == 200);
    REQUIRE(stack().client(device.token).post("/devices/" + device.controller_id + "/heartbeat").status == 200);
    const TestUser revoked = make_user(stack().hub->http(), device, "readonly");
    MqttClient last;
    REQUIRE(last.connect(stack().ports.mqtt, login(revoked)) == kMqttOk);
    const std::string path = "/devices/" + device.controller_id + "/users/" + std::to_string(revoked.id);
    REQUIRE(stack().client(device.token).del(path).status == 204);
    CHECK(is_cut(last));
    CHECK(gate.publish(device.status, "{}") == 0);
    CHECK(app.subscribe(device.status) == 1);
  }
  std::cout << "revocation at RabbitMQ: at most " << longest.count() << " ms\n";
  CHECK(longest < milliseconds(1'000));
}

TEST_CASE("RabbitMQ keeps no command for a device that is away, and no retained one for anybody") {
  const TestDevice device = make_device(stack().hub->http());
  MqttLogin persistent = login(device);
  persistent.clean = false;
  MqttClient gate;
  REQUIRE(gate.connect(stack().ports.mqtt, persistent) == kMqttOk);
  REQUIRE(gate.subscribe(device.commands) == 1);
  gate.disconnect();
  MqttClient hub;
  REQUIRE(hub.connect(stack().ports.mqtt,
                      {.client_id = "second-hub", .username = kHubName, .password = kHubPassword, .version = 4}) ==
          kMqttOk);
  const auto has_queue = [&] {
    return stack().ask("GET", "/queues/%2F/mqtt-subscription-" + persistent.client_id + "qos1").find("\"error\"") ==
           std::string::npos;
  };
  CHECK(eventually([&] { return !has_queue(); }));
  REQUIRE(hub.publish(device.commands, R"({"action":"open_gate"})") == 0);
  REQUIRE(hub.publish(device.commands, R"({"action":"open_gate"})", 1, true) == 0);
  REQUIRE(gate.connect(stack().ports.mqtt, persistent) == kMqttOk);
  CHECK_FALSE(gate.session_present());
  REQUIRE(gate.subscribe(device.commands) == 1);
  CHECK(gate.received_so_far().empty());
}

TEST_CASE("a revoked user who comes back to RabbitMQ at once with a persistent session hears nothing more") {
  const TestDevice lost = make_device(stack().hub->http()), kept = make_device(stack().hub->http());
  MqttClient lost_gate, kept_gate;
  REQUIRE(lost_gate.connect(stack().ports.mqtt, login(lost)) == kMqttOk);
  REQUIRE(kept_gate.connect(stack().ports.mqtt, login(kept)) == kMqttOk);
  for (const int qos : {1, 1, 1, 1, 0}) {
    const TestUser user = make_user(stack().hub->http(), lost, "engineer");
    give_access(stack().hub->http(), kept, user.token, "readonly");
    MqttLogin persistent = login(user);
    persistent.clean = false;
    MqttClient app;
    come_back(app, persistent);
    REQUIRE(app.subscribe(lost.status, qos) == qos);
    take_access(lost, user);
    REQUIRE(app.is_closed_by_broker(milliseconds(1'000)));
    come_back(app, persistent);
    CHECK_FALSE(app.session_present());
    REQUIRE(app.subscribe(kept.status, 1) == 1);
    REQUIRE(lost_gate.publish(lost.status, R"({"state":"OPEN"})") == 0);
    REQUIRE(kept_gate.publish(kept.status, R"({"state":"CLOSED"})") == 0);
    const auto heard = app.receive();
    REQUIRE(heard);
    CHECK(heard->topic == kept.status);
    CHECK(app.received_so_far().empty());
  }
}

TEST_CASE("a gate that was renamed never hears the commands of the next one with its name") {
  for (int i = 0; i < 3; ++i) {
    const TestDevice gate = make_device(stack().hub->http());
    const TestUser owner = make_user(stack().hub->http(), gate, "owner");
    MqttLogin persistent = login(gate);
    persistent.clean = false;
    MqttClient renamed;
    REQUIRE(renamed.connect(stack().ports.mqtt, persistent) == kMqttOk);
    REQUIRE(renamed.subscribe(gate.commands) == 1);
    const std::string old_name = gate.controller_id;
    REQUIRE(stack().client(owner.token).patch("/devices/" + old_name, {{"controller_id", unique("gate")}}).status ==
            200);
    const TestDevice next = make_device(stack().hub->http(), old_name);
    const TestUser user = make_user(stack().hub->http(), next, "owner");
    MqttClient mqtt;
    REQUIRE(mqtt.connect(stack().ports.mqtt, login(next)) == kMqttOk);
    REQUIRE(mqtt.subscribe(next.commands) == 1);
    // From now on, not only when the first one has gone.
    const bool is_sent = eventually([&] {
      REQUIRE(mqtt.publish(next.status, R"({"state":"CLOSED"})") == 0);
      return stack()
                 .client(user.token)
                 .post("/commands/send",
                       {{"controller_id", old_name}, {"command", JsonObject{{"action", "open_gate"}}}})
                 .status == 202;
    });
    REQUIRE(is_sent);
    CHECK(mqtt.receive());
    CHECK_FALSE(renamed.receive(milliseconds(200)));
    come_back(renamed, persistent);
    CHECK_FALSE(renamed.session_present());
    REQUIRE(stack()
                .client(user.token)
                .post("/commands/send", {{"controller_id", old_name}, {"command", JsonObject{{"action", "open_gate"}}}})
                .status == 202);
    CHECK(mqtt.receive());
    CHECK(renamed.received_so_far().empty());
  }
}

TEST_CASE("the hub keeps limits on RabbitMQ's queues, and sets them again") {
  const std::string path = "/operator-policies/%2F/gatetorio";
  const auto is_set = [&] { return stack().ask("GET", path).find("\"message-ttl\":1000") != std::string::npos; };
  CHECK(eventually([&] { return stack().says("broker_queues_limited") && stack().says("broker_management"); }));
  CHECK(is_set());
  stack().ask("DELETE", path);
  CHECK(eventually(is_set));
}

TEST_CASE("two hubs at one RabbitMQ do not throw each other out") {
  TempDir folder;
  HubProcess second(external_setup(folder, stack().ports.mqtt));
  const auto is_connected = [](const HubProcess& hub) {
    return HttpClient(hub.http()).root("/health").at("mqtt_connected").as_bool();
  };
  CHECK(eventually([&] { return is_connected(second); }));
  CHECK(is_connected(*stack().hub));
  CHECK(stack().hub->log().find("the connection to the broker is lost") == std::string::npos);
  CHECK(second.log().find("the connection to the broker is lost") == std::string::npos);
}

TEST_CASE("after the hub's restart nobody at RabbitMQ needs to connect again, and revocation still bites") {
  const TestDevice device = make_device(stack().hub->http());
  const TestUser user = make_user(stack().hub->http(), device, "readonly");
  MqttClient gate, app;
  REQUIRE(gate.connect(stack().ports.mqtt, login(device)) == kMqttOk);
  REQUIRE(app.connect(stack().ports.mqtt, login(user)) == kMqttOk);
  REQUIRE(app.subscribe(device.status) == 1);
  stack().hub->kill();
  stack().hub->start();
  CHECK(eventually([&] { return stack().client().root("/health").at("mqtt_connected").as_bool(); }));
  CHECK(gate.publish(device.status, R"({"state":"OPEN"})") == 0);
  CHECK(app.receive());
  CHECK(eventually([&] { return is_online(device); }));
  take_access(device, user);
  CHECK(app.is_closed_by_broker(milliseconds(1'000)));
}

TEST_CASE("what a client at RabbitMQ lost while the hub was away it loses when the hub comes back") {
  const TestDevice device = make_device(stack().hub->http()), other = make_device(stack().hub->http());
  const TestUser user = make_user(stack().hub->http(), device, "engineer");
  give_access(stack().hub->http(), other, user.token, "readonly");
  MqttClient gate, app, stays;
  const MqttLogin made = login(user);
  const TestUser unconcerned = make_user(stack().hub->http(), device, "readonly");
  come_in(stays, unconcerned, device.status);
  const auto connect = [&] {
    REQUIRE(gate.connect(stack().ports.mqtt, login(device)) == kMqttOk);
    REQUIRE(gate.subscribe(device.commands) == 1);
    REQUIRE(app.connect(stack().ports.mqtt, made) == kMqttOk);
    REQUIRE(app.subscribe(device.status) == 1);
  };
  const std::string its = " WHERE user_id = " + std::to_string(user.id);
  const auto soon = [](int seconds) { return std::to_string((std::time(nullptr) + seconds) * 1'000'000); };
  SECTION("a grant") {
    connect();
    stack().hub->kill();
    change_database(*stack().hub, "DELETE FROM grants" + its + " AND device_id = " + std::to_string(device.id));
    restart_hub();
    CHECK(app.is_closed_by_broker());
  }
  SECTION("a grant that ends after the hub's start") {
    connect();
    stack().hub->kill();
    change_database(*stack().hub, "UPDATE grants SET expires_at = " + soon(5) + its);
    restart_hub();
    CHECK(app.is_closed_by_broker());
  }
  SECTION("its name") {
    connect();
    stack().hub->kill();
    change_database(*stack().hub, "UPDATE devices SET controller_id = '" + unique("gate") +
                                      "' WHERE id = " + std::to_string(device.id));
    restart_hub();
    CHECK(gate.is_closed_by_broker());
    CHECK(app.is_closed_by_broker());
    return;
  }
  SECTION("a password, by the clock") {
    change_database(*stack().hub, "UPDATE mqtt_credentials SET expires_at = " + soon(3) + its);
    connect();
    stack().hub->kill();
    restart_hub();
    CHECK(app.is_closed_by_broker());
    CHECK(app.connect(stack().ports.mqtt, made) != kMqttOk);
  }
  SECTION("a password whose end was brought forward") {
    connect();
    stack().hub->kill();
    restart_hub();
    CHECK(app.subscribe(device.status) == 1);
    change_database(*stack().hub, "UPDATE mqtt_credentials SET expires_at = " + soon(8) + its);
    CHECK(app.is_closed_by_broker(milliseconds(12'000)));
    CHECK(app.connect(stack().ports.mqtt, made) != kMqttOk);
  }
  SECTION("the hub's memory of when its password ends") {
    connect();
    stack().hub->kill();
    const auto file = stack().hub->data_dir() / "transport-mqtt" / "connections";
    REQUIRE(std::filesystem::exists(file));
    std::string ends = read_file(file);
    const auto line = ends.find(made.client_id);
    REQUIRE(line != std::string::npos);
    write_file(file, ends.erase(line, ends.find('\n', line) + 1 - line));
    restart_hub();
    CHECK(app.is_closed_by_broker(kPatience));  // RabbitMQ takes some seconds to list a new connection
  }
  CHECK(stays.subscribe(device.status) == 1);
  CHECK(gate.publish(device.status, "{}") == 0);
}

TEST_CASE("a change that another program makes bites at RabbitMQ when the hub compares") {
  const TestDevice device = make_device(stack().hub->http());
  const TestUser user = make_user(stack().hub->http(), device, "engineer");
  MqttClient app;
  come_in(app, user, device.status);
  change_database(*stack().hub, "DELETE FROM grants WHERE user_id = " + std::to_string(user.id));
  CHECK(app.is_closed_by_broker());
}

TEST_CASE("RabbitMQ's restart delivers no command whose time is over") {
  const TestDevice device = make_device(stack().hub->http());
  const TestUser user = make_user(stack().hub->http(), device, "owner");
  MqttLogin persistent = login(device);
  persistent.clean = false;
  MqttClient gate;
  REQUIRE(gate.connect(stack().ports.mqtt, persistent) == kMqttOk);
  REQUIRE(gate.subscribe(device.commands) == 1);
  gate.acknowledge(false);
  const bool is_sent = eventually([&] {
    REQUIRE(gate.publish(device.status, "{}") == 0);
    return stack()
               .client(user.token)
               .post("/commands/send",
                     {{"controller_id", device.controller_id}, {"command", JsonObject{{"action", "open_gate"}}}})
               .status == 202;
  });
  REQUIRE(is_sent);
  REQUIRE(gate.receive());
  stack().rabbit.restart();
  come_back(gate, persistent);
  CHECK_FALSE(gate.receive(milliseconds(500)));
  REQUIRE(eventually([&] { return stack().says("mqtt_connected"); }));
}

}  // namespace
}  // namespace gatetorio::testing
