// Section 3: users, and what a device lets them do.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

std::string new_token() { return unique("user-token-of-an-app"); }

std::string level_on(const TestDevice& device, const std::string& token) {
  const auto access = client(token).get("/users/access/" + device.controller_id);
  return access.at("has_access").as_bool() ? access.text("access_level") : "none";
}

TEST_CASE("the first user becomes owner and the next may read, unless the device says otherwise") {
  const TestDevice device = new_device();
  auto http = client(device.token);
  const std::string first = new_token(), second = new_token(), third = new_token();
  const auto given = http.post("/users/authorize", {{"user_token", first}});
  REQUIRE(given.status == 200);
  CHECK(given.at("success").as_bool());
  CHECK_FALSE(given.text("message").empty());
  CHECK(given.number("user_id") > 0);
  CHECK(level_on(device, first) == "owner");
  http.post("/users/authorize", {{"user_token", second}});
  CHECK(level_on(device, second) == "readonly");
  http.post("/users/authorize", {{"user_token", third}, {"access_level", "engineer"}});
  CHECK(level_on(device, third) == "engineer");
}

TEST_CASE("authorising again updates") {
  const TestDevice device = new_device();
  auto http = client(device.token);
  const TestUser user = new_user(device, "engineer");
  const auto again = http.post("/users/authorize", {{"user_token", user.token},
                                                    {"access_level", "owner"},
                                                    {"name", "Anna"},
                                                    {"controller_id", device.controller_id},
                                                    {"expires_in_hours", 5}});
  CHECK(again.status == 200);
  CHECK(again.number("user_id") == user.id);
  const auto access = client(user.token).get("/users/access/" + device.controller_id);
  CHECK(access.text("access_level") == "owner");
  CHECK(hours_ahead(access.text("expires_at")) == 5);
  const auto users = http.get(device_path(device) + "/users").at("users").as_array();
  REQUIRE(users.size() == 1);
  CHECK(users[0].at("name") == "Anna");
}

TEST_CASE("authorising again changes what is given and nothing else") {
  const TestDevice device = new_device();
  auto http = client(device.token);
  const std::string token = new_token();
  const auto authorize = [&](JsonObject more) {
    more["user_token"] = token;
    return http.post("/users/authorize", more);
  };
  const auto entry = [&] { return http.get(device_path(device) + "/users").at("users").at(0).as_object(); };
  authorize({{"access_level", "engineer"}, {"name", "Anna"}, {"expires_in_hours", 5}});
  const JsonObject before = entry();
  CHECK(authorize({}).text("access_level") == "engineer");
  CHECK(entry() == before);
  CHECK(authorize({{"name", "Berta"}}).status == 200);
  CHECK(entry().at("name") == "Berta");
  CHECK(entry().at("expires_at") == before.at("expires_at"));
  CHECK(authorize({{"access_level", "readonly"}}).status == 200);
  CHECK(entry().at("access_level") == "readonly");
  CHECK(entry().at("name") == "Berta");
  CHECK(entry().at("expires_at") == before.at("expires_at"));
  CHECK(hours_ahead(authorize({{"expires_in_hours", 9}}).text("expires_at")) == 9);
  CHECK(entry().at("access_level") == "readonly");
}

TEST_CASE("a device whose users' access has all ended gets an owner again") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  HttpClient http(hub.http(), device.token);
  const auto pair = [&] { return http.post("/users/authorize", {{"user_token", new_token()}}).text("access_level"); };
  CHECK(pair() == "owner");
  CHECK(pair() == "readonly");
  change_database(hub, "UPDATE grants SET expires_at = 1 WHERE level = 'owner'");
  CHECK(pair() == "readonly");  // somebody may still read
  change_database(hub, "UPDATE grants SET expires_at = 1");
  CHECK(pair() == "owner");
  CHECK(pair() == "readonly");
}

