// An operator's broker knows devices by the names in its topics, the hub by their ids. Here, at the edge, one becomes
// the other, once: a status gets its sender's id when it comes in, a message its topic when it goes out.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio::transport_mqtt {

// Usable from any thread.
class DeviceNames {
 public:
  struct Callbacks {
    // A status and who sent it; those of one name in the order in which they came. On the plugin's executor.
    std::function<void(std::int64_t device_id, std::string payload)> heard;
    // Does the topic of this name still reach, or come from, a device that has lost it?
    std::function<bool(std::string_view controller_id)> is_held;
  };

  DeviceNames(Host& host, Callbacks callbacks)
      : host_(host), devices_(host, DeviceRegistry::kId), callbacks_(std::move(callbacks)) {}

  // In configure().
  void subscribe();

  // Who has this name now, give or take a second. Errors: kNotFound, and those of the look-up.
  Task<Result<std::int64_t>> device_of(std::string controller_id);
  // The device's name at this moment; never from memory. Errors: kNotFound; kUnavailable where it cannot be looked up,
  // or where somebody else still listens to the topic of this name.
  Task<Result<std::string>> name_of(std::int64_t device_id);

  // A status came in on the topic of this name. While nobody can be asked whose it is it is kept and tried again: up to
  // 100 of a name, of which the oldest is dropped then, and 64 MiB in all.
  void incoming(std::string controller_id, std::string payload);

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    std::int64_t device_id = 0;
    Clock::time_point until{};
  };
  struct Message {
    std::string payload;
    std::int64_t sender = 0;  // 0: whoever has the name
  };

  void renamed(const DeviceRenamed& event);
  void deleted(const DeviceDeleted& event);
  void name_changed(const std::string& old_name, const std::string& new_name);
  void settle(const std::string& name, std::int64_t sender);
  Task<void> pass_on(std::string name);
  std::optional<std::int64_t> first_sender(const std::string& name);
  void hand_over(const std::string& name, std::int64_t holder);
  enum class Trouble { kWaits, kTooMany, kHeld, kNobody };
  void complain(Trouble trouble, std::string_view name, std::string_view why);

  Host& host_;
  ServiceClient devices_;
  const Callbacks callbacks_;
  const Metric dropped_ = host_.counter("gatetorio_transport_mqtt_statuses_unattributed_total",
                                        "Statuses that were dropped because nobody could tell whose they were.");
  std::mutex mutex_;                              // guards what follows
  std::unordered_map<std::string, Known> known_;  // by name
  std::uint64_t changes_ = 0;                     // a look-up that one of them crossed is not remembered
  std::unordered_map<std::string, std::deque<Message>> waiting_;  // by name
  std::unordered_set<std::string> turns_;                         // the names with a pass_on under way
  std::size_t waiting_bytes_ = 0;
  std::array<Clock::time_point, 4> complained_{};  // by Trouble
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::transport_mqtt
