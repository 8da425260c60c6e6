// Section 5: who may connect to the broker, publish and subscribe.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <ctime>
#include <iostream>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

constexpr const char* kCommand = R"({"action":"open_gate"})";
constexpr const char* kStatus = R"({"state":"OPEN"})";

std::uint16_t port() { return shared_hub().mqtt_port(); }

TEST_CASE("nobody connects without the right name and password") {
  const TestDevice device = new_device(), other = new_device();
  const TestUser user = new_user(device, "owner");
  const int version = GENERATE(4, 5);
  const int refused = version == 5 ? kNotAuthorized : kRefused3;
  MqttClient mqtt;
  CHECK(mqtt.connect(port(), login_of(device, version)) == kMqttOk);
  mqtt.disconnect();
  const MqttLogin good = login_of(shared_hub().http(), user, version);
  CHECK(mqtt.connect(port(), good) == kMqttOk);
  mqtt.disconnect();
  struct Wrong {
    std::string username, password;
  };
  const Wrong cases[] = {{"", ""},
                         {device.mqtt_username, ""},
                         {device.mqtt_username, other.mqtt_password},
                         {other.mqtt_username, device.mqtt_password},
                         {device.mqtt_username, device.token},
                         {device.controller_id, device.mqtt_password},
                         {good.username, device.mqtt_password},
                         {good.username, user.token},
                         {good.username + " ", good.password},
                         {good.username + "0", good.password},
                         {"user-0" + std::to_string(user.id), good.password},
                         {"gatetorio-hub", "x"},
                         {"user-0", "x"},
                         {"device-", "x"},
                         {"admin", kAdminToken}};
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.username, wrong.password);
    const MqttLogin login{
        .client_id = unique("c"), .username = wrong.username, .password = wrong.password, .version = version};
    CHECK(mqtt.connect(port(), login) == refused);
  }
}

struct Rights {
  const char* who;
  bool publishes_commands, publishes_status, hears_commands, hears_status;
};

// The table of section 5 for a device's own people.
constexpr Rights kRights[] = {{"device", false, true, true, false},
                              {"owner", true, false, false, true},
                              {"engineer", true, false, false, true},
                              {"readonly", false, false, false, true}};

TEST_CASE("the table of rights holds for every principal on its own device and on a foreign one") {
  const int version = GENERATE(4, 5);
  const TestDevice own = new_device(), foreign = new_device();
  const auto own_mqtt = go_online(shared_hub(), own), foreign_mqtt = go_online(shared_hub(), foreign);
  const int refused = version == 5 ? kNotAuthorized : kSubscribeRefused3;
  int cells = 0, wrong = 0;
  for (const Rights& rights : kRights) {
    for (const TestDevice* device : {&own, &foreign}) {
      const bool is_own = device == &own;
      CAPTURE(rights.who, is_own);
      MqttClient mqtt;
      const bool is_device = std::string_view(rights.who) == "device";
      const MqttLogin login =
          is_device ? login_of(own, version) : login_of(shared_hub().http(), new_user(own, rights.who), version);
      REQUIRE(mqtt.connect(port(), login) == kMqttOk);
      const auto check = [&](bool right, int code, int allowed, int forbidden) {
        ++cells;
        const bool fits = code == (right && is_own ? allowed : forbidden);
        if (!fits) ++wrong;
        CHECK(fits);
      };
      check(rights.hears_commands, mqtt.subscribe(device->commands), kGrantedQos1, refused);
      check(rights.hears_status, mqtt.subscribe(device->status), kGrantedQos1, refused);
      // 3.1.1 has no code for a refused publication: what counts is who hears it, below.
      if (version == 4) continue;
      check(rights.publishes_commands, mqtt.publish(device->commands, kCommand), kMqttOk, kNotAuthorized);
      check(rights.publishes_status, mqtt.publish(device->status, kStatus), kMqttOk, kNotAuthorized);
    }
  }
  CHECK(cells == (version == 5 ? 32 : 16));
  CHECK(wrong == 0);
  std::cout << "rights on topics, MQTT " << version << ": " << cells << " cells, " << wrong << " unexpected\n";
}

TEST_CASE("what may not be published is heard by nobody, in MQTT 3.1.1 too") {
  const TestDevice own = new_device(), foreign = new_device();
  const TestUser owner = new_user(own, "owner"), reader = new_user(own, "readonly"),
                 foreign_owner = new_user(foreign, "owner");
  const auto own_mqtt = go_online(shared_hub(), own), foreign_mqtt = go_online(shared_hub(), foreign);
  const auto listener = go_online(shared_hub(), foreign_owner, foreign);
  for (const MqttLogin& login :
       {login_of(own, 4), login_of(shared_hub().http(), owner, 4), login_of(shared_hub().http(), reader, 4)}) {
    MqttClient mqtt;
    REQUIRE(mqtt.connect(port(), login) == kMqttOk);
    mqtt.publish(foreign.commands, kCommand);
    mqtt.publish(foreign.status, kStatus);
    if (login.username != login_of(shared_hub().http(), owner, 4).username) mqtt.publish(own.commands, kCommand);
    mqtt.received_so_far();
  }
  CHECK(own_mqtt->received_so_far().empty());
  CHECK(foreign_mqtt->received_so_far().empty());
  CHECK(listener->received_so_far().empty());
}

