// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"
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
  std::optional<std::string> if_match;  // the header
};
BOOST_DESCRIBE_STRUCT(UpdateInput, (), (controller_id, device_name, if_match))

struct DevicesInput {
  std::optional<Label<128>> query;  // part of controller_id, hardware_id or device_name
  std::optional<bool> online;
  std::optional<Integer<0, 315'360'000>> offline_for_seconds;
  std::optional<Label<64>> firmware;
  std::optional<std::string> sort;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(DevicesInput, (), (query, online, offline_for_seconds, firmware, sort, limit, cursor))

struct DevicesOutput {
  std::vector<DeviceOutput> devices;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(DevicesOutput, (), (devices, next_cursor, total))

struct PresenceInput {
  ControllerId controller_id;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(PresenceInput, (), (controller_id, limit, cursor))

// A time during which a device was online.
struct PresenceSession {
  Timestamp from;
  std::optional<Timestamp> until;  // null: it is online now
  std::string via;                 // "mqtt", "heartbeat", "status"
  std::optional<std::string> ended_by;
};
BOOST_DESCRIBE_STRUCT(PresenceSession, (), (from, until, via, ended_by))

struct PresenceOutput {
  std::vector<PresenceSession> sessions;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(PresenceOutput, (), (sessions, next_cursor))

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

struct KeysInput {
  std::optional<std::string> sort;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(KeysInput, (), (sort, limit, cursor))

struct KeyEntry {
  std::int64_t key_id = 0;
  std::string name;
  std::int64_t max_uses = 0;
  std::int64_t uses = 0;
  Timestamp expires_at;
  Timestamp created_at;
  std::optional<std::string> hardware_id, controller_id;  // null: for any
};
BOOST_DESCRIBE_STRUCT(KeyEntry, (), (key_id, name, max_uses, uses, expires_at, created_at, hardware_id, controller_id))

struct KeysOutput {
  std::vector<KeyEntry> keys;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(KeysOutput, (), (keys, next_cursor, total))

struct KeyRef {
  RowId key_id;
};
BOOST_DESCRIBE_STRUCT(KeyRef, (), (key_id))

// Beside the body, which is CSV.
struct FleetInput {
  std::optional<bool> dry_run;  // says what would happen
  std::optional<bool> replace;  // a device whose earlier key nobody has used gets another one
  std::optional<Label<64>> name;
  std::optional<Integer<1, 87'600>> expires_in_hours;
};
BOOST_DESCRIBE_STRUCT(FleetInput, (), (dry_run, replace, name, expires_in_hours))

struct FleetDevice {
  std::int64_t line = 0;  // of the file
  std::string hardware_id;
  std::optional<std::string> controller_id;
  std::string device_name;
  bool replaces_key = false;                 // an earlier one ends
  std::optional<std::string> enrolment_key;  // shown once; null in a dry run
};
BOOST_DESCRIBE_STRUCT(FleetDevice, (), (line, hardware_id, controller_id, device_name, replaces_key, enrolment_key))

struct FleetOutput {
  bool dry_run = false;
  Timestamp expires_at;
  std::vector<FleetDevice> devices;
};
BOOST_DESCRIBE_STRUCT(FleetOutput, (), (dry_run, expires_at, devices))

struct PendingInput {
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(PendingInput, (), (limit, cursor))

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
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(PendingOutput, (), (pending, next_cursor, total))

struct PendingRef {
  RowId pending_id;
};
BOOST_DESCRIBE_STRUCT(PendingRef, (), (pending_id))

struct Sha256Rule {
  static constexpr std::size_t kMin = 64, kMax = 64;
  static constexpr std::string_view kPattern = "^[0-9a-f]+$";
  static constexpr std::string_view kWords = "a SHA-256 in hexadecimal digits, 0-9 and a-f";
  static constexpr bool valid(std::string_view text) {
    return detail::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  }
};

struct ReleaseInput {
  ControllerId controller_id;
  std::optional<Text<Sha256Rule>> key_hash;  // of a key that the caller made: then none is made here
};
BOOST_DESCRIBE_STRUCT(ReleaseInput, (), (controller_id, key_hash))

struct ReleaseOutput {
  std::optional<std::string> enrolment_key;  // shown once; null where the caller made it
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(ReleaseOutput, (), (enrolment_key, expires_at))

}  // namespace gatetorio::registration
