// Who is there, at a broker that does not tell: a device is, as long as it publishes its status, until it says "online":
// false (as its last will does) or is silent for too long.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
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
      : host_(host), silence_(silence), devices_(host, DeviceRegistry::kId) {}

  // In configure().
  void subscribe();
  // Tells that nobody is known to be there, then who has become silent. Runs until the hub stops.
  Task<void> watch();

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    std::int64_t id = 0;
    bool is_online = false;
    Clock::time_point heard;
  };

  void heard(const DeviceMessage& message);
  void forget(const std::string& controller_id);
  Task<void> find(std::string controller_id, bool is_online);
  void set(const std::string& controller_id, std::int64_t id, bool is_online);
  void tell(std::int64_t id, bool is_online) const;

  Host& host_;
  const std::chrono::seconds silence_;
  ServiceClient devices_;
  std::mutex mutex_;  // guards known_
  std::map<std::string, Known, std::less<>> known_;  // by controller id
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::transport_mqtt
