// What survives a restart, and what comes back after the broker was lost.
#include <signal.h>

#include <catch2/catch_test_macros.hpp>

#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("last seen and the last status survive a restart, and nobody counts as connected after one") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "readonly");
  const std::string path = "/commands/status/" + device.controller_id;
  auto mqtt = go_online(hub, device);
  for (int n = 1; n <= 500; ++n) mqtt->publish(device.status, "{\"n\":" + std::to_string(n) + "}");
  const auto shown = [&] { return HttpClient(hub.http(), user.token).get(path); };
  REQUIRE(eventually([&] { return shown().at("status").is_object() && shown().at("status").at("n") == 500; }));
  const std::string seen = shown().text("last_seen"), at = shown().text("status_at");
  SECTION("told to stop") { CHECK(hub.stop() == 0); }
  SECTION("killed") {
    // The last status may be some seconds younger than what is on the disk; wait until it is.
    CHECK(eventually([&] { return ask_database(hub, "SELECT status LIKE '%500%' FROM device_status") == 1; }));
    hub.kill();
  }
  hub.start();
  const auto after = shown();
  CHECK(after.at("status").at("n") == 500);
  CHECK(after.text("status_at") == at);
  CHECK(after.text("last_seen") >= at);
  CHECK(eventually([&] { return !shown().at("is_online").as_bool(); }));
  CHECK(seen.size() == at.size());
}

TEST_CASE("a flood of status messages does not become a flood of writes") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const auto mqtt = go_online(hub, device);
  const auto writes = [&] {
    const std::string metrics = HttpClient(hub.http()).root("/metrics").body;
    const auto at = metrics.find("\ngatetorio_storage_sqlite_commits_total");
    return at == std::string::npos ? -1.0 : std::strtod(metrics.c_str() + metrics.find(' ', at), nullptr);
  };
  const double before = writes();
  const auto began = std::chrono::steady_clock::now();
  for (int n = 1; n <= 3'000; ++n) mqtt->publish(device.status, "{\"n\":" + std::to_string(n) + "}", 1);
  HttpClient http(hub.http(), device.token);
  REQUIRE(eventually([&] {
    const auto status = http.get("/commands/status/" + device.controller_id).at("status");
    return status.is_object() && status.at("n") == 3'000;
  }));
  REQUIRE(before >= 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  CHECK(writes() - before < 50 + 3 * took.count());  // one a second, and what else there is
}

TEST_CASE("a broker that dies comes back by itself, and health says so meanwhile") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  auto mqtt = go_online(hub, device);
  HttpClient http(hub.http());
  const pid_t broker = hub.broker_pid();
  REQUIRE(::kill(broker, SIGKILL) == 0);
  std::string worst;
  CHECK(eventually([&] {
    const auto health = http.root("/health");
    if (!health.at("mqtt_connected").as_bool()) worst = health.text("status");
    return !worst.empty();
  }));
  CHECK(worst == "degraded");
  CHECK(mqtt->is_closed_by_broker());
  CHECK(eventually([&] { return http.root("/health").at("mqtt_connected").as_bool(); }));
  CHECK(http.root("/health").text("status") == "healthy");
  CHECK(hub.broker_pid() != broker);
  mqtt = go_online(hub, device);
  const auto sent = HttpClient(hub.http(), user.token)
                        .post("/commands/send", {{"controller_id", device.controller_id}, {"command", JsonObject{}}});
  CHECK(sent.status == 202);
  CHECK(mqtt->receive());
  CHECK(hub.stop() == 0);
}

TEST_CASE("commands are refused and everything else works while the broker is down") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  auto mqtt = go_online(hub, device);
  HttpClient http(hub.http(), user.token);
  const pid_t broker = hub.broker_pid();
  REQUIRE(::kill(broker, SIGSTOP) == 0);
  const auto sent = http.post("/commands/send", {{"controller_id", device.controller_id}, {"command", JsonObject{}}});
  CHECK(sent.status == 503);
  CHECK(http.get("/devices/" + device.controller_id).status == 200);
  REQUIRE(::kill(broker, SIGKILL) == 0);
  CHECK(eventually([&] { return HttpClient(hub.http()).root("/health").at("mqtt_connected").as_bool(); }));
}

}  // namespace
}  // namespace gatetorio::testing
