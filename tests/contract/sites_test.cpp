// Sites from outside: access to a site is access to its devices, by REST and by MQTT, at once and until it ends.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"
#include "support/event_reader.hpp"
#include "support/eventually.hpp"

namespace gatetorio::testing {
namespace {

using std::chrono::milliseconds;

const JsonObject kOpen{{"cmd", "pulse"}, {"key", "cmd_open"}};

struct Street {
  Street() {
    give_access(shared_hub().http(), second, anna.token, "owner");
    const HttpResponse made = client(anna.token).post("/sites", {{"name", "Elm Road"}});
    REQUIRE(made.status == 201);
    site = "/sites/" + std::to_string(made.number("site_id"));
  }
  HttpResponse post(const TestUser& by, const std::string& what, const JsonObject& body) const {
    return client(by.token).post(site + what, body);
  }
  HttpResponse add(const TestDevice& device) const {
    return post(anna, "/devices", {{"controller_id", device.controller_id}});
  }
  HttpResponse admit(const TestUser& user, const std::string& level) const {
    return post(anna, "/users", {{"user_id", user.id}, {"access_level", level}});
  }
  static int send(const TestUser& user, const TestDevice& device) {
    return client(user.token)
        .post("/commands/send", {{"controller_id", device.controller_id}, {"command", kOpen}})
        .status;
  }

