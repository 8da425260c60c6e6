// At a broker of the operator's a device is a name in a topic. Whose a status is, is settled once, as it comes in.
#include <catch2/catch_test_macros.hpp>

#include "external_hub.hpp"
#include "plain_mosquitto.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {
namespace {

std::string last_status(const HubProcess& hub, const TestDevice& device) {
  const auto answer = HttpClient(hub.http(), device.token).get("/commands/status/" + device.controller_id);
  return answer.status == 200 ? answer.body : "";
}

void publish_all(MqttClient& mqtt, const TestDevice& device, int from, int to) {
  for (int i = from; i <= to; ++i) {
    REQUIRE(mqtt.publish(device.status, R"({"step":)" + std::to_string(i) + "}") == kMqttOk);
  }
}

TEST_CASE("a status that comes while the database is away is not lost, and those of a device keep their order") {
  PlainMosquitto broker;
  PostgresServer database;
  TempDir folder;
  HubSetup setup = external_setup(folder, broker.port());
  setup.storage = "storage-postgres";
  setup.database_url = database.url(database.make_database());
  HubProcess hub(setup);
  const TestDevice device = make_device(hub.http());
  MqttClient mqtt;
  REQUIRE(mqtt.connect(broker.port(), login_of(device)) == kMqttOk);
  REQUIRE(eventually([&] { return HttpClient(hub.http()).root("/health").at("mqtt_connected").as_bool(); }));
  database.kill();
  publish_all(mqtt, device, 1, 20);
  REQUIRE(eventually([&] { return hub.log().find("a status waits until it can be looked up") != std::string::npos; }));
  publish_all(mqtt, device, 21, 30);
  database.start();
  CHECK(eventually([&] { return last_status(hub, device).find("\"step\":30") != std::string::npos; }));
  const std::string log = hub.log(), words = "a status waits until it can be looked up";
  CHECK(log.find(words, log.find(words) + 1) == std::string::npos);
  CHECK(log.find("a status is dropped") == std::string::npos);
}

TEST_CASE("a status under a name that has changed hands is the new owner's, and a name of nobody's is dropped") {
  PlainMosquitto broker;
  TempDir folder;
  HubProcess hub(external_setup(folder, broker.port()));
  const TestDevice first = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), first, "owner");
  MqttClient mqtt;
  REQUIRE(mqtt.connect(broker.port(), login_of(first)) == kMqttOk);
  REQUIRE(eventually([&] { return HttpClient(hub.http()).root("/health").at("mqtt_connected").as_bool(); }));
  publish_all(mqtt, first, 1, 1);
  REQUIRE(eventually([&] { return last_status(hub, first).find("\"step\":1") != std::string::npos; }));
  TestDevice renamed = first;
  renamed.controller_id = unique("gate");
  REQUIRE(HttpClient(hub.http(), owner.token)
              .patch("/devices/" + first.controller_id, {{"controller_id", renamed.controller_id}})
              .status == 200);
  REQUIRE(eventually([&] {
    publish_all(mqtt, first, 2, 2);
    return hub.log().find("nobody has this name") != std::string::npos;
  }));
  const TestDevice second = make_device(hub.http(), first.controller_id);
  publish_all(mqtt, second, 3, 3);
  CHECK(eventually([&] { return last_status(hub, second).find("\"step\":3") != std::string::npos; }));
  // What came in the moment of the change may still be its; what the next one sends never is.
  CHECK_FALSE(last_status(hub, renamed).empty());
  CHECK(last_status(hub, renamed).find("\"step\":3") == std::string::npos);
}

}  // namespace
}  // namespace gatetorio::testing
