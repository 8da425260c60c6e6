// A device is its id: its names change hands, and nothing of one device reaches another by them.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <thread>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

std::uint16_t port() { return shared_hub().mqtt_port(); }

int rename(const TestDevice& device, const std::string& name) {
  return client(device.token).patch("/devices/" + device.controller_id, {{"controller_id", name}}).status;
}

TEST_CASE("no other spelling of a device's number opens anything") {
  const TestDevice device = new_device();
  const std::string id = std::to_string(device.id), secret = device.token.substr(device.token.find('.'));
  const int version = GENERATE(4, 5);
  for (const std::string& other : {"0" + id, "00" + id, "+" + id, " " + id, id + " ", id + ".0", "0x" + id, "-" + id}) {
    CAPTURE(other);
    MqttClient mqtt;
    const MqttLogin login{
        .client_id = unique("c"), .username = "device-" + other, .password = device.mqtt_password, .version = version};
    CHECK(mqtt.connect(port(), login) == (version == 5 ? kNotAuthorized : kRefused3));
    CHECK(client("gtd_" + other + secret).get("/devices/" + device.controller_id).status == 401);
  }
  for (const std::string& name :
       {"Device-" + id, "DEVICE-" + id, "device_" + id, "device-" + id + "-1", "device:" + id}) {
    CAPTURE(name);
    MqttClient mqtt;
    const MqttLogin login{
        .client_id = unique("c"), .username = name, .password = device.mqtt_password, .version = version};
    CHECK(mqtt.connect(port(), login) == (version == 5 ? kNotAuthorized : kRefused3));
  }
}

TEST_CASE("a number in a path or a query has one spelling") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), other = new_user(device, "readonly");
  auto http = client(owner.token);
  const std::string users = "/devices/" + device.controller_id + "/users/", id = std::to_string(other.id);
  for (const std::string& spelled : {"0" + id, "%30" + id, "%2B" + id, std::string("-0"), id + "%20"}) {
    CAPTURE(spelled);
    CHECK(http.del(users + spelled).status == 422);
  }
  CHECK(http.del(users + id).status == 204);
}

TEST_CASE("a command is received by the device that it was judged for, whatever the names do meanwhile") {
  const std::string north = unique("north"), south = unique("south");
  TestDevice devices[2] = {make_device(shared_hub().http(), north), make_device(shared_hub().http(), south)};
  const TestUser owner = new_user(devices[0], "owner");
  give_access(shared_hub().http(), devices[1], owner.token, "owner");
  std::atomic<bool> is_over = false;
  std::thread swapper([&] {
    // A third name lets the two be swapped; each device renames itself.
    const std::string between = unique("between");
    bool is_swapped = false;
    while (!is_over) {
      const std::string first = is_swapped ? south : north, second = is_swapped ? north : south;
      const auto move = [](const TestDevice& device, const std::string& from, const std::string& to) {
        return client(device.token).patch("/devices/" + from, {{"controller_id", to}}).status == 200;
      };
      if (move(devices[0], first, between) && move(devices[1], second, first) && move(devices[0], between, second)) {
        is_swapped = !is_swapped;
      } else {
        is_over = true;
      }
    }
  });
  // Each gate comes back whenever a new name has thrown it out, and hears whatever it may.
  std::vector<std::string> received[2];
  std::thread gates[2];
  for (int i = 0; i < 2; ++i) {
    gates[i] = std::thread([&, i] {
      while (!is_over) {
        MqttClient mqtt;
        MqttLogin login = login_of(devices[i]);
        login.client_id = unique("gate");
        if (mqtt.connect(port(), login) != kMqttOk) continue;
        if (mqtt.subscribe("gatetorio/+/commands") != kGrantedQos1) continue;
        while (const auto message = mqtt.receive(milliseconds(200))) {
          received[i].emplace_back(boost::json::parse(message->payload).at("command_id").as_string());
        }
      }
    });
  }
  auto http = client(owner.token);
  int sent = 0;
  for (int i = 0; i < 400 && !is_over; ++i) {
    const JsonObject body{{"controller_id", i % 2 == 0 ? north : south}, {"command", JsonObject{{"action", "open"}}}};
    sent += http.post("/commands/send", body).status == 202 ? 1 : 0;
  }
  CHECK_FALSE(is_over);
  is_over = true;
  swapper.join();
  for (std::thread& gate : gates) gate.join();
  // A device sees the commands that were recorded for it, and no others.
  for (int i = 0; i < 2; ++i) {
    auto device = client(devices[i].token);
    for (const std::string& command_id : received[i]) CHECK(device.get("/commands/" + command_id).status == 200);
  }
  INFO("sent " << sent << ", received " << received[0].size() << " and " << received[1].size());
  CHECK(received[0].size() + received[1].size() > 0);
}

