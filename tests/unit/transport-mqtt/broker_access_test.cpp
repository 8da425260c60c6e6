// Who may do what, asked of the real broker.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "stack.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using testing::RawConnect;
using testing::RawMqtt;
using testing::Stack;

constexpr int kNotAuthorized5 = 0x87;
constexpr int kNotAuthorized4 = 5;
constexpr int kNoMatchingSubscribers = 0x10;

void people(Stack& stack) {
  stack.allow("pw-dev1", testing::device_policy("device-1", "gate1"));
  stack.allow("pw-dev2", testing::device_policy("device-2", "gate2"));
  stack.allow("pw-owner", testing::user_policy("user-11", {{"gate1", false, true, true, 0}}));
  stack.allow("pw-reader", testing::user_policy("user-12", {{"gate1", false, false, true, 0}}));
  stack.allow("pw-stranger", testing::user_policy("user-13", {{"gate2", false, true, true, 0}}));
}

TEST_CASE("nobody connects without the right password") {
  Stack stack;
  people(stack);
  const int version = GENERATE(4, 5);
  const int refused = version == 5 ? kNotAuthorized5 : kNotAuthorized4;
  auto login = stack.login("device-1");
  login.version = version;
  RawMqtt client;
  CHECK(client.connect(stack.port(), login) == 0);
  auto wrong = login;
  wrong.client_id = "other";
  wrong.password = "wrong";
  CHECK(client.connect(stack.port(), wrong) == refused);
  wrong.username = "nobody";
  CHECK(client.connect(stack.port(), wrong) == refused);
  wrong.username.clear();
  wrong.password.clear();
  CHECK(client.connect(stack.port(), wrong) == refused);
  wrong.username = stack.broker().hub_username();
  wrong.password = "wrong";
  CHECK(client.connect(stack.port(), wrong) == refused);
}

TEST_CASE("the broker enforces the table of rights") {
  Stack stack;
  people(stack);
  RawMqtt device, device2, owner, reader, stranger;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device2.connect(stack.port(), stack.login("device-2")) == 0);
  REQUIRE(owner.connect(stack.port(), stack.login("user-11")) == 0);
  REQUIRE(reader.connect(stack.port(), stack.login("user-12")) == 0);
  REQUIRE(stranger.connect(stack.port(), stack.login("user-13")) == 0);

  CHECK(device.subscribe("gatetorio/gate1/commands") == 1);
  CHECK(device.subscribe("gatetorio/gate1/status") == kNotAuthorized5);
  CHECK(device.subscribe("gatetorio/gate2/commands") == kNotAuthorized5);
  CHECK(device2.subscribe("gatetorio/gate2/commands") == 1);
  CHECK(owner.subscribe("gatetorio/gate1/status") == 1);
  CHECK(owner.subscribe("gatetorio/gate1/commands") == kNotAuthorized5);
  CHECK(owner.subscribe("$SYS/#") == kNotAuthorized5);
  CHECK(owner.subscribe("$share/g/gatetorio/gate1/status") == kNotAuthorized5);
  CHECK(reader.subscribe("gatetorio/gate1/status") == 1);
  CHECK(stranger.subscribe("gatetorio/gate1/status") == kNotAuthorized5);

  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == 0);
  CHECK(reader.publish("gatetorio/gate1/commands", R"({"action":"open"})") == kNotAuthorized5);
  CHECK(stranger.publish("gatetorio/gate1/commands", R"({"action":"open"})") == kNotAuthorized5);
  CHECK(device2.publish("gatetorio/gate1/status", R"({"state":"OPEN"})") == kNotAuthorized5);
  CHECK(owner.publish("gatetorio/gate1/status", R"({"state":"OPEN"})") == kNotAuthorized5);
  CHECK(owner.publish("$CONTROL/dynamic-security/v1", "{}") == kNotAuthorized5);
  CHECK(device.publish("gatetorio/gate1/status", R"({"state":"OPEN"})") == 0);

  REQUIRE(device.receive());
  CHECK(device.received_so_far().empty());
  CHECK(device2.received_so_far().empty());
  CHECK(owner.receive()->payload == R"({"state":"OPEN"})");
  CHECK(reader.receive()->payload == R"({"state":"OPEN"})");
  CHECK(stranger.received_so_far().empty());
}