TEST_CASE("access that has ended begins again only with a new end") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  HttpClient http(hub.http(), device.token);
  const std::string token = new_token();
  const auto authorize = [&](JsonObject more) {
    more["user_token"] = token;
    return http.post("/users/authorize", more);
  };
  const auto has_access = [&] {
    return HttpClient(hub.http(), token).get("/users/access/" + device.controller_id).at("has_access").as_bool();
  };
  authorize({{"access_level", "owner"}, {"expires_in_hours", 1}});
  change_database(hub, "UPDATE grants SET expires_at = 1");
  for (const JsonObject& again : {JsonObject{}, JsonObject{{"access_level", "owner"}}, JsonObject{{"name", "Anna"}}}) {
    const auto answer = authorize(again);
    CHECK(answer.status == 200);
    CHECK(answer.text("message").find("has ended") != std::string::npos);
    CHECK_FALSE(answer.is_null("expires_at"));
    CHECK_FALSE(has_access());
  }
  const auto answer = authorize({{"expires_in_hours", 2}});
  CHECK(answer.text("message").find("has ended") == std::string::npos);
  CHECK(answer.text("access_level") == "owner");
  CHECK(has_access());
}

TEST_CASE("a level named for access that has ended does not take what a sharing token gave") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner"), guest = make_user(hub.http(), device, "readonly");
  const std::string token = HttpClient(hub.http(), owner.token)
                                .post("/sharing/create", {{"controller_id", device.controller_id}})
                                .text("token");
  REQUIRE(HttpClient(hub.http(), guest.token).post("/sharing/redeem", {{"token", token}}).status == 200);
  change_database(
      hub, "UPDATE grants SET expires_at = 1 WHERE source = 'pairing' AND user_id = " + std::to_string(guest.id));
  give_access(hub.http(), device, guest.token, "readonly");
  CHECK(HttpClient(hub.http(), guest.token).get("/users/access/" + device.controller_id).text("access_level") ==
        "engineer");
}

TEST_CASE("grants on a device that is gone are removed by the next hub, if this one did not get to it") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http()), kept = make_device(hub.http());
  make_user(hub.http(), device, "owner");
  make_user(hub.http(), kept, "owner");
  hub.kill();
  change_database(hub, "DELETE FROM devices WHERE id = " + std::to_string(device.id));
  hub.start();
  CHECK(eventually([&] { return ask_database(hub, "SELECT COUNT(*) FROM grants") == 1; }));
  CHECK(ask_database(hub, "SELECT device_id FROM grants") == kept.id);
}

TEST_CASE("authorising is for devices, and for themselves only") {
  const TestDevice device = new_device(), other = new_device();
  const JsonObject body{{"user_token", new_token()}};
  CHECK(client().post("/users/authorize", body).status == 401);
  CHECK(client(new_user(device, "owner").token).post("/users/authorize", body).status == 403);
  CHECK(client(kAdminToken).post("/users/authorize", body).status == 403);
  auto http = client(device.token);
  CHECK(http.post("/users/authorize", {{"user_token", new_token()}, {"controller_id", other.controller_id}}).status ==
        403);
  CHECK(http.post("/users/authorize", {{"user_token", new_token()}, {"controller_id", unique("none")}}).status == 403);
  CHECK(http.post("/users/authorize", {}).wrong_fields() == "/user_token");
  const auto wrong = http.post(
      "/users/authorize", {{"user_token", "short"}, {"access_level", "god"}, {"expires_in_hours", 0}, {"name", 5}});
  CHECK(wrong.status == 422);
  CHECK(wrong.wrong_fields() == "/user_token /access_level /name /expires_in_hours");
}

