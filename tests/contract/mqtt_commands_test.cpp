// Section 5: commands over MQTT, and that a late one is never delivered.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

constexpr const char* kCommand = R"({"action":"open_gate"})";

std::uint16_t port() { return shared_hub().mqtt_port(); }

TEST_CASE("a command that an app publishes gets the hub's fields on its way") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const auto app = go_online(shared_hub(), new_user(device, "engineer"), device);
  CHECK(mqtt->publish(device.status, R"({"boot_nonce":"n-7"})") == kMqttOk);
  REQUIRE(app->receive());
  CHECK(app->publish(device.commands,
                     R"({"action":"open","command_id":"mine","expires_at":"2999-01-01T00:00:00.000Z"})") == kMqttOk);
  const auto message = mqtt->receive();
  REQUIRE(message);
  const auto payload = boost::json::parse(message->payload);
  CHECK(payload.at("action") == "open");
  CHECK(payload.at("command_id") != "mine");
  CHECK(payload.at("boot_nonce") == "n-7");
  CHECK(is_timestamp(std::string(payload.at("issued_at").as_string())));
  CHECK(hours_ahead(std::string(payload.at("expires_at").as_string())) == 0);
}

TEST_CASE("an app's command over MQTT is written down like any other, with who sent it and what became of it") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "engineer");
  const auto mqtt = go_online(shared_hub(), device);
  const auto app = go_online(shared_hub(), user, device);
  REQUIRE(app->publish(device.commands, kCommand) == kMqttOk);
  const auto message = mqtt->receive();
  REQUIRE(message);
  const std::string id(boost::json::parse(message->payload).at("command_id").as_string());
  // It is in the log before it moves anything.
  CHECK(ask_database(shared_hub(),
                     "SELECT COUNT(*) FROM gatetorio_audit WHERE action = 'command.send' AND principal = 'user:" +
                         std::to_string(user.id) + "' AND peer = '127.0.0.1' AND detail LIKE '%" + id + "%'") == 1);
  auto http = client(user.token);
  // Handed to its connection, which may hang: only what the gate says afterwards tells that it lives.
  CHECK(http.get("/commands/" + id).text("state") == "sent");
  mqtt->publish(device.status, R"({"state":"OPENING"})");
  CHECK(eventually([&] { return http.get("/commands/" + id).text("state") == "delivered"; }));
  mqtt->publish(device.status, R"({"command_id":")" + id + R"(","result":"success"})");
  CHECK(eventually([&] { return http.get("/commands/" + id).text("state") == "acknowledged"; }));
}

TEST_CASE("an app that publishes a command again after a reconnect moves the gate once, by its idempotency_key") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "engineer");
  const auto mqtt = go_online(shared_hub(), device);
  const std::string again = R"({"action":"toggle","idempotency_key":"tap-)" + unique("") + R"("})";
  int received = 0;
  for (int i = 0; i < 3; ++i) {
    const auto app = go_online(shared_hub(), user, device);
    CHECK(app->publish(device.commands, again) == kMqttOk);
    CHECK(app->publish(device.commands, R"({"action":"mark"})") == kMqttOk);
    bool is_marked = false;
    while (!is_marked) {
      const auto message = mqtt->receive();
      REQUIRE(message);
      const auto payload = boost::json::parse(message->payload).as_object();
      CHECK_FALSE(payload.contains("idempotency_key"));
      is_marked = payload.at("action") == "mark";
      received += is_marked ? 0 : 1;
    }
  }
  received += static_cast<int>(mqtt->received_so_far().size());
  CHECK(received == 1);
}

