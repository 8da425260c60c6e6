// Commands: their fields, their end, and the hub's own client, with the real broker.
#include <signal.h>

#include <atomic>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>

#include "broker/payload.hpp"
#include "gatetorio/time.hpp"
#include "stack.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using namespace std::chrono_literals;
using testing::RawMqtt;
using testing::Stack;

const std::string kToDevice1 = address(1, TopicKind::kCommands);

std::string hub_command(const std::string& id, std::chrono::milliseconds ttl) {
  return testing::command_text(id, now().us + std::chrono::microseconds(ttl).count(), R"({"action":"open"})");
}

// The hub's client, with what it has seen.
class Hub {
 public:
  explicit Hub(const Stack& stack) {
    BrokerClient::Callbacks callbacks;
    callbacks.message = [](std::string_view, std::string_view, bool, std::optional<std::chrono::seconds>) {};
    callbacks.connection = [this](bool on) {
      const std::lock_guard lock(mutex_);
      ++(on ? connects_ : losses_);
      changed_.notify_all();
    };
    client_ = std::make_unique<BrokerClient>(stack.hub_login(), callbacks);
    client_->start();
  }
  BrokerClient& client() { return *client_; }
  bool wait(int connects) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return connects_ >= connects; });
  }
  PublishOutcome send(const std::string& payload, std::chrono::milliseconds expiry = 10s) {
    auto outcome = std::make_shared<std::promise<PublishOutcome>>();
    auto told = outcome->get_future();
    REQUIRE(client_->publish(kToDevice1, payload, expiry, [outcome](PublishOutcome o) { outcome->set_value(o); }));
    REQUIRE(told.wait_for(15s) == std::future_status::ready);
    return told.get();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int connects_ = 0, losses_ = 0;
  std::unique_ptr<BrokerClient> client_;
};

void people(Stack& stack) {
  stack.allow("pw", testing::device_policy("device-1", "gate1"));
  stack.allow("pw", testing::user_policy("user-1", {{"gate1", false, true, true, 0}}));
}

TEST_CASE("an app's command takes the way over the hub, and the hub hears when the device has it") {
  Stack stack(20s);
  people(stack);
  RawMqtt device, owner;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  REQUIRE(owner.connect(stack.port(), stack.login("user-1")) == 0);
  for (const int qos : {0, 1}) {
    CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})", qos) == 0);
    const auto received = device.receive();
    REQUIRE(received);
    const auto mark = read_mark(received->payload);
    REQUIRE(mark);
    CHECK(stack.eventually([&](const Stack::Heard& heard) {
      return !heard.passed.empty() && heard.passed.back().command_id == mark->command_id &&
             heard.passed.back().device_id == 1;
    }));
  }
}

TEST_CASE("a command and what its device says after it are told with the session that both belong to") {
  Stack stack(20s);
  people(stack);
  RawMqtt owner;
  REQUIRE(owner.connect(stack.port(), stack.login("user-1")) == 0);
  for (const std::size_t round : {1, 2}) {
    RawMqtt device;
    REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
    REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
    CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})", 1) == 0);
    REQUIRE(device.receive());
    CHECK(device.publish("gatetorio/gate1/status", R"({"state":"OPENING"})", 1) == 16);  // nobody watches
    CHECK(stack.eventually([&](const Stack::Heard& heard) {
      return heard.passed.size() == round && heard.statuses.size() == round &&
             heard.passed.back().session == heard.opened.back().session &&
             heard.statuses.back().session == heard.opened.back().session;
    }));
  }
}

