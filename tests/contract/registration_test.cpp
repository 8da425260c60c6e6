// Section 2: a device registers, boots again, is renamed and forgotten.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("a new device gets its credentials once") {
  const std::string hardware_id = unique("hw"), controller_id = unique("gate");
  const auto registered = client().post("/devices/register", {{"hardware_id", hardware_id},
                                                              {"controller_id", controller_id},
                                                              {"firmware_version", "1.2.3"},
                                                              {"device_name", "Gate \xc3\xa9"}});
  REQUIRE(registered.status == 201);
  CHECK(registered.number("device_id") > 0);
  CHECK(registered.text("controller_id") == controller_id);
  CHECK(registered.text("device_token").starts_with("gtd_"));
  CHECK(registered.text("device_token").size() >= 4 + 43);
  CHECK_FALSE(registered.text("mqtt_username").empty());
  CHECK(registered.text("mqtt_password").size() >= 43);
  CHECK(registered.text("mqtt_broker_host") == "127.0.0.1");
  CHECK(registered.number("mqtt_broker_port") == shared_hub().mqtt_port());
  CHECK(registered.at("mqtt_tls").as_bool() == false);
  CHECK(registered.text("mqtt_topic_commands") == "gatetorio/" + controller_id + "/commands");
  CHECK(registered.text("mqtt_topic_status") == "gatetorio/" + controller_id + "/status");

  const auto shown = client(registered.text("device_token")).get("/devices/" + controller_id);
  REQUIRE(shown.status == 200);
  CHECK(shown.number("id") == registered.number("device_id"));
  CHECK(shown.text("controller_id") == controller_id);
  CHECK(shown.text("hardware_id") == hardware_id);
  CHECK(shown.text("device_name") == "Gate \xc3\xa9");
  CHECK(shown.text("firmware_version") == "1.2.3");
  CHECK(shown.at("is_online").as_bool() == false);
  CHECK(is_timestamp(shown.text("last_seen")));
  CHECK(is_timestamp(shown.text("created_at")));
  for (const char* name : {"device_token", "mqtt_password", "token_hash"}) CHECK_FALSE(shown.json().contains(name));
}

TEST_CASE("a device that boots again keeps everything but its MQTT password") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  auto http = client(device.token);
  const std::string new_name = unique("gate");
  const auto again = http.post("/devices/register", {{"hardware_id", device.hardware_id},
                                                     {"controller_id", new_name},
                                                     {"firmware_version", "2.0"},
                                                     {"device_name", "New name"}});
  REQUIRE(again.status == 200);
  CHECK(again.is_null("device_token"));
  CHECK(again.number("device_id") == device.id);
  CHECK(again.text("mqtt_username") == device.mqtt_username);
  CHECK(again.text("mqtt_password") != device.mqtt_password);
  CHECK(again.text("mqtt_topic_commands") == "gatetorio/" + new_name + "/commands");

  const auto shown = http.get("/devices/" + new_name);
  CHECK(shown.text("firmware_version") == "2.0");
  CHECK(shown.text("device_name") == "New name");
  CHECK(http.get(device_path(device)).status == 404);
  CHECK(client(owner.token).get("/users/access/" + new_name).text("access_level") == "owner");
}

