// Sections 3 and 5: what is taken away is gone within a second, on live connections too.
#include <catch2/catch_test_macros.hpp>
#include <ctime>

#include "shared_hub.hpp"
#include "support/shifted_clock.hpp"

namespace gatetorio::testing {
namespace {

constexpr milliseconds kWithinASecond{1'000};
constexpr const char* kCommand = R"({"action":"open_gate"})";
constexpr const char* kStatus = R"({"state":"OPEN"})";

std::string users_path(const TestDevice& device, const TestUser& user) {
  return device_path(device) + "/users/" + std::to_string(user.id);
}

TEST_CASE("a removed user's live MQTT session can do nothing within a second") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const TestUser user = new_user(device, "owner"), other = new_user(device, "readonly");
  const auto app = go_online(shared_hub(), user, device), beside = go_online(shared_hub(), other, device);
  CHECK(app->publish(device.commands, kCommand) == kMqttOk);
  REQUIRE(mqtt->receive());
  REQUIRE(client(device.token).del(users_path(device, user)).status == 204);
  CHECK(client(user.token).get(device_path(device)).status == 404);
  const bool is_refused = eventually(
      [&] {
        const int code = app->publish(device.commands, kCommand);
        return code == kNotAuthorized || code == MqttClient::kClosed;
      },
      kWithinASecond);
  CHECK(is_refused);
  mqtt->received_so_far();
  CHECK(mqtt->publish(device.status, kStatus) == kMqttOk);
  REQUIRE(beside->receive());
  CHECK(app->received_so_far().empty());
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("a user that is lowered to readonly keeps its status and loses its commands") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const TestUser user = new_user(device, "engineer");
  const auto app = go_online(shared_hub(), user, device);
  CHECK(app->publish(device.commands, kCommand) == kMqttOk);
  give_access(shared_hub().http(), device, user.token, "readonly");
  CHECK(eventually([&] { return app->publish(device.commands, kCommand) == kNotAuthorized; }, kWithinASecond));
  CHECK(mqtt->publish(device.status, kStatus) == kMqttOk);
  CHECK(app->receive());
}

TEST_CASE("a user that gets access can use it on its live connection within a second") {
  const TestDevice first = new_device(), second = new_device();
  const TestUser user = new_user(first, "owner");
  const auto app = go_online(shared_hub(), user, first);
  CHECK(app->subscribe(second.status) == kNotAuthorized);
  give_access(shared_hub().http(), second, user.token, "readonly");
  CHECK(eventually([&] { return app->subscribe(second.status) == kGrantedQos1; }, kWithinASecond));
}

TEST_CASE("renaming a device takes effect on live connections within a second") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "owner");
  const auto mqtt = go_online(shared_hub(), device), app = go_online(shared_hub(), user, device);
  const std::string name = unique("gate"), base = "gatetorio/" + name;
  REQUIRE(client(user.token).patch(device_path(device), {{"controller_id", name}}).status == 200);
  CHECK(eventually([&] { return mqtt->subscribe(base + "/commands") == kGrantedQos1; }, kWithinASecond));
  CHECK(eventually([&] { return app->subscribe(base + "/status") == kGrantedQos1; }, kWithinASecond));
  CHECK(mqtt->subscribe(device.commands) == kNotAuthorized);
  CHECK(app->publish(device.commands, kCommand) == kNotAuthorized);
  CHECK(mqtt->publish(device.status, kStatus) == kNotAuthorized);
  CHECK(mqtt->publish(base + "/status", kStatus) == kMqttOk);
  CHECK(app->receive());
  CHECK(app->publish(base + "/commands", kCommand) == kMqttOk);
  CHECK(mqtt->receive());
  CHECK(client(user.token).post("/commands/send", {{"controller_id", name}, {"command", {{"action", "x"}}}}).status ==
        202);
}

TEST_CASE("a device that takes an old name gets none of the old one's messages") {
  const TestDevice old = new_device();
  const TestUser user = new_user(old, "owner");
  const auto app = go_online(shared_hub(), user, old), mqtt = go_online(shared_hub(), old);
  REQUIRE(client(old.token).patch(device_path(old), {{"controller_id", unique("gate")}}).status == 200);
  const TestDevice fresh = make_device(shared_hub().http(), old.controller_id);
  const TestUser fresh_user = new_user(fresh, "owner");
  const auto fresh_mqtt = go_online(shared_hub(), fresh), fresh_app = go_online(shared_hub(), fresh_user, fresh);
  CHECK(eventually([&] { return app->publish(old.commands, kCommand) == kNotAuthorized; }, kWithinASecond));
  fresh_mqtt->received_so_far();
  app->received_so_far();
  mqtt->received_so_far();
  CHECK(fresh_app->publish(fresh.commands, kCommand) == kMqttOk);
  CHECK(fresh_mqtt->publish(fresh.status, kStatus) == kMqttOk);
  CHECK(fresh_mqtt->receive());
  CHECK(fresh_app->receive());
  CHECK(app->received_so_far().empty());
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("access that expires ends on a live connection within a second") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const auto mqtt = go_online(hub, device);
  change_database(hub, "UPDATE grants SET expires_at = " + std::to_string((std::time(nullptr) + 5) * 1'000'000));
  const auto app = go_online(hub, user, device);
  CHECK(app->publish(device.commands, kCommand) == kMqttOk);
  CHECK(mqtt->receive());
  CHECK(eventually([&] { return app->publish(device.commands, kCommand) == kNotAuthorized; }, milliseconds(7'000)));
  CHECK(mqtt->publish(device.status, kStatus) == kMqttOk);
  CHECK(app->received_so_far().empty());
}

TEST_CASE("a lesser access goes on where a better one ends, also after the clock was set back") {
  SteppedClock clock;
  clock.step_to(std::chrono::hours(2));
  HubProcess hub;
  clock.step_to(std::chrono::seconds(0));
  const auto has_restarted_broker = [&] {
    const std::string log = hub.log();
    const auto death = log.find("the broker died");
    return death != std::string::npos && log.find("the broker is running", death) != std::string::npos;
  };
  REQUIRE(eventually(has_restarted_broker));  // a clock that is set back makes it begin anew
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "readonly");
  const auto mqtt = go_online(hub, device);
  const std::string ids = std::to_string(device.id) + ", " + std::to_string(user.id);
  change_database(hub, "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at) VALUES (" +
                           ids + ", 'sharing:0', 'engineer', '', " +
                           std::to_string((std::time(nullptr) + 6) * 1'000'000) + ", 1)");
  const auto app = go_online(hub, user, device);
  CHECK(eventually([&] { return app->publish(device.commands, kCommand) == kMqttOk; }, milliseconds(5'000)));
  CHECK(eventually([&] { return app->publish(device.commands, kCommand) == kNotAuthorized; }, milliseconds(8'000)));
  const bool reads_on = eventually(
      [&] {
        app->received_so_far();
        return mqtt->publish(device.status, kStatus) == kMqttOk && app->receive(milliseconds(200)).has_value();
      },
      milliseconds(3'000));
  CHECK(reads_on);
}

}  // namespace
}  // namespace gatetorio::testing
