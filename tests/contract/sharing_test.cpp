// Section 4: an owner hands temporary access to somebody, sees who has it, and takes it back.
#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <set>

#include "shared_hub.hpp"
#include "support/qr_reader.hpp"

namespace gatetorio::testing {
namespace {

std::string stranger() { return unique("user-token-of-an-app"); }

HttpResponse share(const TestDevice& device, const TestUser& owner, JsonObject more = {}) {
  more["controller_id"] = device.controller_id;
  const auto made = client(owner.token).post("/sharing/create", more);
  REQUIRE(made.status == 201);
  return made;
}

HttpResponse redeem(const std::string& user, const std::string& token) {
  return client(user).post("/sharing/redeem", {{"token", token}});
}

HttpResponse access_of(const std::string& user, const TestDevice& device) {
  return client(user).get("/users/access/" + device.controller_id);
}

std::string tokens_path(const TestDevice& device) { return "/sharing/tokens/" + device.controller_id; }
std::string token_path(const HttpResponse& made) {
  return "/sharing/tokens/" + std::to_string(made.number("token_id"));
}

TEST_CASE("an owner shares a device and somebody the hub has never seen becomes its engineer") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto made = share(device, owner, {{"notes", "for the service"}});
  const std::string token = made.text("token");
  CHECK(token.starts_with("gts_"));
  CHECK(token.size() == 4 + 43);  // 256 bits
  CHECK(made.text("share_url").ends_with("#" + token));
  CHECK(made.text("controller_id") == device.controller_id);
  CHECK(hours_ahead(made.text("expires_at")) == 24);
  const std::string engineer = stranger();
  const auto got = redeem(engineer, token);
  REQUIRE(got.status == 200);
  CHECK(got.at("success").as_bool());
  CHECK_FALSE(got.text("message").empty());
  CHECK(got.at("device_info").at("controller_id") == device.controller_id.c_str());
  CHECK(got.text("access_level") == "engineer");
  CHECK(got.is_null("expires_at"));
  CHECK(access_of(engineer, device).text("access_level") == "engineer");
  CHECK(client(engineer).get("/users/me/devices").at("devices").as_array().size() == 1);
}

TEST_CASE("the user's token may come in the body") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto made =
      client().post("/sharing/create", {{"controller_id", device.controller_id}, {"user_token", owner.token}});
  REQUIRE(made.status == 201);
  CHECK(client().post("/sharing/redeem", {{"token", made.text("token")}, {"user_token", stranger()}}).status == 200);
}

TEST_CASE("only an owner shares") {
  const TestDevice device = new_device(), other = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const JsonObject body{{"controller_id", device.controller_id}};
  CHECK(client(engineer.token).post("/sharing/create", body).status == 403);
  CHECK(client(stranger()).post("/sharing/create", body).status == 403);
  CHECK(client(device.token).post("/sharing/create", body).status == 403);
  CHECK(client().post("/sharing/create", body).status == 401);
  CHECK(client(owner.token).post("/sharing/create", {{"controller_id", other.controller_id}}).status == 403);
  CHECK(client(owner.token).post("/sharing/create", {{"controller_id", unique("none")}}).status == 404);
}

TEST_CASE("what cannot be shared is refused by its field") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto wrong = client(owner.token)
                         .post("/sharing/create", {{"controller_id", device.controller_id},
                                                   {"access_level", "god"},
                                                   {"expires_in_hours", 0},
                                                   {"access_expires_in_hours", -1},
                                                   {"notes", "a\nb"}});
  CHECK(wrong.status == 422);
  CHECK(wrong.wrong_fields() == "/access_level /expires_in_hours /access_expires_in_hours /notes");
  CHECK(client(owner.token).post("/sharing/create", {}).wrong_fields() == "/controller_id");
  CHECK(client(owner.token).post("/sharing/redeem", {}).wrong_fields() == "/token");
}

