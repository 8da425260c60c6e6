// Access that begins later, has windows or a number of uses: by pairing and by sharing, at each door of the hub.
#include <catch2/catch_test_macros.hpp>
#include <ctime>

#include "shared_hub.hpp"
#include "support/eventually.hpp"
#include "support/shifted_clock.hpp"

namespace gatetorio::testing {
namespace {

using std::chrono::milliseconds;

const JsonObject kOpen{{"cmd", "pulse"}, {"key", "cmd_open"}}, kStop{{"cmd", "pulse"}, {"key", "cmd_stop"}};

std::string text_of(std::time_t at, const char* form) {
  char text[32];
  std::tm parts{};
  std::strftime(text, sizeof text, form, ::gmtime_r(&at, &parts));
  return text;
}
std::string time_in(std::int64_t seconds) { return text_of(std::time(nullptr) + seconds, "%Y-%m-%dT%H:%M:%SZ"); }

// Every day from so many minutes ahead of now, for so long. UTC.
JsonObject window(std::int64_t minutes_ahead, std::int64_t minutes_long) {
  const std::time_t from = std::time(nullptr) + minutes_ahead * 60, to = from + minutes_long * 60;
  return {{"time_zone", "Etc/UTC"},
          {"windows",
           {{{"days", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
             {"from", text_of(from, "%H:%M")},
             {"to", text_of(to, "%H:%M")}}}}};
}
const JsonObject kOpenNow = window(-60, 180), kLater = window(120, 60);

struct VisitedGate {
  VisitedGate() : connection(go_online(shared_hub(), device)) {}

  // A user whom the device gives access with these terms.
  TestUser visitor(JsonObject terms) const {
    TestUser user{.token = unique("visitor-token-of-a-phone"), .id = 0};
    terms["user_token"] = user.token;
    terms.insert({{"access_level", "engineer"}});
    const HttpResponse given = client(device.token).post("/users/authorize", terms);
    REQUIRE(given.status == 200);
    user.id = given.number("user_id");
    return user;
  }
  HttpResponse send(const TestUser& user, const JsonObject& command) const {
    return client(user.token).post("/commands/send", {{"controller_id", device.controller_id}, {"command", command}});
  }
  HttpResponse access(const TestUser& user) const {
    return client(user.token).get("/users/access/" + device.controller_id);
  }
  std::size_t commands() const { return connection->received_so_far().size(); }

  const TestDevice device = new_device();
  const TestUser anna = new_user(device, "owner");
  const std::unique_ptr<MqttClient> connection;
};

}  // namespace

TEST_CASE("access with windows holds within them, at every door") {
  const VisitedGate gate;
  const TestUser inside = gate.visitor({{"schedule", kOpenNow}}), outside = gate.visitor({{"schedule", kLater}});
  CHECK(gate.send(inside, kOpen).status == 202);
  CHECK(gate.access(inside).at("has_access").as_bool());
  CHECK_FALSE(gate.access(inside).at("open_until").is_null());
  CHECK(gate.send(outside, kOpen).status == 403);
  CHECK_FALSE(gate.access(outside).at("has_access").as_bool());
  CHECK_FALSE(gate.access(outside).at("opens_at").is_null());
  CHECK(client(outside.token).get("/users/me/devices").at("devices").as_array().empty());
  CHECK(client(outside.token).get("/devices/" + gate.device.controller_id + "/status").status != 200);
  const auto app = go_online(shared_hub(), inside, gate.device);
  CHECK(app->publish(gate.device.commands, boost::json::serialize(kStop)) == kMqttOk);
  MqttClient stranger;  // who has nothing now is not let in
  CHECK(stranger.connect(shared_hub().mqtt_port(), login_of(shared_hub().http(), outside)) == kNotAuthorized);
  std::size_t heard = 0;
  CHECK(eventually([&] { return (heard += gate.commands()) == 2; }));
  // Owners see the terms.
  const HttpResponse users = client(gate.anna.token).get(device_path(gate.device) + "/users");
  const auto listed = users.at("users");
  for (const auto& user : listed.as_array()) {
    if (user.at("user_id").as_int64() == outside.id) {
      CHECK(user.at("schedule").at("windows") == kLater.at("windows"));
      CHECK_FALSE(user.at("is_open").as_bool());
    }
  }
}

TEST_CASE("access that begins later begins by itself, for who is connected already, too") {
  const VisitedGate gate;
  const TestUser visitor = gate.visitor({{"valid_from", time_in(2)}});
  give_access(shared_hub().http(), new_device(), visitor.token, "readonly");
  CHECK(gate.send(visitor, kOpen).status == 403);
  MqttClient app;
  REQUIRE(app.connect(shared_hub().mqtt_port(), login_of(shared_hub().http(), visitor)) == kMqttOk);
  CHECK(eventually([&] { return app.publish(gate.device.commands, boost::json::serialize(kStop)) == kMqttOk; },
                   milliseconds(6'000)));
  CHECK(gate.send(visitor, kOpen).status == 202);
}

TEST_CASE("by the hub's clock a window closes for live sessions too, and the lesser access goes on") {
  SteppedClock clock;
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser visitor = make_user(hub.http(), device, "readonly");
  const TestUser owner = make_user(hub.http(), device, "owner");
  // The hub's clock goes to some seconds before the end of a minute, and with that minute the window ends.
  const std::time_t end = (std::time(nullptr) / 60 + 2) * 60;
  clock.step_to(std::chrono::seconds(end - 15 - std::time(nullptr)));
  const JsonObject closing{{"time_zone", "Etc/UTC"},
                           {"windows",
                            {{{"days", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
                              {"from", text_of(end - 3600, "%H:%M")},
                              {"to", text_of(end, "%H:%M")}}}}};
  const HttpResponse token =
      HttpClient(hub.http(), owner.token)
          .post("/sharing/create", {{"controller_id", device.controller_id}, {"schedule", closing}});
  REQUIRE(token.status == 201);
  REQUIRE(HttpClient(hub.http(), visitor.token).post("/sharing/redeem", {{"token", token.text("token")}}).status ==
          200);
  const auto gate = go_online(hub, device);
  const auto app = go_online(hub, visitor, device);
  const auto may = [&] { return app->publish(device.commands, boost::json::serialize(kStop)) == kMqttOk; };
  CHECK(eventually(may, milliseconds(10'000)));  // its broker takes the jump for silence
  CHECK(eventually([&] { return !may(); }, milliseconds(16'500)));
  CHECK(HttpClient(hub.http(), visitor.token)
            .post("/commands/send", {{"controller_id", device.controller_id}, {"command", kStop}})
            .status == 403);
  const auto hears = [&] {
    return gate->publish(device.status, R"({"state":"OPEN"})") == kMqttOk &&
           app->receive(milliseconds(200)).has_value();
  };
  CHECK(eventually(hears, milliseconds(3'000)));
}

TEST_CASE("a number of uses is spent by what is sent, and a stop costs none") {
  const VisitedGate gate;
  const TestUser visitor = gate.visitor({{"max_uses", 2}});
  CHECK(gate.send(visitor, kOpen).status == 202);
  CHECK(gate.access(visitor).number("uses_left") == 1);
  CHECK(gate.send(visitor, kStop).status == 202);
  const auto app = go_online(shared_hub(), visitor, gate.device);
  CHECK(app->publish(gate.device.commands, boost::json::serialize(kOpen)) == kMqttOk);
  CHECK(eventually([&] { return gate.access(visitor).number("uses_left") == 0; }));
  CHECK(gate.send(visitor, kStop).status == 202);
  const HttpResponse spent = gate.send(visitor, {{"cmd", "pulse"}, {"key", "cmd_close"}});
  CHECK(spent.status == 403);
  CHECK(spent.text("detail").find("spent") != std::string::npos);
  CHECK(gate.send(visitor, kStop).status == 202);
}

TEST_CASE("a use of which nothing came is given back") {
  VisitedGate gate;
  const TestUser visitor = gate.visitor({{"max_uses", 1}});
  gate.connection->disconnect();
  CHECK(eventually([&] { return gate.send(visitor, kOpen).status == 503; }));
  CHECK(gate.access(visitor).number("uses_left") == 1);
}

TEST_CASE("a sharing token gives access with its terms") {
  const VisitedGate gate;
  const auto share = [&](JsonObject terms) {
    terms["controller_id"] = gate.device.controller_id;
    return client(gate.anna.token).post("/sharing/create", terms);
  };
  const auto redeem = [&](const HttpResponse& made, const TestUser& user) {
    return client(user.token).post("/sharing/redeem", {{"token", made.text("token")}});
  };
  const TestUser once{.token = unique("once-token-of-a-phone")}, later{.token = unique("later-token-of-a-phone")};
  const HttpResponse made = share({{"max_uses", 1}, {"schedule", kOpenNow}});
  REQUIRE(made.status == 201);
  CHECK(redeem(made, once).at("opens_at").is_null());
  CHECK(gate.send(once, kOpen).status == 202);
  CHECK(gate.send(once, {{"cmd", "pulse"}, {"key", "partial_1"}}).status == 403);
  const HttpResponse second = share({{"schedule", kLater}});
  const HttpResponse redeemed = redeem(second, later);
  CHECK(redeemed.status == 200);
  CHECK_FALSE(redeemed.at("opens_at").is_null());
  CHECK(gate.send(later, kOpen).status == 403);
  const HttpResponse tokens = client(gate.anna.token).get("/sharing/tokens/" + gate.device.controller_id);
  CHECK(tokens.at("tokens").at(0).at("schedule").at("windows") == kLater.at("windows"));
  CHECK(tokens.at("tokens").at(1).at("max_uses") == 1);
}

TEST_CASE("terms that cannot be kept are refused by field, and nothing is given") {
  const VisitedGate gate;
  JsonObject nowhere = kLater, odd = kLater;
  nowhere["time_zone"] = "Europe/Atlantis";
  odd["windows"].at(0).as_object()["from"] = "25:00";
  const auto pointer = [](const HttpResponse& answer) {
    return answer.status == 422 ? std::string(answer.at("errors").at(0).at("pointer").as_string()) : "none";
  };
  const std::string token = unique("stranger-token-of-a-phone");
  const auto pair = [&](JsonObject terms) {
    terms["user_token"] = token;
    return pointer(client(gate.device.token).post("/users/authorize", terms));
  };
  const auto share = [&](JsonObject terms) {
    terms["controller_id"] = gate.device.controller_id;
    return pointer(client(gate.anna.token).post("/sharing/create", terms));
  };
  CHECK(pair({{"schedule", nowhere}}) == "/schedule/time_zone");
  CHECK(share({{"schedule", nowhere}}) == "/schedule/time_zone");
  CHECK(pair({{"schedule", odd}}) == "/schedule/windows/0/from");
  CHECK(share({{"schedule", odd}}) == "/schedule/windows/0/from");
  CHECK(pair({{"max_uses", 0}}) == "/max_uses");
  CHECK(share({{"max_uses", 0}}) == "/max_uses");
  CHECK(pair({{"valid_from", "tomorrow"}}) == "/valid_from");
  CHECK(share({{"valid_from", "tomorrow"}}) == "/valid_from");
  CHECK(client(token).get("/users/me/devices").at("devices").as_array().empty());
}

}  // namespace gatetorio::testing
