// What an owner allows at a gate: levels for verbs, conditions, lockdown, hold-open; and a stop above them all.
#include <catch2/catch_test_macros.hpp>
#include <ctime>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

std::string in_seconds(std::int64_t seconds) {
  const std::time_t at = std::time(nullptr) + seconds;
  char text[32];
  std::tm parts{};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", ::gmtime_r(&at, &parts));
  return text;
}
constexpr std::int64_t kDay = 86'400;

HttpRequest put_request(const TestDevice& device, const std::string& what, const JsonObject& body) {
  return {.method = "PUT", .path = device_path(device) + "/" + what, .body = boost::json::serialize(body)};
}

const JsonObject kOpen{{"cmd", "pulse"}, {"key", "cmd_open"}}, kClose{{"cmd", "pulse"}, {"key", "cmd_close"}},
    kStop{{"cmd", "pulse"}, {"key", "cmd_stop"}}, kStep{{"cmd", "pulse"}, {"key", "step_logic"}};

struct RuledGate {
  RuledGate() : connection(go_online(shared_hub(), device)) {}

  HttpResponse send(const TestUser& user, const JsonObject& command) const {
    return client(user.token).post("/commands/send", {{"controller_id", device.controller_id}, {"command", command}});
  }
  HttpResponse put(const TestUser& user, const std::string& what, const JsonObject& body) const {
    return client(user.token).request(put_request(device, what, body));
  }
  HttpResponse end(const TestUser& user, const std::string& what) const {
    return client(user.token).del(device_path(device) + "/" + what);
  }
  HttpResponse rules(const std::string& token) const { return client(token).get(device_path(device) + "/rules"); }
  void say(const std::string& status) const { REQUIRE(connection->publish(device.status, status) == kMqttOk); }
  std::size_t commands() const { return connection->received_so_far().size(); }

  const TestDevice device = new_device();
  const TestUser anna = new_user(device, "owner");
  const TestUser ben = new_user(device, "engineer");
  const TestUser carl = new_user(device, "readonly");
  const std::unique_ptr<MqttClient> connection;
};

const JsonObject kTillTomorrow{{"until", in_seconds(kDay)}, {"reason", "storm"}};

TEST_CASE("an owner says which level may do what, and a refusal names the rule") {
  const RuledGate gate;
  const HttpResponse set = gate.put(
      gate.anna, "policy", {{"verbs", {{"open", "owner"}, {"toggle", "nobody"}}}, {"emergency_level", "owner"}});
  REQUIRE(set.status == 200);
  CHECK(set.at("policy").at("verbs").at("open") == "owner");
  CHECK(set.at("policy").at("verbs").at("close").is_null());
  const HttpResponse refused = gate.send(gate.ben, kOpen);
  CHECK(refused.status == 403);
  CHECK(refused.text("rule") == "/policy/verbs/open");
  CHECK(refused.text("least_level") == "owner");
  CHECK(gate.send(gate.anna, kOpen).status == 202);
  CHECK(gate.send(gate.ben, kClose).status == 202);
  CHECK(gate.send(gate.anna, kStep).text("rule") == "/policy/verbs/toggle");
  CHECK(gate.send(gate.ben, kStop).status == 202);
  CHECK(gate.commands() == 3);
  REQUIRE(gate.put(gate.anna, "policy", JsonObject()).status == 200);
  CHECK(gate.send(gate.ben, kOpen).status == 202);
  CHECK(ask_database(shared_hub(),
                     "SELECT COUNT(*) FROM gatetorio_audit WHERE action = 'command.policy' AND target ="
                     " 'device:" +
                         std::to_string(gate.device.id) + "'") == 2);
}

TEST_CASE("who may see the rules of a gate, and who may set them") {
  const RuledGate gate;
  REQUIRE(gate.put(gate.anna, "lockdown", kTillTomorrow).status == 200);
  for (const std::string& token : {gate.anna.token, gate.ben.token, gate.carl.token, gate.device.token}) {
    CHECK(gate.rules(token).at("lockdown").at("reason") == "storm");
  }
  const TestUser stranger = new_user(new_device(), "owner");
  CHECK(gate.rules(stranger.token).status == 404);
  for (const char* what : {"lockdown", "hold-open"}) {
    CHECK(gate.put(gate.ben, what, kTillTomorrow).status == 403);
    CHECK(gate.put(stranger, what, kTillTomorrow).status == 404);
    CHECK(gate.end(gate.ben, what).status == 403);
  }
  CHECK(gate.put(gate.ben, "policy", JsonObject()).status == 403);
}