TEST_CASE("topics beside the device's own two are closed") {
  const TestDevice device = new_device();
  for (const bool is_device : {true, false}) {
    MqttClient mqtt;
    REQUIRE(mqtt.connect(port(), is_device ? login_of(device)
                                           : login_of(shared_hub().http(), new_user(device, "owner"))) == kMqttOk);
    const std::string base = "gatetorio/" + device.controller_id;
    for (const std::string& topic :
         {base, base + "/", base + "/other", base + "/commands/x", base + "/status/x", "/" + base + "/status",
          std::string("gatetorio"), std::string("x"), "Gatetorio/" + device.controller_id + "/status", base + "/STATUS",
          std::string("$SYS/broker/x"), std::string("$CONTROL/dynamic-security/v1")}) {
      CAPTURE(topic);
      CHECK(mqtt.publish(topic, "{}") == kNotAuthorized);
      CHECK(mqtt.subscribe(topic) == kNotAuthorized);
    }
    for (const std::string& filter :
         {"$share/g/" + base + "/commands", std::string("$SYS/#"), "$share/g/" + base + "/status"}) {
      CHECK(mqtt.subscribe(filter) == kNotAuthorized);
    }
  }
}

TEST_CASE("a wildcard subscription never delivers another principal's messages") {
  const TestDevice own = new_device(), foreign = new_device();
  const TestUser owner = new_user(own, "owner"), foreign_owner = new_user(foreign, "owner");
  const auto foreign_mqtt = go_online(shared_hub(), foreign);
  const auto own_mqtt = go_online(shared_hub(), own);
  const auto sender = go_online(shared_hub(), foreign_owner, foreign);
  MqttClient user, device;
  REQUIRE(user.connect(port(), login_of(shared_hub().http(), owner)) == kMqttOk);
  REQUIRE(device.connect(port(), login_of(own)) == kMqttOk);
  for (MqttClient* mqtt : {&user, &device}) {
    for (const char* filter : {"#", "gatetorio/#", "gatetorio/+/commands", "gatetorio/+/status", "+/+/+"}) {
      mqtt->subscribe(filter);
    }
    mqtt->received_so_far();
  }
  CHECK(foreign_mqtt->publish(foreign.status, kStatus) == kMqttOk);
  CHECK(foreign_mqtt->publish(foreign.status, kStatus, 1, true) == kMqttOk);
  CHECK(sender->publish(foreign.commands, kCommand) == kMqttOk);
  REQUIRE(foreign_mqtt->receive());
  for (MqttClient* mqtt : {&user, &device}) {
    for (const MqttMessage& message : mqtt->received_so_far()) {
      CAPTURE(message.topic);
      CHECK(message.topic.find(foreign.controller_id) == std::string::npos);
    }
    mqtt->subscribe("gatetorio/" + foreign.controller_id + "/#");  // retained ones come with a subscription
    CHECK(mqtt->received_so_far().empty());
  }
}

TEST_CASE("a client id of another principal's session is refused, any other may be chosen") {
  const TestDevice own = new_device(), foreign = new_device();
  MqttClient first, second;
  MqttLogin login = login_of(own);
  login.client_id = unique("chosen");
  REQUIRE(first.connect(port(), login) == kMqttOk);
  MqttLogin thief = login_of(foreign);
  thief.client_id = login.client_id;
  CHECK(second.connect(port(), thief) != kMqttOk);
  CHECK(first.subscribe(own.commands) == kGrantedQos1);
  CHECK(second.connect(port(), login) == kMqttOk);  // its own principal may take it over
}

TEST_CASE("a password that is made to end earlier ends its sessions then, and no others") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "owner"), other = new_user(device, "owner");
  MqttClient app, neighbour;
  const MqttLogin login = login_of(shared_hub().http(), user);
  REQUIRE(app.connect(port(), login) == kMqttOk);
  REQUIRE(neighbour.connect(port(), login_of(shared_hub().http(), other)) == kMqttOk);
  change_database(shared_hub(),
                  "UPDATE mqtt_credentials SET expires_at = " + std::to_string((std::time(nullptr) + 1) * 1'000'000) +
                      " WHERE user_id = " + std::to_string(user.id));
  CHECK(app.is_closed_by_broker(std::chrono::milliseconds(3'500)));
  CHECK(app.connect(port(), login) == kNotAuthorized);
  CHECK(neighbour.subscribe(device.status) == kGrantedQos1);
}

}  // namespace
}  // namespace gatetorio::testing