TEST_CASE("an unacknowledged command is not repeated after its end") {
  Stack stack(300ms);
  people(stack);
  RawMqtt device, owner;
  auto login = stack.login("device-1");
  login.clean = false;
  login.session_expiry_s = 3600;
  REQUIRE(device.connect(stack.port(), login) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  device.acknowledge(false);
  REQUIRE(owner.connect(stack.port(), stack.login("user-1")) == 0);
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == 0);
  const auto first = device.receive();
  REQUIRE(first);
  device.drop();
  const auto mark = read_mark(first->payload);
  REQUIRE(mark);
  SECTION("it is repeated before") {
    REQUIRE(device.connect(stack.port(), login) == 0);
    const auto again = device.received_so_far();
    if (now().us < mark->expires_at_us) {
      REQUIRE(again.size() == 1);
      CHECK(again[0].payload == first->payload);
    }
  }
  SECTION("and not after") {
    while (now().us <= mark->expires_at_us) std::this_thread::yield();
    REQUIRE(device.connect(stack.port(), login) == 0);
    CHECK(device.session_present());
    CHECK(device.received_so_far().empty());
    CHECK(stack.eventually([](const Stack::Heard& h) { return h.counters.commands_late == 1; }));
  }
}

TEST_CASE("the hub hears every status and its commands arrive as they are") {
  Stack stack;
  people(stack);
  Hub hub(stack);
  REQUIRE(hub.wait(1));
  const std::string command = hub_command("cmd_a", 10s);
  CHECK(hub.send(command) == PublishOutcome::kRefused);  // nobody there
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  CHECK(device.publish("gatetorio/gate1/status", R"({"state":"OPEN"})") == 0);
  CHECK(stack.eventually([](const Stack::Heard& heard) {
    return heard.statuses.size() == 1 && heard.statuses[0].device_id == 1 &&
           heard.statuses[0].payload == R"({"state":"OPEN"})";
  }));
  CHECK(hub.send(command) == PublishOutcome::kDelivered);
  CHECK(device.receive()->payload == command);
}

TEST_CASE("a late command of the hub reaches nobody") {
  Stack stack;
  people(stack);
  Hub hub(stack);
  REQUIRE(hub.wait(1));
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  hub.send(hub_command("cmd_late", -1ms));
  CHECK(hub.send(R"({"action":"open"})") == PublishOutcome::kRefused);  // without an end
  CHECK(hub.send(hub_command("cmd_b", 10s)) == PublishOutcome::kDelivered);
  CHECK(device.receive()->payload.find("cmd_b") != std::string::npos);
  CHECK(device.received_so_far().empty());
}

TEST_CASE("the hub's client reconnects and every publish ends exactly once") {
  Stack stack;
  people(stack);
  Hub hub(stack);
  REQUIRE(hub.wait(1));
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  std::atomic<int> begun = 0, ended = 0;
  for (int i = 0; i < 200; ++i) {
    if (i == 100) ::kill(stack.broker_pid(), SIGKILL);
    if (hub.client().publish(kToDevice1, hub_command("cmd_" + std::to_string(i), 10s), 10s,
                             [&](PublishOutcome) { ++ended; })) {
      ++begun;
    }
  }
  REQUIRE(hub.wait(2));
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (ended < begun && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(ended == begun);
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  CHECK(hub.send(hub_command("cmd_again", 10s)) == PublishOutcome::kDelivered);
  CHECK(device.receive()->payload.find("cmd_again") != std::string::npos);
}

TEST_CASE("a hundred publishes in flight do not stall") {
  Stack stack;
  people(stack);
  Hub hub(stack);
  REQUIRE(hub.wait(1));
  RawMqtt device;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands", 0) == 0);
  constexpr int kCount = 2000, kWindow = 100;
  std::mutex mutex;
  std::condition_variable changed;
  int under_way = 0, delivered = 0;
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < kCount; ++i) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 10s, [&] { return under_way < kWindow; }));
    ++under_way;
    lock.unlock();
    hub.client().publish(kToDevice1, hub_command("cmd_" + std::to_string(i), 10s), 10s, [&](PublishOutcome outcome) {
      const std::lock_guard done(mutex);
      --under_way;
      delivered += outcome == PublishOutcome::kDelivered ? 1 : 0;
      changed.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, 10s, [&] { return under_way == 0; }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  CHECK(delivered == kCount);
  INFO("publishes per second: " << static_cast<int>(kCount / took.count()));
  CHECK(kCount / took.count() > 1000);
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
