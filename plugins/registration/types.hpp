// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::registration {

struct RegisterInput {
  HardwareId hardware_id;
  ControllerId controller_id;
  std::optional<Label<64>> firmware_version;
  std::optional<Label<128>> device_name;
  std::optional<Label<256>> enrolment_key;
  std::optional<Label<256>> claim_token;  // any text may be tried; what is no claim of ours is an unknown one
};
BOOST_DESCRIBE_STRUCT(RegisterInput, (),
                      (hardware_id, controller_id, firmware_version, device_name, enrolment_key, claim_token))

struct RegisterOutput {
  std::string message;
  std::optional<std::string> claim_token;  // of a device that waits for approval
  std::optional<std::int64_t> device_id;
  std::string controller_id;
  std::optional<std::string> device_token;  // shown once
  std::optional<std::string> mqtt_username;
  std::optional<std::string> mqtt_password;
  std::optional<std::string> mqtt_broker_host;
  std::optional<std::int64_t> mqtt_broker_port;
  std::optional<bool> mqtt_tls;
  std::optional<std::string> mqtt_topic_commands;
  std::optional<std::string> mqtt_topic_status;
};
BOOST_DESCRIBE_STRUCT(RegisterOutput, (),
                      (message, claim_token, device_id, controller_id, device_token, mqtt_username, mqtt_password,
                       mqtt_broker_host, mqtt_broker_port, mqtt_tls, mqtt_topic_commands, mqtt_topic_status))

struct DeviceOutput {
  std::int64_t id = 0;
  std::string controller_id;
  std::string hardware_id;
  std::string device_name;
  std::string firmware_version;
  bool is_online = false;
  std::optional<Timestamp> last_seen;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(DeviceOutput, (),
                      (id, controller_id, hardware_id, device_name, firmware_version, is_online, last_seen, created_at))

// The path names the device as it is called now; the body says what it shall be called.
struct UpdateInput {
  std::optional<ControllerId> controller_id;
  std::optional<Label<128>> device_name;
};
BOOST_DESCRIBE_STRUCT(UpdateInput, (), (controller_id, device_name))

struct HeartbeatOutput {
  std::string status = "ok";
  Timestamp last_seen;
};
BOOST_DESCRIBE_STRUCT(HeartbeatOutput, (), (status, last_seen))

struct NewKeyInput {
  std::optional<Label<64>> name;
  std::optional<Integer<1, 1'000'000>> max_uses;
  std::optional<Integer<1, 87'600>> expires_in_hours;
};
BOOST_DESCRIBE_STRUCT(NewKeyInput, (), (name, max_uses, expires_in_hours))

struct NewKeyOutput {
  std::int64_t key_id = 0;
  std::string enrolment_key;  // shown once
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(NewKeyOutput, (), (key_id, enrolment_key, expires_at))

struct PendingDevice {
  std::int64_t pending_id = 0;
  std::string hardware_id;
  std::string controller_id;
  std::string device_name;
  std::string peer;
  Timestamp requested_at;
  Timestamp expires_at;
  std::int64_t pending_for_hardware = 0;  // how many wait with this hardware_id: at most one of them is that hardware
};
BOOST_DESCRIBE_STRUCT(PendingDevice, (),
                      (pending_id, hardware_id, controller_id, device_name, peer, requested_at, expires_at,
                       pending_for_hardware))

struct PendingOutput {
  std::vector<PendingDevice> pending;
};
BOOST_DESCRIBE_STRUCT(PendingOutput, (), (pending))

struct PendingRef {
  RowId pending_id;
};
BOOST_DESCRIBE_STRUCT(PendingRef, (), (pending_id))

struct ReleaseOutput {
  std::string enrolment_key;  // shown once
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(ReleaseOutput, (), (enrolment_key, expires_at))

}  // namespace gatetorio::registration
