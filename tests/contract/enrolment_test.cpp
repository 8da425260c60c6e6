// Section 2: who may register new hardware, by the policies "key" and "approval", and what a release does.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

JsonObject registration(const std::string& hardware_id, const std::string& key = {}) {
  JsonObject body{{"hardware_id", hardware_id}, {"controller_id", unique("gate")}};
  if (!key.empty()) body["enrolment_key"] = key;
  return body;
}

TEST_CASE("the default policy takes nobody without an enrolment key") {
  HubProcess hub({.enrolment = "key"});
  HttpClient anyone(hub.http()), admin(hub.http(), kAdminToken);
  const auto post = [&](const JsonObject& body) { return anyone.post("/devices/register", body); };

  CHECK(post(registration(unique("hw"))).status == 403);
  CHECK(post(registration(unique("hw"), "gte_" + std::string(43, 'x'))).status == 403);

  const auto made = admin.post("/admin/enrolment-keys", {{"name", "two gates"}, {"max_uses", 2}});
  REQUIRE(made.status == 201);
  const std::string key = made.text("enrolment_key");
  CHECK(hours_ahead(made.text("expires_at")) == 7 * 24);
  const std::string first = unique("hw");
  const auto registered = post(registration(first, key));
  REQUIRE(registered.status == 201);
  SECTION("a key admits as often as it says") {
    CHECK(post(registration(unique("hw"), key)).status == 201);
    CHECK(post(registration(unique("hw"), key)).status == 403);
  }
  SECTION("what fails for another reason does not use a key up") {
    JsonObject taken = registration(unique("hw"), key);
    taken["controller_id"] = registered.text("controller_id");
    for (int i = 0; i < 3; ++i) CHECK(post(taken).status == 409);
    for (int i = 0; i < 3; ++i) CHECK(post(registration(first, key)).status == 401);
    CHECK(post(registration(unique("hw"), key)).status == 201);
  }
  SECTION("an expired key admits nobody") {
    change_database(hub, "UPDATE enrolment_keys SET expires_at = 1");
    CHECK(post(registration(unique("hw"), key)).status == 403);
  }
  SECTION("a device that boots needs no key") {
    HttpClient device(hub.http(), registered.text("device_token"));
    CHECK(device.post("/devices/register", registration(first)).status == 200);
  }
  SECTION("only admins make keys") {
    CHECK(HttpClient(hub.http(), kViewerToken).post("/admin/enrolment-keys", {}).status == 403);
    CHECK(HttpClient(hub.http(), registered.text("device_token")).post("/admin/enrolment-keys", {}).status == 403);
    CHECK(HttpClient(hub.http(), "a-user-token-of-an-app").post("/admin/enrolment-keys", {}).status == 403);
    CHECK(anyone.post("/admin/enrolment-keys", {}).status == 401);
    CHECK(admin.post("/admin/enrolment-keys", {{"max_uses", 0}}).wrong_fields() == "/max_uses");
    CHECK(admin.post("/admin/enrolment-keys", {{"expires_in_hours", 1'000'000}}).wrong_fields() == "/expires_in_hours");
  }
}

TEST_CASE("a standing enrolment key from a file admits without end") {
  const TempDir folder;
  const std::string key = "standing-enrolment-key-of-the-factory";
  write_file(folder / "key", key + "\n");
  HubProcess hub({.enrolment = "key",
                  .sets = {"plugins.registration.enrolment_key={ file = \"" + (folder / "key").string() + "\" }"}});
  HttpClient anyone(hub.http());
  for (int i = 0; i < 3; ++i) CHECK(anyone.post("/devices/register", registration(unique("hw"), key)).status == 201);
  CHECK(anyone.post("/devices/register", registration(unique("hw"), key + "x")).status == 403);
  CHECK(anyone.post("/devices/register", registration(unique("hw"))).status == 403);
}

TEST_CASE("under the policy approval a device waits until an admin lets it in") {
  HubProcess hub({.enrolment = "approval"});
  HttpClient anyone(hub.http()), admin(hub.http(), kAdminToken);
  const std::string hardware_id = unique("hw");
  const JsonObject body = registration(hardware_id);
  const std::string approve = "/admin/pending-devices/" + hardware_id + "/approve";

  CHECK(admin.post(approve).status == 404);
  for (int i = 0; i < 2; ++i) {
    const auto waiting = anyone.post("/devices/register", body);
    CHECK(waiting.status == 202);
    CHECK((!waiting.json().contains("device_token") || waiting.is_null("device_token")));
    CHECK((!waiting.json().contains("mqtt_password") || waiting.is_null("mqtt_password")));
  }
  const auto pending = admin.get("/admin/pending-devices");
  REQUIRE(pending.at("pending").as_array().size() == 1);
  CHECK(pending.at("pending").at(0).at("hardware_id") == hardware_id.c_str());

  CHECK(anyone.post(approve).status == 401);
  CHECK(HttpClient(hub.http(), kViewerToken).post(approve).status == 403);
  CHECK(anyone.post("/devices/register", body).status == 202);
  CHECK(admin.post(approve).status == 204);
  CHECK(admin.get("/admin/pending-devices").at("pending").as_array().empty());
  CHECK(anyone.post("/devices/register", registration(unique("hw"))).status == 202);
  CHECK(anyone.post("/devices/register", body).status == 201);
  CHECK(anyone.post("/devices/register", body).status == 401);
}

TEST_CASE("a release lets known hardware in once with new credentials, and the old ones die") {
  const TestDevice before = new_device();
  const TestUser owner = new_user(before, "owner");
  const auto old_session = go_online(shared_hub(), before);
  const JsonObject body{{"hardware_id", before.hardware_id}, {"controller_id", before.controller_id}};
  const std::string release = "/admin/devices/" + before.controller_id + "/release";

  CHECK(client().post(release).status == 401);
  CHECK(client(kViewerToken).post(release).status == 403);
  CHECK(client(owner.token).post(release).status == 403);
  CHECK(client(kAdminToken).post("/admin/devices/" + unique("none") + "/release").status == 404);
  CHECK(client().post("/devices/register", body).status == 401);
  CHECK(client(kAdminToken).post(release).status == 200);
  CHECK(client(before.token).get(device_path(before)).status == 200);

  const auto again = client().post("/devices/register", body);
  REQUIRE(again.status == 200);
  const TestDevice after = device_from(again, before.hardware_id);
  CHECK(after.id == before.id);
  CHECK(after.token.starts_with("gtd_"));
  CHECK(after.token != before.token);
  CHECK(client(before.token).get(device_path(before)).status == 401);
  CHECK(client(after.token).get(device_path(after)).status == 200);
  CHECK(client(owner.token).get("/users/access/" + after.controller_id).text("access_level") == "owner");
  CHECK(client().post("/devices/register", body).status == 401);
  MqttClient mqtt;
  CHECK(mqtt.connect(shared_hub().mqtt_port(), login_of(after)) == kMqttOk);
  const bool is_refused = eventually(
      [&] { return mqtt.connect(shared_hub().mqtt_port(), login_of(before)) == kNotAuthorized; }, milliseconds(1'000));
  CHECK(is_refused);
}

TEST_CASE("an expired release lets nobody in") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  HttpClient(hub.http(), kAdminToken).post("/admin/devices/" + device.controller_id + "/release");
  change_database(hub, "UPDATE devices SET reenrol_until = 1");
  CHECK(HttpClient(hub.http()).post("/devices/register", registration(device.hardware_id)).status == 401);
}

}  // namespace
}  // namespace gatetorio::testing
