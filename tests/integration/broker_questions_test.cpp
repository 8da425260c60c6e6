// What external brokers ask the hub, as tables of requests over HTTP: the forms of RabbitMQ and EMQX.
#include <catch2/catch_test_macros.hpp>

#include "external_hub.hpp"
#include "plain_mosquitto.hpp"
#include "slow_management.hpp"
#include "support/socket.hpp"

namespace gatetorio::testing {
namespace {

// A hub with people. Its broker lets anybody do anything: here the questions count.
struct Asked {
  PlainMosquitto broker;
  TempDir folder;
  HubProcess hub{external_setup(folder, broker.port())};
  TestDevice gate = make_device(hub.http()), other = make_device(hub.http());
  TestUser owner = make_user(hub.http(), gate, "owner"), reader = make_user(hub.http(), gate, "readonly");
  std::string owner_name = "user-" + std::to_string(owner.id), reader_name = "user-" + std::to_string(reader.id);
  HttpClient http{hub.http()};

  HttpResponse ask(const std::string& path, const std::string& form, std::vector<std::string> headers = {}) {
    return http.request({.method = "POST",
                         .path = "/broker/" + path,
                         .bearer = headers.empty() ? kBrokerSecret : "",
                         .body = form,
                         .content_type = "application/x-www-form-urlencoded",
                         .headers = std::move(headers)});
  }
  std::string password(const TestUser& user) { return login_of(hub.http(), user).password; }
};

Asked& asked() {
  static Asked one;
  return one;
}

struct Row {
  std::string path, form;
  bool allowed;
};

TEST_CASE("only the broker may ask, with its secret as Bearer or as the password of Basic") {
  Asked& a = asked();
  const std::string form = "username=device-" + std::to_string(a.gate.id) + "&vhost=/";
  const auto basic = [](const std::string& base64) {
    return std::vector<std::string>{"Authorization: Basic " + base64};
  };
  CHECK(a.ask("rabbitmq/vhost", form).status == 200);
  CHECK(a.ask("rabbitmq/vhost", form).body == "allow");
  CHECK(a.ask("rabbitmq/vhost", form).header("content-type") == "text/plain");
  // broker:gtb_of-the-tests-..., other:gtb_of-the-tests-..., broker:wrong
  const auto named = [&](const std::string& name, const std::string& secret) {
    const RunResult encoded = run({"/bin/sh", "-c", "printf '%s:%s' \"$0\" \"$1\" | base64 -w0", name, secret});
    return a.ask("rabbitmq/vhost", form, basic(encoded.out)).status;
  };
  CHECK(named("broker", kBrokerSecret) == 200);
  CHECK(named("other", kBrokerSecret) == 401);
  CHECK(named("broker2", kBrokerSecret) == 401);
  CHECK(named("broker", "wrong") == 401);
  CHECK(named("broker", "") == 401);
  CHECK(named(a.gate.mqtt_username, a.gate.mqtt_password) == 403);
  CHECK(a.ask("rabbitmq/vhost", form, {"X-No: credential"}).status == 401);
  for (const std::string& bearer :
       {std::string("gtb_"), std::string("gtb_of-the-tests"), a.owner.token, a.gate.token, std::string(kAdminToken)}) {
    CAPTURE(bearer);
    const int status = a.ask("emqx/authorize", form, {"Authorization: Bearer " + bearer}).status;
    CHECK((status == 401 || status == 403));
  }
}

TEST_CASE("RabbitMQ's questions are answered by what the hub knows now") {
  Asked& a = asked();
  const std::string gate = a.gate.mqtt_username, name = a.gate.controller_id, foreign = a.other.controller_id;
  const std::string user = "username=" + gate + "&vhost=/&password=" + a.gate.mqtt_password + "&client_id=";
  const std::string hub = std::string("username=") + kHubName, number = std::to_string(a.gate.id);
  const auto spelt = [&](const std::string& before) { return "device-" + before + number; };
  const auto resource = [](const std::string& who, const std::string& kind, const std::string& what, const char* may) {
    return "username=" + who + "&vhost=%2F&resource=" + kind + "&name=" + what + "&permission=" + may +
           "&tags=&client_id=" + who + "-x";
  };
  const auto topic = [](const std::string& who, const std::string& key, const char* may) {
    return "username=" + who + "&vhost=/&resource=topic&name=amq.topic&permission=" + may +
           "&tags=&routing_key=" + key + "&variable_map.client_id=" + who + "-x&variable_map.username=" + who +
           "&variable_map.vhost=/";
  };
  const Row rows[] = {
      {"user", user + gate, true},
      {"user", user + gate + "-2", true},
      {"user", user + gate + "2", false},
      {"user", user + "gate", false},
      {"user", user, false},
      {"user", "username=" + gate + "&vhost=/&client_id=" + gate + "&password=" + a.other.mqtt_password, false},
      {"user", "username=" + gate + "&vhost=/&client_id=" + gate, false},
      {"user",
       "username=device-0" + std::to_string(a.gate.id) + "&client_id=device-0" + std::to_string(a.gate.id) +
           "&password=" + a.gate.mqtt_password,
       false},
      {"user", "username=" + a.owner_name + "&client_id=" + a.owner_name + "-1&password=" + a.password(a.owner), true},
      {"user", "username=user-999999&client_id=user-999999&password=x", false},
      {"user", "username=broker&client_id=broker&password=" + std::string(kBrokerSecret), false},
      {"user", hub + "&password=wrong&client_id=x", false},
      {"user", user + gate + "x", false},
      {"user", user + gate + "%2Fx", false},
      {"user", user + gate + "-%2A", false},
      {"user", user + gate + "-x%20y", false},
      {"user", user + gate + "-" + std::string(200, 'x'), false},
      {"user", "username=" + gate + "%20&password=" + a.gate.mqtt_password + "&client_id=" + gate, false},
      {"user", "username=" + spelt("0") + "&password=" + a.gate.mqtt_password + "&client_id=" + spelt("0"), false},
      {"user", "username=" + spelt("%2B") + "&password=" + a.gate.mqtt_password + "&client_id=" + gate, false},
      {"user", "username=Device-" + number + "&password=" + a.gate.mqtt_password + "&client_id=" + gate, false},
      {"vhost", "username=" + spelt("0") + "&vhost=/", false},
      {"vhost", "username=" + spelt("%20") + "&vhost=/", false},
      {"vhost", "username=" + gate + "&vhost=%2F%2F", false},
      {"vhost", "username=" + gate + "&vhost=", false},
      {"user", hub + "&client_id=x", false},
      {"user", "", false},
      {"vhost", "username=" + gate + "&vhost=/", true},
      {"vhost", "username=" + gate + "&vhost=other", false},
      {"vhost", "username=" + gate, false},
      {"vhost", "username=guest&vhost=/", false},
      {"vhost", "username=device-999999&vhost=/", false},
      {"vhost", hub + "&vhost=/", true},
      {"resource", resource(gate, "queue", "mqtt-subscription-" + gate + "-xqos1", "configure"), true},
      {"resource", resource(gate, "queue", "mqtt-subscription-" + gate + "-xqos0", "read"), true},
      {"resource", resource(gate, "queue", "mqtt-subscription-" + a.other.mqtt_username + "-xqos1", "read"), false},
      {"resource", resource(gate, "queue", "something", "configure"), false},
      {"resource", resource(gate, "queue", "mqtt-subscription-" + gate + "-yqos1", "read"), false},
      {"resource", resource(gate, "queue", "mqtt-subscription-" + gate + "-xqos2", "read"), false},
      {"resource", resource(gate, "queue", "mqtt-subscription-" + gate + "-xqos1qos1", "read"), false},
      {"resource", resource(spelt("0"), "queue", "mqtt-subscription-" + spelt("0") + "-xqos1", "read"), false},
      {"resource", resource(kHubName, "queue", "mqtt-subscription-" + gate + "-xqos1", "read"), false},
      {"resource", resource(kHubName, "queue", "mqtt-subscription-" + gate + "-xqos1", "write"), false},
      {"resource", resource(kHubName, "queue", "mqtt-subscription-" + gate + "-xqos1", "configure"), true},
      {"resource", resource(kHubName, "queue", "mqtt-subscription-other-hubqos1", "read"), false},
      {"resource", resource(gate, "exchange", "amq.topic%20", "read"), false},
      {"resource", resource(gate, "exchange", "amq.topic", "write"), true},
      {"resource", resource(gate, "exchange", "amq.topic", "read"), true},
      {"resource", resource(gate, "exchange", "amq.topic", "configure"), false},
      {"resource", resource(gate, "exchange", "amq.direct", "write"), false},
      {"resource", resource(kHubName, "queue", "mqtt-subscription-gatetorio-hubqos1", "configure"), true},
      {"resource", resource(kHubName, "queue", "other", "configure"), false},
      {"resource", resource("guest", "exchange", "amq.topic", "write"), false},
      {"topic", topic(gate, "gatetorio." + name + ".status", "write"), true},
      {"topic", topic(gate, "gatetorio." + name + ".commands", "read"), true},
      {"topic", topic(gate, "gatetorio." + name + ".status", "read"), false},
      {"topic", topic(gate, "gatetorio." + name + ".commands", "write"), false},
      {"topic", topic(gate, "gatetorio." + foreign + ".commands", "read"), false},
      {"topic", topic(gate, "gatetorio." + foreign + ".status", "write"), false},
      {"topic", topic(gate, "gatetorio.*.commands", "read"), false},
      {"topic", topic(gate, "%23", "read"), false},
      {"topic", topic(gate, "gatetorio/" + name + "/commands", "read"), false},
      {"topic", topic(gate, "gatetorio.." + name + ".commands", "read"), false},
      {"topic", topic(gate, "gatetorio." + name + ".commands.", "read"), false},
      {"topic", topic(gate, "gatetorio." + name + ".commands.%23", "read"), false},
      {"topic", topic(gate, "gatetorio.%23.commands", "read"), false},
      {"topic", topic(gate, "%2A." + name + ".commands", "read"), false},
      {"topic", topic(gate, "gatetorio." + name + ".%2A", "read"), false},
      {"topic", topic(gate, "gatetorio." + name + "%2Fcommands", "read"), false},
      {"topic", topic(gate, "gatetorio%2B" + name + "%2Bcommands", "read"), false},
      {"topic", topic(gate, "GATETORIO." + name + ".commands", "read"), false},
      {"topic", topic(gate, "", "read"), false},
      {"topic", topic(spelt("0"), "gatetorio." + name + ".commands", "read"), false},
      {"topic", topic(gate, "gatetorio." + name + ".commands", "configure"), false},
      {"topic", topic(a.owner_name, "gatetorio." + name + ".status", "read"), true},
      {"topic", topic(a.owner_name, "gatetorio." + name + ".commands", "write"), false},  // external_app_commands
      {"topic", topic(a.reader_name, "gatetorio." + name + ".status", "read"), true},
      {"topic", topic(a.reader_name, "gatetorio.*.status", "read"), false},
      {"topic", topic(kHubName, "gatetorio.*.status", "read"), true},
      {"topic", topic(kHubName, "gatetorio." + name + ".commands", "write"), true},
      {"topic", topic(kHubName, "gatetorio." + name + ".status", "write"), true},
      {"topic", topic(kHubName, "gatetorio." + name + ".other", "write"), false},
      {"topic", topic(kHubName, "%23", "read"), false},
  };
  int wrong = 0;
  for (const Row& row : rows) {
    CAPTURE(row.path, row.form);
    const auto answer = a.ask("rabbitmq/" + row.path, row.form);
    CHECK(answer.status == 200);
    CHECK(answer.body == (row.allowed ? "allow" : "deny"));
    if (answer.body != (row.allowed ? "allow" : "deny")) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(a.ask("rabbitmq/user", hub + "&password=" + kHubPassword).body == "allow administrator");
  CHECK(a.hub.log().find("set external_management_url") != std::string::npos);
}

TEST_CASE("EMQX's questions are answered by what the hub knows now, in JSON and as forms") {
  Asked& a = asked();
  const std::string gate = a.gate.mqtt_username;
  const auto authenticate = [](const std::string& name, const std::string& client, const std::string& password) {
    return "username=" + name + "&clientid=" + client + "&password=" + password;
  };
  const auto authorize = [](const std::string& who, const char* action, const std::string& topic, const char* retain) {
    return "username=" + who + "&clientid=" + who + "-x&action=" + action + "&topic=" + topic + "&retain=" + retain;
  };
  const Row rows[] = {
      {"authenticate", authenticate(gate, gate, a.gate.mqtt_password), true},
      {"authenticate", authenticate(gate, a.other.mqtt_username, a.gate.mqtt_password), false},
      {"authenticate", authenticate(gate, gate, "wrong"), false},
      {"authenticate", authenticate(kHubName, "gatetorio-hub", kHubPassword), true},
      {"authenticate", authenticate(kHubName, "gatetorio-hub", ""), false},
      {"authenticate", "", false},
      {"authorize", authorize(gate, "publish", a.gate.status, "false"), true},
      {"authorize", authorize(gate, "publish", a.gate.status, "true"), false},
      {"authorize", authorize(gate, "publish", a.gate.status, "1"), false},
      {"authorize", authorize(kHubName, "publish", a.gate.status, "true"), false},
      {"authorize", authorize("device-0" + std::to_string(a.gate.id), "publish", a.gate.status, "false"), false},
      {"authorize", authorize(gate, "subscribe", a.gate.commands, ""), true},
      {"authorize", authorize(gate, "subscribe", a.other.commands, ""), false},
      {"authorize", authorize(gate, "publish", a.gate.commands, "false"), false},
      {"authorize", authorize(gate, "subscribe", "gatetorio/+/commands", ""), false},
      {"authorize", authorize(gate, "subscribe", "$share/g/" + a.gate.commands, ""), false},
      {"authorize", authorize(gate, "unknown", a.gate.status, ""), false},
      {"authorize", authorize(kHubName, "publish", a.gate.commands, "false"), true},
      {"authorize", authorize(kHubName, "publish", a.gate.commands, "true"), false},
      {"authorize", authorize(kHubName, "publish", a.gate.commands, "1"), false},
      {"authorize", authorize(a.reader_name, "subscribe", a.gate.status, ""), true},
      {"authorize", authorize(a.reader_name, "subscribe", a.other.status, ""), false},
      {"authorize",
       "username=" + gate + "&clientid=" + a.other.mqtt_username + "&action=publish&topic=" + a.gate.status, false},
      {"authorize", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path, row.form);
    const auto answer = a.ask("emqx/" + row.path, row.form);
    CHECK(answer.status == 200);
    CHECK(answer.text("result") == (row.allowed ? "allow" : "deny"));
  }
  const auto json = [&](const JsonObject& body) {
    return HttpClient(a.hub.http(), kBrokerSecret).post("/broker/emqx/authorize", body).text("result");
  };
  JsonObject question{{"username", gate}, {"clientid", gate}, {"action", "publish"}, {"topic", a.gate.status}};
  CHECK(json(question) == "allow");
  question["topic"] = a.other.status;
  CHECK(json(question) == "deny");
}

TEST_CASE("what ends is told to EMQX, and what has ended is not allowed") {
  constexpr std::int64_t kSecond = 1'000'000;
  Asked& a = asked();
  const TestUser guest = make_user(a.hub.http(), a.gate, "engineer");
  const std::string name = "user-" + std::to_string(guest.id), password = a.password(guest);
  const auto ask = [&] {
    return a.ask("emqx/authenticate", "username=" + name + "&clientid=" + name + "&password=" + password);
  };
  const std::int64_t now_s = std::time(nullptr), password_end = ask().number("expire_at");
  CHECK(password_end > now_s + 3'600);
  const std::string gate = a.gate.mqtt_username;
  CHECK_FALSE(a.ask("emqx/authenticate", "username=" + gate + "&clientid=" + gate + "&password=" + a.gate.mqtt_password)
                  .json()
                  .contains("expire_at"));
  const std::string set = "UPDATE grants SET expires_at = ", where = " WHERE user_id = " + std::to_string(guest.id);
  change_database(a.hub, set + std::to_string((now_s + 600) * kSecond) + where);
  CHECK(ask().number("expire_at") == now_s + 600);
  change_database(a.hub, set + std::to_string((now_s - 1) * kSecond) + where);
  CHECK(ask().text("result") == "deny");
}

std::vector<std::string> with_management(const SlowManagement& management) {
  return {"transport-mqtt.external_management_url=" + management.url(), "transport-mqtt.recheck_seconds=3600"};
}

TEST_CASE("a broker's management that hangs on one client does not keep the others, and the client stays out") {
  PlainMosquitto broker;
  SlowManagement management;
  TempDir folder;
  HubProcess hub(external_setup(folder, broker.port(), with_management(management)));
  const TestDevice gate = make_device(hub.http()), kept = make_device(hub.http());
  const auto ask = [&](const TestUser& user) {
    const std::string name = "user-" + std::to_string(user.id);
    return HttpClient(hub.http())
        .request({.method = "POST",
                  .path = "/broker/rabbitmq/vhost",
                  .bearer = kBrokerSecret,
                  .body = "username=" + name + "&vhost=/",
                  .content_type = "application/x-www-form-urlencoded"})
        .body;
  };
  std::vector<TestUser> users;
  for (int i = 0; i < 10; ++i) {
    users.push_back(make_user(hub.http(), gate, "engineer"));
    give_access(hub.http(), kept, users.back().token, "readonly");
  }
  const auto name_of = [](const TestUser& user) { return "user-" + std::to_string(user.id); };
  for (const TestUser& user : users) {
    CHECK(eventually([&] { return ask(user) == "allow"; }));
    management.connect(name_of(user));
  }
  management.hang("/username/" + name_of(users[0]));
  for (const TestUser& user : users) {
    const std::string path = "/devices/" + gate.controller_id + "/users/" + std::to_string(user.id);
    REQUIRE(HttpClient(hub.http(), gate.token).del(path).status == 204);
  }
  for (std::size_t i = 1; i < users.size(); ++i) {
    CHECK(eventually([&] { return !management.is_connected(name_of(users[i])); }, milliseconds(1'500)));
    CHECK(eventually([&] { return ask(users[i]) == "allow"; }));
  }
  CHECK(ask(users[0]) == "deny");
  CHECK(eventually([&] { return hub.log().find("within 2000 ms") != std::string::npos; }));
  CHECK_FALSE(HttpClient(hub.http()).root("/health").at("broker_management").as_bool());
  CHECK(ask(users[0]) == "deny");
  management.answer();
  CHECK(eventually([&] { return ask(users[0]) == "allow"; }));
  CHECK_FALSE(management.is_connected(name_of(users[0])));
}

TEST_CASE(
    "as long as a device that lost its name may be listening, nothing is sent to the name and nothing from it "
    "believed") {
  PlainMosquitto broker;
  SlowManagement management;
  TempDir folder;
  HubProcess hub(external_setup(folder, broker.port(), with_management(management)));
  const TestDevice first = make_device(hub.http()), next = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), first, "owner"), user = make_user(hub.http(), next, "owner");
  const std::string name = first.controller_id;
  const auto rename = [&](const TestUser& by, const std::string& from, const std::string& to) {
    REQUIRE(HttpClient(hub.http(), by.token).patch("/devices/" + from, {{"controller_id", to}}).status == 200);
  };
  const auto send = [&] {
    return HttpClient(hub.http(), user.token)
        .post("/commands/send", {{"controller_id", name}, {"command", JsonObject{{"action", "open_gate"}}}})
        .status;
  };
  const auto last_status = [&] { return HttpClient(hub.http(), next.token).get("/commands/status/" + name).body; };
  MqttClient mqtt;
  REQUIRE(mqtt.connect(broker.port(), {.client_id = "any"}) == kMqttOk);
  REQUIRE(mqtt.subscribe(first.commands) == kGrantedQos1);
  REQUIRE(eventually([&] { return HttpClient(hub.http()).root("/health").at("mqtt_connected").as_bool(); }));
  const auto is_online = [&] {
    return HttpClient(hub.http(), next.token).get("/devices/" + next.controller_id).at("is_online").as_bool();
  };
  REQUIRE(mqtt.publish(next.status, R"({"state":"CLOSED"})") == kMqttOk);
  REQUIRE(eventually(is_online));
  management.connect(first.mqtt_username);
  management.hang("/username/" + first.mqtt_username);
  rename(owner, name, unique("gate"));
  rename(user, next.controller_id, name);
  CHECK(send() == 503);
  REQUIRE(mqtt.publish(first.status, R"({"state":"OF THE OLD ONE"})") == kMqttOk);
  CHECK(
      eventually([&] { return hub.log().find("a device that lost this name may have sent it") != std::string::npos; }));
  CHECK(send() == 503);
  CHECK(last_status().find("OF THE OLD ONE") == std::string::npos);
  CHECK(mqtt.received_so_far().empty());
  management.answer();
  CHECK(eventually([&] { return send() == 202; }));
  CHECK(mqtt.receive());
  REQUIRE(mqtt.publish(first.status, R"({"state":"OF THE NEW ONE"})") == kMqttOk);
  CHECK(eventually([&] { return last_status().find("OF THE NEW ONE") != std::string::npos; }));
}

TEST_CASE("a hub that stops does not wait for a broker's management that hangs") {
  PlainMosquitto broker;
  SlowManagement management;
  TempDir folder;
  management.hang("");
  HubProcess hub(external_setup(folder, broker.port(), with_management(management)));
  REQUIRE(eventually([&] { return management.is_asked_in_vain(); }));
  // It would get its answer after 2 s: that there is none.
  CHECK(time_of([&] { CHECK(hub.stop() == 0); }) < milliseconds(1'500));
}

TEST_CASE("a broker's management that does not answer is told of once a minute, with what mends it") {
  PlainMosquitto broker;
  TempDir folder;
  const std::string nobody = "transport-mqtt.external_management_url=http://127.0.0.1:" + std::to_string(free_port());
  HubProcess hub(external_setup(folder, broker.port(), {nobody}));
  const auto count = [&](const std::string& words) {
    const std::string log = hub.log();
    int found = 0;
    for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++found;
    return found;
  };
  CHECK(eventually([&] { return count("rabbitmq-plugins enable rabbitmq_management") == 1; }));
  // It tries several times meanwhile.
  const TestDevice gate = make_device(hub.http());
  CHECK_FALSE(eventually([&] { return count("whoever lost a right may go on") > 1; }, milliseconds(4'000)));
  const TestUser user = make_user(hub.http(), gate, "owner");
  const auto sent = HttpClient(hub.http(), user.token)
                        .post("/commands/send", {{"controller_id", gate.controller_id},
                                                 {"command", JsonObject{{"action", "open_gate"}}}});
  CHECK(sent.status == 503);
}

}  // namespace
}  // namespace gatetorio::testing
