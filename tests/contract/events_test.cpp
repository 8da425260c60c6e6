// Section 5: GET /devices/{controller_id}/events.
#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <thread>

#include "shared_hub.hpp"
#include "support/event_reader.hpp"

namespace gatetorio::testing {
namespace {

constexpr milliseconds kWithinASecond{1'000};

EventReader watch(const TestDevice& device, const std::string& bearer, const std::string& after = {}) {
  return EventReader(shared_hub().http(), device_path(device) + "/events", bearer, after);
}

std::string status_number(int n) { return "{\"n\":" + std::to_string(n) + "}"; }

TEST_CASE("users and admins watch a device") {
  const TestDevice device = new_device();
  for (const std::string& bearer : {new_user(device, "owner").token, new_user(device, "engineer").token,
                                    new_user(device, "readonly").token, std::string(kViewerToken)}) {
    EventReader events = watch(device, bearer);
    CHECK(events.status() == 200);
    CHECK(events.content_type().starts_with("text/event-stream"));
    const auto first = events.next();
    REQUIRE(first);
    CHECK_FALSE(first->id.empty());
    const auto state = boost::json::parse(first->data);
    CHECK(state.at("controller_id") == device.controller_id.c_str());
    CHECK(state.at("is_online") == false);
  }
}

TEST_CASE("strangers do not watch a device") {
  const TestDevice device = new_device(), other = new_device();
  CHECK(watch(device, "").status() == 401);
  CHECK(watch(device, new_user(other, "owner").token).status() == 404);
  CHECK(watch(device, unique("a-strange-token")).status() == 404);
  CHECK(watch(device, other.token).status() != 200);
}

TEST_CASE("presence and status come as they happen, and only the device's own") {
  const TestDevice device = new_device(), other = new_device();
  EventReader events = watch(device, new_user(device, "readonly").token);
  REQUIRE(events.next_of("state"));
  auto foreign = go_online(shared_hub(), other);
  CHECK(foreign->publish(other.status, status_number(99)) == kMqttOk);
  auto mqtt = go_online(shared_hub(), device);
  const auto came = events.next();
  REQUIRE(came);
  CHECK(came->type == "presence");
  CHECK(boost::json::parse(came->data).at("is_online") == true);
  for (int n = 0; n < 20; ++n) CHECK(mqtt->publish(device.status, status_number(n)) == kMqttOk);
  for (int n = 0; n < 20; ++n) {
    const auto status = events.next_of("status");
    REQUIRE(status);
    CHECK(status->data == status_number(n));
  }
  mqtt->drop();
  const auto left = events.next_of("presence");
  REQUIRE(left);
  CHECK(boost::json::parse(left->data).at("is_online") == false);
}

TEST_CASE("a stream resumes where it ended") {
  const TestDevice device = new_device();
  const std::string reader = new_user(device, "readonly").token;
  const auto mqtt = go_online(shared_hub(), device);
  std::string last;
  {
    EventReader events = watch(device, reader);
    REQUIRE(events.next_of("state"));
    CHECK(mqtt->publish(device.status, status_number(1)) == kMqttOk);
    const auto status = events.next_of("status");
    REQUIRE(status);
    last = status->id;
  }
  EventReader beside = watch(device, reader);
  for (int n = 2; n <= 4; ++n) CHECK(mqtt->publish(device.status, status_number(n)) == kMqttOk);
  for (int n = 2; n <= 4; ++n) REQUIRE(beside.next_of("status"));  // the hub has them now
  EventReader events = watch(device, reader, last);
  for (int n = 2; n <= 4; ++n) {
    const auto status = events.next();
    REQUIRE(status);
    CHECK(status->type == "status");
    CHECK(status->data == status_number(n));
  }
}

TEST_CASE("an id of another device, or of another run of the hub, begins anew with the state") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http()), other = make_device(hub.http());
  const std::string reader = make_user(hub.http(), device, "readonly").token;
  give_access(hub.http(), other, reader, "readonly");
  const auto watch_here = [&](const TestDevice& of, const std::string& after = {}) {
    return EventReader(hub.http(), device_path(of) + "/events", reader, after);
  };
  const auto mqtt = go_online(hub, device);
  EventReader events = watch_here(device);
  REQUIRE(events.next_of("state"));
  CHECK(mqtt->publish(device.status, status_number(1)) == kMqttOk);
  const auto status = events.next_of("status");
  REQUIRE(status);
  EventReader foreign = watch_here(other, status->id), own = watch_here(device, status->id);
  CHECK(foreign.next_of("state"));
  CHECK(mqtt->publish(device.status, status_number(2)) == kMqttOk);
  const auto next = own.next();
  REQUIRE(next);
  CHECK(next->type == "status");
  hub.stop();
  hub.start();
  const auto after_restart = watch_here(device, status->id).next();
  REQUIRE(after_restart);
  CHECK(after_restart->type == "state");
}

TEST_CASE("an id that the hub does not know begins anew with the state") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  EventReader beside = watch(device, new_user(device, "readonly").token);
  REQUIRE(beside.next_of("state"));
  for (int n = 0; n < 3; ++n) CHECK(mqtt->publish(device.status, status_number(n)) == kMqttOk);
  for (int n = 0; n < 3; ++n) REQUIRE(beside.next_of("status"));
  const std::string reader = new_user(device, "readonly").token;
  for (const char* id : {"1", "99999999999999999999999", "-5", "none", "18446744073709551615"}) {
    EventReader events = watch(device, reader, id);
    const auto first = events.next();
    REQUIRE(first);
    CHECK(first->type == "state");
  }
}

