// Commands between their acceptance and their publishing. A stop that comes meanwhile cancels the motions that have not
// gone out yet, and is published once more after those that are just going out, which might overtake it. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "gatetorio/device_link.hpp"
#include "motion.hpp"

namespace gatetorio::commands {

class UnderWay {
 public:
  // One command's place. Leaves when it is destroyed.
  class Place {
   public:
    Place(UnderWay& road, std::int64_t device_id, const Motion& motion);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();
    // False where a stop, or a change of the rules, came first; after true it counts as going out.
    bool go();
    // The last stop that came since go(), if one did.
    std::optional<Publish> stop_since() const;

   private:
    friend class UnderWay;
    UnderWay& road_;
    const std::int64_t device_id_, gate_;
    const bool moves_;
    bool is_going_ = false, is_cancelled_ = false;
    std::optional<Publish> stop_;
  };

  // A stop is about to go out. Without a gate it means all of the device.
  void stop(const Publish& message, const Motion& motion);
  // The rules of the device have changed: what has not gone out was judged by the former.
  void halt(std::int64_t device_id);

 private:
  mutable std::mutex mutex_;  // guards the list and all places
  std::multimap<std::int64_t, Place*> by_device_;
};

}  // namespace gatetorio::commands
