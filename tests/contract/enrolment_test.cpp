// Section 2: who may register new hardware, by the policies "key" and "approval", and what a release does.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

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

// A hub where an admin lets devices in, and who calls it.
struct ApprovalHub {
  explicit ApprovalHub(std::vector<std::string> sets = {}) : hub({.enrolment = "approval", .sets = std::move(sets)}) {}
  HttpResponse ask(const std::string& hardware_id, const std::string& claim_token = {}) {
    JsonObject body = registration(hardware_id);
    if (!claim_token.empty()) body["claim_token"] = claim_token;
    return anyone.post("/devices/register", body);
  }
  boost::json::array pending() { return admin.get("/admin/pending-devices").at("pending").as_array(); }
  std::string path_of(std::size_t row) {
    return "/admin/pending-devices/" + std::to_string(pending().at(row).at("pending_id").as_int64());
  }

  HubProcess hub;
  HttpClient anyone{hub.http()}, admin{hub.http(), kAdminToken};
};

bool has_credentials(const HttpResponse& response) {
  return response.json().contains("device_token") && !response.is_null("device_token");
}

TEST_CASE("under the policy approval a device waits until an admin lets it in, and is known by its claim") {
  ApprovalHub at;
  const std::string hardware_id = unique("hw");
  CHECK(at.admin.post("/admin/pending-devices/1/approve").status == 404);
  const auto waiting = at.ask(hardware_id);
  REQUIRE(waiting.status == 202);
  CHECK_FALSE(waiting.text("message").empty());
  CHECK_FALSE(has_credentials(waiting));
  const std::string claim = waiting.text("claim_token");
  CHECK(claim.starts_with("gtc_"));
  CHECK(claim.size() == 4 + 43);
  for (int i = 0; i < 2; ++i) {
    const auto again = at.ask(hardware_id, claim);
    CHECK(again.status == 202);
    CHECK(again.text("claim_token") == claim);
    CHECK_FALSE(has_credentials(again));
  }
  const auto rows = at.pending();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].at("hardware_id") == hardware_id.c_str());
  CHECK(rows[0].at("peer") == "127.0.0.1");
  CHECK(rows[0].at("pending_for_hardware") == 1);
  CHECK(is_timestamp(std::string(rows[0].at("requested_at").as_string())));

  const std::string approve = at.path_of(0) + "/approve";
  CHECK(at.anyone.post(approve).status == 401);
  CHECK(HttpClient(at.hub.http(), kViewerToken).post(approve).status == 403);
  CHECK(at.ask(hardware_id, claim).status == 202);
  CHECK(at.admin.post(approve).status == 204);
  CHECK(at.pending().empty());
  CHECK(at.ask(unique("hw")).status == 202);
  const auto registered = at.ask(hardware_id, claim);
  REQUIRE(registered.status == 201);
  CHECK(has_credentials(registered));
  CHECK(at.ask(hardware_id, claim).status == 401);
  CHECK(at.ask(hardware_id).status == 401);
}

TEST_CASE("whoever knows a hardware id can neither take, change nor end what waits for it") {
  ApprovalHub at;
  const std::string hardware_id = unique("hw");
  const std::string claim = at.ask(hardware_id).text("claim_token");
  const auto first = at.pending();
  const auto other = at.ask(hardware_id);
  REQUIRE(other.status == 202);
  CHECK(other.text("claim_token") != claim);
  const auto both = at.pending();
  REQUIRE(both.size() == 2);
  CHECK(both[0].at("controller_id") == first[0].at("controller_id"));
  CHECK(both[0].at("pending_id") != both[1].at("pending_id"));
  CHECK(both[0].at("pending_for_hardware") == 2);
  CHECK(both[1].at("pending_for_hardware") == 2);

  REQUIRE(at.admin.post(at.path_of(0) + "/approve").status == 204);
  CHECK(at.ask(hardware_id).status == 202);
  CHECK(at.ask(hardware_id, other.text("claim_token")).status == 202);
  CHECK(at.ask(hardware_id, claim).status == 201);
  // Now that it is known, nobody else waits with its id.
  CHECK(at.pending().empty());
  CHECK(at.ask(hardware_id, other.text("claim_token")).status == 401);
}

