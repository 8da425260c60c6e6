// A hub process can be killed at any instant and loses nothing that it acknowledged.
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <thread>

#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

// Registers until the hub is gone; what was acknowledged.
std::vector<TestDevice> register_until_killed(const std::string& http) {
  std::vector<TestDevice> acknowledged;
  try {
    HttpClient client(http);
    while (true) {
      const std::string hardware_id = unique("hw");
      const auto answer =
          client.post("/devices/register", {{"hardware_id", hardware_id}, {"controller_id", unique("gate")}});
      if (answer.status == 201) acknowledged.push_back(device_from(answer, hardware_id));
    }
  } catch (const ContractBroken&) {
    throw;
  } catch (const std::exception&) {
    return acknowledged;  // the connection ended: the hub was killed
  }
}

TEST_CASE("a hub killed at any moment has every registration that it acknowledged, and leaves no broker") {
  HubProcess hub;
  std::mt19937 random(std::random_device{}());
  std::vector<TestDevice> acknowledged;
  for (int round = 0; round < 6; ++round) {
    const pid_t broker = hub.broker_pid();
    const std::size_t before = acknowledged.size();
    const auto delay = milliseconds(std::uniform_int_distribution<>(20, 250)(random));
    std::vector<std::vector<TestDevice>> lists(4);
    std::vector<std::thread> threads;
    for (auto& list : lists) {
      threads.emplace_back([&list, address = hub.http()] { list = register_until_killed(address); });
    }
    std::this_thread::sleep_for(delay);  // the moment of the kill, not a wait for something
    hub.kill();
    for (auto& thread : threads) thread.join();
    for (const auto& list : lists) acknowledged.insert(acknowledged.end(), list.begin(), list.end());
    CHECK(eventually([&] { return !is_alive(broker); }, milliseconds(5'000)));
    hub.start();
    CAPTURE(round, delay.count(), before, acknowledged.size());
    HttpClient client(hub.http());
    for (const TestDevice& device : acknowledged) {
      const auto shown =
          client.request({.method = "GET", .path = "/devices/" + device.controller_id, .bearer = device.token});
      REQUIRE(shown.status == 200);
      REQUIRE(shown.number("id") == device.id);
    }
  }
  CHECK(acknowledged.size() > 50);
  CHECK(hub.stop() == 0);
}

TEST_CASE("a device connects with its acknowledged password after the hub was killed") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const MqttLogin app = login_of(hub.http(), user);
  hub.kill();
  hub.start();
  const auto mqtt = go_online(hub, device);
  MqttClient phone;
  REQUIRE(phone.connect(hub.mqtt_port(), app) == kMqttOk);
  CHECK(phone.publish(device.commands, R"({"action":"open"})") == kMqttOk);
  CHECK(mqtt->receive());
}

}  // namespace
}  // namespace gatetorio::testing
