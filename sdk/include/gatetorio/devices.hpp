// gatetorio.devices/1: the registry of devices, and the events that tell of it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio {

struct Device {
  std::int64_t id = 0;  // the hub's own, never reused
  std::string controller_id;
  std::string hardware_id;  // empty for one that was imported and has not registered yet
  std::string device_name;
  std::string firmware_version;
  bool is_online = false;
  std::int64_t last_seen_us = 0;  // 0: never
  std::int64_t created_at_us = 0;
  // fingerprint() of the token that it has now: another one after each re-enrolment. Empty: it has none yet.
  std::string credentials;
};
BOOST_DESCRIBE_STRUCT(Device, (),
                      (id, controller_id, hardware_id, device_name, firmware_version, is_online, last_seen_us,
                       created_at_us, credentials))

struct DeviceName {
  std::string controller_id;
};
BOOST_DESCRIBE_STRUCT(DeviceName, (), (controller_id))

struct DeviceIds {
  std::vector<std::int64_t> ids;
};
BOOST_DESCRIBE_STRUCT(DeviceIds, (), (ids))

struct DeviceList {
  std::vector<Device> devices;
};
BOOST_DESCRIBE_STRUCT(DeviceList, (), (devices))

// A device of another hub. It gets no credentials here until it registers, as the hardware that it is.
struct DeviceImport {
  std::string hardware_id;
  std::string controller_id;
  std::string device_name;
  std::string firmware_version;
  std::int64_t created_at_us = 0;     // all times: UTC, microseconds since 1970
  std::int64_t last_seen_us = 0;      // 0: never
  std::int64_t reenrol_until_us = 0;  // until then it may register once without a token or an enrolment key
  bool is_dry_run = false;            // only tells what would become of it
};
BOOST_DESCRIBE_STRUCT(DeviceImport, (),
                      (hardware_id, controller_id, device_name, firmware_version, created_at_us, last_seen_us,
                       reenrol_until_us, is_dry_run))

struct DeviceImported {
  std::int64_t device_id = 0;  // 0: there is none here: a dry run of one that is new, or one that was deleted here
  bool is_new = false;
  bool is_ours = false;  // it has registered here, or was deleted here: what it was elsewhere counts no more
};
BOOST_DESCRIBE_STRUCT(DeviceImported, (), (device_id, is_new, is_ours))

struct DeviceCountQuery {};
BOOST_DESCRIBE_STRUCT(DeviceCountQuery, (), ())

struct DeviceCount {
  std::int64_t total = 0;
  std::int64_t online = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceCount, (), (total, online))

struct DevicesAfter {
  std::int64_t after = 0;  // a device's id
};
BOOST_DESCRIBE_STRUCT(DevicesAfter, (), (after))

struct DeviceRegistry {
  static constexpr std::string_view kId = "gatetorio.devices/1";
  // Errors: kNotFound.
  struct FindByName {
    static constexpr std::uint32_t kMethod = 1;
    using Request = DeviceName;
    using Reply = Device;
  };
  // Those that exist, in no order. At most 1,000 ids a call.
  struct FindByIds {
    static constexpr std::uint32_t kMethod = 2;
    using Request = DeviceIds;
    using Reply = DeviceList;
  };
  // Takes a device over. A repetition changes the end of its re-enrolment alone, and nothing once it is ours.
  // Errors: kInvalid, naming the fields; kConflict where other hardware has the controller_id.
  struct Import {
    static constexpr std::uint32_t kMethod = 3;
    using Request = DeviceImport;
    using Reply = DeviceImported;
  };
  // How many there are, and of these online, as storage has it: up to a second old.
  struct Count {
    static constexpr std::uint32_t kMethod = 4;
    using Request = DeviceCountQuery;
    using Reply = DeviceCount;
  };
  // For a transport whose sessions outlive the hub, in place of link.reset: whom this hub held connected when it ended
  // stays so, until link.session says otherwise. In the order of their ids, those after one; none: that was all.
  struct KeepConnected {
    static constexpr std::uint32_t kMethod = 5;
    using Request = DevicesAfter;
    using Reply = DeviceIds;
  };
};

// Events. The key is the device's id in decimal.
struct DeviceRegistered {
  static constexpr std::string_view kTopic = "device.registered";
  std::int64_t device_id = 0;
  std::string controller_id;
  bool is_new = false;  // false: it booted again
};
BOOST_DESCRIBE_STRUCT(DeviceRegistered, (), (device_id, controller_id, is_new))

struct DeviceRenamed {
  static constexpr std::string_view kTopic = "device.renamed";
  std::int64_t device_id = 0;
  std::string old_controller_id;
  std::string controller_id;
};
BOOST_DESCRIBE_STRUCT(DeviceRenamed, (), (device_id, old_controller_id, controller_id))

struct DeviceDeleted {
  static constexpr std::string_view kTopic = "device.deleted";
  std::int64_t device_id = 0;
  std::string controller_id;
};
BOOST_DESCRIBE_STRUCT(DeviceDeleted, (), (device_id, controller_id))

// A device came or went, or showed that it lives.
struct DevicePresence {
  static constexpr std::string_view kTopic = "device.presence";
  std::int64_t device_id = 0;
  bool is_online = false;
  std::int64_t last_seen_us = 0;
  std::int64_t online_until_us = 0;  // UTC; where a heartbeat keeps it online. 0: as long as it is connected
};
BOOST_DESCRIBE_STRUCT(DevicePresence, (), (device_id, is_online, last_seen_us, online_until_us))

// What a principal may do, or its credentials, changed. Key: "<kind>:<id>".
struct AccessChanged {
  static constexpr std::string_view kTopic = "access.changed";
  std::string kind;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(AccessChanged, (), (kind, id))

}  // namespace gatetorio