TEST_CASE("an idempotency_key over MQTT is for one command: another under it moves nothing") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const auto app = go_online(shared_hub(), new_user(device, "engineer"), device);
  const std::string key = R"(","idempotency_key":"tap-)" + unique("") + R"("})";
  for (const char* action : {"open", "close", "open"}) {
    CHECK(app->publish(device.commands, std::string(R"({"action":")") + action + key) == kMqttOk);
  }
  CHECK(app->publish(device.commands, R"({"action":"mark","run":12.0,"long":123456789012345678901234567890})") ==
        kMqttOk);
  std::vector<std::string> received;
  while (received.empty() || received.back().find("mark") == std::string::npos) {
    const auto message = mqtt->receive();
    REQUIRE(message);
    received.push_back(message->payload);
  }
  // They are judged side by side: the mark may overtake.
  for (const MqttMessage& message : mqtt->received_so_far()) received.push_back(message.payload);
  const auto with = [&](std::string_view words) {
    return std::count_if(received.begin(), received.end(),
                         [&](const auto& text) { return text.find(words) != std::string::npos; });
  };
  CHECK(with(R"("action":"open")") + with(R"("action":"close")") <= 1);
  CHECK(with(R"({"action":"mark","run":12.0,"long":123456789012345678901234567890,"command_id":)") == 1);
}

TEST_CASE("who lost the right between publishing and sending moves nothing") {
  const TestDevice device = new_device();
  const TestUser reader = new_user(device, "readonly");
  const auto mqtt = go_online(shared_hub(), device);
  const auto app = go_online(shared_hub(), reader, device);
  CHECK(app->publish(device.commands, kCommand) == kNotAuthorized);
  CHECK(app->publish("$gatetorio/requests", R"({"username":"hub","command":{}})") == kNotAuthorized);
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("retained commands are refused and nothing is kept") {
  const TestDevice device = new_device();
  auto mqtt = go_online(shared_hub(), device);
  const TestUser owner = new_user(device, "owner");
  const auto app = go_online(shared_hub(), owner, device);
  for (const int qos : {1, 0}) app->publish(device.commands, kCommand, qos, true);
  CHECK(app->publish(device.commands, kCommand, 1, true) == kNotAuthorized);
  MqttClient old;
  REQUIRE(old.connect(port(), login_of(shared_hub().http(), owner, 4)) == kMqttOk);
  old.publish(device.commands, kCommand, 1, true);
  CHECK(mqtt->received_so_far().empty());
  mqtt->disconnect();
  mqtt = go_online(shared_hub(), device);
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("a will on commands is refused") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const TestUser owner = new_user(device, "owner");
  MqttClient app;
  MqttLogin login = login_of(shared_hub().http(), owner);
  login.will_topic = device.commands;
  login.will_payload = kCommand;
  if (app.connect(port(), login) == kMqttOk) app.drop();
  // Whatever became of the will: it must not open the gate later than its time, nor be retained. A live one is stamped.
  for (const MqttMessage& message : mqtt->received_so_far()) {
    CHECK(boost::json::parse(message.payload).as_object().contains("expires_at"));
  }
}

TEST_CASE("an app learns by MQTT 5 that the device is not connected, and nothing waits for it") {
  const TestDevice device = new_device();
  const auto app = go_online(shared_hub(), new_user(device, "owner"), device);
  CHECK(app->publish(device.commands, kCommand) == kNobodyThere);
  auto mqtt = go_online(shared_hub(), device);
  CHECK(app->publish(device.commands, kCommand) == kMqttOk);
  CHECK(mqtt->receive());
  mqtt->disconnect();
  std::size_t taken = 0;  // in the moment before the broker saw the end
  CHECK(eventually([&] {
    const bool is_taken = app->publish(device.commands, kCommand) == kMqttOk;
    taken += is_taken ? 1 : 0;
    return !is_taken;
  }));
  CHECK(app->publish(device.commands, kCommand) == kNobodyThere);
  mqtt = go_online(shared_hub(), device);
  CHECK(mqtt->received_so_far().size() <= taken);
}

TEST_CASE("a persistent session gets no command that came while it was away") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto app = go_online(shared_hub(), owner, device);
  MqttLogin login = login_of(device);
  login.clean = false;
  login.session_expiry_s = 3'600;
  MqttClient mqtt;
  REQUIRE(mqtt.connect(port(), login) == kMqttOk);
  REQUIRE(mqtt.subscribe(device.commands) == kGrantedQos1);
  mqtt.drop();
  CHECK(eventually([&] { return app->publish(device.commands, kCommand) == kNobodyThere; }));
  CHECK(client(owner.token)
            .post("/commands/send", {{"controller_id", device.controller_id}, {"command", JsonObject{}}})
            .status == 503);
  REQUIRE(mqtt.connect(port(), login) == kMqttOk);
  CHECK(mqtt.session_present());
  for (const MqttMessage& message : mqtt.received_so_far()) {
    // Accepted in the moment before the broker saw the cut: in time, or not at all.
    const auto payload = boost::json::parse(message.payload);
    CHECK(hours_ahead(std::string(payload.at("expires_at").as_string())) == 0);
  }
}

TEST_CASE("an unacknowledged command is not delivered again after its time") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  MqttLogin login = login_of(device);
  login.clean = false;
  login.session_expiry_s = 3'600;
  MqttClient mqtt;
  mqtt.acknowledge(false);
  REQUIRE(mqtt.connect(port(), login) == kMqttOk);
  REQUIRE(mqtt.subscribe(device.commands) == kGrantedQos1);
  auto http = client(owner.token);
  REQUIRE(eventually([&] { return http.get(device_path(device)).at("is_online").as_bool(); }));
  const auto sent =
      http.post("/commands/send",
                {{"controller_id", device.controller_id}, {"command", {{"action", "open_gate"}}}, {"ttl_seconds", 3}});
  REQUIRE(sent.status == 202);
  REQUIRE(mqtt.receive());
  mqtt.drop();
  REQUIRE(eventually([&] { return http.get("/commands/" + sent.text("command_id")).text("state") == "expired"; }));
  REQUIRE(mqtt.connect(port(), login) == kMqttOk);
  CHECK(mqtt.session_present());
  CHECK(mqtt.received_so_far().empty());
}

