// What the operations of this plugin take and give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/grants.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"
#include "gatetorio/schedule.hpp"
#include "gatetorio/time_text.hpp"

namespace gatetorio::auth {

struct AuthorizeInput {
  UserToken user_token;
  std::optional<AccessLevel> access_level;
  std::optional<ControllerId> controller_id;
  std::optional<Label<128>> name;
  std::optional<Integer<1, 87'600>> expires_in_hours;
  std::optional<TimeText> valid_from;
  std::optional<Schedule> schedule;  // one without windows: at any time again
  std::optional<MaxUses> max_uses;
};
BOOST_DESCRIBE_STRUCT(AuthorizeInput, (),
                      (user_token, access_level, controller_id, name, expires_in_hours, valid_from, schedule, max_uses))

struct AuthorizeOutput {
  bool success = true;
  std::string message;
  std::int64_t user_id = 0;
  std::string access_level;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> valid_from;
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses;
  std::optional<std::int64_t> uses;  // where they are counted
};
BOOST_DESCRIBE_STRUCT(AuthorizeOutput, (),
                      (success, message, user_id, access_level, expires_at, valid_from, schedule, max_uses, uses))

// The token is read by the hub when it asks who calls; here it only has to be well-formed.
struct TokenInput {
  std::optional<UserToken> user_token;
};
BOOST_DESCRIBE_STRUCT(TokenInput, (), (user_token))

struct DiscoverInput {
  std::optional<UserToken> user_token;
  std::optional<PageLimit> limit;
  std::optional<RowId> after;  // a device's id: those that follow it
};
BOOST_DESCRIBE_STRUCT(DiscoverInput, (), (user_token, limit, after))

struct MyDevicesInput {
  std::optional<PageLimit> limit;
  std::optional<RowId> after;
};
BOOST_DESCRIBE_STRUCT(MyDevicesInput, (), (limit, after))

struct UserDevice {
  std::int64_t id = 0;
  std::string controller_id;
  std::string hardware_id;
  std::string device_name;
  std::string firmware_version;
  bool is_online = false;
  std::optional<Timestamp> last_seen;
  Timestamp created_at;
  std::string access_level;
  std::optional<Timestamp> expires_at;
};
BOOST_DESCRIBE_STRUCT(UserDevice, (),
                      (id, controller_id, hardware_id, device_name, firmware_version, is_online, last_seen, created_at,
                       access_level, expires_at))

struct DiscoverOutput {
  std::vector<UserDevice> devices;   // in the order of their ids
  std::optional<std::int64_t> next;  // what to give as `after` for those that follow; null: there are none
};
BOOST_DESCRIBE_STRUCT(DiscoverOutput, (), (devices, next))

struct UsersInput {
  ControllerId controller_id;
  std::optional<PageLimit> limit;
  std::optional<RowId> after;  // a user_id: those that follow it
};
BOOST_DESCRIBE_STRUCT(UsersInput, (), (controller_id, limit, after))

struct AccessOutput {
  bool has_access = false;  // now
  std::optional<std::string> access_level;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> open_until;    // until when this holds, by its end or its schedule
  std::optional<Timestamp> opens_at;      // without access now: when it begins
  std::optional<std::int64_t> uses_left;  // where they are counted
};
BOOST_DESCRIBE_STRUCT(AccessOutput, (), (has_access, access_level, expires_at, open_until, opens_at, uses_left))

struct UserEntry {
  std::int64_t user_id = 0;
  std::string name;
  std::string access_level;
  std::optional<Timestamp> expires_at;
  Timestamp created_at;
  std::optional<Timestamp> last_seen;
  std::string source;
  std::optional<Timestamp> valid_from;
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses;
  std::optional<std::int64_t> uses;  // where they are counted
  bool is_open = true;               // whether it gives access now
  FileKinds files;                   // null: all kinds that the level opens
};
BOOST_DESCRIBE_STRUCT(UserEntry, (),
                      (user_id, name, access_level, expires_at, created_at, last_seen, source, valid_from, schedule,
                       max_uses, uses, is_open, files))

struct UsersOutput {
  std::vector<UserEntry> users;      // in the order of their ids
  std::optional<std::int64_t> next;  // what to give as `after` for those that follow; null: there are none
};
BOOST_DESCRIBE_STRUCT(UsersOutput, (), (users, next))

struct UserRef {
  ControllerId controller_id;
  RowId user_id;
};
BOOST_DESCRIBE_STRUCT(UserRef, (), (controller_id, user_id))

struct AllUsersInput {
  std::optional<Label<128>> query;  // part of a name, or the user_id
  std::optional<std::string> sort;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(AllUsersInput, (), (query, sort, limit, cursor))

struct KnownUser {
  std::int64_t user_id = 0;
  std::vector<std::string> names;  // what devices call it; some, where there are many
  std::int64_t devices = 0;        // to how many it has access now
  Timestamp created_at;
  std::optional<Timestamp> last_seen;
};
BOOST_DESCRIBE_STRUCT(KnownUser, (), (user_id, names, devices, created_at, last_seen))

struct AllUsersOutput {
  std::vector<KnownUser> users;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(AllUsersOutput, (), (users, next_cursor, total))

struct UserIdRef {
  RowId user_id;
};
BOOST_DESCRIBE_STRUCT(UserIdRef, (), (user_id))

struct GrantsInput {
  std::optional<ControllerId> controller_id;
  std::optional<RowId> user_id;
  std::optional<AccessLevel> level;
  std::optional<Label<128>> source;
  std::optional<ListLimit> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(GrantsInput, (), (controller_id, user_id, level, source, limit, cursor))

struct GrantEntry {
  std::int64_t device_id = 0;
  std::optional<std::string> controller_id;  // null: the device is gone
  std::int64_t user_id = 0;
  std::string name;
  std::string access_level;
  std::string source;
  std::optional<Timestamp> expires_at;
  Timestamp created_at;
  std::optional<Timestamp> valid_from;
  std::optional<Schedule> schedule;
  std::optional<std::int64_t> max_uses;
  std::optional<std::int64_t> uses;  // where they are counted
  FileKinds files;                   // null: all kinds that the level opens
};
BOOST_DESCRIBE_STRUCT(GrantEntry, (),
                      (device_id, controller_id, user_id, name, access_level, source, expires_at, created_at,
                       valid_from, schedule, max_uses, uses, files))

struct GrantsOutput {
  std::vector<GrantEntry> grants;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
BOOST_DESCRIBE_STRUCT(GrantsOutput, (), (grants, next_cursor, total))

struct MqttCredentialsOutput {
  std::string mqtt_username;
  std::string mqtt_password;  // shown once
  std::optional<std::string> mqtt_broker_host;
  std::optional<std::int64_t> mqtt_broker_port;
  std::optional<bool> mqtt_tls;
  std::optional<std::string> mqtt_websocket_url;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(MqttCredentialsOutput, (),
                      (mqtt_username, mqtt_password, mqtt_broker_host, mqtt_broker_port, mqtt_tls, mqtt_websocket_url,
                       expires_at))

}  // namespace gatetorio::auth