TEST_CASE("a claim that is unknown, ended, denied or of other hardware opens nothing") {
  ApprovalHub at;
  const std::string hardware_id = unique("hw");
  const std::string claim = at.ask(hardware_id).text("claim_token");
  const auto refused = [&](const HttpResponse& response) {
    CHECK(response.status == 401);
    CHECK(response.text("detail").find("claim_token") != std::string::npos);
    CHECK_FALSE(response.json().contains("claim_token"));
  };
  for (const std::string& wrong : {"gtc_" + std::string(43, 'x'), claim + "x", claim.substr(0, claim.size() - 1),
                                   claim.substr(4), std::string("x"), "GTC_" + claim.substr(4), " " + claim}) {
    refused(at.ask(hardware_id, wrong));
  }
  SECTION("of other hardware, approved or not") {
    refused(at.ask(unique("hw"), claim));
    REQUIRE(at.admin.post(at.path_of(0) + "/approve").status == 204);
    refused(at.ask(unique("hw"), claim));
    CHECK(at.ask(hardware_id, claim).status == 201);
  }
  SECTION("denied, before its approval and after") {
    const std::string path = at.path_of(0);
    CHECK(at.anyone.del(path).status == 401);
    CHECK(HttpClient(at.hub.http(), kViewerToken).del(path).status == 403);
    if (GENERATE(true, false)) REQUIRE(at.admin.post(path + "/approve").status == 204);
    CHECK(at.admin.del(path).status == 204);
    CHECK(at.admin.del(path).status == 404);
    CHECK(at.admin.post(path + "/approve").status == 404);
    refused(at.ask(hardware_id, claim));
    CHECK(at.ask(hardware_id).status == 202);
  }
  SECTION("ended, approved or not") {
    const std::string path = at.path_of(0);
    if (GENERATE(true, false)) REQUIRE(at.admin.post(path + "/approve").status == 204);
    change_database(at.hub, "UPDATE pending_claims SET expires_at = 1");
    CHECK(at.pending().empty());
    CHECK(at.admin.post(path + "/approve").status == 404);
    refused(at.ask(hardware_id, claim));
  }
}

TEST_CASE("an id of a pending device has one spelling") {
  ApprovalHub at;
  at.ask(unique("hw"));
  const std::string id = at.path_of(0).substr(std::string("/admin/pending-devices/").size());
  for (const std::string& other : {"0" + id, "%30" + id, "+" + id, "-" + id, "%2d" + id, id + ".0", id + "%20",
                                   std::string("x"), std::string("0"), id + "e0"}) {
    CAPTURE(other);
    CHECK(at.admin.post("/admin/pending-devices/" + other + "/approve").status == 422);
    CHECK(at.admin.del("/admin/pending-devices/" + other).status == 422);
  }
  CHECK(at.pending().size() == 1);
}

TEST_CASE("a taken name does not use an approval up") {
  ApprovalHub at;
  const std::string first = unique("hw"), second = unique("hw"), name = unique("gate");
  JsonObject body{{"hardware_id", first}, {"controller_id", name}};
  body["claim_token"] = at.anyone.post("/devices/register", body).text("claim_token");
  REQUIRE(at.admin.post(at.path_of(0) + "/approve").status == 204);
  REQUIRE(at.anyone.post("/devices/register", body).status == 201);

  JsonObject late{{"hardware_id", second}, {"controller_id", name}};
  late["claim_token"] = at.anyone.post("/devices/register", late).text("claim_token");
  REQUIRE(at.admin.post(at.path_of(0) + "/approve").status == 204);
  for (int i = 0; i < 2; ++i) CHECK(at.anyone.post("/devices/register", late).status == 409);
  late["controller_id"] = unique("gate");
  CHECK(at.anyone.post("/devices/register", late).status == 201);
}