TEST_CASE("a token is good once; its own user may ask again") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string token = share(device, owner).text("token"), engineer = stranger();
  REQUIRE(redeem(engineer, token).status == 200);
  CHECK(redeem(stranger(), token).status == 409);
  const auto again = redeem(engineer, token);
  CHECK(again.status == 200);
  CHECK(again.text("access_level") == "engineer");
  CHECK(client(owner.token).get(device_path(device) + "/users").at("users").as_array().size() == 2);
}

TEST_CASE("a used token does not bring back what was taken from its user") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string token = share(device, owner).text("token"), engineer = stranger();
  REQUIRE(redeem(engineer, token).status == 200);
  const Json users = client(owner.token).get(device_path(device) + "/users").at("users");
  for (const Json& user : users.as_array()) {
    if (user.at("user_id").as_int64() == owner.id) continue;
    const std::string id = std::to_string(user.at("user_id").as_int64());
    REQUIRE(client(owner.token).del(device_path(device) + "/users/" + id).status == 204);
  }
  CHECK(redeem(engineer, token).status == 409);
  CHECK_FALSE(access_of(engineer, device).at("has_access").as_bool());
}

TEST_CASE("an unknown token is 404") {
  CHECK(redeem(stranger(), "gts_" + std::string(43, 'x')).status == 404);
  CHECK(redeem(stranger(), "").status == 404);
  CHECK(client().post("/sharing/redeem", {{"token", "gts_x"}}).status == 401);
}

TEST_CASE("a token that has expired is 410, and one that was used before it did is 409") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), owner.token);
  const JsonObject body{{"controller_id", device.controller_id}, {"expires_in_hours", 1}};
  const auto unused = http.post("/sharing/create", body), used = http.post("/sharing/create", body);
  CHECK(hours_ahead(unused.text("expires_at")) == 1);
  const auto redeem_here = [&](const std::string& token) {
    return HttpClient(hub.http(), stranger()).post("/sharing/redeem", {{"token", token}}).status;
  };
  REQUIRE(redeem_here(used.text("token")) == 200);
  change_database(hub, "UPDATE sharing_tokens SET expires_at = " + std::to_string(std::time(nullptr) * 1'000'000 - 1));
  CHECK(redeem_here(unused.text("token")) == 410);
  CHECK(redeem_here(used.text("token")) == 409);
  CHECK(http.get(token_path(unused) + "/qr").status == 410);
}

TEST_CASE("access that is given for a time ends by itself") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const auto made = HttpClient(hub.http(), owner.token)
                        .post("/sharing/create", {{"controller_id", device.controller_id},
                                                  {"access_level", "readonly"},
                                                  {"access_expires_in_hours", 3}});
  HttpClient reader(hub.http(), stranger());
  const auto got = reader.post("/sharing/redeem", {{"token", made.text("token")}});
  REQUIRE(got.status == 200);
  CHECK(got.text("access_level") == "readonly");
  CHECK(hours_ahead(got.text("expires_at")) == 3);
  CHECK(reader.get(device_path(device)).status == 200);
  change_database(hub, "UPDATE grants SET expires_at = " + std::to_string(std::time(nullptr) * 1'000'000 - 1) +
                           " WHERE source LIKE 'sharing:%'");
  CHECK(reader.get(device_path(device)).status == 404);
  CHECK_FALSE(reader.get("/users/access/" + device.controller_id).at("has_access").as_bool());
  // Asking again does not begin the time anew.
  CHECK(reader.post("/sharing/redeem", {{"token", made.text("token")}}).status == 409);
}

TEST_CASE("being given something lowers nobody and cuts nobody short") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), second = new_user(device, "owner"),
                 reader = new_user(device, "readonly");
  const JsonObject for_a_day{{"access_level", "engineer"}, {"access_expires_in_hours", 24}};
  const auto as_owner = redeem(second.token, share(device, owner, for_a_day).text("token"));
  CHECK(as_owner.status == 200);
  CHECK(as_owner.text("access_level") == "owner");
  CHECK(as_owner.is_null("expires_at"));
  const auto made = share(device, owner, for_a_day);
  const auto raised = redeem(reader.token, made.text("token"));
  CHECK(raised.text("access_level") == "engineer");
  CHECK(hours_ahead(raised.text("expires_at")) == 24);
  // What it had before is still there beneath.
  REQUIRE(client(owner.token).del(token_path(made) + "?revoke_access=true").status == 204);
  CHECK(access_of(reader.token, device).text("access_level") == "readonly");
  CHECK(access_of(reader.token, device).is_null("expires_at"));
}

