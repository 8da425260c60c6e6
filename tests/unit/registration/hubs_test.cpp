// Several hubs on one database: whose word counts for who is online, and what becomes of those whom a dead hub held.
// This hub is the fake host's; of the others there is what they write.
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/device_link.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::registration {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kForever = 9'223'372'036'854'775'807;
const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};

struct HubRules : testing::PluginRules {
  explicit HubRules(const std::string& data_dir = "") : PluginRules(data_dir) {
    host.load("registration", {{"heartbeat_timeout_seconds", 30}});
    host.start();
  }
  // Held online by a hub, which has heard it a moment ago.
  void add(std::int64_t id, const std::string& hub, std::int64_t online_until = kForever) {
    const std::string name = "gate-" + std::to_string(id);
    query(
        "INSERT INTO devices (id, hardware_id, controller_id, device_name, firmware_version, token_hash,"
        " mqtt_password_hash, reenrol_until, online_until, last_seen, created_at, updated_at, online_hub)"
        " VALUES ($1, $2, $2, '', '', 'a', 'b', 0, $3, 1, 1, 1, $4)",
        id, name, online_until, hub);
  }
  void beat_of(const std::string& hub, std::int64_t alive_at) {
    query("INSERT INTO presence_clock (hub, alive_at) VALUES ($1, $2) ON CONFLICT (hub) DO UPDATE SET alive_at = $2",
          hub, alive_at);
  }
  void session(std::int64_t id, bool is_connected) {
    host.publish(LinkSession{"device", id, is_connected, ""}, "device:" + std::to_string(id));
  }
  void heartbeat(std::int64_t id) {
    const testing::Ask about{.principal = Principal{.kind = "device", .id = id},
                             .body = {{"controller_id", "gate"}},
                             .access = {.resource_id = id}};
    CHECK(host.invoke("registration.heartbeat", about).is_ok());
  }
  bool is_online(std::int64_t id) {
    return host
        .invoke("registration.get",
                {.principal = kAdmin, .body = {{"controller_id", "gate"}}, .access = {.resource_id = id}})
        .body.at("is_online")
        .as_bool();
  }
  bool is_connected_by_column(std::int64_t id) {
    return count("SELECT COUNT(*) FROM devices WHERE id = $1 AND online_until = $2", id, kForever) == 1;
  }
};

TEST_CASE_METHOD(HubRules, "a reset ends the sessions of its own hub, and those of before hubs had names") {
  add(1, "0123456789abcdef");
  add(2, "other");
  add(3, "");
  host.publish(LinkReset{"the hub started"}, "");
  CHECK_FALSE(is_online(1));
  CHECK(is_online(2));
  CHECK_FALSE(is_online(3));
  host.advance(seconds(2));
  CHECK_FALSE(is_connected_by_column(1));
  CHECK(is_connected_by_column(2));
  CHECK_FALSE(is_connected_by_column(3));
}

TEST_CASE_METHOD(HubRules, "whoever has gone to another hub stays online when its old session ends") {
  add(1, "");
  session(1, true);
  host.advance(seconds(1));
  query("UPDATE devices SET online_hub = 'other' WHERE id = 1");
  session(1, false);
  host.advance(seconds(6));
  CHECK(is_connected_by_column(1));
  CHECK(is_online(1));
  session(1, true);
  host.advance(seconds(1));
  session(1, false);
  host.advance(seconds(6));
  CHECK_FALSE(is_online(1));
}

TEST_CASE_METHOD(HubRules, "heartbeats that another hub hears leave a connected device connected") {
  add(1, "other");
  heartbeat(1);
  host.advance(seconds(40));
  CHECK(is_connected_by_column(1));
  CHECK(is_online(1));
}

TEST_CASE("a hub that starts takes up its own heartbeats, and no other hub's") {
  const testing::TemporaryFolder folder;
  {
    HubRules before(folder.path());
    const std::int64_t soon = before.host.now().us + 20 * kMicrosecondsPerSecond;
    before.add(1, "0123456789abcdef", soon);
    before.add(2, "other", soon);
  }
  HubRules rules(folder.path());
  rules.query("UPDATE devices SET online_until = online_until + 8000000 WHERE id = 2");  // it was heard there
  rules.host.advance(seconds(22));
  CHECK_FALSE(rules.is_online(1));
  CHECK(rules.is_online(2));
  CHECK(rules.count("SELECT online_until FROM devices WHERE id = 1") == 0);
  CHECK(rules.count("SELECT online_until FROM devices WHERE id = 2") > 0);
}