TEST_CASE("only so many devices wait, and those that have ended make room") {
  ApprovalHub at({"plugins.registration.max_pending=3"});
  const auto rows = [&] { return ask_database(at.hub, "SELECT COUNT(*) FROM pending_claims"); };
  const auto entries = [&] { return ask_database(at.hub, "SELECT COUNT(*) FROM gatetorio_audit"); };
  for (int i = 0; i < 3; ++i) REQUIRE(at.ask(unique("hw")).status == 202);
  const auto written = entries();
  for (int i = 0; i < 3; ++i) {
    const auto refused = at.ask(unique("hw"));
    CHECK(refused.status == 503);
    CHECK_FALSE(refused.header("retry-after").empty());
  }
  CHECK(rows() == 3);
  CHECK(entries() == written);
  change_database(at.hub, "UPDATE pending_claims SET expires_at = 1");
  CHECK(at.ask(unique("hw")).status == 202);
  CHECK(at.pending().size() == 1);
  CHECK(rows() == 4);  // by the clock alone nothing is deleted
}

TEST_CASE("one network cannot take all the places of those who wait") {
  ApprovalHub at;
  const std::string hardware_id = unique("hw"), claim = at.ask(hardware_id).text("claim_token");
  for (int i = 1; i < 20; ++i) REQUIRE(at.ask(unique("hw")).status == 202);
  const auto refused = at.ask(unique("hw"));
  CHECK(refused.status == 429);
  CHECK_FALSE(refused.header("retry-after").empty());
  CHECK(at.pending().size() == 20);
  CHECK(at.ask(hardware_id, claim).status == 202);  // who waits already goes on waiting
  change_database(at.hub, "UPDATE pending_claims SET network = '198.51.100.0/24' WHERE id > 10");
  CHECK(at.ask(unique("hw")).status == 202);
}

TEST_CASE("a claim outlives the hub that gave it") {
  ApprovalHub at;
  const std::string hardware_id = unique("hw");
  const std::string claim = at.ask(hardware_id).text("claim_token");
  CHECK(ask_database(at.hub, "SELECT COUNT(*) FROM pending_claims") == 1);
  REQUIRE(at.hub.stop() == 0);
  at.hub.start();
  HttpClient again(at.hub.http());
  JsonObject body = registration(hardware_id);
  body["claim_token"] = claim;
  CHECK(again.post("/devices/register", body).status == 202);
}

