#include "support/people.hpp"

#include <unistd.h>

#include <atomic>

namespace gatetorio::testing {

namespace {

void must(bool holds, const std::string& what, const HttpResponse& response) {
  if (!holds) throw std::runtime_error(what + ": " + std::to_string(response.status) + " " + response.body);
}

void must(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

}  // namespace

std::string unique(const std::string& prefix) {
  static std::atomic<int> last{0};
  return prefix + "-" + std::to_string(::getpid()) + "-" + std::to_string(++last);
}

TestDevice device_from(const HttpResponse& registered, const std::string& hardware_id) {
  TestDevice device;
  device.hardware_id = hardware_id;
  device.id = registered.number("device_id");
  device.controller_id = registered.text("controller_id");
  if (!registered.is_null("device_token")) device.token = registered.text("device_token");
  device.mqtt_username = registered.text("mqtt_username");
  device.mqtt_password = registered.text("mqtt_password");
  device.commands = registered.text("mqtt_topic_commands");
  device.status = registered.text("mqtt_topic_status");
  return device;
}

TestDevice make_device(const std::string& http, const std::string& controller_id, const std::string& enrolment_key) {
  const std::string hardware_id = unique("hw");
  JsonObject body{{"hardware_id", hardware_id},
                  {"controller_id", controller_id.empty() ? unique("gate") : controller_id}};
  if (!enrolment_key.empty()) body["enrolment_key"] = enrolment_key;
  const auto registered = HttpClient(http).post("/devices/register", body);
  must(registered.status == 201, "no device", registered);
  return device_from(registered, hardware_id);
}

std::int64_t give_access(const std::string& http, const TestDevice& device, const std::string& user_token,
                         const std::string& level) {
  const auto given =
      HttpClient(http, device.token).post("/users/authorize", {{"user_token", user_token}, {"access_level", level}});
  must(given.status == 200, "no access", given);
  return given.number("user_id");
}

TestUser make_user(const std::string& http, const TestDevice& device, const std::string& level) {
  TestUser user{.token = unique("user-token-of-an-app")};
  user.id = give_access(http, device, user.token, level);
  return user;
}

MqttLogin login_of(const TestDevice& device, int version) {
  return {.client_id = unique("device"),
          .username = device.mqtt_username,
          .password = device.mqtt_password,
          .version = version};
}

MqttLogin login_of(const std::string& http, const TestUser& user, int version) {
  const auto given = HttpClient(http, user.token).post("/users/mqtt-credentials");
  must(given.status == 200, "no MQTT credentials", given);
  return {.client_id = unique("app"),
          .username = given.text("mqtt_username"),
          .password = given.text("mqtt_password"),
          .version = version};
}

std::unique_ptr<MqttClient> go_online(const HubProcess& hub, const TestDevice& device) {
  auto client = std::make_unique<MqttClient>();
  const int code = client->connect(hub.mqtt_port(), login_of(device));
  must(code == kMqttOk, device.controller_id + " cannot connect: " + std::to_string(code));
  must(client->subscribe(device.commands) == kGrantedQos1, device.controller_id + " cannot subscribe");
  HttpClient http(hub.http(), device.token);
  const bool is_known =
      eventually([&] { return http.get("/devices/" + device.controller_id).at("is_online").as_bool(); });
  must(is_known, "the hub does not see that " + device.controller_id + " is connected");
  return client;
}

std::unique_ptr<MqttClient> go_online(const HubProcess& hub, const TestUser& user, const TestDevice& device) {
  auto client = std::make_unique<MqttClient>();
  const int code = client->connect(hub.mqtt_port(), login_of(hub.http(), user));
  must(code == kMqttOk, "a user cannot connect: " + std::to_string(code));
  must(client->subscribe(device.status) == kGrantedQos1, "a user cannot subscribe to " + device.status);
  return client;
}

}  // namespace gatetorio::testing
