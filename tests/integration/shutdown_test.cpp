// SIGTERM drains and exits 0 within 10 s, whatever goes on.
#include <signal.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "support/event_reader.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

constexpr milliseconds kLongest{10'000};

TEST_CASE("an idle hub stops at once and leaves no broker") {
  HubProcess hub;
  const pid_t broker = hub.broker_pid();
  CHECK(time_of([&] { CHECK(hub.stop() == 0); }) < milliseconds(3'000));
  CHECK_FALSE(is_alive(broker));
}

TEST_CASE("a busy hub stops in time, and what it acknowledged is there") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const auto mqtt = go_online(hub, device);
  EventReader events(hub.http(), "/devices/" + device.controller_id + "/events", user.token);
  REQUIRE(events.next());
  Socket half_a_request(port_of(hub.http()));
  half_a_request.send("POST /api/v1/devices/register HTTP/1.1\r\nHost: x\r\nContent-Le");

  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, address = hub.http()] {
      try {
        HttpClient client(address);
        while (true) {
          const auto answer =
              client.post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}});
          if (answer.status == 201) ++acknowledged;
        }
      } catch (const std::exception&) {
        // the hub has stopped
      }
    });
  }
  CHECK(eventually([&] { return acknowledged > 100; }));
  const auto took = time_of([&] { CHECK(hub.stop() == 0); });
  for (auto& thread : threads) thread.join();
  CHECK(took < kLongest);
  CHECK(events.ends());
  CHECK(ask_database(hub, "SELECT count(*) FROM devices") >= acknowledged + 1);
  hub.start();
  CHECK(HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id).status == 200);
}

TEST_CASE("SIGTERM while starting ends the hub") {
  const TempDir folder;
  write_file(
      folder / "hub.toml",
      "[hub]\ndata_dir = \"" + (folder / "data").string() +
          "\"\nplugins = [\"storage-sqlite\", \"transport-http\", \"transport-mqtt\", \"registration\", \"auth\", "
          "\"commands\"]\n[plugins.transport-http]\nlisten = \"127.0.0.1:0\"\n[plugins.transport-mqtt]\nlisten = "
          "\"127.0.0.1:0\"\n");
  for (const int delay_ms : {0, 20, 60, 120, 250}) {
    CAPTURE(delay_ms);
    Process hub({hub_program(), "--config", (folder / "hub.toml").string()}, {folder / "out", folder / "err"});
    const auto at = std::chrono::steady_clock::now() + milliseconds(delay_ms);
    CHECK(eventually([&] { return std::chrono::steady_clock::now() >= at; }));
    hub.signal(SIGTERM);
    const int code = hub.wait(kLongest);
    CAPTURE(code, read_file(folder / "err"));
    CHECK((code == 0 || code == 128 + SIGTERM));  // the latter: before it ran at all
  }
}

}  // namespace
}  // namespace gatetorio::testing