TEST_CASE("wildcard subscriptions deliver nothing foreign") {
  Stack stack;
  people(stack);
  RawMqtt device, device2, owner, stranger;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device2.connect(stack.port(), stack.login("device-2")) == 0);
  REQUIRE(owner.connect(stack.port(), stack.login("user-11")) == 0);
  REQUIRE(stranger.connect(stack.port(), stack.login("user-13")) == 0);
  for (RawMqtt* client : {&device, &device2, &owner, &stranger}) {
    client->subscribe("#");
    client->subscribe("gatetorio/+/commands");
    client->subscribe("+/+/status");
  }
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == 0);
  CHECK(device.publish("gatetorio/gate1/status", R"({"state":"OPEN"})") == 0);
  CHECK(device.publish("gatetorio/gate1/status", R"({"state":"KEPT"})", 1, true) == 0);
  for (const auto& message : device.received_so_far()) CHECK(message.topic == "gatetorio/gate1/commands");
  CHECK(device2.received_so_far().empty());
  const auto to_owner = owner.received_so_far();
  CHECK_FALSE(to_owner.empty());
  for (const auto& message : to_owner) CHECK(message.topic == "gatetorio/gate1/status");
  CHECK(stranger.received_so_far().empty());
  // Nor what is retained.
  CHECK(stranger.subscribe("gatetorio/#") == 1);
  CHECK(stranger.received_so_far().empty());
}

