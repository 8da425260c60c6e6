// Brokers that asked once go on as they were told. So whoever loses a right is disconnected, and is asked about anew when it
// comes back.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "external/decisions.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"

namespace gatetorio::transport_mqtt {

// Is everything that was allowed still allowed, and for as long?
bool covers(const Policy& now, const Policy& before);

// Usable from any thread.
class Revocation {
 public:
  // `close`: ends the broker's connections of a user name; from any thread, must not block.
  Revocation(Host& host, Decisions& decisions, std::function<void(const std::string& username)> close)
      : host_(host), decisions_(decisions), close_(std::move(close)) {}

  // In configure().
  void subscribe();
  // Before somebody's rights are looked up for the broker, and when it is told them: so that a change in between is noticed.
  std::uint64_t mark() const { return changes_; }
  void told(const Policy& policy, std::uint64_t mark);
  // Somebody connected with a password that ends then.
  void ends_at(const std::string& username, std::int64_t at_us);
  // Closes when rights or passwords end by the clock. Runs until the hub stops.
  Task<void> watch_ends();

 private:
  void remember(const Policy& policy);
  void forget(const std::string& username);
  void device_changed(const std::string& old_controller_id);
  Task<void> compare(std::string username);
  Task<void> compare_later(std::string username);

  Host& host_;
  Decisions& decisions_;
  const std::function<void(const std::string&)> close_;
  std::atomic<std::uint64_t> changes_ = 0;
  std::mutex mutex_;                                       // guards what follows
  std::unordered_map<std::string, Policy> told_;           // by user name
  std::set<std::pair<std::int64_t, std::string>> ends_us_;           // of rights, with the user name
  std::set<std::pair<std::int64_t, std::string>> password_ends_us_;  // the same, of passwords
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::transport_mqtt