  const TestDevice first = new_device(), second = new_device(), elsewhere = new_device();
  const TestUser anna = new_user(first, "owner"), installer = new_user(elsewhere, "readonly"),
                 stranger = new_user(elsewhere, "readonly");
  std::string site;
};

}  // namespace

TEST_CASE("an installer of a site is an engineer at each of its gates, until the site lets it go") {
  const Street street;
  const auto gate = go_online(shared_hub(), street.first), other = go_online(shared_hub(), street.second);
  CHECK(Street::send(street.installer, street.first) == 403);
  REQUIRE(street.add(street.first).status == 200);
  REQUIRE(street.admit(street.installer, "engineer").status == 200);
  REQUIRE(street.add(street.second).status == 200);
  CHECK(Street::send(street.installer, street.first) == 202);
  CHECK(Street::send(street.installer, street.second) == 202);
  CHECK(client(street.installer.token).get("/users/me/devices").at("devices").as_array().size() == 3);
  const auto app = go_online(shared_hub(), street.installer, street.first);
  EventReader events(shared_hub().http(), "/devices/" + street.second.controller_id + "/events",
                     street.installer.token);
  CHECK(events.status() == 200);
  CHECK(client(street.anna.token).del(street.site + "/users/" + std::to_string(street.installer.id)).status == 204);
  CHECK(events.ends(milliseconds(1'000)));
  CHECK(eventually([&] { return app->publish(street.first.commands, boost::json::serialize(kOpen)) == kNotAuthorized; },
                   milliseconds(1'000)));
  CHECK(Street::send(street.installer, street.second) == 403);
}

TEST_CASE("who may do what at a site, and that a stranger does not learn that it exists") {
  const Street street;
  street.add(street.first);
  street.admit(street.installer, "engineer");
  const auto status = [&](const TestUser& by, const std::string& method, const std::string& what,
                          const JsonObject& body = {}) {
    return client(by.token)
        .request(
            {.method = method, .path = street.site + what, .body = body.empty() ? "" : boost::json::serialize(body)})
        .status;
  };
  const JsonObject device{{"controller_id", street.second.controller_id}};
  const JsonObject user{{"user_id", street.stranger.id}};
  for (const auto& [method, what, body] :
       {std::tuple("GET", "/devices", JsonObject()), std::tuple("GET", "/users", JsonObject()),
        std::tuple("POST", "/devices", device), std::tuple("POST", "/users", user),
        std::tuple("PATCH", "", JsonObject{{"name", "Mine"}}), std::tuple("DELETE", "", JsonObject())}) {
    CAPTURE(method, what);
    CHECK(status(street.stranger, method, what, body) == 404);
    const bool may_read = std::string(method) == "GET" && std::string(what) == "/devices";
    CHECK(status(street.installer, method, what, body) == (may_read ? 200 : 403));
    CHECK(
        client().request({.method = method, .path = street.site + what, .body = boost::json::serialize(body)}).status ==
        401);
  }
  CHECK(client(street.installer.token).post(street.site + "/devices", device).status == 403);
  // The owner of the site owns not every device.
  CHECK(street.add(street.elsewhere).status == 404);
  CHECK(client(street.anna.token).get("/sites/999999999/devices").status == 404);
  CHECK(client(street.anna.token).get("/sites/none/devices").status == 404);
  CHECK(client(kAdminToken).get(street.site + "/users").at("users").as_array().size() == 2);
}

TEST_CASE("the owner of a site is nothing to a device that happens to have the site's number") {
  const Street street;
  const std::string odd = "site:" + street.site.substr(std::string("/sites/").size());
  const auto ask = [&](const std::string& method, const std::string& path, const JsonObject& body = {}) {
    return client(street.anna.token)
        .request({.method = method, .path = path, .body = body.empty() ? "" : boost::json::serialize(body)})
        .status;
  };
  for (const std::string& name : {odd, "site%3A" + odd.substr(5), ":" + odd, "::" + odd}) {
    CAPTURE(name);
    CHECK(ask("GET", "/devices/" + name) == 404);
    CHECK(ask("GET", "/devices/" + name + "/users") == 404);
    CHECK(ask("PATCH", "/devices/" + name, {{"device_name", "mine"}}) == 404);
    CHECK(ask("DELETE", "/devices/" + name) == 404);
    CHECK(ask("PUT", "/devices/" + name + "/policy", {{"verbs", {{"open", "nobody"}}}}) == 404);
    CHECK(ask("POST", "/commands/send", {{"controller_id", name}, {"command", kOpen}}) >= 403);
  }
}

TEST_CASE("sites are listed, renamed and ended") {
  const Street street;
  street.add(street.first);
  CHECK(client(street.anna.token)
            .request({.method = "PATCH", .path = street.site, .body = R"({"name":"Oak Road"})"})
            .text("name") == "Oak Road");
  const auto sites = [&](const TestUser& by) { return client(by.token).get("/sites").at("sites").as_array(); };
  REQUIRE(sites(street.anna).size() == 1);
  CHECK(sites(street.anna).at(0).at("name") == "Oak Road");
  CHECK(sites(street.anna).at(0).at("devices") == 1);
  CHECK(sites(street.anna).at(0).at("access_level") == "owner");
  CHECK(sites(street.installer).empty());
  CHECK(client(street.anna.token).del(street.site).status == 204);
  CHECK(sites(street.anna).empty());
  CHECK(client(street.anna.token).get(street.site + "/devices").status == 404);
}

TEST_CASE("an owner is told why somebody may or may not, by grant, window and rule") {
  const Street street;
  street.add(street.first);
  street.admit(street.installer, "engineer");
  const auto ask = [&](const std::string& more) {
    return client(street.anna.token)
        .get(device_path(street.first) + "/access/explain?user=" + std::to_string(street.installer.id) + more);
  };
  const HttpResponse yes = ask("&verb=open");
  CHECK(yes.at("allowed").as_bool());
  CHECK(yes.text("source").starts_with("site:"));
  CHECK_FALSE(ask("&verb=open&at=2020-01-01T00:00:00Z").at("allowed").as_bool());
  const JsonObject policy{{"verbs", {{"open", "owner"}}}};
  REQUIRE(
      client(street.anna.token)
          .request(
              {.method = "PUT", .path = device_path(street.first) + "/policy", .body = boost::json::serialize(policy)})
          .status == 200);
  const HttpResponse no = ask("&verb=open");
  CHECK_FALSE(no.at("allowed").as_bool());
  CHECK(no.text("rule") == "/policy/verbs/open");
  CHECK(ask("&verb=close").at("allowed").as_bool());
  CHECK(ask("&verb=jump").status == 422);
  CHECK(client(street.stranger.token).get(device_path(street.first) + "/access/explain").status == 404);
}

TEST_CASE("a lockdown of a site is one of each of its gates, and ends with one word") {
  const Street street;
  REQUIRE(street.add(street.first).status == 200);
  REQUIRE(street.add(street.second).status == 200);
  REQUIRE(street.admit(street.installer, "engineer").status == 200);
  give_access(shared_hub().http(), street.elsewhere, street.anna.token, "owner");
  const auto first = go_online(shared_hub(), street.first), second = go_online(shared_hub(), street.second),
             elsewhere = go_online(shared_hub(), street.elsewhere);
  const auto put = [&](const TestUser& by, const std::string& what, const JsonObject& body) {
    return client(by.token).request(
        {.method = "PUT", .path = street.site + what, .body = boost::json::serialize(body)});
  };
  const JsonObject till_tomorrow{{"until", in_hours(24)}, {"reason", "storm"}};
  CHECK(put(street.installer, "/lockdown", till_tomorrow).status == 403);
  CHECK(put(street.stranger, "/lockdown", till_tomorrow).status == 404);
  CHECK(put(street.anna, "/lockdown", {{"until", in_hours(-1)}}).status == 422);
  CHECK(Street::send(street.installer, street.first) == 202);
  const HttpResponse locked = put(street.anna, "/lockdown", till_tomorrow);
  REQUIRE(locked.status == 200);
  CHECK(locked.number("devices") == 2);
  CHECK(hours_ahead(locked.text("until")) == 24);
  for (const TestDevice* gate : {&street.first, &street.second}) {
    CHECK(Street::send(street.installer, *gate) == 409);
    const auto rules = client(street.anna.token).get(device_path(*gate) + "/rules");
    CHECK(rules.at("lockdown").at("reason") == "storm");
    CHECK(rules.at("lockdown").at("set_by") == ("user:" + std::to_string(street.anna.id)).c_str());
    const JsonObject stop{{"cmd", "pulse"}, {"key", "cmd_stop"}};
    CHECK(client(street.installer.token)
              .post("/commands/send", {{"controller_id", gate->controller_id}, {"command", stop}})
              .status == 202);
  }
  CHECK(Street::send(street.anna, street.elsewhere) == 202);
  CHECK(client(street.installer.token).del(street.site + "/lockdown").status == 403);
  const HttpResponse ended = client(street.anna.token).del(street.site + "/lockdown");
  REQUIRE(ended.status == 200);
  CHECK(ended.number("devices") == 2);
  CHECK(ended.is_null("until"));
  CHECK(Street::send(street.installer, street.second) == 202);
  REQUIRE(put(street.anna, "/hold-open", till_tomorrow).status == 200);
  CHECK(client(street.anna.token).get(device_path(street.first) + "/rules").at("hold_open").at("reason") == "storm");
  CHECK(client(street.anna.token).del(street.site + "/hold-open").status == 200);
  CHECK(client(street.anna.token).get(device_path(street.first) + "/rules").is_null("hold_open"));
}

TEST_CASE("a site without devices has nothing to lock down") {
  const Street street;
  const HttpResponse locked = client(street.anna.token)
                                  .request({.method = "PUT",
                                            .path = street.site + "/lockdown",
                                            .body = boost::json::serialize(JsonObject{{"until", in_hours(1)}})});
  REQUIRE(locked.status == 200);
  CHECK(locked.number("devices") == 0);
}

}  // namespace gatetorio::testing