TEST_CASE("a retained command and a malformed one are refused") {
  Stack stack;
  people(stack);
  RawMqtt device, owner;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  REQUIRE(owner.connect(stack.port(), stack.login("user-11")) == 0);
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})", 1, true) == kNotAuthorized5);
  CHECK(owner.publish("gatetorio/gate1/commands", "open") == kNotAuthorized5);
  CHECK(owner.publish("gatetorio/gate1/commands", "") == kNotAuthorized5);
  CHECK(owner.publish("gatetorio/gate1/commands", "{\"a\":\"" + std::string(70'000, 'x') + "\"}") == kNotAuthorized5);
  CHECK(device.received_so_far().empty());
  CHECK(stack.eventually([](const Stack::Heard& heard) {
    return heard.counters.commands_retained == 1 && heard.counters.commands_malformed == 3;
  }));
}

TEST_CASE("a malformed status reaches nobody and is counted") {
  Stack stack;
  people(stack);
  RawMqtt device, reader;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(reader.connect(stack.port(), stack.login("user-12")) == 0);
  REQUIRE(reader.subscribe("gatetorio/gate1/status") == 1);
  CHECK(device.publish("gatetorio/gate1/status", "[1]") != 0);
  CHECK(device.publish("gatetorio/gate1/status", "{\"a\":\"" + std::string(70'000, 'x') + "\"}") != 0);
  CHECK(reader.received_so_far().empty());
  CHECK(stack.eventually([](const Stack::Heard& heard) { return heard.counters.statuses_malformed == 2; }));
}

TEST_CASE("a last will is judged like any publish") {
  Stack stack;
  people(stack);
  RawMqtt device, reader, victim;
  auto login = stack.login("device-1");
  login.will_topic = "gatetorio/gate1/status";
  login.will_payload = R"({"state":"OFFLINE"})";
  REQUIRE(device.connect(stack.port(), login) == 0);
  auto foreign = stack.login("device-2");
  foreign.will_topic = "gatetorio/gate1/status";
  foreign.will_payload = R"({"state":"FORGED"})";
  REQUIRE(victim.connect(stack.port(), foreign) == 0);
  REQUIRE(reader.connect(stack.port(), stack.login("user-12")) == 0);
  REQUIRE(reader.subscribe("gatetorio/gate1/status") == 1);
  victim.drop();
  device.drop();
  CHECK(reader.receive()->payload == R"({"state":"OFFLINE"})");
  CHECK(reader.received_so_far().empty());
}

TEST_CASE("a will never moves a gate, whatever date it carries") {
  Stack stack;
  people(stack);
  RawMqtt device, owner, owner2;
  REQUIRE(device.connect(stack.port(), stack.login("device-1")) == 0);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  auto login = stack.login("user-11");
  login.will_topic = "gatetorio/gate1/commands";
  login.will_payload = R"({"action":"open","command_id":"cmd_x","expires_at":"2099-01-01T00:00:00Z"})";
  REQUIRE(owner.connect(stack.port(), login) == 0);
  owner.drop();
  REQUIRE(stack.eventually([](const Stack::Heard& heard) { return heard.closed.size() == 1; }));
  // A command after it shows that the will had its turn.
  REQUIRE(owner2.connect(stack.port(), stack.login("user-11", "second")) == 0);
  CHECK(owner2.publish("gatetorio/gate1/commands", R"({"action":"close"})") == 0);
  CHECK(device.receive()->payload.find("close") != std::string::npos);
  CHECK(device.received_so_far().empty());
}

TEST_CASE("an app learns that the device is not connected") {
  Stack stack;
  people(stack);
  RawMqtt owner, device;
  REQUIRE(owner.connect(stack.port(), stack.login("user-11")) == 0);
  CHECK(owner.subscribe("#") == 1);  // somebody is subscribed, but not the device
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == kNoMatchingSubscribers);
  auto login = stack.login("device-1");
  login.clean = false;
  login.session_expiry_s = 3600;
  REQUIRE(device.connect(stack.port(), login) == 0);
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == kNoMatchingSubscribers);
  REQUIRE(device.subscribe("gatetorio/gate1/commands") == 1);
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == 0);
  CHECK(device.receive());
  device.drop();
  REQUIRE(stack.eventually([](const Stack::Heard& heard) { return heard.closed.size() == 1; }));
  CHECK(owner.publish("gatetorio/gate1/commands", R"({"action":"open"})") == kNoMatchingSubscribers);
  // Nothing waited for it.
  REQUIRE(device.connect(stack.port(), login) == 0);
  CHECK(device.session_present());
  CHECK(device.received_so_far().empty());
}

TEST_CASE("a client id that another principal uses is refused, and free again afterwards") {
  Stack stack;
  people(stack);
  RawMqtt device, thief;
  SECTION("while it is connected") {
    REQUIRE(device.connect(stack.port(), stack.login("device-1", "shared")) == 0);
    CHECK(thief.connect(stack.port(), stack.login("device-2", "shared")) == kNotAuthorized5);
    CHECK(device.subscribe("gatetorio/gate1/commands") == 1);
    device.disconnect();
    REQUIRE(stack.eventually([](const Stack::Heard& heard) { return heard.closed.size() == 1; }));
    CHECK(thief.connect(stack.port(), stack.login("device-2", "shared")) == 0);
  }
  SECTION("while its session persists") {
    const int version = GENERATE(4, 5);
    auto login = stack.login("device-1", "shared");
    login.version = version;
    login.clean = version == 5;  // in version 5 a clean start says nothing about the end
    login.session_expiry_s = 3600;
    REQUIRE(device.connect(stack.port(), login) == 0);
    device.disconnect();
    REQUIRE(stack.eventually([](const Stack::Heard& heard) { return heard.closed.size() == 1; }));
    CHECK(thief.connect(stack.port(), stack.login("device-2", "shared")) == kNotAuthorized5);
    CHECK(thief.connect(stack.port(), stack.login("device-2", "shared")) == kNotAuthorized5);
    login.clean = false;
    REQUIRE(device.connect(stack.port(), login) == 0);
    CHECK(device.session_present());
  }
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