TEST_CASE("a lockdown by an owner holds for everybody over both ways, until it is ended; a stop still passes") {
  const RuledGate gate;
  const auto app = go_online(shared_hub(), gate.ben, gate.device);
  const HttpResponse locked = gate.put(gate.anna, "lockdown", kTillTomorrow);
  REQUIRE(locked.status == 200);
  CHECK(locked.at("lockdown").at("set_by") == ("user:" + std::to_string(gate.anna.id)).c_str());
  for (const TestUser& user : {gate.anna, gate.ben}) {
    const HttpResponse refused = gate.send(user, kOpen);
    CHECK(refused.status == 409);
    CHECK(refused.text("rule") == "/lockdown");
    CHECK(refused.text("reason") == "storm");
    CHECK(is_timestamp(refused.text("until")));
  }
  REQUIRE(app->publish(gate.device.commands, R"({"cmd":"pulse","key":"cmd_open"})") == kMqttOk);
  REQUIRE(app->publish(gate.device.commands, R"({"cmd":"pulse","key":"cmd_stop"})") == kMqttOk);
  const auto stop = gate.connection->receive();
  REQUIRE(stop);
  CHECK(stop->payload.find("cmd_stop") != std::string::npos);
  CHECK(gate.send(gate.ben, kStop).status == 202);
  CHECK(gate.commands() == 1);
  // The declared emergency level passes.
  REQUIRE(gate.put(gate.anna, "policy", {{"emergency_level", "owner"}}).status == 200);
  CHECK(gate.send(gate.ben, kOpen).status == 409);
  CHECK(gate.send(gate.anna, kOpen).status == 202);
  REQUIRE(gate.end(gate.anna, "lockdown").status == 200);
  CHECK(gate.rules(gate.anna.token).at("lockdown").is_null());
  CHECK(gate.send(gate.ben, kOpen).status == 202);
}

TEST_CASE("a gate that is held open is not closed") {
  const RuledGate gate;
  REQUIRE(gate.put(gate.anna, "hold-open", kTillTomorrow).status == 200);
  CHECK(gate.send(gate.ben, kOpen).status == 202);
  CHECK(gate.send(gate.ben, kStop).status == 202);
  CHECK(gate.send(gate.anna, kClose).text("rule") == "/hold_open");
  CHECK(gate.send(gate.anna, kStep).text("rule") == "/hold_open");
  REQUIRE(gate.end(gate.anna, "hold-open").status == 200);
  CHECK(gate.send(gate.anna, kClose).status == 202);
}

TEST_CASE("a gate moves only after it has said what its rules ask for") {
  const RuledGate gate;
  REQUIRE(gate.put(gate.anna, "policy",
                   {{"conditions", {{{"pointer", "/safety/obstruction"}, {"equals", "ok"}, {"max_age_seconds", 60}}}}})
              .status == 200);
  const HttpResponse silent = gate.send(gate.anna, kOpen);
  CHECK(silent.status == 409);
  CHECK(silent.text("rule") == "/policy/conditions/0");
  CHECK(silent.at("device_status").is_null());
  gate.say(R"({"safety":{"obstruction":"beam"}})");
  REQUIRE(eventually([&] { return gate.send(gate.anna, kOpen).at("device_status").is_object(); }));
  CHECK(gate.send(gate.ben, kStop).status == 202);
  gate.say(R"({"safety":{"obstruction":"ok"}})");
  CHECK(eventually([&] { return gate.send(gate.anna, kOpen).status == 202; }));
}

