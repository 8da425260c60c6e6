// docs/examples/pi-agent, the agent that integrators start from, as a process of its own against the real hub.
#include "pi_agent.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "plain_mosquitto.hpp"

namespace gatetorio::testing {
namespace {

std::string fixed(const std::string& plugin, std::uint16_t port) {
  return "plugins." + plugin + ".listen=127.0.0.1:" + std::to_string(port);
}

// The agent finds the hub again after a restart: on the same ports.
HubSetup on_fixed_ports() {
  return {.sets = {fixed("transport-http", free_port()), fixed("transport-mqtt", free_port())}};
}

TEST_CASE("the reference agent obeys a command once and tells how it went") {
  HubProcess hub;
  Agent agent(hub);
  const TestDevice device = agent.device();
  REQUIRE(agent.is_ready());
  struct stat file {};
  REQUIRE(::stat(agent.token_file().c_str(), &file) == 0);
  CHECK((file.st_mode & 0777) == 0600);
  const TestUser user = make_user(hub.http(), device, "owner");
  const HttpResponse sent = send(hub, user, device, "open_gate", {{"idempotency_key", "tap-1"}});
  CHECK(eventually([&] { return state_of(hub, user, sent).text("state") == "acknowledged"; }));
  CHECK(send(hub, user, device, "open_gate", {{"idempotency_key", "tap-1"}}).text("command_id") ==
        sent.text("command_id"));
  const HttpResponse wrong = send(hub, user, device, "jump");
  CHECK(eventually([&] { return state_of(hub, user, wrong).text("state") == "failed"; }));
  CHECK(state_of(hub, user, wrong).at("result").at("message") == "there is no such action");
  CHECK(agent.moves() == 1);
  const auto shown = [&] { return HttpClient(hub.http(), user.token).get("/commands/status/" + device.controller_id); };
  CHECK(eventually([&] { return shown().at("status").at("state") == "OPENING"; }));
  CHECK(shown().at("is_online").as_bool());
  agent.process().signal(SIGTERM);
  CHECK(agent.process().wait() == 0);
  CHECK(eventually([&] { return !shown().at("is_online").as_bool(); }));
  CHECK(eventually([&] { return shown().at("status").as_object().contains("online"); }));
  CHECK(agent.log().find(device.token) == std::string::npos);
}

TEST_CASE("the reference agent comes back to the hub and the broker, whichever of them died, and after its own death") {
  HubProcess hub(on_fixed_ports());
  Agent agent(hub);
  const TestDevice device = agent.device();
  const TestUser user = make_user(hub.http(), device, "owner");
  REQUIRE(agent.is_ready());
  REQUIRE(is_obeyed(hub, user, device));
  int connections = 1, moves = 1;

  REQUIRE(::kill(hub.broker_pid(), SIGKILL) == 0);
  CHECK(agent.is_ready(++connections));
  CHECK(is_obeyed(hub, user, device));
  CHECK(agent.moves() == ++moves);
  CHECK(agent.count("registered") == 1);

  hub.kill();
  hub.start();
  CHECK(agent.is_ready(++connections));
  CHECK(is_obeyed(hub, user, device));
  CHECK(agent.moves() == ++moves);

  agent.process().signal(SIGKILL);
  agent.process().wait();
  agent.start();
  CHECK(agent.is_ready(++connections));
  CHECK(is_obeyed(hub, user, device));
  CHECK(agent.moves() == ++moves);
  CHECK(agent.device().token == device.token);
}

TEST_CASE("the reference agent registers again when its password is refused, and as new hardware when it was deleted") {
  HubProcess hub;
  Agent agent(hub);
  const TestDevice device = agent.device();
  const TestUser user = make_user(hub.http(), device, "owner");
  REQUIRE(agent.is_ready());
  const auto known = HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id);
  const auto again = HttpClient(hub.http(), device.token)
                         .post("/devices/register",
                               {{"hardware_id", known.at("hardware_id")}, {"controller_id", device.controller_id}});
  REQUIRE(again.status == 200);
  REQUIRE(::kill(hub.broker_pid(), SIGKILL) == 0);
  CHECK(agent.is_ready(2));
  CHECK(agent.count("registered") == 2);
  CHECK(is_obeyed(hub, user, device));

  REQUIRE(HttpClient(hub.http(), user.token).del("/devices/" + device.controller_id).status == 204);
  CHECK(agent.is_ready(3));
  CHECK(agent.device().token != device.token);
}

TEST_CASE("a broker that guards nothing cannot make the reference agent obey what it must not") {
  PlainMosquitto broker;
  HubProcess hub({.sets = {"plugins.transport-mqtt.broker=external",
                           "plugins.transport-mqtt.external_url=tcp://127.0.0.1:" + std::to_string(broker.port())}});
  MqttClient mallory;
  REQUIRE(mallory.connect(broker.port(), {.client_id = "mallory"}) == kMqttOk);
  Agent agent(hub);
  REQUIRE(mallory.subscribe("gatetorio/+/status") == kGrantedQos1);
  const auto status = wait_for(mallory, [](const MqttMessage& m) { return m.payload.find("state") != m.payload.npos; });
  REQUIRE(status);
  REQUIRE(agent.is_ready());  // it reports before it listens
  const std::string nonce(boost::json::parse(status->payload).at("boot_nonce").as_string());
  const std::string commands = "gatetorio/" + agent.device().controller_id + "/commands";
  const auto command = [&](const std::string& id, std::int64_t from_s, std::int64_t to_s, const std::string& boot) {
    const auto text = [](std::int64_t seconds) {
      const std::time_t at = std::time(nullptr) + seconds;
      char out[32];
      std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%S.000Z", std::gmtime(&at));
      return std::string(out);
    };
    return boost::json::serialize(JsonObject{{"action", "open_gate"},
                                             {"command_id", id},
                                             {"issued_at", text(from_s)},
                                             {"expires_at", text(to_s)},
                                             {"boot_nonce", boot}});
  };
  mallory.publish(commands, R"({"action":"open_gate"})");
  mallory.publish(commands, "open");
  mallory.publish(commands, command("cmd_late", -11, -1, nonce));
  mallory.publish(commands, command("cmd_foreign", -1, 60, "another boot"));
  mallory.publish(commands, command("cmd_twice", -1, 60, nonce));
  for (int i = 0; i < 50; ++i) mallory.publish(commands, command("cmd_twice", -1, 60, nonce));
  mallory.publish(commands, command("cmd_retained", -1, 60, "another boot"), 1, true);
  mallory.publish(commands, command("cmd_last", -1, 60, nonce));
  CHECK(eventually([&] { return agent.count("command_id=cmd_last") == 1; }));
  CHECK(agent.moves() == 2);
  CHECK(agent.count("command refused") == 55);

  agent.process().signal(SIGKILL);
  agent.process().wait();
  agent.start();
  CHECK(eventually([&] { return agent.count("command refused: retained") == 1; }));
  mallory.publish(commands, command("cmd_twice", -1, 60, nonce));
  CHECK(eventually([&] { return agent.count("command refused") == 57; }));
  CHECK(agent.moves() == 2);
}

}  // namespace
}  // namespace gatetorio::testing
