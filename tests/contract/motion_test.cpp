// Section 5, motion: one intent is one motion, and nobody acts on what is no longer so.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <thread>

#include "shared_hub.hpp"
#include "support/event_reader.hpp"

namespace gatetorio::testing {
namespace {

const JsonObject kOpen{{"cmd", "pulse"}, {"key", "cmd_open"}}, kStop{{"cmd", "pulse"}, {"key", "cmd_stop"}},
    kStep{{"cmd", "pulse"}, {"key", "step_logic"}};

JsonObject gate(const std::string& action, int number) { return {{"action", action}, {"gate_number", number}}; }

HubProcess& motion_hub() {
  static HubProcess hub({.sets = {"plugins.commands.motion_seconds=60"}});
  return hub;
}

// A gate that is connected, and two who may move it.
struct Gate {
  Gate() : connection(go_online(motion_hub(), device)) {}

  HttpResponse send(const TestUser& user, const JsonObject& command, JsonObject more = {}) const {
    more["controller_id"] = device.controller_id;
    more["command"] = command;
    return HttpClient(motion_hub().http(), user.token).post("/commands/send", more);
  }
  HttpResponse state_of(const TestUser& user, const std::string& id) const {
    return HttpClient(motion_hub().http(), user.token).get("/commands/" + id);
  }
  HttpResponse status() const {
    return HttpClient(motion_hub().http(), anna.token).get("/commands/status/" + device.controller_id);
  }
  bool comes_to(const TestUser& user, const std::string& id, const std::string& state) const {
    return eventually([&] { return state_of(user, id).text("state") == state; });
  }
  void say(const std::string& status) const { REQUIRE(connection->publish(device.status, status) == kMqttOk); }
  void answer(const std::string& id) const { say(R"({"command_id":")" + id + R"(","result":"success"})"); }
  // Every command that has come so far.
  std::size_t commands() const { return connection->received_so_far().size(); }