JsonObject known(const TestDevice& device, const std::string& key = {}) {
  JsonObject body{{"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}};
  if (!key.empty()) body["enrolment_key"] = key;
  return body;
}

std::string release_path(const TestDevice& device) { return "/admin/devices/" + device.controller_id + "/release"; }

TEST_CASE("a release's key gives known hardware new credentials once, and the old ones die with their session") {
  const TestDevice before = new_device();
  const TestUser owner = new_user(before, "owner");
  const auto old_session = go_online(shared_hub(), before);
  const std::string release = release_path(before);

  CHECK(client().post(release).status == 401);
  CHECK(client(kViewerToken).post(release).status == 403);
  CHECK(client(owner.token).post(release).status == 403);
  CHECK(client(kAdminToken).post("/admin/devices/" + unique("none") + "/release").status == 404);
  const auto released = client(kAdminToken).post(release);
  REQUIRE(released.status == 200);
  const std::string key = released.text("enrolment_key");
  CHECK(key.starts_with("gte_"));
  CHECK(key.size() == 4 + 43);
  CHECK(hours_ahead(released.text("expires_at")) == 24);
  // Released or not, its number alone opens nothing, and the token goes on.
  CHECK(client().post("/devices/register", known(before)).status == 401);
  CHECK(client().post("/devices/register", known(before, "gte_" + std::string(43, 'x'))).status == 401);
  CHECK(client(before.token).get(device_path(before)).status == 200);

  const auto again = client().post("/devices/register", known(before, key));
  REQUIRE(again.status == 200);
  const TestDevice after = device_from(again, before.hardware_id);
  CHECK(after.id == before.id);
  CHECK(after.token.starts_with("gtd_"));
  CHECK(after.token != before.token);
  CHECK(client(before.token).get(device_path(before)).status == 401);
  CHECK(client(after.token).get(device_path(after)).status == 200);
  CHECK(client(owner.token).get("/users/access/" + after.controller_id).text("access_level") == "owner");
  CHECK(client().post("/devices/register", known(before, key)).status == 401);
  CHECK(old_session->is_closed_by_broker(milliseconds(1'000)));
  MqttClient mqtt;
  CHECK(eventually([&] { return mqtt.connect(shared_hub().mqtt_port(), login_of(after)) == kMqttOk; }));
  const bool is_refused = eventually(
      [&] { return mqtt.connect(shared_hub().mqtt_port(), login_of(before)) == kNotAuthorized; }, milliseconds(1'000));
  CHECK(is_refused);
}

TEST_CASE("a release's key is for its hardware alone, under every policy, and is not used up by others") {
  const std::string policy = GENERATE("open", "key", "approval");
  const TempDir folder;
  write_file(folder / "key", "the-standing-key-of-this-test");
  HubProcess hub({.enrolment = policy,
                  .sets = {"plugins.registration.enrolment_key={ file = \"" + (folder / "key").string() + "\" }"}});
  HttpClient anyone(hub.http()), admin(hub.http(), kAdminToken);
  const auto registered = [&] {
    JsonObject body = registration(unique("hw"), "the-standing-key-of-this-test");
    if (policy == "approval") {
      body["claim_token"] = anyone.post("/devices/register", body).text("claim_token");
      const auto rows = admin.get("/admin/pending-devices").at("pending").as_array();
      admin.post("/admin/pending-devices/" + std::to_string(rows.at(0).at("pending_id").as_int64()) + "/approve");
    }
    return device_from(anyone.post("/devices/register", body), std::string(body.at("hardware_id").as_string()));
  };
  const TestDevice device = registered(), other = registered();
  const std::string key = admin.post(release_path(device)).text("enrolment_key");
  const auto refused = [](int status) { return status == 401 || status == 403; };
  for (int i = 0; i < 2; ++i) {
    CHECK(anyone.post("/devices/register", registration(unique("hw"), key)).status == 403);
    JsonObject with_claim = registration(unique("hw"), key);
    with_claim["claim_token"] = "gtc_" + std::string(43, 'x');
    CHECK(refused(anyone.post("/devices/register", with_claim).status));
    CHECK(refused(anyone.post("/devices/register", known(other, key)).status));
  }
  JsonObject taken = known(device, key);
  taken["controller_id"] = other.controller_id;
  CHECK(anyone.post("/devices/register", taken).status == 409);
  CHECK(anyone.post("/devices/register", known(device, key)).status == 200);
  CHECK(anyone.post("/devices/register", known(device, key)).status == 401);
}

TEST_CASE("a newer release replaces the one before, and an expired one lets nobody in") {
  HubProcess hub;
  HttpClient anyone(hub.http()), admin(hub.http(), kAdminToken);
  const TestDevice device = make_device(hub.http());
  const std::string first = admin.post(release_path(device)).text("enrolment_key");
  const std::string second = admin.post(release_path(device)).text("enrolment_key");
  CHECK(anyone.post("/devices/register", known(device, first)).status == 401);
  SECTION("in time") { CHECK(anyone.post("/devices/register", known(device, second)).status == 200); }
  SECTION("too late") {
    change_database(hub, "UPDATE devices SET release_until = 1");
    CHECK(anyone.post("/devices/register", known(device, second)).status == 401);
  }
  SECTION("what imports leave open is not for devices that have registered here") {
    change_database(hub, "UPDATE devices SET reenrol_until = 9000000000000000");
    CHECK(anyone.post("/devices/register", known(device)).status == 401);
  }
}

}  // namespace
}  // namespace gatetorio::testing
