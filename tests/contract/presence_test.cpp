// Section 2 and 5: who is online. The hub's memory of the broker and of heartbeats decides; the database follows.
#include <signal.h>

#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"
#include "support/shifted_clock.hpp"

namespace gatetorio::testing {
namespace {

using std::chrono::seconds;

const std::vector<std::string> kShortHeartbeat = {"plugins.registration.heartbeat_timeout_seconds=5"};
constexpr std::int64_t kConnected = 9'223'372'036'854'775'807;

bool is_online(const HubProcess& hub, const TestDevice& device) {
  return HttpClient(hub.http(), device.token).get(device_path(device)).at("is_online").as_bool();
}

void beat(const HubProcess& hub, const TestDevice& device) {
  REQUIRE(HttpClient(hub.http(), device.token).post(device_path(device) + "/heartbeat").status == 200);
}

std::int64_t column_of(const HubProcess& hub, const TestDevice& device) {
  return ask_database(hub, "SELECT online_until FROM devices WHERE id = " + std::to_string(device.id));
}

// Writing that a device is connected fails until this ends.
class NoConnectionIsWritten {
 public:
  explicit NoConnectionIsWritten(const HubProcess& hub) : hub_(hub), is_postgres_(hub.storage() == "storage-postgres") {
    change_database(
        hub_, is_postgres_
                  ? "ALTER TABLE devices ADD CONSTRAINT refused CHECK (online_until < 9000000000000000000) NOT VALID"
                  : "CREATE TRIGGER refused BEFORE UPDATE OF online_until ON devices"
                    " WHEN NEW.online_until > 9000000000000000000"
                    " BEGIN SELECT RAISE(ABORT, 'refused'); END");
  }
  void end() {
    change_database(hub_, is_postgres_ ? "ALTER TABLE devices DROP CONSTRAINT refused" : "DROP TRIGGER refused");
  }

 private:
  const HubProcess& hub_;
  const bool is_postgres_;
};

TEST_CASE("a silent device is offline in time wherever the clock is set meanwhile") {
  for (const seconds step : {seconds(-3600), seconds(3600)}) {
    SteppedClock clock;
    HubProcess hub({.sets = kShortHeartbeat});
    const TestDevice device = make_device(hub.http());
    beat(hub, device);
    clock.step_to(step);
    CHECK(is_online(hub, device));
    CHECK(eventually([&] { return !is_online(hub, device); }, milliseconds(7'000)));
    beat(hub, device);
    CHECK(is_online(hub, device));
  }
}

TEST_CASE("a heartbeat outlives the hub, as long as it would have counted") {
  HubProcess hub({.sets = kShortHeartbeat});
  const TestDevice device = make_device(hub.http());
  change_database(hub, "UPDATE devices SET last_seen = 1");
  beat(hub, device);
  hub.kill();
  CHECK(column_of(hub, device) > 1);
  CHECK(ask_database(hub, "SELECT last_seen FROM devices WHERE id = " + std::to_string(device.id)) > 1);
  hub.start();
  CHECK(eventually([&] { return !is_online(hub, device); }, milliseconds(7'000)));

  hub.kill();
  change_database(hub, "UPDATE devices SET online_until = 9000000000000000");  // before the clock was set back
  hub.start();
  CHECK_FALSE(is_online(hub, device));
  beat(hub, device);
  CHECK(is_online(hub, device));
}

TEST_CASE("a device whose connection cannot be written is online all the same, and is written when it can be") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  NoConnectionIsWritten refusal(hub);
  const auto mqtt = go_online(hub, device);
  CHECK(column_of(hub, device) != kConnected);
  CHECK(HttpClient(hub.http(), user.token).get("/users/me/devices").at("devices").at(0).at("is_online").as_bool());
  CHECK(eventually([&] { return hub.log().find("presence cannot be written") != std::string::npos; }));
  refusal.end();
  CHECK(eventually([&] { return column_of(hub, device) == kConnected; }));
  CHECK(is_online(hub, device));
}

TEST_CASE("the newest state is what stays, however often devices come and go") {
  HubProcess hub;
  std::vector<TestDevice> devices;
  for (int i = 0; i < 10; ++i) devices.push_back(make_device(hub.http()));
  std::vector<std::unique_ptr<MqttClient>> there;
  for (const TestDevice& device : devices) {
    for (int i = 0; i < 8; ++i) {
      MqttClient client;
      REQUIRE(client.connect(hub.mqtt_port(), login_of(device)) == kMqttOk);
      if (i % 2 == 0) client.disconnect();
    }
    if (there.size() < 5) there.push_back(go_online(hub, device));
  }
  const auto connected = [&] {
    return ask_database(hub, "SELECT COUNT(*) FROM devices WHERE online_until = " + std::to_string(kConnected));
  };
  CHECK(eventually([&] { return connected() == 5; }));
  for (std::size_t i = 0; i < devices.size(); ++i) {
    CAPTURE(i);
    CHECK(eventually([&] { return is_online(hub, devices[i]) == (i < 5); }));
    CHECK(eventually([&] { return (column_of(hub, devices[i]) == kConnected) == (i < 5); }));
  }
}

TEST_CASE("a broker that dies takes everybody offline, and who comes back is online") {
  HubProcess hub;
  const TestDevice stays_away = make_device(hub.http()), comes_back = make_device(hub.http());
  const auto first = go_online(hub, stays_away), second = go_online(hub, comes_back);
  ::kill(hub.broker_pid(), SIGKILL);
  CHECK(eventually([&] { return !is_online(hub, stays_away); }));
  MqttClient again;
  CHECK(eventually([&] { return again.connect(hub.mqtt_port(), login_of(comes_back)) == kMqttOk; }));
  CHECK(eventually([&] { return is_online(hub, comes_back); }));
  CHECK(eventually([&] { return column_of(hub, comes_back) == kConnected && column_of(hub, stays_away) == 0; }));
}

}  // namespace
}  // namespace gatetorio::testing
