// Two hubs on one PostgreSQL, each with a broker of its own; and one hub whose broker lives on without it.
#include <catch2/catch_test_macros.hpp>

#include "external_hub.hpp"
#include "plain_mosquitto.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {
namespace {

using std::chrono::seconds;

struct TwoHubs {
  explicit TwoHubs(const std::vector<std::string>& sets = {})
      : database(shared_postgres().make_database()), first(on(sets)), second(on(sets)) {}
  HubSetup on(const std::vector<std::string>& sets) const {
    return {.sets = sets, .storage = "storage-postgres", .database_url = shared_postgres().url(database)};
  }

  const std::string database;
  HubProcess first, second;
};

bool is_online(const HubProcess& hub, const TestDevice& device) {
  return HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id).at("is_online").as_bool();
}

TEST_CASE("a hub that starts, or starts again, leaves online who is connected to another hub") {
  TwoHubs hubs;
  const TestDevice there = make_device(hubs.first.http()), here = make_device(hubs.second.http());
  const auto at_first = go_online(hubs.first, there);
  auto at_second = go_online(hubs.second, here);
  REQUIRE(eventually([&] { return is_online(hubs.first, here) && is_online(hubs.second, there); }));
  const auto periods = [&](const std::string& which) {
    return ask_database(hubs.first, "SELECT COUNT(*) FROM presence_periods WHERE ended_by = '" + which + "'");
  };
  REQUIRE(eventually([&] { return periods("") == 2; }));
  hubs.second.kill();
  hubs.second.start();
  for (const HubProcess* hub : {&hubs.first, &hubs.second}) {
    CHECK(is_online(*hub, there));
    CHECK(eventually([&] { return !is_online(*hub, here); }));
  }
  CHECK(eventually([&] { return periods("hub restarted") == 1; }));
  CHECK(periods("") == 1);
  HubProcess third(hubs.on({}));
  CHECK(is_online(third, there));
  CHECK(is_online(hubs.first, there));
}

TEST_CASE("a device that has gone to another hub stays online when its old session ends") {
  TwoHubs hubs;
  const TestDevice device = make_device(hubs.first.http());
  auto before = go_online(hubs.first, device);
  REQUIRE(eventually([&] { return is_online(hubs.second, device); }));
  const auto after = go_online(hubs.second, device);
  REQUIRE(eventually([&] {
    return ask_database(hubs.first, "SELECT COUNT(DISTINCT hub) FROM presence_periods WHERE ended_by = ''") == 2;
  }));
  before.reset();
  REQUIRE(eventually(
      [&] { return ask_database(hubs.first, "SELECT COUNT(*) FROM presence_periods WHERE ended_by <> ''") == 1; }));
  CHECK(eventually([&] { return is_online(hubs.first, device); }));
  CHECK(is_online(hubs.second, device));
}

TEST_CASE(
    "with a broker that lives on, a hub that starts again knows who is there until they are silent for too long") {
  PlainMosquitto broker;
  const TempDir secrets;
  HubProcess hub(external_setup(secrets, broker.port(), {"transport-mqtt.external_silence_seconds=8"}));
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  MqttClient gate;
  REQUIRE(gate.connect(broker.port(), {.client_id = "gate", .username = {}, .password = {}}) == kMqttOk);
  gate.subscribe(device.commands);
  REQUIRE(eventually([&] {
    gate.publish(device.status, R"({"state": "closed"})");
    return is_online(hub, device);
  }));
  REQUIRE(eventually([&] { return ask_database(hub, "SELECT COUNT(*) FROM devices WHERE online_until > 9e18") == 1; }));
  hub.kill();
  hub.start();
  CHECK(is_online(hub, device));
  const auto send = [&] {
    return HttpClient(hub.http(), user.token)
        .post("/commands/send",
              {{"controller_id", device.controller_id}, {"command", JsonObject{{"action", "open_gate"}}}});
  };
  CHECK(eventually([&] { return send().status == 202; }));
  CHECK(gate.receive());
  CHECK(eventually([&] { return !is_online(hub, device); }, seconds(15)));
  CHECK(send().status == 503);
}

TEST_CASE("two hubs at one broker have names of their own there, and both hear") {
  PlainMosquitto broker;
  const TempDir secrets;
  const std::string database = shared_postgres().make_database();
  HubSetup setup = external_setup(secrets, broker.port());
  setup.storage = "storage-postgres";
  setup.database_url = shared_postgres().url(database);
  HubProcess first(setup), second(setup);
  const TestDevice device = make_device(first.http());
  MqttClient gate;
  REQUIRE(gate.connect(broker.port(), {.client_id = "gate", .username = {}, .password = {}}) == kMqttOk);
  for (int i = 0; i < 20; ++i) {
    gate.publish(device.status, "{\"n\":" + std::to_string(i) + "}");
    for (const HubProcess* hub : {&first, &second}) {
      const std::string wanted = "\"n\":" + std::to_string(i) + "}";
      CHECK(eventually([&] {
        const auto shown = HttpClient(hub->http(), device.token).get("/commands/status/" + device.controller_id);
        return shown.status == 200 && shown.body.find(wanted) != std::string::npos;
      }));
    }
  }
  for (const HubProcess* hub : {&first, &second}) {
    CHECK(hub->log().find("the connection to the broker is lost") == std::string::npos);
  }
}

TEST_CASE("a password that another hub has replaced opens no broker once the hub has compared") {
  TwoHubs hubs({"plugins.transport-mqtt.recheck_seconds=1", "plugins.transport-mqtt.client_connections=0"});
  const TestDevice device = make_device(hubs.first.http());
  auto gate = go_online(hubs.first, device);
  const auto booted =
      HttpClient(hubs.second.http(), device.token)
          .post("/devices/register", {{"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}});
  REQUIRE(booted.status == 200);
  const auto code_of = [&](const TestDevice& who) {
    MqttClient client;
    MqttLogin login = login_of(who);
    login.client_id += "-second";
    return client.connect(hubs.first.mqtt_port(), login);
  };
  CHECK(eventually([&] { return code_of(device) == kNotAuthorized; }, seconds(10)));
  TestDevice now = device;
  now.mqtt_password = booted.text("mqtt_password");
  CHECK(code_of(now) == kMqttOk);
  CHECK(gate->publish(device.status, "{}") == kMqttOk);  // a boot ends no session
}

TEST_CASE("a device that was enrolled anew at another hub loses its old sessions once the hub has compared") {
  TwoHubs hubs({"plugins.transport-mqtt.recheck_seconds=1"});
  const TestDevice device = make_device(hubs.first.http());
  auto gate = go_online(hubs.first, device);
  const std::string key = HttpClient(hubs.second.http(), kAdminToken)
                              .post("/admin/devices/" + device.controller_id + "/release")
                              .text("enrolment_key");
  const auto again =
      HttpClient(hubs.second.http())
          .post("/devices/register",
                {{"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}, {"enrolment_key", key}});
  REQUIRE(again.status == 200);
  CHECK(gate->is_closed_by_broker(seconds(10)));
}

}  // namespace
}  // namespace gatetorio::testing
