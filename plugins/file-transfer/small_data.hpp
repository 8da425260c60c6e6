// Configurations and logs that a device sends in its status messages, kept as files with their history. They are the
// device's, by its id, whatever it is called when its message arrives or is worked off.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "gatetorio/device_link.hpp"
#include "gatetorio/token_bucket.hpp"
#include "vault.hpp"

namespace gatetorio::file_transfer {

class SmallData {
 public:
  SmallData(Host& host, Repository& repository, Vault& vault);

  // A message from a device; keeps those with "type" config or log and "data": of a string its content, of anything
  // else its JSON text as it came. A configuration that is the same as the last one is not kept again. More than 30 at
  // once or 1 a second of one device are dropped and counted: a flood of messages does not become a flood of files.
  void take(const DeviceMessage& message);
  // Drops what waits of a device that is gone.
  void forget(std::int64_t device_id);

 private:
  struct Item {
    std::string kind;
    std::string content;
  };
  // One after the other for each device: versions have an order, and what is the same as the last one must be seen.
  Task<void> work_off(std::int64_t device_id);
  std::optional<Item> next(std::int64_t device_id);
  Task<void> keep(std::int64_t device_id, Item item);
  bool may_keep(std::int64_t device_id);

  Host& host_;
  Repository& repository_;
  Vault& vault_;
  Metric dropped_;
  std::mutex mutex_;                                  // guards both
  std::map<std::int64_t, std::deque<Item>> waiting_;  // of devices that are being worked off
  std::map<std::int64_t, TokenBucket> rates_;         // of devices
};

}  // namespace gatetorio::file_transfer