TEST_CASE("a connected gate that is renamed gets its commands, and must take its new name or connect anew") {
  const int version = GENERATE(4, 5);
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  MqttClient mqtt;
  MqttLogin login = login_of(device, version);
  login.clean = false;
  login.session_expiry_s = 3600;
  REQUIRE(mqtt.connect(port(), login) == kMqttOk);
  REQUIRE(mqtt.subscribe(device.commands) == kGrantedQos1);
  auto http = client(owner.token);
  const auto send = [&](const std::string& name) {
    return http.post("/commands/send", {{"controller_id", name}, {"command", JsonObject{{"action", "open"}}}}).status;
  };
  REQUIRE(eventually([&] { return send(device.controller_id) == 202; }));
  REQUIRE(mqtt.receive());
  const std::string name = unique("new");
  REQUIRE(http.patch("/devices/" + device.controller_id, {{"controller_id", name}}).status == 200);
  const TestDevice next = make_device(shared_hub().http(), device.controller_id);
  // What is taken arrives, on the topic that the gate has subscribed.
  CHECK(send(name) == 202);
  CHECK(mqtt.receive());
  CHECK(mqtt.is_closed_by_broker(milliseconds(10'000)));
  CHECK(eventually([&] { return !http.get("/devices/" + name).at("is_online").as_bool(); }));
  CHECK(send(name) == 503);
  // Its old subscription, which the broker keeps, is not good for its new name.
  REQUIRE(mqtt.connect(port(), login) == kMqttOk);
  CHECK(send(name) == 503);
  CHECK(mqtt.subscribe(device.commands) == (version == 5 ? kNotAuthorized : kSubscribeRefused3));
  REQUIRE(mqtt.subscribe("gatetorio/" + name + "/commands") == kGrantedQos1);
  CHECK(eventually([&] { return send(name) == 202; }));
  CHECK(wait_for(mqtt, [&](const MqttMessage& message) { return message.topic == "gatetorio/" + name + "/commands"; }));
}

TEST_CASE("the next holder of a name sees nothing of the former one") {
  const bool is_deleted = GENERATE(false, true);
  const TestDevice former = new_device();
  const TestUser first = new_user(former, "owner");
  auto gate = go_online(shared_hub(), former);
  REQUIRE(gate->publish(former.status, R"({"state":"OPEN","boot_nonce":"former"})", 1, true) == kMqttOk);
  REQUIRE(gate->publish(former.status, R"({"type":"config","data":{"of":"former"}})") == kMqttOk);
  REQUIRE(eventually(
      [&] { return client(first.token).get("/files/" + former.controller_id).at("files").as_array().size() == 1; }));
  if (is_deleted) {
    REQUIRE(client(first.token).del(device_path(former)).status == 204);
  } else {
    REQUIRE(rename(former, unique("moved")) == 200);
  }
  const TestDevice next = make_device(shared_hub().http(), former.controller_id);
  const TestUser second = new_user(next, "owner");
  const auto app = go_online(shared_hub(), second, next);
  CHECK(app->received_so_far().empty());
  auto http = client(second.token);
  const auto status = http.get("/commands/status/" + next.controller_id);
  CHECK(status.is_null("status"));
  CHECK_FALSE(status.at("is_online").as_bool());
  CHECK(http.get("/files/" + next.controller_id).at("files").as_array().empty());
  const auto next_gate = go_online(shared_hub(), next);
  REQUIRE(
      http.post("/commands/send", {{"controller_id", next.controller_id}, {"command", JsonObject{{"action", "open"}}}})
          .status == 202);
  const auto command = next_gate->receive();
  REQUIRE(command);
  CHECK(command->payload.find("former") == std::string::npos);
  // And the former owner hears nothing of the next.
  REQUIRE(next_gate->publish(next.status, R"({"state":"CLOSED"})") == kMqttOk);
  CHECK(wait_for(*app, [](const MqttMessage& message) { return message.payload.find("CLOSED") != std::string::npos; }));
  CHECK(client(first.token).get("/commands/status/" + next.controller_id).status == 404);
}

TEST_CASE("a retained status is cleared by an empty one, and the last status stays") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto gate = go_online(shared_hub(), device);
  REQUIRE(gate->publish(device.status, R"({"state":"OPEN"})", 1, true) == kMqttOk);
  const auto before = go_online(shared_hub(), owner, device);
  const auto kept = before->receive();
  REQUIRE(kept);
  CHECK(kept->retained);
  CHECK(gate->publish(device.status, "", 1, true) < 0x80);
  const auto after = go_online(shared_hub(), owner, device);
  CHECK(after->received_so_far().empty());
  CHECK(before->received_so_far().empty());  // an empty text is no status
  CHECK(client(owner.token).get("/commands/status/" + device.controller_id).at("status").as_object().at("state") ==
        "OPEN");
}

TEST_CASE("a retained status survives a restart of the hub for its own device only") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http()), other = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner"), other_owner = make_user(hub.http(), other, "owner");
  {
    const auto gate = go_online(hub, device), other_gate = go_online(hub, other);
    REQUIRE(gate->publish(device.status, R"({"state":"OPEN"})", 1, true) == kMqttOk);
    REQUIRE(other_gate->publish(other.status, R"({"state":"OTHER"})", 1, true) == kMqttOk);
  }
  REQUIRE(HttpClient(hub.http(), other.token)
              .patch("/devices/" + other.controller_id, {{"controller_id", "moved"}})
              .status == 200);
  REQUIRE(hub.stop() == 0);
  hub.start();
  const TestDevice next = make_device(hub.http(), other.controller_id);
  const TestUser next_owner = make_user(hub.http(), next, "owner");
  const auto app = go_online(hub, owner, device), next_app = go_online(hub, next_owner, next);
  const auto kept = app->receive();
  REQUIRE(kept);
  CHECK(kept->payload == R"({"state":"OPEN"})");
  CHECK(next_app->received_so_far().empty());
  const auto next_gate = go_online(hub, next);
  CHECK(go_online(hub, next_owner, next)->received_so_far().empty());
}

