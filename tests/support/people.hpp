// The people of the tests: devices that have registered, users that have paired, and how each logs in.
#pragma once

#include <memory>

#include "support/http_client.hpp"
#include "support/hub_process.hpp"
#include "support/mqtt_client.hpp"

namespace gatetorio::testing {

// A name that nobody has used in this program: tests share a hub.
std::string unique(const std::string& prefix);

struct TestDevice {
  std::int64_t id = 0;
  std::string hardware_id, controller_id, token, mqtt_username, mqtt_password, commands, status;
};

struct TestUser {
  std::string token;
  std::int64_t id = 0;
};

// Registers a device of a new name. Throws where the hub refuses.
TestDevice make_device(const std::string& http, const std::string& controller_id = {},
                       const std::string& enrolment_key = {});
// From the hub's answer to a registration.
TestDevice device_from(const HttpResponse& registered, const std::string& hardware_id);
// A new user to whom `device` gives access. Throws where the hub refuses.
TestUser make_user(const std::string& http, const TestDevice& device, const std::string& level);
// Gives a user access to (one more) device; the user_id.
std::int64_t give_access(const std::string& http, const TestDevice& device, const std::string& user_token,
                         const std::string& level);

MqttLogin login_of(const TestDevice& device, int version = 5);
// Asks the hub for MQTT credentials first.
MqttLogin login_of(const std::string& http, const TestUser& user, int version = 5);

// A device that is connected and hears its commands. Waits until the hub knows it. Throws where it cannot.
std::unique_ptr<MqttClient> go_online(const HubProcess& hub, const TestDevice& device);
// The same for a user, who hears the device's status.
std::unique_ptr<MqttClient> go_online(const HubProcess& hub, const TestUser& user, const TestDevice& device);

// Runs SQL on a hub's database, for what no call of the hub can bring about (time that has passed).
void change_database(const HubProcess& hub, const std::string& sql);
// One number out of it.
std::int64_t ask_database(const HubProcess& hub, const std::string& sql);

}  // namespace gatetorio::testing
