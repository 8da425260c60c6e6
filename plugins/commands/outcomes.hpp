// What became of commands, as their devices show and say: delivered, acknowledged, failed, moving, completed, reversed.
// Written at once, many together where many come; told of where it was news; what could not be written waits and is
// tried again. Any thread.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gatetorio/device_link.hpp"
#include "handovers.hpp"
#include "motion_watch.hpp"
#include "outage.hpp"
#include "repository.hpp"
#include "status_payload.hpp"
#include "turn.hpp"

namespace gatetorio::commands {

class Outcomes {
 public:
  // What waits of one device; more pushes its own oldest out, and nobody else's.
  static constexpr std::size_t kMostOfADevice = 64, kMostBytesOfADevice = 256 * 1024;

  Outcomes(Host& host, Repository& repository, MotionWatch& motions)
      : host_(host),
        repository_(repository),
        motions_(motions),
        turn_(host),
        outage_(host, "what became of commands") {}

  // `sequence`: of the event that tells it.
  void handed_over(const CommandHandedOver& event, std::uint64_t sequence);
  // The device published something, all of which is kept with an answer.
  void heard(const DeviceMessage& message, const StatusPayload& said, std::uint64_t sequence);
  void deleted(std::int64_t device_id);

  // Every second: what could not be written.
  Task<void> try_again();
  // Writes what waits now, after what is being written already.
  Task<void> flush();

 private:
  struct Waiting {
    std::deque<Outcome> list;
    std::size_t bytes = 0;
  };
  void add_delivered(std::int64_t device_id, std::vector<std::string> command_ids);
  void add(Outcome outcome);
  void write_soon();
  std::vector<Outcome> take_batch();
  void put_back(std::vector<Outcome> batch);
  static void keep_to_share(Waiting& device);

  Host& host_;
  Repository& repository_;
  MotionWatch& motions_;
  Turn turn_;  // of those who write
  Outage outage_;
  Handovers handovers_;
  std::atomic<bool> is_write_due_ = false;
  std::mutex mutex_;                         // guards what follows
  std::map<std::int64_t, Waiting> waiting_;  // by device
};

}  // namespace gatetorio::commands
