// Commands between their acceptance and their publishing. A stop that comes meanwhile cancels the motions that have not
// gone out yet, and is sent once more after those that are just going out, which might overtake it. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gatetorio/operations.hpp"
#include "repository.hpp"

namespace gatetorio::commands {

class UnderWay {
 public:
  struct Stop {
    Command command;
    Call call;  // who wants it
  };

  // One command's place. Leaves when it is destroyed.
  class Place {
   public:
    Place(UnderWay& road, const Command& command);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();
    // False where a stop that came after it, or a change of the rules, was first; after true it counts as going out.
    bool go();
    // The last stop that came since go(), if one did.
    std::optional<Stop> stop_since() const;

   private:
    friend class UnderWay;
    UnderWay& road_;
    const std::string command_id_;
    const std::int64_t device_id_, gate_;
    const bool moves_;
    const Timestamp issued_at_;
    bool is_going_ = false, is_cancelled_ = false;
    std::optional<Stop> stop_;
  };

  // Is about to go out. Without a gate it means all of the device.
  void stop(const Stop& stop);
  // The rules of the device have changed: what has not gone out was judged by the former.
  void halt(std::int64_t device_id);
  // Is it still between its acceptance and the end of its publishing?
  bool has(std::int64_t device_id, const std::string& command_id) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct LastStop {
    Timestamp issued_at;
    Clock::time_point noted_at;
  };
  // With mutex_ held.
  bool was_stopped_after(std::int64_t device_id, std::int64_t gate, Timestamp issued_at) const;
  void forget_old_stops();

  mutable std::mutex mutex_;  // guards all below, and all places
  std::multimap<std::int64_t, Place*> by_device_;
  // By device and gate: a motion that came before it may be that slow, though it has no place yet.
  std::map<std::pair<std::int64_t, std::int64_t>, LastStop> last_stops_;
};

}  // namespace gatetorio::commands