TEST_CASE("rules that cannot be are refused by field, and change nothing") {
  const RuledGate gate;
  struct Row {
    const char* what;
    JsonObject body;
    const char* pointer;
  };
  boost::json::array many(17, JsonObject{{"pointer", "/a"}, {"equals", 1}});
  for (const Row& row :
       {Row{"policy", {{"verbs", {{"open", "readonly"}}}}, "/verbs/open"},
        Row{"policy", {{"emergency_level", "nobody"}}, "/emergency_level"},
        Row{"policy", {{"conditions", {{{"pointer", "safety"}, {"equals", 1}}}}}, "/conditions/0/pointer"},
        Row{"policy", {{"conditions", {{{"pointer", "/a"}, {"equals", JsonObject()}}}}}, "/conditions/0/equals"},
        Row{"policy", {{"conditions", {{{"pointer", "/a"}}}}}, "/conditions/0/equals"},
        Row{"policy",
            {{"conditions", {{{"pointer", "/a"}, {"equals", 1}, {"verbs", {"stop"}}}}}},
            "/conditions/0/verbs/0"},
        Row{"policy", {{"conditions", many}}, "/conditions"}, Row{"lockdown", JsonObject(), "/until"},
        Row{"lockdown", {{"until", "tomorrow"}}, "/until"}, Row{"lockdown", {{"until", in_seconds(-1)}}, "/until"},
        Row{"hold-open", {{"until", in_seconds(400 * kDay)}}, "/until"},
        Row{"hold-open", {{"until", in_seconds(60)}, {"reason", std::string(201, 'x')}}, "/reason"}}) {
    CAPTURE(row.what, boost::json::serialize(row.body));
    const HttpResponse refused = gate.put(gate.anna, row.what, row.body);
    CHECK(refused.status == 422);
    CHECK(refused.at("errors").at(0).at("pointer") == row.pointer);
  }
  const HttpResponse rules = gate.rules(gate.anna.token);
  CHECK(rules.at("policy").at("conditions").is_null());
  CHECK(rules.at("lockdown").is_null());
  CHECK(rules.at("hold_open").is_null());
}

TEST_CASE("a hold ends by itself, and rules outlive a restart") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser anna = make_user(hub.http(), device, "owner");
  const auto put = [&](const std::string& what, const JsonObject& body) {
    return HttpClient(hub.http(), anna.token).request(put_request(device, what, body)).status;
  };
  const auto send = [&] {
    return HttpClient(hub.http(), anna.token)
        .post("/commands/send", {{"controller_id", device.controller_id}, {"command", kOpen}})
        .status;
  };
  REQUIRE(put("lockdown", kTillTomorrow) == 200);
  REQUIRE(put("hold-open", {{"until", in_seconds(2)}}) == 200);
  REQUIRE(hub.stop() == 0);
  hub.start();
  const auto connection = go_online(hub, device);
  CHECK(send() == 409);
  REQUIRE(put("lockdown", {{"until", in_seconds(2)}}) == 200);
  CHECK(eventually([&] { return send() == 202; }));
  CHECK(HttpClient(hub.http(), anna.token).get(device_path(device) + "/rules").at("hold_open").is_null());
}

TEST_CASE("who is over the limits of HTTP or of MQTT still stops the gate") {
  HubProcess hub(
      {.sets = {"plugins.transport-http.rate_limit=true", "plugins.transport-http.rate_limit_credential_per_second=1",
                "plugins.transport-http.rate_limit_credential_burst=5", "plugins.transport-mqtt.client_commands=1"}});
  const TestDevice device = make_device(hub.http());
  const TestUser anna = make_user(hub.http(), device, "owner");
  const auto connection = go_online(hub, device);
  HttpClient http(hub.http(), anna.token);
  const auto send = [&](const JsonObject& command) {
    return http.post("/commands/send", {{"controller_id", device.controller_id}, {"command", command}});
  };
  HttpResponse answer = send(kOpen);
  for (int i = 0; i < 50 && answer.status == 202; ++i) answer = send(kOpen);
  CHECK(answer.status == 429);
  CHECK_FALSE(answer.header("retry-after").empty());
  for (int i = 0; i < 5; ++i) CHECK(send(kStop).status == 202);
  CHECK(eventually([&] { return send(kOpen).status == 429; }));
  CHECK(eventually([&] { return http.get("/commands/status/" + device.controller_id).status == 429; }));
  connection->received_so_far();
  const auto app = go_online(hub, make_user(hub.http(), device, "engineer"), device);
  for (int i = 0; i < 40; ++i) {
    REQUIRE(app->publish(device.commands, R"({"action":"light"})") == kMqttOk);
  }
  REQUIRE(app->publish(device.commands, R"({"cmd":"pulse","key":"cmd_stop"})") == kMqttOk);
  std::size_t lights = 0;
  bool has_stopped = false;
  while (!has_stopped) {
    const auto message = connection->receive();
    REQUIRE(message);
    has_stopped = message->payload.find("cmd_stop") != std::string::npos;
    if (!has_stopped) ++lights;
  }
  CHECK(lights < 40);
}

}  // namespace
}  // namespace gatetorio::testing
