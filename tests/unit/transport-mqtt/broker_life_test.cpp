// Revocation, takeover, restarts and deaths, with the real broker.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "broker_config.hpp"
#include "stack.hpp"
#include "support/paths.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using namespace std::chrono_literals;
using testing::RawMqtt;
using testing::Stack;

constexpr int kNotAuthorized5 = 0x87;

TEST_CASE("revoking ends a live session within a second") {
  Stack stack;
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  Policy revoked = testing::device_policy("device-1", "gate1");
  revoked.valid = false;
  stack.change(revoked);
  CHECK(device.is_closed_by_broker(1s));
  CHECK(
      stack.eventually([](const Stack::Heard& h) { return h.closed.size() == 1 && h.closed[0].reason == "revoked"; }));
  CHECK(device.connect(stack.port(), stack.login("device-1")) == kNotAuthorized5);
}

TEST_CASE("changed rules bite on a live session without ending it") {
  Stack stack;
  stack.allow("pw", testing::user_policy("user-1", {{"gate1", false, true, true, 0}}));
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  RawMqtt user, device;
  REQUIRE(user.connect(stack.port(), stack.login("user-1")) == 0);
  REQUIRE(user.subscribe("gatetorio/gate1/status") == 1);
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  CHECK(user.publish("gatetorio/gate1/commands", "{}") == 0);
  stack.change(testing::user_policy("user-1", {{"gate2", false, true, true, 0}}));
  const auto deadline = std::chrono::steady_clock::now() + 1s;
  int code = 0;
  while (code == 0 && std::chrono::steady_clock::now() < deadline)
    code = user.publish("gatetorio/gate1/commands", "{}");
  CHECK(code == kNotAuthorized5);
  CHECK(device.publish("gatetorio/gate1/status", R"({"state":"OPEN"})") == 0);
  CHECK(user.received_so_far().empty());
}

TEST_CASE("a rotated password ends the old one for new connections only") {
  Stack stack;
  stack.allow("old", testing::device_policy("device-1", "gate1"));
  const auto old_login = stack.login("device-1");
  RawMqtt device, second;
  REQUIRE(device.connect(stack.port(), old_login) == 0);
  stack.allow("new", testing::device_policy("device-1", "gate1"));
  stack.change(testing::device_policy("device-1", "gate1"));
  auto again = old_login;
  again.client_id = "second";
  // The news goes over another socket than the attempt.
  const auto deadline = std::chrono::steady_clock::now() + 1s;
  int code = second.connect(stack.port(), again);
  while (code == 0 && std::chrono::steady_clock::now() < deadline) code = second.connect(stack.port(), again);
  CHECK(code == kNotAuthorized5);
  CHECK(second.connect(stack.port(), stack.login("device-1", "second")) == 0);
  CHECK(device.subscribe("gatetorio/gate1/commands") == 1);
}

TEST_CASE("a confirmed password needs no hub, an unknown one is told to come later when the hub is silent") {
  Stack stack;
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  stack.allow("pw", testing::device_policy("device-2", "gate2"));
  RawMqtt device, other;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  stack.be_silent(true);
  CHECK(device.connect(stack.port(), stack.login("device-1")) == 0);
  // Many who wait for a silent hub must not make the others wait: the time for waiting runs out.
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) CHECK(other.connect(stack.port(), stack.login("device-2")) == RawMqtt::kClosed);
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
  CHECK(device.subscribe("gatetorio/gate1/commands") == 1);
}

