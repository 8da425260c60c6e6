// Who is there, at a broker that does not tell: a device is, as long as it publishes its status, until it says
// "online": false (as its last will does) or is silent for too long.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio::transport_mqtt {

class ExternalPresence {
 public:
  ExternalPresence(Host& host, std::chrono::seconds silence)
      : host_(host), devices_(host, DeviceRegistry::kId), silence_(silence) {}

  // In configure().
  void subscribe();
  // In start(): who becomes silent is told from then on. Whoever was there when this hub ended is taken to be there
  // still, and has as long as anybody to show it: the broker went on meanwhile.
  void begin();
  // A device has published a status. Any thread.
  void heard(std::int64_t device_id, std::string_view payload);
  // Any thread.
  bool is_connected(std::int64_t device_id) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    bool is_online = false;
    Clock::time_point heard;
  };

  Task<void> take_up();
  void tell_of_silent();
  // `reason`: of one that is not online any more.
  void tell(std::int64_t device_id, bool is_online, std::string_view reason) const;

  Host& host_;
  ServiceClient devices_;
  const std::chrono::seconds silence_;
  mutable std::mutex mutex_;             // guards known_
  std::map<std::int64_t, Known> known_;  // by device id
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::transport_mqtt