TEST_CASE("the old MQTT password stops working when a device boots") {
  const TestDevice before = new_device();
  MqttClient mqtt;
  CHECK(mqtt.connect(shared_hub().mqtt_port(), login_of(before)) == kMqttOk);
  mqtt.disconnect();
  const auto again =
      client(before.token)
          .post("/devices/register", {{"hardware_id", before.hardware_id}, {"controller_id", before.controller_id}});
  const TestDevice after = device_from(again, before.hardware_id);
  CHECK(mqtt.connect(shared_hub().mqtt_port(), login_of(after)) == kMqttOk);
  mqtt.disconnect();
  const bool is_refused = eventually(
      [&] { return mqtt.connect(shared_hub().mqtt_port(), login_of(before)) == kNotAuthorized; }, milliseconds(1'000));
  CHECK(is_refused);
}

TEST_CASE("known hardware without its token is refused, whatever else it brings") {
  const TestDevice device = new_device(), other = new_device();
  const JsonObject body{{"hardware_id", device.hardware_id}, {"controller_id", unique("gate")}};
  CHECK(client().post("/devices/register", body).status == 401);
  CHECK(client("gtd_" + std::string(43, 'a')).post("/devices/register", body).status == 401);
  CHECK(client(device.token + "x").post("/devices/register", body).status == 401);
  CHECK(client(other.token).post("/devices/register", body).status == 401);
  CHECK(client("a-user-token-of-some-app").post("/devices/register", body).status == 401);
  CHECK(client(device.token).get(device_path(device)).status == 200);
}

TEST_CASE("a controller id that another device has is a conflict") {
  const TestDevice first = new_device(), second = new_device();
  CHECK(client()
            .post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", first.controller_id}})
            .status == 409);
  auto http = client(second.token);
  CHECK(http.post("/devices/register", {{"hardware_id", second.hardware_id}, {"controller_id", first.controller_id}})
            .status == 409);
  CHECK(http.patch(device_path(second), {{"controller_id", first.controller_id}}).status == 409);
  CHECK(http.get(device_path(second)).status == 200);
}

TEST_CASE("who may see a device sees it, and nobody else learns that it exists") {
  const TestDevice device = new_device(), other = new_device();
  for (const char* level : {"owner", "engineer", "readonly"}) {
    CHECK(client(new_user(device, level).token).get(device_path(device)).status == 200);
  }
  CHECK(client(device.token).get(device_path(device)).status == 200);
  CHECK(client(kAdminToken).get(device_path(device)).status == 200);
  CHECK(client(kViewerToken).get(device_path(device)).status == 200);

  const auto foreign = client(other.token).get(device_path(device));
  CHECK(foreign.status == 404);
  CHECK(client(new_user(other, "owner").token).get(device_path(device)).status == 404);
  CHECK(client("a-token-that-nobody-has").get(device_path(device)).status == 404);
  CHECK(client().get(device_path(device)).status == 401);
  CHECK(client("gtd_1_" + std::string(43, 'x')).get(device_path(device)).status == 401);
  const auto missing = client(other.token).get("/devices/" + unique("none"));
  CHECK(missing.status == 404);
  CHECK(client(kAdminToken).get("/devices/" + unique("none")).status == 404);
}

TEST_CASE("a device is renamed by itself, its owners and admins") {
  const TestDevice device = new_device();
  const std::string owner = new_user(device, "owner").token;
  std::string name = device.controller_id;
  for (const std::string& bearer : {device.token, owner, std::string(kAdminToken)}) {
    const std::string next = unique("gate");
    const auto renamed = client(bearer).patch("/devices/" + name, {{"controller_id", next}, {"device_name", next}});
    CHECK(renamed.status == 200);
    CHECK(renamed.text("controller_id") == next);
    CHECK(renamed.text("device_name") == next);
    CHECK(client(device.token).get("/devices/" + name).status == 404);
    name = next;
  }
  for (const char* level : {"engineer", "readonly"}) {
    const std::string bearer = new_user(device, level).token;
    CHECK(client(bearer).patch("/devices/" + name, {{"device_name", "x"}}).status == 403);
  }
  CHECK(client(kViewerToken).patch("/devices/" + name, {{"device_name", "x"}}).status == 403);
  CHECK(client(device.token).patch("/devices/" + name, {{"controller_id", "a/b"}}).wrong_fields() == "/controller_id");
  CHECK(client(device.token).patch("/devices/" + name, {}).status == 200);
}

TEST_CASE("a heartbeat marks a device online") {
  const TestDevice device = new_device(), other = new_device();
  auto http = client(device.token);
  const auto beat = http.post(device_path(device) + "/heartbeat");
  CHECK(beat.status == 200);
  CHECK(beat.text("status") == "ok");
  CHECK(is_timestamp(beat.text("last_seen")));
  const auto shown = http.get(device_path(device));
  CHECK(shown.at("is_online").as_bool());
  CHECK(shown.text("last_seen") == beat.text("last_seen"));
  CHECK(http.post(device_path(other) + "/heartbeat").status == 404);
  CHECK(client(new_user(device, "owner").token).post(device_path(device) + "/heartbeat").status == 403);
}

TEST_CASE("deleting a device kills its credentials at once") {
  const TestDevice device = new_device();
  const std::string owner = new_user(device, "owner").token, engineer = new_user(device, "engineer").token;
  const auto mqtt = go_online(shared_hub(), device);
  CHECK(client(engineer).del(device_path(device)).status == 403);
  CHECK(client(device.token).del(device_path(device)).status == 403);
  CHECK(client(owner).del(device_path(device)).status == 204);
  CHECK(client(device.token).get(device_path(device)).status == 401);
  CHECK(mqtt->is_closed_by_broker(milliseconds(1'000)));
  MqttClient again;
  CHECK(again.connect(shared_hub().mqtt_port(), login_of(device)) == kNotAuthorized);
  CHECK(client(kAdminToken).get(device_path(device)).status == 404);
  CHECK(client(owner).get("/users/access/" + device.controller_id).at("has_access").as_bool() == false);
  CHECK(client(owner).get("/users/me/devices").at("devices").as_array().empty());
}

TEST_CASE("a new device under an old name has none of the old one's users") {
  const TestDevice old = new_device();
  const std::string owner = new_user(old, "owner").token;
  REQUIRE(client(kAdminToken).del(device_path(old)).status == 204);
  const TestDevice fresh = make_device(shared_hub().http(), old.controller_id);
  CHECK(client(owner).get(device_path(fresh)).status == 404);
  CHECK(client(fresh.token).get(device_path(fresh) + "/users").at("users").as_array().empty());
}

}  // namespace
}  // namespace gatetorio::testing
