// Configurations and logs that a device sends in its status messages, kept as files with their history.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <mutex>
#include <string>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "vault.hpp"

namespace gatetorio::file_transfer {

class SmallData {
 public:
  SmallData(Host& host, Repository& repository, Vault& vault);

  // A message from a device; keeps those with "type" config or log and "data". A configuration that is the same as the
  // last one is not kept again. More than 30 at once or 1 a second of one device are dropped and counted: a flood of
  // messages does not become a flood of files.
  void take(const DeviceMessage& message);

 private:
  struct Item {
    std::string kind;
    std::string content;
  };
  // One after the other for each device: versions have an order, and what is the same as the last one must be seen.
  Task<void> work_off(std::string controller_id);
  std::optional<Item> next(const std::string& controller_id);
  Task<void> keep(std::string controller_id, Item item);
  bool may_keep(const std::string& controller_id);

  Host& host_;
  Repository& repository_;
  Vault& vault_;
  ServiceClient devices_;
  Metric dropped_;
  std::mutex mutex_;                                        // guards both
  std::map<std::string, std::deque<Item>> waiting_;         // of devices that are being worked off
  std::map<std::string, std::int64_t> due_us_;  // when the device's bucket is empty again
};

}  // namespace gatetorio::file_transfer