TEST_CASE("a user discovers its devices, and a stranger none") {
  const TestDevice first = new_device(), second = new_device();
  const TestUser user = new_user(first, "owner");
  give_access(shared_hub().http(), second, user.token, "readonly");
  const auto by_bearer = client(user.token).get("/users/me/devices");
  const auto by_body = client().post("/users/discover", {{"user_token", user.token}});
  const auto by_both = client(user.token).post("/users/discover", {});
  CHECK(client(user.token).post("/users/discover").body == by_bearer.body);
  CHECK(by_bearer.body == by_body.body);
  CHECK(by_bearer.body == by_both.body);
  const auto devices = by_bearer.at("devices").as_array();
  REQUIRE(devices.size() == 2);
  for (const auto& entry : devices) {
    const bool is_first = entry.at("controller_id") == first.controller_id.c_str();
    CHECK(entry.at("id").as_int64() == (is_first ? first.id : second.id));
    CHECK(entry.at("access_level") == (is_first ? "owner" : "readonly"));
    CHECK(entry.at("expires_at").is_null());
    for (const char* name :
         {"hardware_id", "device_name", "firmware_version", "is_online", "last_seen", "created_at"}) {
      CHECK(entry.as_object().contains(name));
    }
  }
  const auto nothing = client().post("/users/discover", {{"user_token", new_token()}});
  CHECK(nothing.status == 200);
  CHECK(nothing.at("devices").as_array().empty());
  CHECK(client().post("/users/discover", {}).status == 401);
  CHECK(client().get("/users/me/devices").status == 401);
  CHECK(client(first.token).get("/users/me/devices").status == 403);
}

TEST_CASE("a user asks what it may do") {
  const TestDevice device = new_device();
  const auto owner = client(new_user(device, "owner").token).get("/users/access/" + device.controller_id);
  CHECK(owner.at("has_access").as_bool());
  CHECK(owner.text("access_level") == "owner");
  CHECK(owner.is_null("expires_at"));
  const auto stranger = client(new_token()).get("/users/access/" + device.controller_id);
  CHECK(stranger.status == 200);
  CHECK_FALSE(stranger.at("has_access").as_bool());
  CHECK(stranger.is_null("access_level"));
  const auto unknown = client(new_token()).get("/users/access/" + unique("none"));
  CHECK(unknown.body == stranger.body);
}

TEST_CASE("who has access is told to owners, the device and admins, without tokens") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), reader = new_user(device, "readonly");
  const std::string path = device_path(device) + "/users";
  for (const std::string& bearer : {owner.token, device.token, std::string(kAdminToken), std::string(kViewerToken)}) {
    const auto list = client(bearer).get(path);
    CHECK(list.status == 200);
    const auto users = list.at("users").as_array();
    REQUIRE(users.size() == 2);
    CHECK(users[0].at("user_id").as_int64() == owner.id);
    CHECK(users[0].at("access_level") == "owner");
    CHECK(users[1].at("user_id").as_int64() == reader.id);
    CHECK(users[1].at("expires_at").is_null());
    CHECK(is_timestamp(std::string(users[1].at("created_at").as_string())));
    for (const char* name : {"name", "last_seen", "source"}) CHECK(users[0].as_object().contains(name));
    CHECK(list.body.find("token") == std::string::npos);
  }
  CHECK(client(reader.token).get(path).status == 403);
  CHECK(client(new_user(device, "engineer").token).get(path).status == 403);
  CHECK(client(new_token()).get(path).status == 404);
  CHECK(client(new_device().token).get(path).status == 404);
}

TEST_CASE("access is taken by owners, the device and admins") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string path = device_path(device) + "/users/";
  for (const std::string& bearer : {owner.token, device.token, std::string(kAdminToken)}) {
    const TestUser user = new_user(device, "engineer");
    CHECK(client(bearer).del(path + std::to_string(user.id)).status == 204);
    CHECK(level_on(device, user.token) == "none");
    CHECK(client(bearer).del(path + std::to_string(user.id)).status == 404);
  }
  const TestUser engineer = new_user(device, "engineer");
  CHECK(client(engineer.token).del(path + std::to_string(owner.id)).status == 403);
  CHECK(client(kViewerToken).del(path + std::to_string(owner.id)).status == 403);
  CHECK(client(new_token()).del(path + std::to_string(owner.id)).status == 404);
  CHECK(client(owner.token).del(path + "none").wrong_fields() == "/user_id");
  CHECK(client(owner.token).del(path + "0").status == 422);
  const std::string id = std::to_string(owner.id);
  for (const std::string& other : {"0" + id, "00" + id, "%30" + id, "+" + id, "%2B" + id, "-" + id, "%2d" + id,
                                   id + "%20", id + ".0", id + "e0"}) {
    CAPTURE(other);
    CHECK(client(device.token).del(path + other).status == 422);
  }
  CHECK(level_on(device, owner.token) == "owner");
}

