// What one client can take from the others at the real broker.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "stack.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr int kRefused = 0x87;

RawConnect version4(RawConnect login) {
  login.version = 4;
  return login;
}

TEST_CASE("a device that floods is held back, and no acknowledged status of another one is lost") {
  Stack stack(10s, {.client_messages = 10});
  stack.allow("pw", device_policy("device-1", "gate1"));
  stack.allow("pw", device_policy("device-2", "gate2"));
  RawMqtt flooder, gate;
  REQUIRE(flooder.connect(stack.port(), stack.login("device-1", "a")) == 0);
  REQUIRE(gate.connect(stack.port(), version4(stack.login("device-2", "b"))) == 0);
  int told = 0, acknowledged = 0;
  for (int i = 0; i < 1'500; ++i) {
    told += flooder.publish("gatetorio/gate1/status", "{}") == kRefused ? 1 : 0;
    if (i % 10 == 0) acknowledged += gate.publish("gatetorio/gate2/status", "{}") == 0 ? 1 : 0;
  }
  CHECK(told > 50);
  CHECK(acknowledged == 150);
  CHECK(stack.eventually([](const Stack::Heard& heard) {
    return std::count_if(heard.statuses.begin(), heard.statuses.end(),
                         [](const DeviceStatus& status) { return status.device_id == 2; }) == 150;
  }));
  CHECK(stack.eventually([](const Stack::Heard& heard) {
    return heard.excesses.size() == 1 && heard.excesses[0].who == "device-1" && heard.excesses[0].budget == "messages";
  }));
}

TEST_CASE("a client that cannot be told loses its connection instead of a status that it believes to have arrived") {
  Stack stack(10s, {.client_messages = 5});
  stack.allow("pw", device_policy("device-1", "gate1"));
  RawMqtt gate;
  REQUIRE(gate.connect(stack.port(), version4(stack.login("device-1", "a"))) == 0);
  int acknowledged = 0;
  while (acknowledged < 300 && gate.publish("gatetorio/gate1/status", "{}") == 0) ++acknowledged;
  CHECK(acknowledged >= 100);
  CHECK(acknowledged < 300);
  CHECK(gate.is_closed_by_broker());
  CHECK(stack.eventually(
      [&](const Stack::Heard& heard) { return heard.statuses.size() == static_cast<std::size_t>(acknowledged); }));
}

TEST_CASE("a crowd of one principal's connections and sessions is cut, and another principal does not notice") {
  Stack stack(10s, {.client_connections = 3, .client_sessions = 2});
  stack.allow("pw", user_policy("user-1", {{"gate1", false, true, true, 0, 1}}));
  stack.allow("pw", device_policy("device-1", "gate1"));
  RawMqtt gate;
  REQUIRE(gate.connect(stack.port(), stack.login("device-1", "gate")) == 0);
  std::vector<std::unique_ptr<RawMqtt>> crowd;
  for (int i = 0; i < 5; ++i) {
    crowd.push_back(std::make_unique<RawMqtt>());
    REQUIRE(crowd.back()->connect(stack.port(), stack.login("user-1", "app-" + std::to_string(i))) == 0);
  }
  CHECK(crowd[0]->is_closed_by_broker());
  CHECK(crowd[1]->is_closed_by_broker());
  CHECK(crowd[4]->subscribe("gatetorio/+/status") == 1);
  for (int i = 2; i < 5; ++i) crowd[static_cast<std::size_t>(i)]->disconnect();
  RawConnect staying = stack.login("user-1");
  staying.clean = false;
  staying.session_expiry_s = 3'600;
  const auto leave = [&](const std::string& id) {
    staying.client_id = id;
    RawMqtt app;
    const int code = app.connect(stack.port(), staying);
    app.disconnect();
    return code;
  };
  CHECK(leave("one") == 0);
  CHECK(leave("two") == 0);
  CHECK(leave("three") == kRefused);
  CHECK(leave("one") == 0);
  CHECK(gate.publish("gatetorio/gate1/status", "{}") != RawMqtt::kClosed);
}

TEST_CASE("filters that can match nothing and more wildcards than eight are refused") {
  Stack stack;
  stack.allow("pw", user_policy("user-1", {{"gate1", false, true, true, 0, 1}}));
  RawMqtt app;
  REQUIRE(app.connect(stack.port(), stack.login("user-1", "app")) == 0);
  CHECK(app.subscribe("+/+/+/+/#") == kRefused);
  CHECK(app.subscribe("other/#") == kRefused);
  for (int i = 0; i < 8; ++i) CHECK(app.subscribe("gatetorio/gate" + std::to_string(i) + "/#") == 1);
  CHECK(app.subscribe("gatetorio/+/status") == kRefused);
  CHECK(app.subscribe("gatetorio/gate1/#") == 1);
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
