// What devices say: the last status of each, and their answers to commands. A flood of messages becomes a few writes: of
// several messages of one device only the last is written, once a second. An answer to a command is written at once.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"

namespace gatetorio::commands {

class StatusBoard {
 public:
  StatusBoard(Host& host, Repository& repository, ServiceClient& devices)
      : host_(host),
        repository_(repository),
        devices_(devices),
        malformed_(host.counter("gatetorio_commands_malformed_status_total", "Status messages that were dropped.")) {}

  // Takes a message in. False for one that is not a JSON object: counted and dropped.
  bool take(const DeviceMessage& message);
  // The last status, whether written yet or not.
  Task<Result<std::optional<LastStatus>>> last(Device device);
  // The last status, where it is not written yet.
  std::optional<LastStatus> unwritten(const std::string& controller_id) const;
  void renamed(const DeviceRenamed& event);

  Task<void> keep_writing();
  Task<void> flush();

 private:
  Task<void> acknowledge(std::string controller_id, std::string command_id, bool is_success, std::string result);

  Host& host_;
  Repository& repository_;
  ServiceClient& devices_;
  Metric malformed_;
  mutable std::mutex mutex_;  // guards both
  std::map<std::string, LastStatus> waiting_;  // by controller id; device_id is found when written
  std::map<std::string, LastStatus> writing_;
};

}  // namespace gatetorio::commands