TEST_CASE("the last owner cannot remove itself, but the device and an admin can remove it") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), second = new_user(device, "owner");
  const std::string path = device_path(device) + "/users/";
  CHECK(client(second.token).del(path + std::to_string(second.id)).status == 204);
  CHECK(client(owner.token).del(path + std::to_string(owner.id)).status == 409);
  CHECK(level_on(device, owner.token) == "owner");
  CHECK(client(device.token).del(path + std::to_string(owner.id)).status == 204);
  CHECK(level_on(device, owner.token) == "none");
  const TestUser last = new_user(device, "owner");
  CHECK(client(kAdminToken).del(path + std::to_string(last.id)).status == 204);
}

TEST_CASE("an expired owner does not count as another owner") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner"), expired = make_user(hub.http(), device, "owner");
  change_database(hub, "UPDATE grants SET expires_at = 1 WHERE user_id = " + std::to_string(expired.id));
  const std::string path = device_path(device) + "/users/";
  CHECK(HttpClient(hub.http(), owner.token).del(path + std::to_string(owner.id)).status == 409);
}

TEST_CASE("a user fetches MQTT credentials that let it connect") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "owner");
  for (const auto& given : {client(user.token).post("/users/mqtt-credentials"),
                            client().post("/users/mqtt-credentials", {{"user_token", user.token}})}) {
    REQUIRE(given.status == 200);
    CHECK(given.text("mqtt_broker_host") == "127.0.0.1");
    CHECK(given.number("mqtt_broker_port") == shared_hub().mqtt_port());
    CHECK_FALSE(given.at("mqtt_tls").as_bool());
    CHECK(given.json().contains("mqtt_websocket_url"));
    CHECK(hours_ahead(given.text("expires_at")) >= 1);
    MqttClient mqtt;
    MqttLogin login{
        .client_id = unique("app"), .username = given.text("mqtt_username"), .password = given.text("mqtt_password")};
    CHECK(mqtt.connect(shared_hub().mqtt_port(), login) == kMqttOk);
  }
  CHECK(client(new_token()).post("/users/mqtt-credentials").status == 403);
  CHECK(client().post("/users/mqtt-credentials").status == 401);
  CHECK(client(device.token).post("/users/mqtt-credentials").status == 403);
}

TEST_CASE("expired access is no access, wherever one asks") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner"), guest = make_user(hub.http(), device, "owner");
  const MqttLogin login = login_of(hub.http(), guest);
  change_database(hub, "UPDATE grants SET expires_at = 1 WHERE user_id = " + std::to_string(guest.id));
  HttpClient http(hub.http(), guest.token);
  CHECK(http.get(device_path(device)).status == 404);
  CHECK(http.get(device_path(device) + "/users").status == 404);
  CHECK(http.get("/commands/status/" + device.controller_id).status == 404);
  CHECK(http.get("/users/me/devices").at("devices").as_array().empty());
  CHECK_FALSE(http.get("/users/access/" + device.controller_id).at("has_access").as_bool());
  CHECK(http.post("/commands/send", {{"controller_id", device.controller_id}, {"command", JsonObject{}}}).status ==
        403);
  MqttClient mqtt;
  // Nobody who has access to nothing needs the broker.
  CHECK(mqtt.connect(hub.mqtt_port(), login) == kNotAuthorized);
  // An expired grant must not stand in the way of a new one.
  const auto again = HttpClient(hub.http(), device.token)
                         .post("/users/authorize",
                               {{"user_token", guest.token}, {"access_level", "engineer"}, {"expires_in_hours", 1}});
  CHECK(again.number("user_id") == guest.id);
  CHECK(http.get(device_path(device)).status == 200);
}

}  // namespace
}  // namespace gatetorio::testing
