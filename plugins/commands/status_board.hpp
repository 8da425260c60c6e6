// The last status of each device. A flood of messages becomes a few writes: of several messages of one device only the
// last is written, once a second. What could not be written waits, one status a device, and is tried again until it is.
// Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/services.hpp"
#include "outage.hpp"
#include "repository.hpp"
#include "turn.hpp"

namespace gatetorio::commands {

class StatusBoard {
 public:
  StatusBoard(Host& host, Repository& repository)
      : host_(host),
        repository_(repository),
        devices_(host, DeviceRegistry::kId),
        turn_(host),
        outage_(host, "device statuses") {}

  // What a device said. `status`: a JSON object. Its number is greater than those before: microseconds since 1970, so
  // that numbers grow over a restart, and one more where the clock did not go on.
  void take(std::int64_t device_id, std::string status, std::optional<std::string> boot_nonce);
  // The last status, whether written yet or not.
  Task<Result<std::optional<LastStatus>>> last(std::int64_t device_id);
  // The last status, where it is not written yet.
  std::optional<LastStatus> unwritten(std::int64_t device_id) const;
  // What is kept of the device goes.
  void deleted(std::int64_t device_id);
  // News of deleted devices was lost: what is kept of them is looked for within a second, and at the start of the hub.
  void deletions_were_missed() { must_compare_ = true; }

  // Every second: writes what waits, and finds out which devices are gone where that is due.
  Task<void> write();
  // Writes what waits now, after what is being written already.
  Task<void> flush();
  // Writes until nothing waits, or for some seconds where the storage is away.
  Task<void> finish();
  std::size_t waiting() const;

 private:
  struct Batch {
    std::vector<LastStatus> statuses;
    std::vector<std::int64_t> deleted;
  };
  Batch next_batch();
  void set_written(const Batch& batch);
  void put_back();
  Task<bool> compare_with_registry();

  Host& host_;
  Repository& repository_;
  ServiceClient devices_;
  Turn turn_;  // of those who write
  Outage outage_;
  std::atomic<bool> must_compare_ = true;
  std::chrono::steady_clock::time_point compared_at_ = std::chrono::steady_clock::now();  // write() has it
  mutable std::mutex mutex_;                                                              // guards what follows
  std::int64_t last_sequence_ = 0;
  std::map<std::int64_t, LastStatus> waiting_;
  std::map<std::int64_t, LastStatus> writing_;  // older than those
  std::set<std::int64_t> deleted_;              // whose rows must go
  // Messages of a deleted device may still wait in the queue of events.
  std::map<std::int64_t, std::chrono::steady_clock::time_point> lately_deleted_;
};

}  // namespace gatetorio::commands
