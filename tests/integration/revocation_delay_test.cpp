// How long a right outlives its revocation on live connections: 200 times, of every kind.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <iostream>

#include "support/event_reader.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 40;  // of five kinds

// One device with an engineer who is connected in every way.
struct Scene {
  explicit Scene(const HubProcess& hub)
      : device(make_device(hub.http())),
        user(make_user(hub.http(), device, "engineer")),
        gate(go_online(hub, device)),
        app(go_online(hub, user, device)),
        http(hub.http(), user.token),
        by_device(hub.http(), device.token) {}

  bool may_publish() {
    const int code = app->publish(device.commands, R"({"action":"open"})");
    return code != kNotAuthorized && code != MqttClient::kClosed;
  }
  bool may_send() {
    return http.post("/commands/send", {{"controller_id", device.controller_id}, {"command", JsonObject{}}}).status ==
           202;
  }

  TestDevice device;
  TestUser user;
  std::unique_ptr<MqttClient> gate, app;
  HttpClient http, by_device;
};

struct Kind {
  const char* name;
  std::function<void(const HubProcess&, Scene&)> revoke;
  std::function<bool(const HubProcess&, Scene&)> is_over;
};

const Kind kKinds[] = {
    {"a removed user",
     [](const HubProcess&, Scene& scene) {
       scene.by_device.del("/devices/" + scene.device.controller_id + "/users/" + std::to_string(scene.user.id));
     },
     [](const HubProcess&, Scene& scene) { return !scene.may_publish() && !scene.may_send(); }},
    {"a lowered user",
     [](const HubProcess& hub, Scene& scene) { give_access(hub.http(), scene.device, scene.user.token, "readonly"); },
     [](const HubProcess&, Scene& scene) { return !scene.may_publish() && !scene.may_send(); }},
    {"a deleted device",
     [](const HubProcess& hub, Scene& scene) {
       HttpClient(hub.http(), kAdminToken).del("/devices/" + scene.device.controller_id);
     },
     [](const HubProcess&, Scene& scene) {
       const int code = scene.gate->publish(scene.device.status, "{}");
       return (code == kNotAuthorized || code == MqttClient::kClosed) && !scene.may_publish() && !scene.may_send();
     }},
    {"a renamed device",
     [](const HubProcess&, Scene& scene) {
       scene.by_device.patch("/devices/" + scene.device.controller_id, {{"controller_id", unique("gate")}});
     },
     [](const HubProcess&, Scene& scene) {
       return scene.gate->publish(scene.device.status, "{}") == kNotAuthorized && !scene.may_publish();
     }},
    {"a rotated password",
     [](const HubProcess&, Scene& scene) {
       scene.by_device.post("/devices/register",
                            {{"hardware_id", scene.device.hardware_id}, {"controller_id", scene.device.controller_id}});
     },
     [](const HubProcess& hub, Scene& scene) {
       MqttClient again;
       return again.connect(hub.mqtt_port(), login_of(scene.device)) != kMqttOk;
     }},
};

TEST_CASE("a revocation bites within a second on live connections") {
  HubProcess hub;
  milliseconds longest{0};
  int count = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const Kind& kind : kKinds) {
      Scene scene(hub);
      REQUIRE(scene.may_publish());
      REQUIRE(scene.may_send());
      kind.revoke(hub, scene);
      const auto revoked = Clock::now();
      CAPTURE(kind.name, round);
      REQUIRE(eventually([&] { return kind.is_over(hub, scene); }, milliseconds(5'000)));
      longest = std::max(longest, std::chrono::duration_cast<milliseconds>(Clock::now() - revoked));
      ++count;
    }
  }
  std::cout << "revocations: " << count << ", the slowest took " << longest.count() << " ms\n";
  CHECK(longest < milliseconds(1'000));
}

TEST_CASE("an event stream ends within a second of its revocation") {
  HubProcess hub;
  Scene scene(hub);
  EventReader events(hub.http(), "/devices/" + scene.device.controller_id + "/events", scene.user.token);
  REQUIRE(events.next_of("state"));
  kKinds[0].revoke(hub, scene);
  const auto revoked = Clock::now();
  while (events.next()) {
  }
  CHECK(Clock::now() - revoked < milliseconds(1'000));
}

TEST_CASE("access that another program took away in the database ends on live connections with the next look") {
  HubProcess hub({.sets = {"plugins.transport-mqtt.recheck_seconds=1"}});
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "engineer"), other = make_user(hub.http(), device, "engineer");
  const auto gate = go_online(hub, device);
  const auto app = go_online(hub, user, device), beside = go_online(hub, other, device);
  REQUIRE(app->publish(device.commands, R"({"action":"open"})") == kMqttOk);
  change_database(hub, "DELETE FROM grants WHERE user_id = " + std::to_string(user.id));
  CHECK(eventually([&] {
    const int code = app->publish(device.commands, R"({"action":"open"})");
    return code == kNotAuthorized || code == MqttClient::kClosed;
  }));
  CHECK(beside->publish(device.commands, R"({"action":"open"})") == kMqttOk);
}

}  // namespace
}  // namespace gatetorio::testing
