// Who is there: what the broker, last wills and messages tell, written down so that it survives a restart. Coming and
// going is written at once; "last seen" of chatty devices is gathered and written every few seconds.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gatetorio/device_link.hpp"
#include "gatetorio/events.hpp"
#include "repository.hpp"

namespace gatetorio::registration {

class Presence {
 public:
  Presence(Host& host, Repository& repository) : host_(host), repository_(repository) {}

  void subscribe();
  // Writes what is gathered until the hub stops.
  Task<void> keep_writing();
  Task<void> flush();
  // Tells of devices whose heartbeats have stopped, within a second, until the hub stops.
  Task<void> keep_watching();

 private:
  Task<void> session_changed(LinkSession session);
  Task<void> link_was_reset();
  std::vector<std::int64_t> take_overdue();
  Task<void> tell_absent(std::vector<std::int64_t> device_ids);

  Host& host_;
  Repository& repository_;
  std::mutex mutex_;                             // guards both
  std::map<std::string, std::int64_t> seen_;     // controller id -> microseconds
  std::map<std::int64_t, std::int64_t> due_us_;  // device id -> when its next heartbeat must have come
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::registration