TEST_CASE_METHOD(HubRules,
                 "whom a hub held that is silent for a minute is offline, and whom a living one holds is not") {
  for (const std::int64_t id : {1, 3}) add(id, "dead");
  add(2, "living");
  beat_of("dead", 5);
  query(
      "INSERT INTO presence_periods (device_id, begun_at, ended_at, via, ended_by, hub)"
      " VALUES (1, 3, $1, 'mqtt', '', 'dead')",
      kForever);
  session(3, true);  // it has come here, and the dead one wrote after that
  host.advance(seconds(1));
  query("UPDATE devices SET online_hub = 'dead' WHERE id = 3");
  for (std::int64_t i = 0; i < 5; ++i) {
    beat_of("living", i);
    host.advance(seconds(10));
    CHECK(is_online(1));
  }
  for (std::int64_t i = 10; i < 14; ++i) {
    beat_of("living", i);
    host.advance(seconds(10));
  }
  CHECK_FALSE(is_online(1));
  CHECK(is_online(2));
  CHECK(is_online(3));
  host.advance(seconds(6));
  CHECK(is_connected_by_column(3));
  CHECK(count("SELECT ended_at FROM presence_periods WHERE device_id = 1") == 5);
  CHECK(count("SELECT COUNT(*) FROM presence_periods WHERE ended_by = 'hub died'") == 1);
  CHECK(count("SELECT COUNT(*) FROM presence_clock WHERE hub = 'dead'") == 0);
  CHECK(
      host.has_logged("a hub on this database has not been heard of for a minute; who was connected to it is offline"));
}

TEST_CASE_METHOD(HubRules, "the heartbeats of a dead hub's devices end where another hub looks") {
  add(1, "dead", host.now().us + 90 * kMicrosecondsPerSecond);
  beat_of("dead", 5);
  host.advance(seconds(75));
  CHECK(count("SELECT COUNT(*) FROM devices WHERE online_hub = '0123456789abcdef'") == 1);
  host.advance(seconds(40));
  CHECK(count("SELECT online_until FROM devices WHERE id = 1") == 0);
}

TEST_CASE_METHOD(HubRules, "silence counts only while the database could be read") {
  add(1, "other");
  beat_of("other", 5);
  host.advance(seconds(45));
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "SELECT hub, alive_at", 1);
  host.advance(seconds(45));
  CHECK(host.faults_left() == 0);
  CHECK(is_online(1));
  host.advance(seconds(40));
  CHECK_FALSE(is_online(1));
}

TEST_CASE_METHOD(HubRules, "a hub that was taken for dead writes again whom it holds") {
  add(1, "");
  session(1, true);
  host.advance(seconds(15));
  query("DELETE FROM presence_clock");
  query("UPDATE devices SET online_until = 0");
  query("UPDATE presence_periods SET ended_at = begun_at, ended_by = 'hub died'");
  host.advance(seconds(20));
  CHECK(is_connected_by_column(1));
  CHECK(count("SELECT COUNT(*) FROM presence_periods WHERE ended_at = $1", kForever) == 1);
}

TEST_CASE("connections that outlive the hub are kept where the transport says so, and end when it says so") {
  const testing::TemporaryFolder folder;
  {
    HubRules before(folder.path());
    before.add(1, "0123456789abcdef");
    before.add(2, "other");
    before.add(3, "0123456789abcdef");
  }
  HubRules rules(folder.path());
  const auto kept = rules.host.call<DeviceRegistry::KeepConnected>(DeviceRegistry::kId, {0});
  REQUIRE(kept);
  CHECK(kept->ids == std::vector<std::int64_t>{1, 3});
  CHECK(rules.host.call<DeviceRegistry::KeepConnected>(DeviceRegistry::kId, {3})->ids.empty());
  rules.session(1, false);
  rules.host.advance(seconds(2));
  CHECK_FALSE(rules.is_online(1));
  CHECK(rules.is_online(2));
  CHECK(rules.is_online(3));
  CHECK(rules.count("SELECT COUNT(*) FROM presence_periods WHERE via = 'status'") == 2);
}

}  // namespace
}  // namespace gatetorio::registration
