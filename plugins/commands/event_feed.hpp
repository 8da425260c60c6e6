// Live events of devices for those who watch them, with resume. The last few thousand events of all devices are kept in
// memory; who resumes after an older one gets the present state instead.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio::commands {

class EventFeed {
 public:
  EventFeed(Host& host) : host_(host), access_(host, AccessControl::kId) {}

  // A new watcher of the call's device. `snapshot`: the present state, one line of JSON. Returns the stream's number.
  std::uint64_t watch(const Call& call, const std::string& snapshot);

  void status(const DeviceMessage& message);
  void presence(const DevicePresence& event);
  void renamed(const DeviceRenamed& event);
  // Ends the streams of those who may no longer watch.
  void access_changed(const AccessChanged& event);
  void deleted(const DeviceDeleted& event);
  // Forgets streams that ended and ends those whose access has expired; every half second until the hub stops.
  Task<void> keep_tidy();

 private:
  struct Watcher {
    Principal principal;
    Access access;
    std::unique_ptr<EventStream> stream;
  };
  struct Event {
    std::uint64_t id;
    std::int64_t device_id;   // 0: known by name only
    std::string controller_id;  // empty: known by id only
    std::string type;
    std::string data;
  };
  void tell(std::int64_t device_id, const std::string& controller_id, std::string type, std::string data);
  Task<void> recheck(Principal principal, std::string controller_id);
  std::uint64_t next_id();
  template <class Condition>
  void end_where(Condition condition);

  Host& host_;
  ServiceClient access_;
  std::mutex mutex_;  // guards all below
  std::vector<std::shared_ptr<Watcher>> watchers_;
  std::deque<Event> recent_;
  std::uint64_t last_id_ = 0;
};

}  // namespace gatetorio::commands