TEST_CASE("a takeover is never told as a departure") {
  Stack stack;
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  RawMqtt first, second;
  REQUIRE(first.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(second.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(stack.eventually([](const Stack::Heard& h) { return h.opened.size() == 2 && h.closed.size() == 1; }));
  stack.eventually([](const Stack::Heard& h) {
    CHECK(h.closed[0].session == h.opened[0].session);
    CHECK(h.closed[0].reason == "taken over");
    CHECK(h.opened[0].session != h.opened[1].session);
    return true;
  });
  CHECK(second.subscribe("gatetorio/gate1/commands") == 1);
}

TEST_CASE("a killed broker comes back on its port and knows the confirmed principals") {
  Stack stack;
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  const auto port = stack.port();
  REQUIRE(stack.broker_pid() > 0);
  ::kill(stack.broker_pid(), SIGKILL);
  REQUIRE(
      stack.eventually([](const Stack::Heard& h) { return h.deaths == 1 && h.starts == 2 && h.lists.size() == 2; }));
  CHECK(stack.port() == port);
  stack.eventually([](const Stack::Heard& h) {
    CHECK(h.lists.back().empty());
    return true;
  });
  stack.be_silent(true);
  CHECK(device.connect(port, stack.login("device-1")) == 0);
}

TEST_CASE("a hub that comes back hears of every live session") {
  Stack stack;
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  stack.link().stop();
  std::vector<SessionOpened> heard;
  std::mutex mutex;
  std::condition_variable changed;
  LinkServer::Callbacks callbacks;
  callbacks.connect_request = [](ConnectRequest, LinkServer::Reply reply) { reply({}); };
  callbacks.command_passed = [](CommandPassed) {};
  callbacks.session_opened = [](SessionOpened) {};
  callbacks.session_closed = [](SessionClosed) {};
  callbacks.counters = [](Counters) {};
  callbacks.over_budget = [](const OverBudget&) {};
  callbacks.device_status = [](DeviceStatus) {};
  callbacks.absent_holders = [](std::vector<std::string>) {};
  callbacks.sessions = [&](Sessions all) {
    const std::lock_guard lock(mutex);
    heard = std::move(all.sessions);
    changed.notify_all();
  };
  LinkServer again(stack.folder() + "guard.sock", callbacks);
  REQUIRE(again.start().empty());
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, 10s, [&] { return heard.size() == 1; }));
  CHECK(heard[0].username == "device-1");
}

TEST_CASE("a fixed port that is taken is an error in words") {
  Stack stack;
  BrokerSettings settings;
  const testing::TempFolder folder;
  settings.folder = folder.path("broker");
  settings.guard = GATETORIO_BUILD_DIR "/plugins/mosquitto/gatetorio-mosquitto-guard.so";
  settings.listen = {"127.0.0.1", stack.port()};
  std::mutex mutex;
  std::condition_variable changed;
  std::string error;
  BrokerProcess::Callbacks callbacks;
  callbacks.started = [&](BrokerPorts, std::string text) {
    const std::lock_guard lock(mutex);
    error = std::move(text);
    changed.notify_all();
  };
  BrokerProcess second(settings, callbacks);
  second.start();
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, 10s, [&] { return !error.empty(); }));
  CHECK(error.find("Address already in use") != std::string::npos);
  CHECK(error.find(std::to_string(stack.port())) != std::string::npos);
}

TEST_CASE("the files of the broker are its owner's alone") {
  Stack stack;
  const auto mode = [](const std::string& path) { return std::filesystem::status(path).permissions(); };
  CHECK(mode(stack.folder() + "broker") == std::filesystem::perms::owner_all);
  const auto expected = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  CHECK(mode(stack.folder() + "broker/hub-password") == expected);
  std::ifstream conf(stack.folder() + "broker/mosquitto.conf");
  const std::string text{std::istreambuf_iterator<char>(conf), std::istreambuf_iterator<char>()};
  CHECK(text.find(stack.broker().hub_password()) == std::string::npos);
}

// Not a test of its own: the hub that the next one kills.
TEST_CASE("a hub that waits to be killed", "[.hub-to-kill]") {
  const Stack stack;
  std::ofstream(std::getenv("READY_FILE")) << stack.broker_pid() << std::endl;
  ::pause();
  CHECK(stack.port() > 0);
}

TEST_CASE("no broker outlives a killed hub") {
  const testing::TempFolder folder;
  const std::string ready = folder.path("ready");
  ::setenv("READY_FILE", ready.c_str(), 1);
  std::string self = "/proc/self/exe", tag = "[.hub-to-kill]";
  char* arguments[] = {self.data(), tag.data(), nullptr};
  pid_t hub = 0;
  REQUIRE(::posix_spawn(&hub, self.c_str(), nullptr, nullptr, arguments, environ) == 0);
  pid_t broker = 0;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (broker <= 0 && std::chrono::steady_clock::now() < deadline) std::ifstream(ready) >> broker;
  ::kill(hub, SIGKILL);
  ::waitpid(hub, nullptr, 0);
  REQUIRE(broker > 0);
  bool gone = false;
  const auto patience = std::chrono::steady_clock::now() + 5s;
  while (!gone && std::chrono::steady_clock::now() < patience) gone = ::kill(broker, 0) != 0;
  CHECK(gone);
}

TEST_CASE("listen addresses are read") {
  ListenAddress address;
  CHECK(parse_listen("127.0.0.1:1883", address));
  CHECK(address.host == "127.0.0.1");
  CHECK(address.port == 1883);
  CHECK(parse_listen("[::1]:0", address));
  CHECK(address.host == "::1");
  for (const char* wrong : {"", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "a b:1"}) {
    INFO(wrong);
    CHECK_FALSE(parse_listen(wrong, address));
  }
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
