// Whether the broker's management does what the hub asks, as the log and /health tell it.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "external/management.hpp"
#include "gatetorio/host.hpp"

namespace gatetorio::transport_mqtt {

// Usable from any thread.
class ManagementHealth {
 public:
  ManagementHealth(Host& host, const Management::Settings& settings) : host_(host), settings_(settings) {}

  void works();
  // `what` could not be done. One line a minute, with what mends it.
  void failed(std::string_view what, const Result<ManagementAnswer>& answer);

 private:
  using Clock = std::chrono::steady_clock;

  Host& host_;
  const Management::Settings& settings_;
  std::mutex mutex_;  // guards what follows
  bool is_failing_ = false;
  Clock::time_point said_{};
};

}  // namespace gatetorio::transport_mqtt