TEST_CASE("taking access ends a stream within a second") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "owner"), other = new_user(device, "readonly");
  EventReader events = watch(device, user.token), beside = watch(device, other.token);
  REQUIRE(events.next_of("state"));
  REQUIRE(beside.next_of("state"));
  REQUIRE(client(device.token).del(device_path(device) + "/users/" + std::to_string(user.id)).status == 204);
  CHECK(events.ends(kWithinASecond));
  const auto mqtt = go_online(shared_hub(), device);
  CHECK(beside.next_of("presence"));
}

TEST_CASE("a stream that opens while access is taken ends all the same") {
  const TestDevice device = new_device();
  auto owner = client(device.token);
  for (int i = 0; i < 25; ++i) {
    const TestUser user = new_user(device, "readonly");
    int taken = 0;
    std::thread taking([&] { taken = owner.del(device_path(device) + "/users/" + std::to_string(user.id)).status; });
    EventReader events = watch(device, user.token);
    taking.join();
    CHECK(taken == 204);
    CHECK((events.status() != 200 || events.ends(kWithinASecond)));
  }
}

TEST_CASE("a stream has the text of the status, in the state too") {
  const TestDevice device = new_device();
  const std::string reader = new_user(device, "readonly").token;
  const auto mqtt = go_online(shared_hub(), device);
  EventReader events = watch(device, reader);
  REQUIRE(events.next_of("state"));
  CHECK(mqtt->publish(device.status, "{\"n\":12.0,\n \"long\":123456789012345678901234567890}") == kMqttOk);
  const auto status = events.next_of("status");
  REQUIRE(status);
  const std::string text = R"({"n":12.0,  "long":123456789012345678901234567890})";
  CHECK(status->data == text);  // on one line
  const auto state = watch(device, reader).next_of("state");
  REQUIRE(state);
  CHECK(state->data.find("\"status\":" + text) != std::string::npos);
}

TEST_CASE("deleting a device ends its streams within a second") {
  const TestDevice device = new_device();
  EventReader events = watch(device, new_user(device, "owner").token), admin = watch(device, kAdminToken);
  REQUIRE(events.next_of("state"));
  REQUIRE(admin.next_of("state"));
  REQUIRE(client(kAdminToken).del(device_path(device)).status == 204);
  CHECK(events.ends(kWithinASecond));
  CHECK(admin.ends(kWithinASecond));
}

TEST_CASE("a stream follows its device to a new name") {
  const TestDevice device = new_device();
  EventReader events = watch(device, new_user(device, "owner").token);
  REQUIRE(events.next_of("state"));
  TestDevice renamed = device;
  renamed.controller_id = unique("gate");
  REQUIRE(client(device.token).patch(device_path(device), {{"controller_id", renamed.controller_id}}).status == 200);
  renamed.commands = "gatetorio/" + renamed.controller_id + "/commands";
  const auto mqtt = go_online(shared_hub(), renamed);
  CHECK(mqtt->publish("gatetorio/" + renamed.controller_id + "/status", status_number(7)) == kMqttOk);
  const auto status = events.next_of("status");
  REQUIRE(status);
  CHECK(status->data == status_number(7));
}

TEST_CASE("a stream ends when its access expires") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "readonly");
  change_database(hub, "UPDATE grants SET expires_at = " + std::to_string((std::time(nullptr) + 5) * 1'000'000));
  EventReader events(hub.http(), device_path(device) + "/events", user.token);
  CHECK(events.status() == 200);
  REQUIRE(events.next_of("state"));
  CHECK(events.ends(milliseconds(7'000)));
}

}  // namespace
}  // namespace gatetorio::testing