TEST_CASE("a device that names a level has the last word") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string engineer = stranger();
  redeem(engineer, share(device, owner).text("token"));
  give_access(shared_hub().http(), device, engineer, "readonly");
  CHECK(access_of(engineer, device).text("access_level") == "readonly");
}

TEST_CASE("owners and admins see the tokens, and nobody sees a whole one") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto first = share(device, owner, {{"notes", "first"}}), second = share(device, owner);
  const std::string engineer = stranger();
  redeem(engineer, first.text("token"));
  const std::int64_t engineer_id =
      client(owner.token).get(device_path(device) + "/users").at("users").as_array().back().at("user_id").as_int64();
  REQUIRE(client(owner.token).del(token_path(second)).status == 204);
  for (const std::string& bearer : {owner.token, std::string(kAdminToken), std::string(kViewerToken)}) {
    const auto list = client(bearer).get(tokens_path(device));
    REQUIRE(list.status == 200);
    CHECK(list.body.find(first.text("token")) == std::string::npos);
    const auto tokens = list.at("tokens").as_array();
    REQUIRE(tokens.size() == 2);
    const auto& newest = tokens[0].as_object();
    const auto& oldest = tokens[1].as_object();
    CHECK(oldest.at("token_id") == first.number("token_id"));
    CHECK(oldest.at("token").as_string() == (first.text("token").substr(0, 8) + "\u2026").c_str());
    CHECK(oldest.at("access_level") == "engineer");
    CHECK(oldest.at("is_used").as_bool());
    CHECK(oldest.at("used_by").as_int64() == engineer_id);
    CHECK(oldest.at("notes") == "first");
    CHECK_FALSE(oldest.at("revoked").as_bool());
    CHECK(is_timestamp(std::string(oldest.at("created_at").as_string())));
    CHECK(is_timestamp(std::string(oldest.at("expires_at").as_string())));
    CHECK_FALSE(newest.at("is_used").as_bool());
    CHECK(newest.at("used_by").is_null());
    CHECK(newest.at("revoked").as_bool());
  }
  CHECK(client(engineer).get(tokens_path(device)).status == 403);
  CHECK(client(stranger()).get(tokens_path(device)).status == 404);
  CHECK(client(device.token).get(tokens_path(device)).status == 403);
}

TEST_CASE("a revoked token is 410, and what came of it stays unless it is taken too") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto unused = share(device, owner), used = share(device, owner);
  const std::string engineer = stranger();
  redeem(engineer, used.text("token"));
  for (const auto& made : {unused, used}) {
    CHECK(client(owner.token).del(token_path(made)).status == 204);
    CHECK(client(owner.token).del(token_path(made)).status == 204);
    CHECK(redeem(stranger(), made.text("token")).status == 410);
    CHECK(redeem(engineer, made.text("token")).status == 410);
  }
  CHECK(access_of(engineer, device).text("access_level") == "engineer");
  CHECK(client(owner.token).del(token_path(used) + "?revoke_access=true").status == 204);
  CHECK_FALSE(access_of(engineer, device).at("has_access").as_bool());
  CHECK(client(engineer).get(device_path(device)).status == 404);
  CHECK(client(owner.token).del(token_path(used) + "?revoke_access=maybe").status == 422);
}

