// Whether the broker's management does what the hub asks, as the log and /health tell it.
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <string_view>

#include "external/management.hpp"
#include "gatetorio/host.hpp"

namespace gatetorio::transport_mqtt {

// What of the hub's business with it can fail by itself.
enum class Concern { kComparison, kLimits, kEvictions };

// Usable from any thread.
class ManagementHealth {
 public:
  ManagementHealth(Host& host, const Management::Settings& settings) : host_(host), settings_(settings) {}

  void works(Concern concern);
  // `what` could not be done. At most one line a minute, with what mends it, and none in the first seconds: the broker
  // asks the hub about the hub, which may not answer yet.
  void failed(Concern concern, std::string_view what, const Result<ManagementAnswer>& answer);

 private:
  using Clock = std::chrono::steady_clock;

  Host& host_;
  const Management::Settings& settings_;
  const Clock::time_point begun_ = Clock::now();
  std::mutex mutex_;  // guards what follows
  std::set<Concern> failing_;
  Clock::time_point said_{};
  bool has_said_ = false;  // and not yet that all is well again
};

}  // namespace gatetorio::transport_mqtt