TEST_CASE("malformed commands are refused") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const auto app = go_online(shared_hub(), new_user(device, "owner"), device);
  for (const std::string& bad : {std::string("open"), std::string("[]"), std::string("{"), std::string(),
                                 "{\"x\":\"" + std::string(70'000, 'x') + "\"}"}) {
    CAPTURE(bad.substr(0, 20));
    CHECK(app->publish(device.commands, bad) >= 0x80);
  }
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("a status that an app hears is the device's, as it sent it") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const auto app = go_online(shared_hub(), new_user(device, "readonly"), device);
  const std::string status = R"({"state":"OPENING", "m1_percent":12})";
  CHECK(mqtt->publish(device.status, status) == kMqttOk);
  const auto message = app->receive();
  REQUIRE(message);
  CHECK(message->topic == device.status);
  CHECK(message->payload == status);
}

TEST_CASE("a device is offline at once when its connection ends, with or without a will") {
  const TestDevice device = new_device();
  auto http = client(device.token);
  for (const bool with_will : {false, true}) {
    CAPTURE(with_will);
    MqttLogin login = login_of(device);
    if (with_will) {
      login.will_topic = device.status;
      login.will_payload = R"({"state":"OFFLINE"})";
    }
    MqttClient mqtt;
    REQUIRE(mqtt.connect(port(), login) == kMqttOk);
    const auto is_online = [&] { return http.get(device_path(device)).at("is_online").as_bool(); };
    REQUIRE(eventually(is_online));
    mqtt.drop();
    CHECK(eventually([&] { return !is_online(); }, milliseconds(1'000)));
  }
  CHECK(eventually([&] {
    const auto status = http.get("/commands/status/" + device.controller_id).at("status");
    return status.is_object() && status.at("state") == "OFFLINE";
  }));
}

}  // namespace
}  // namespace gatetorio::testing