TEST_CASE("shared access that is taken ends on a live MQTT session within a second") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const TestUser owner = new_user(device, "owner");
  const auto made = share(device, owner);
  const TestUser engineer{.token = stranger()};
  redeem(engineer.token, made.text("token"));
  const auto app = go_online(shared_hub(), engineer, device);
  REQUIRE(app->publish(device.commands, R"({"action":"open_gate"})") == kMqttOk);
  REQUIRE(client(owner.token).del(token_path(made) + "?revoke_access=true").status == 204);
  CHECK(eventually(
      [&] {
        const int code = app->publish(device.commands, R"({"action":"open_gate"})");
        return code == kNotAuthorized || code == MqttClient::kClosed;
      },
      milliseconds(1'000)));
}

TEST_CASE("only the device's owners and admins touch a token") {
  const TestDevice device = new_device(), other = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer"),
                 stranger_owner = new_user(other, "owner");
  const auto made = share(device, owner);
  for (const std::string& bearer : {engineer.token, stranger_owner.token, stranger()}) {
    CHECK(client(bearer).del(token_path(made)).status == 404);
    CHECK(client(bearer).get(token_path(made) + "/qr").status == 404);
  }
  CHECK(client(device.token).del(token_path(made)).status == 403);
  CHECK(client(kViewerToken).del(token_path(made)).status == 404);
  CHECK(client(kViewerToken).get(token_path(made) + "/qr").status == 404);  // it would let the viewer in
  CHECK(client(kAdminToken).get(token_path(made) + "/qr").status == 200);
  CHECK(client(kAdminToken).del(token_path(made)).status == 204);
}

TEST_CASE("with an owner goes what it has offered") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), other = new_user(device, "owner");
  const std::string token = share(device, owner).text("token");
  REQUIRE(client(other.token).del(device_path(device) + "/users/" + std::to_string(owner.id)).status == 204);
  CHECK(redeem(stranger(), token).status == 410);
}

TEST_CASE("a deleted device cannot be redeemed") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string token = share(device, owner).text("token");
  REQUIRE(client(owner.token).del(device_path(device)).status == 204);
  const int status = redeem(stranger(), token).status;
  CHECK((status == 410 || status == 404));
}

TEST_CASE("the QR code says what share_url says, as the caller likes it best") {
  HubProcess hub({.more_toml = "[plugins.sharing]\npublic_url = \"https://hub.example.org/\"\n"});
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), owner.token);
  const auto made = http.post("/sharing/create", {{"controller_id", device.controller_id}});
  CHECK(made.text("share_url") == "https://hub.example.org/share#" + made.text("token"));
  const auto picture = [&](HttpClient& from, std::vector<std::string> headers) {
    return from.request({.method = "GET", .path = token_path(made) + "/qr", .headers = std::move(headers)});
  };
  for (const char* accept :
       {"image/png", "image/*;q=0.2, image/png;q=0.8, image/svg+xml;q=0.5", "text/html, image/png"}) {
    const auto png = picture(http, {std::string("Accept: ") + accept});
    CHECK(png.header("content-type") == "image/png");
    CHECK(read_qr_png(png.body) == made.text("share_url"));
  }
  for (const char* accept : {"image/svg+xml", "*/*", "image/png;q=0.1, */*", "text/html"}) {
    const auto svg = picture(http, {std::string("Accept: ") + accept});
    CHECK(svg.header("content-type") == "image/svg+xml");
    CHECK(svg.header("cache-control") == "no-store");
    CHECK(read_qr_svg(svg.body) == made.text("share_url"));
  }
  CHECK(picture(http, {}).header("content-type") == "image/svg+xml");

  // Only hashes are kept: after a restart the code carries another secret of the same token.
  CHECK(hub.stop() == 0);
  hub.start();
  HttpClient again(hub.http(), owner.token);
  const std::string url = read_qr_svg(picture(again, {}).body);
  REQUIRE(url.starts_with("https://hub.example.org/share#gts_"));
  CHECK(url != made.text("share_url"));
  CHECK(read_qr_svg(picture(again, {}).body) == url);
  HttpClient engineer(hub.http(), stranger());
  CHECK(engineer.post("/sharing/redeem", {{"token", url.substr(url.find('#') + 1)}}).status == 200);
  CHECK(HttpClient(hub.http(), stranger()).post("/sharing/redeem", {{"token", made.text("token")}}).status == 409);
  CHECK(picture(again, {}).status == 409);
}