  const TestDevice device = make_device(motion_hub().http());
  const TestUser anna = make_user(motion_hub().http(), device, "owner");
  const TestUser ben = make_user(motion_hub().http(), device, "engineer");
  const std::unique_ptr<MqttClient> connection;
};

std::int64_t number_of_status(const Gate& gate) { return gate.status().at("sequence").as_int64(); }

TEST_CASE("an equal motion for the same gate is not sent again while the first is outstanding") {
  const Gate gate;
  const HttpResponse first = gate.send(gate.anna, kOpen);
  REQUIRE(first.status == 202);
  CHECK_FALSE(first.at("merged").as_bool());
  const HttpResponse second = gate.send(gate.ben, kOpen, {{"idempotency_key", "tap"}});
  REQUIRE(second.status == 202);
  CHECK(second.at("merged").as_bool());
  CHECK(second.text("command_id") == first.text("command_id"));
  CHECK(second.text("expires_at") == first.text("expires_at"));
  // Ben may ask what became of it, and his key never moves the gate again.
  CHECK(gate.state_of(gate.ben, first.text("command_id")).text("verb") == "open");
  CHECK(gate.commands() == 1);
  gate.answer(first.text("command_id"));
  CHECK(gate.comes_to(gate.ben, first.text("command_id"), "acknowledged"));
  const HttpResponse repeated = gate.send(gate.ben, kOpen, {{"idempotency_key", "tap"}});
  CHECK(repeated.text("command_id") == first.text("command_id"));
  CHECK(repeated.at("merged").as_bool());
  CHECK(gate.commands() == 0);
  const HttpResponse next = gate.send(gate.ben, kOpen);
  CHECK_FALSE(next.at("merged").as_bool());
  CHECK(gate.commands() == 1);
  CHECK(ask_database(motion_hub(),
                     "SELECT COUNT(*) FROM gatetorio_audit WHERE action = 'command.merge' AND target ="
                     " 'device:" +
                         std::to_string(gate.device.id) + "'") == 1);
}

TEST_CASE("other motions, other gates and what moves nothing are sent") {
  const Gate gate;
  std::size_t sent = 0;
  for (const JsonObject& command :
       {testing::gate("open_gate", 1), testing::gate("open_gate", 2), testing::gate("close_gate", 1),
        testing::gate("open_gate", 1), testing::gate("partial_1", 1), testing::gate("partial_2", 1),
        JsonObject{{"action", "light"}}, JsonObject{{"action", "light"}}}) {
    const HttpResponse answer = gate.send(gate.anna, command);
    CHECK(answer.status == 202);
    CHECK_FALSE(answer.at("merged").as_bool());
    ++sent;
  }
  CHECK(gate.commands() == sent);
  // Both vocabularies, and no number: the same.
  REQUIRE(gate.send(gate.anna, kOpen).status == 202);
  CHECK(gate.send(gate.ben, testing::gate("open_gate", 1)).at("merged").as_bool());
}

TEST_CASE("the next step of the gate's own logic is refused after somebody else's motion") {
  const Gate gate;
  const HttpResponse first = gate.send(gate.anna, kOpen);
  const HttpResponse refused = gate.send(gate.ben, kStep);
  REQUIRE(refused.status == 409);
  CHECK(refused.text("command_id") == first.text("command_id"));
  CHECK(refused.text("sender") == "user:" + std::to_string(gate.anna.id));
  CHECK(is_timestamp(refused.text("sent_at")));
  CHECK(gate.commands() == 1);
  CHECK(gate.send(gate.anna, kStep).status == 202);  // her own
  CHECK(gate.commands() == 1);
  CHECK(gate.send(gate.ben, kStep).status == 409);
  CHECK(gate.send(gate.anna, kStep).at("merged").as_bool());
}

TEST_CASE("a stop is always sent, and ends what is outstanding") {
  const Gate gate;
  REQUIRE(gate.send(gate.anna, kOpen).status == 202);
  for (const TestUser& user : {gate.ben, gate.anna, gate.anna}) {
    const HttpResponse stop = gate.send(user, kStop, {{"expect", {{"sequence", 1}}}});
    CHECK(stop.status == 202);
    CHECK_FALSE(stop.at("merged").as_bool());
  }
  CHECK(gate.commands() == 4);
  CHECK_FALSE(gate.send(gate.ben, kOpen).at("merged").as_bool());
  CHECK(gate.commands() == 1);
}

TEST_CASE("of many who want the same at once one moves the gate") {
  const Gate gate;
  const char* const wanted = std::getenv("GATETORIO_RACES");  // for a long run by hand
  const int rounds = wanted == nullptr ? 20 : std::atoi(wanted);
  for (int round = 0; round < rounds; ++round) {
    const int people = 2 + round % 15;
    std::atomic<int> accepted = 0, merged = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < people; ++i) {
      threads.emplace_back([&, i] {
        const HttpResponse answer = gate.send(i % 2 == 0 ? gate.anna : gate.ben, kOpen);
        if (answer.status == 202) ++accepted;
        if (answer.status == 202 && answer.at("merged").as_bool()) ++merged;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(accepted == people);
    CHECK(merged == people - 1);
    CHECK(gate.commands() == 1);
    REQUIRE(gate.send(gate.anna, kStop).status == 202);
    CHECK(gate.commands() == 1);
  }
}

TEST_CASE("a command says what its sender saw, and is not sent where that has changed") {
  const Gate gate;
  const HttpResponse unknown = gate.send(gate.anna, kOpen, {{"expect", {{"states", {"CLOSED"}}}}});
  CHECK(unknown.status == 409);
  CHECK(unknown.at("device_status").is_null());
  gate.say(R"({"state":"CLOSED","m1_percent":0})");
  REQUIRE(eventually([&] {
    return gate.send(gate.anna, kOpen, {{"expect", {{"states", {"OPEN"}}}}}).at("sequence").is_int64();
  }));
  const std::int64_t seen = number_of_status(gate);
  CHECK(gate.send(gate.anna, kOpen,
                  {{"expect", {{"states", {"OPEN", "CLOSED"}}, {"sequence", seen}, {"max_age_seconds", 60}}}})
            .status == 202);
  gate.say(R"({"state":"OPENING"})");
  REQUIRE(eventually([&] { return number_of_status(gate) > seen; }));
  const HttpResponse refused = gate.send(gate.anna, kStep, {{"expect", {{"sequence", seen}}}});
  CHECK(refused.status == 409);
  CHECK(refused.at("device_status").at("state") == "OPENING");
  CHECK(refused.at("sequence").as_int64() == number_of_status(gate));
  CHECK(gate.commands() == 1);
  for (const JsonObject& wrong :
       {JsonObject{{"states", "OPEN"}}, JsonObject{{"sequence", -1}}, JsonObject{{"max_age_seconds", 0}}}) {
    CHECK(gate.send(gate.anna, kOpen, {{"expect", wrong}}).status == 422);
  }
}

TEST_CASE("a status keeps growing numbers over a restart of the hub") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const auto number = [&] {
    return HttpClient(hub.http(), user.token).get("/commands/status/" + device.controller_id).at("sequence");
  };
  std::int64_t last = 0;
  for (int i = 0; i < 2; ++i) {
    const auto connection = go_online(hub, device);
    REQUIRE(connection->publish(device.status, R"({"state":"OPEN"})") == kMqttOk);
    REQUIRE(eventually([&] { return number().is_int64() && number().as_int64() > last; }));
    last = number().as_int64();
    REQUIRE(hub.stop() == 0);
    hub.start();
    CHECK(number().as_int64() == last);
  }
}

TEST_CASE("what an app over MQTT expects is its word about the command, and merging holds there too") {
  const Gate gate;
  const auto app = go_online(motion_hub(), gate.ben, gate.device);
  gate.say(R"({"state":"CLOSED"})");
  REQUIRE(app->receive());
  REQUIRE(app->publish(gate.device.commands, R"({"cmd":"pulse","key":"cmd_open","expect":{"states":["OPEN"]}})") ==
          kMqttOk);
  REQUIRE(app->publish(gate.device.commands, R"({"cmd":"pulse","key":"cmd_close","expect":{"states":["CLOSED"]}})") ==
          kMqttOk);
  const auto message = gate.connection->receive();
  REQUIRE(message);
  CHECK(message->payload.starts_with(R"({"cmd":"pulse","key":"cmd_close","command_id":)"));
  CHECK(gate.send(gate.anna, {{"cmd", "pulse"}, {"key", "cmd_close"}}).at("merged").as_bool());
  CHECK(gate.commands() == 0);
}

TEST_CASE("a command goes on from its acknowledgement to the end of its motion, and watchers see each step") {
  const Gate gate;
  EventReader events(motion_hub().http(), "/devices/" + gate.device.controller_id + "/events", gate.ben.token);
  REQUIRE(events.status() == 200);
  const std::string id = gate.send(gate.anna, kOpen).text("command_id");
  REQUIRE(gate.connection->receive());
  gate.say(R"({"state":"OPENING"})");
  CHECK(gate.comes_to(gate.anna, id, "delivered"));
  gate.answer(id);
  CHECK(gate.comes_to(gate.anna, id, "acknowledged"));
  gate.say(R"({"state":"OPENING","m1_percent":50})");
  CHECK(gate.comes_to(gate.anna, id, "moving"));
  gate.say(R"({"state":"OPEN","m1_percent":100})");
  CHECK(gate.comes_to(gate.anna, id, "completed"));
  const HttpResponse command = gate.state_of(gate.anna, id);
  for (const char* at : {"sent_at", "delivered_at", "acknowledged_at", "moving_at", "completed_at"}) {
    CAPTURE(at);
    CHECK(is_timestamp(command.text(at)));
  }
  CHECK(command.at("gate_number") == 1);
  for (const char* state : {"sent", "delivered", "acknowledged", "moving", "completed"}) {
    const auto event = events.next_of("command");
    REQUIRE(event);
    const auto data = boost::json::parse(event->data);
    CHECK(data.at("command_id") == id.c_str());
    CHECK(data.at("state") == state);
  }
  const std::string reversed = gate.send(gate.anna, {{"cmd", "pulse"}, {"key", "cmd_close"}}).text("command_id");
  gate.answer(reversed);
  gate.say(R"({"state":"CLOSING"})");
  CHECK(gate.comes_to(gate.anna, reversed, "moving"));
  gate.say(R"({"state":"REVERSING_FROM_CLOSE"})");
  CHECK(gate.comes_to(gate.anna, reversed, "reversed"));
}

TEST_CASE("watchers are told of a step once, and of no command that is not the gate's") {
  const Gate gate;
  EventReader events(motion_hub().http(), "/devices/" + gate.device.controller_id + "/events", gate.ben.token);
  REQUIRE(events.status() == 200);
  const std::string id = gate.send(gate.anna, kOpen).text("command_id");
  const std::string answer = "\"command_id\":\"" + id + "\",\"result\":\"success\"}";
  gate.answer(id);
  gate.answer("cmd_of_nobody");
  gate.say(R"({"state":"OPENING",)" + answer);  // some gates repeat their last answer with each status
  gate.say(R"({"state":"OPENING",)" + answer);
  gate.say(R"({"state":"OPEN",)" + answer);
  for (const char* state : {"sent", "delivered", "acknowledged", "moving", "completed"}) {
    const auto event = events.next_of("command");
    REQUIRE(event);
    const auto data = boost::json::parse(event->data);
    CHECK(data.at("command_id") == id.c_str());
    CHECK(data.at("state") == state);
  }
  const std::string last = gate.send(gate.anna, {{"action", "light"}}).text("command_id");
  const auto event = events.next_of("command");
  REQUIRE(event);
  CHECK(boost::json::parse(event->data).at("command_id") == last.c_str());
}

TEST_CASE("owners see who did what at their gate, by name, and what became of it") {
  const Gate gate;
  HttpClient owner(motion_hub().http(), gate.anna.token);
  REQUIRE(HttpClient(motion_hub().http(), gate.device.token)
              .post("/users/authorize", {{"user_token", gate.ben.token}, {"access_level", "engineer"}, {"name", "Ben"}})
              .status == 200);
  const std::string path = "/devices/" + gate.device.controller_id + "/activity";
  CHECK(owner.get(path).at("entries").as_array().empty());
  const auto app = go_online(motion_hub(), gate.ben, gate.device);
  REQUIRE(app->publish(gate.device.commands, R"({"action":"open_gate","gate_number":2})") == kMqttOk);
  const auto message = gate.connection->receive();
  REQUIRE(message);
  const std::string id(boost::json::parse(message->payload).at("command_id").as_string());
  REQUIRE(gate.send(gate.anna, testing::gate("open_gate", 2)).at("merged").as_bool());
  gate.answer(id);
  REQUIRE(gate.comes_to(gate.ben, id, "acknowledged"));
  const HttpResponse newest = owner.get(path + "?limit=1");
  const boost::json::value merged = newest.at("entries").at(0);
  CHECK(merged.at("who") == ("user:" + std::to_string(gate.anna.id)).c_str());
  CHECK(merged.at("via") == "app");
  CHECK(merged.at("state") == "merged");
  CHECK(merged.at("command_id") == id.c_str());
  const HttpResponse older = owner.get(path + "?limit=1&cursor=" + newest.text("next_cursor"));
  const boost::json::value first = older.at("entries").at(0);
  CHECK(first.at("name") == "Ben");
  CHECK(first.at("via") == "mqtt");
  CHECK(first.at("verb") == "open");
  CHECK(first.at("gate_number") == 2);
  CHECK(first.at("state") == "acknowledged");
  CHECK(older.at("next_cursor").is_null());
  CHECK(HttpClient(motion_hub().http(), gate.ben.token).get(path).status == 403);
  CHECK(owner.get(path + "?cursor=x").status == 422);
}

TEST_CASE("a watcher begins with the number of the last status") {
  const Gate gate;
  gate.say(R"({"state":"OPEN"})");
  REQUIRE(eventually([&] { return gate.status().at("sequence").is_int64(); }));
  EventReader events(motion_hub().http(), "/devices/" + gate.device.controller_id + "/events", gate.anna.token);
  const auto first = events.next_of("state");
  REQUIRE(first);
  CHECK(boost::json::parse(first->data).at("sequence") == gate.status().at("sequence"));
}

}  // namespace
}  // namespace gatetorio::testing
