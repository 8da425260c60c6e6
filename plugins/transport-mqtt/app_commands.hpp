// Commands that apps publish over MQTT themselves. The guard hands them to the hub, and here they become calls of the
// operation that takes commands: judged, written down and sent like those that come over HTTP.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/protocol.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/identity.hpp"
#include "principals.hpp"
#include "telemetry.hpp"

namespace gatetorio::transport_mqtt {

class AppCommands {
 public:
  // `principals`: who stands behind a user name of the broker.
  AppCommands(Host& host, const Principals& principals, const Telemetry& telemetry)
      : host_(host), principals_(principals), telemetry_(telemetry) {}

  // Finds out which operation takes commands. In start(), before the first request.
  Task<void> find_operation();
  // A payload of kRequestTopic; `expiry`: what is left of the time that its publisher gave it. Any thread; does not
  // block. What cannot be read or comes while 1,000 others are under way is dropped and counted: a command that is not
  // sent harms nobody.
  void take(std::string_view payload, std::optional<std::chrono::seconds> expiry);

 private:
  struct Invoked;
  static void on_reply(void* context, const gtr_reply* reply);
  void invoke(const Principal& principal, const CommandRequest& request, std::int64_t expires_at_us, std::string body);
  void refused(std::string_view username, std::string_view why) const;

  Host& host_;
  const Principals& principals_;
  const Telemetry& telemetry_;
  std::optional<std::uint64_t> operation_;
  std::atomic<int> under_way_ = 0;
};

}  // namespace gatetorio::transport_mqtt
