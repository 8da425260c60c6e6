// The only file of this plugin with SQL.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "credentials.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/devices.hpp"
#include "types.hpp"

namespace gatetorio::registration {

// What a device says of itself when it boots.
struct Announcement {
  std::string hardware_id;
  std::string controller_id;
  std::optional<std::string> device_name;
  std::optional<std::string> firmware_version;
};

struct DeviceSecrets {
  std::string token_hash;
  std::string mqtt_password_hash;
  std::string device_name;
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}

  // What else must hold for a new device: exactly one use of this key (its hash), or an admin's approval.
  struct Admission {
    std::optional<std::string> key_hash = {};
    bool needs_approval = false;
  };
  enum class Refusal { kNotAdmitted, kNameOrHardwareTaken };
  struct Created {
    std::optional<std::int64_t> device_id;  // empty: refused
    Refusal refusal = Refusal::kNotAdmitted;
  };
  // Admission, device and audit entry together, or nothing.
  Task<Result<Created>> create(Announcement device, Admission admission, NewCredentials credentials, Call call);

  // The boot of a device that proved who it is: takes over what it announced and gives it a new MQTT password. Errors:
  // kConflict where the controller id is another device's, kNotFound where `device_id` has other hardware.
  struct Booted {
    std::string old_controller_id;
  };
  Task<Result<Booted>> boot(std::int64_t device_id, Announcement device, NewCredentials credentials, Call call);

  // New credentials for hardware that an admin has released; the release is used up. Errors: kConflict (the name);
  // kNotFound where there is no such release.
  struct Reenrolled {
    std::int64_t device_id = 0;
    std::string old_controller_id;
  };
  Task<Result<Reenrolled>> reenrol(Announcement device, NewCredentials credentials, Call call);

  // Errors: kConflict (the name).
  Task<Result<DeviceImported>> import(DeviceImport device, Call call);

  Task<Result<bool>> knows_hardware(std::string hardware_id);
  Task<Result<Device>> find_by_name(std::string controller_id);
  Task<Result<std::vector<Device>>> find_by_ids(std::vector<std::int64_t> ids);
  Task<Result<DeviceSecrets>> secrets(std::int64_t device_id);

  // Errors: kConflict (the name is taken), kNotFound.
  Task<Result<void>> update(std::int64_t device_id, std::optional<std::string> controller_id,
                            std::optional<std::string> device_name, Call call);
  Task<Result<void>> remove(std::int64_t device_id, Call call);

  // Marks a device as seen, and as online until `online_until` at least. kNotFound where it is gone.
  Task<Result<void>> heartbeat(std::int64_t device_id, Timestamp at, std::int64_t online_until);
  Task<Result<void>> set_online(std::int64_t device_id, Timestamp at, std::int64_t online_until);
  // All that are connected are not any more. Returns them.
  struct Seen {
    std::int64_t device_id = 0;
    std::int64_t last_seen_us = 0;
  };
  Task<Result<std::vector<Seen>>> set_all_offline();
  // Device names and when each was last heard of; one transaction.
  Task<Result<void>> set_seen(std::vector<std::pair<std::string, std::int64_t>> seen);

  Task<Result<void>> add_pending(Announcement device, Call call);
  Task<Result<std::vector<PendingDevice>>> pending();
  Task<Result<void>> approve(std::string hardware_id, Call call);
  Task<Result<void>> release(std::int64_t device_id, Timestamp until, Call call);
  Task<Result<std::int64_t>> add_key(std::string key_hash, std::string name, std::int64_t max_uses, Timestamp expires_at,
                                     Call call);

 private:
  Database& database_;
};

}  // namespace gatetorio::registration