TEST_CASE("who tries wrong tokens is slowed down, and a right one does not help it then") {
  HubProcess hub({.more_toml = "[plugins.sharing]\nguesses_per_minute = 4\nguesses_per_minute_address = 9\n"});
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const std::string token = HttpClient(hub.http(), owner.token)
                                .post("/sharing/create", {{"controller_id", device.controller_id}})
                                .text("token");
  const auto try_as = [&](const std::string& user, const std::string& what) {
    return HttpClient(hub.http(), user).post("/sharing/redeem", {{"token", what}});
  };
  const std::string first = stranger(), second = stranger();
  for (int i = 0; i < 4; ++i) CHECK(try_as(first, "gts_" + std::to_string(i)).status == 404);
  const auto limited = try_as(first, token);
  CHECK(limited.status == 429);
  CHECK(std::stoi(limited.header("retry-after")) >= 1);
  for (int i = 0; i < 4; ++i) CHECK(try_as(second, "gts_" + std::to_string(i)).status == 404);
  CHECK(try_as(stranger(), "gts_9").status == 404);
  CHECK(try_as(stranger(), token).status == 429);  // principals cost nothing: the address counts too
}

TEST_CASE("every write of sharing leaves its entry in the audit log") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), owner.token);
  const auto made = http.post("/sharing/create", {{"controller_id", device.controller_id}});
  HttpClient(hub.http(), stranger()).post("/sharing/redeem", {{"token", made.text("token")}});
  http.del(token_path(made) + "?revoke_access=true");
  const std::string target = " AND target = 'device:" + std::to_string(device.id) + "'";
  for (const char* action : {"sharing.create", "sharing.redeem", "access.grant", "sharing.revoke", "access.revoke"}) {
    CAPTURE(action);
    const std::string more = std::string(action) == "access.grant" ? " AND detail LIKE '%sharing:%'" : "";
    CHECK(ask_database(hub, "SELECT COUNT(*) FROM gatetorio_audit WHERE action = '" + std::string(action) + "'" +
                                target + more) == 1);
  }
}

TEST_CASE("tokens for a device that is gone are removed by the next hub, if this one did not get to it") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http()), kept = make_device(hub.http());
  for (const TestDevice& shared : {device, kept}) {
    const TestUser owner = make_user(hub.http(), shared, "owner");
    const auto made =
        HttpClient(hub.http(), owner.token).post("/sharing/create", {{"controller_id", shared.controller_id}});
    REQUIRE(made.status == 201);
  }
  hub.kill();
  change_database(hub, "DELETE FROM devices WHERE id = " + std::to_string(device.id));
  hub.start();
  CHECK(eventually([&] { return ask_database(hub, "SELECT COUNT(*) FROM sharing_tokens") == 1; }));
  CHECK(ask_database(hub, "SELECT device_id FROM sharing_tokens") == kept.id);
}

TEST_CASE("an admin offers access to a device, and the offer is worth nothing once that admin is none") {
  const TestDevice device = new_device();
  HttpClient admin(shared_hub().http(), kAdminToken);
  const std::string path = "/admin/devices/" + device.controller_id + "/sharing-tokens";
  const auto made = admin.post(path, {{"access_level", "readonly"}, {"notes", "for the guest"}});
  REQUIRE(made.status == 201);
  CHECK(made.text("controller_id") == device.controller_id);
  const std::string guest = stranger();
  CHECK(redeem(guest, made.text("token")).text("access_level") == "readonly");
  const auto tokens = admin.get("/admin/sharing-tokens?controller_id=" + device.controller_id).at("tokens");
  CHECK(std::string(tokens.at(0).at("created_by").as_string()).starts_with("admin:"));

  const auto helper = admin.post("/admin/tokens", {{"name", unique("helper")}, {"role", "admin"}});
  REQUIRE(helper.status == 201);
  const auto second = HttpClient(shared_hub().http(), helper.text("token")).post(path, JsonObject());
  REQUIRE(second.status == 201);
  REQUIRE(admin.del("/admin/tokens/" + std::to_string(helper.number("token_id"))).status == 204);
  CHECK(redeem(stranger(), second.text("token")).status == 410);
}

}  // namespace
}  // namespace gatetorio::testing