TEST_CASE("an engineer's last will moves no gate, whatever id and date it carries") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const auto gate = go_online(shared_hub(), device);
  const JsonObject body{
      {"controller_id", device.controller_id}, {"command", JsonObject{{"action", "close"}}}, {"ttl_seconds", 300}};
  const auto sent = client(owner.token).post("/commands/send", body);
  REQUIRE(sent.status == 202);
  const auto command = gate->receive();
  REQUIRE(command);
  for (const std::string& will :
       {command->payload, R"({"action":"open","command_id":")" + sent.text("command_id") +
                              R"(","expires_at":"2099-01-01T00:00:00.000Z","boot_nonce":"mine"})"}) {
    MqttLogin login = login_of(shared_hub().http(), engineer);
    login.will_topic = device.commands;
    login.will_payload = will;
    MqttClient mqtt;
    REQUIRE(mqtt.connect(port(), login) == kMqttOk);
    mqtt.drop();
  }
  // What comes after them comes alone.
  REQUIRE(client(owner.token)
              .post("/commands/send", {{"controller_id", device.controller_id}, {"command", JsonObject{{"n", 2}}}})
              .status == 202);
  const auto next = gate->receive();
  REQUIRE(next);
  CHECK(boost::json::parse(next->payload).at("n") == 2);
}

TEST_CASE("client ids that are names of principals are kept for them") {
  const TestDevice device = new_device(), other = new_device();
  const TestUser owner = new_user(other, "owner");
  for (MqttLogin login : {login_of(other), login_of(shared_hub().http(), owner)}) {
    login.client_id = device.mqtt_username;
    login.clean = false;
    login.session_expiry_s = 86'400;
    MqttClient squatter;
    CHECK(squatter.connect(port(), login) == kNotAuthorized);
  }
  MqttLogin login = login_of(device);
  login.client_id = device.mqtt_username;
  MqttClient mqtt;
  CHECK(mqtt.connect(port(), login) == kMqttOk);
}

TEST_CASE("a client id that a deleted device has left behind is free at once") {
  const TestDevice squatter = new_device(), device = new_device();
  const TestUser owner = new_user(squatter, "owner");
  const std::string id = unique("panel");
  MqttLogin login = login_of(squatter);
  login.client_id = id;
  login.clean = false;
  login.session_expiry_s = 86'400;
  MqttClient first, second;
  REQUIRE(first.connect(port(), login) == kMqttOk);
  REQUIRE(first.subscribe(squatter.commands) == kGrantedQos1);
  first.disconnect();
  MqttLogin next = login_of(device);
  next.client_id = id;
  CHECK(second.connect(port(), next) == kNotAuthorized);
  REQUIRE(client(owner.token).del(device_path(squatter)).status == 204);
  CHECK(eventually([&] { return second.connect(port(), next) == kMqttOk; }, milliseconds(2'000)));
}

TEST_CASE("the earlier of a publisher's message expiry and the time to live counts") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto gate = go_online(shared_hub(), device);
  MqttClient app;
  REQUIRE(app.connect(port(), login_of(shared_hub().http(), owner)) == kMqttOk);
  const auto life_of = [&](std::uint32_t expiry_s) {
    REQUIRE(app.publish(device.commands, R"({"action":"open"})", 1, false, expiry_s) == kMqttOk);
    const auto command = gate->receive();
    REQUIRE(command);
    const auto parsed = boost::json::parse(command->payload);
    // Both within the same minute, or the next.
    const auto seconds = [&](const char* name) {
      return std::stod(std::string(parsed.at(name).as_string().subview(17, 6)));
    };
    const double life = seconds("expires_at") - seconds("issued_at");
    return life < 0 ? life + 60 : life;
  };
  CHECK(life_of(2) <= 2.5);
  CHECK(std::lround(life_of(200)) == 10);
  CHECK(std::lround(life_of(0)) == 10);
}

}  // namespace
}  // namespace gatetorio::testing
