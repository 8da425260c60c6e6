// The only class of this plugin with SQL: devices (repository.cpp), how they get and renew credentials
// (repository_enrolment.cpp), keys of a fleet (repository_fleet.cpp), who waits for approval (repository_claims.cpp),
// and lists (repository_lists.cpp).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "credentials.hpp"
#include "fleet_file.hpp"
#include "gatetorio/credentials.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/lists.hpp"
#include "presence_book.hpp"
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

// A device that waits for an admin.
struct Claim {
  std::string hash;  // SHA-256 of its claim_token
  Announcement device;
  std::string network;
  Timestamp expires_at;
};

struct FoundClaim {
  std::int64_t id = 0;
  std::string hardware_id, controller_id, device_name;
};

// What people may change of a device.
struct DeviceNames {
  std::string controller_id, device_name;
};

// A device was online.
struct PresencePeriod {
  std::int64_t device_id = 0;
  std::int64_t begun_at_us = 0;
  std::int64_t ended_at_us = kForeverUs;  // it has not ended
  std::string_view via;                   // literals
  std::string_view ended_by = {};
};

// When a hub on this database was last known to live, by its own clock.
struct HubBeat {
  std::string hub;
  Timestamp alive_at;
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}
  // Who writes. Before anything else is called.
  void set_hub(std::string id) { hub_ = std::move(id); }

  // What else must hold for a new device: exactly one use of this key, which is good for it, or an admin's approval of
  // this claim (hashes).
  struct Admission {
    std::optional<std::string> key_hash = {};
    std::optional<std::string> claim_hash = {};
  };
  enum class Refusal { kHardwareIsKnown, kNotAdmitted, kNameTaken };
  // Admission, device and audit entry together, or nothing. The new device's id, or why there is none: the first that
  // holds.
  Task<Result<std::variant<std::int64_t, Refusal>>> create(Announcement device, Admission admission,
                                                           NewCredentials credentials, Call call);

  // The boot of a device that proved who it is: takes over what it announced and gives it a new MQTT password. Errors:
  // kConflict where the controller id is another device's, kNotFound where `device_id` has other hardware.
  struct Booted {
    std::string old_controller_id;
  };
  Task<Result<Booted>> boot(std::int64_t device_id, Announcement device, NewCredentials credentials, Call call);

  // New credentials for known hardware: by the key of an admin's release, which is used up; or, for one that was
  // imported and has never registered here, without. Errors: kConflict (the name); kNotFound where it is not let in.
  struct Reenrolled {
    std::int64_t device_id = 0;
    std::string old_controller_id;
  };
  Task<Result<Reenrolled>> reenrol(Announcement device, std::optional<std::string> key_hash, NewCredentials credentials,
                                   Call call);

  // Errors: kConflict (the name).
  Task<Result<DeviceImported>> import(DeviceImport device, Call call);
  // Is there such a device, and what is the key with this hash for? Whether it is good is not asked.
  enum class KeyKind { kAnyHardware, kOneHardware, kRelease };  // an unknown one, or none: the first
  struct Known {
    bool hardware = false;
    KeyKind key = KeyKind::kAnyHardware;
  };
  Task<Result<Known>> look_up(std::string hardware_id, std::optional<std::string> key_hash);
  // Replaces an earlier release. Errors: kNotFound.
  Task<Result<void>> release(std::int64_t device_id, std::string key_hash, Timestamp until, Call call);
  Task<Result<std::int64_t>> add_key(std::string key_hash, std::string name, std::int64_t max_uses,
                                     Timestamp expires_at, Call call);

  // What stands against keys for these devices of a fleet.
  struct FleetMeets {
    std::set<std::string> hardware, names;                        // of devices that are here
    std::map<std::string, std::optional<std::string>> open_keys;  // hardware with a key that is good, and its name
  };
  Task<Result<FleetMeets>> meet_fleet(std::vector<FleetLine> lines);
  // A key for one use by each, or nothing. Keys for this hardware that have ended go, and with `replace` those that
  // have not. Errors: kConflict where a device is here, or has a key.
  struct FleetKey {
    FleetLine device;
    std::string hash;
  };
  Task<Result<void>> add_fleet(std::vector<FleetKey> keys, std::string name, Timestamp expires_at, bool replace,
                               Call call);

  // A row of its own for a device that asks; those that have ended go. Errors: kRateLimited where `most_per_network`
  // from its network wait, kUnavailable where `most` do; then nothing is written.
  Task<Result<void>> add_claim(Claim claim, std::int64_t most, std::int64_t most_per_network, Call call);
  // One that has not ended. Errors: kNotFound.
  Task<Result<FoundClaim>> find_claim(std::string claim_hash);
  // What the holder of a claim wants to be called now.
  Task<Result<void>> rename_claim(std::int64_t pending_id, Announcement device, Call call);
  Task<Result<PendingOutput>> pending(PendingInput input);
  // Errors: kNotFound.
  Task<Result<void>> approve(std::int64_t pending_id, Timestamp until, Call call);
  Task<Result<void>> deny(std::int64_t pending_id, Call call);

  Task<Result<StoredDevice>> find_by_name(std::string controller_id);
  Task<Result<std::vector<StoredDevice>>> find_by_ids(std::vector<std::int64_t> ids);
  Task<Result<DeviceCount>> count();
  // In the order of their ids, at most `limit`, after this one.
  Task<Result<std::vector<StoredDevice>>> find_after(std::int64_t id, std::int64_t limit);
  Task<Result<DeviceSecrets>> secrets(std::int64_t device_id);
  Task<Result<std::vector<KnownPassword>>> passwords_of(std::vector<std::int64_t> device_ids);

  // Errors of the lists: kInvalid at /sort or /cursor.
  struct DevicePage {
    ListPage end;
    std::vector<StoredDevice> devices;
  };
  // Whether one is online is here what its column says.
  Task<Result<DevicePage>> devices(DevicesInput input);
  Task<Result<KeysOutput>> keys(KeysInput input);
  // Errors: kNotFound.
  Task<Result<void>> remove_key(std::int64_t key_id, Call call);
  Task<Result<PresenceOutput>> presence(std::int64_t device_id, PresenceInput input);

  // Writes periods, over what is known of them; of devices that are there. And that the hub lived at `alive_at`. False
  // where that had not been written before, or another hub has taken this one for dead.
  Task<Result<bool>> save_periods(std::vector<PresencePeriod> periods, Timestamp alive_at);
  // Ends at most so many of its own, of an earlier run, that are open, because the hub restarted; how many it were.
  // What was written before hubs had names is its own.
  Task<Result<std::int64_t>> end_open_periods(std::int64_t most);
  // Held online by this hub, as their columns say: connected, or by a heartbeat. In the order of their ids, at most
  // `limit` after this one.
  enum class Held { kConnected, kBeating };
  Task<Result<std::vector<StoredDevice>>> find_held(Held which, std::int64_t after, std::int64_t limit);
  // Of hubs that have a name.
  Task<Result<std::vector<HubBeat>>> beats();
  // Ends what a dead hub left: who was connected to it is not any more (these are answered), and who is online by a
  // heartbeat is this hub's from now on. Errors: kGuardFailed where it has shown that it lives.
  Task<Result<std::vector<LastSeen>>> take_over(HubBeat dead);

  // The device as it is now, and what it was called before. Errors: kConflict (the name is taken), kNotFound;
  // kPrecondition where it is not called as `expected` any more.
  struct Updated {
    std::string old_controller_id;
    StoredDevice device;
  };
  Task<Result<Updated>> update(std::int64_t device_id, std::optional<std::string> controller_id,
                               std::optional<std::string> device_name, std::optional<DeviceNames> expected, Call call);
  // What it was called. Errors: kNotFound.
  Task<Result<std::string>> remove(std::int64_t device_id, Call call);

  // Writes what is known of presence, in one transaction.
  struct PresenceWritten {
    std::vector<bool> exists;    // for each row of the change: is there such a device?
    std::vector<LastSeen> left;  // with has_reset: those that were connected by the column
  };
  Task<Result<PresenceWritten>> write_presence(PresenceChange change);

 private:
  Task<Result<std::string>> claimed_hardware(std::int64_t pending_id);

  StoredDevice device_from(const sql::Table& table, std::size_t row) const;
  Result<std::vector<StoredDevice>> all_devices(const Result<sql::Results>& results) const;

  Database& database_;
  std::string hub_;
};

}  // namespace gatetorio::registration
