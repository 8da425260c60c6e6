// Commands that apps publish over MQTT themselves. The guard hands them to the hub, and here they become calls of the
// operation that takes commands: judged, written down and sent like those that come over HTTP.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "broker/budgets.hpp"
#include "broker/protocol.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/identity.hpp"
#include "principals.hpp"
#include "status_order.hpp"
#include "telemetry.hpp"

namespace gatetorio::transport_mqtt {

class AppCommands {
 public:
  // `principals`: who stands behind a user name of the broker.
  // `most_per_second`: of each of them, for long; 0: no limit.
  AppCommands(Host& host, const Principals& principals, const Telemetry& telemetry, StatusOrder& order,
              std::int64_t most_per_second)
      : host_(host),
        principals_(principals),
        telemetry_(telemetry),
        order_(order),
        rate_{.per_second = static_cast<double>(most_per_second),
              .most = kBurstSeconds * static_cast<double>(most_per_second)} {}

  // Finds out which operation takes commands. In start(), before the first request.
  Task<void> find_operation();
  // A payload of kRequestTopic; `expiry`: what is left of the time that its publisher gave it. Any thread; does not
  // block. What cannot be read, is more than its principal's share or comes while 1,000 others are under way is dropped
  // and counted: a command that is not sent harms nobody.
  void take(std::string_view payload, std::optional<std::chrono::seconds> expiry);

 private:
  struct Invoked;
  static void on_reply(void* context, const gtr_reply* reply);
  void judge(const CommandRequest& request, std::string body, std::int64_t expires_at_us);
  void invoke(const Principal& principal, const CommandRequest& request, std::int64_t expires_at_us, std::string body);
  const char* find_room(const std::string& principal, bool& is_over_rate);
  void refused(const std::string& principal, std::string_view why);

  static constexpr double kBurstSeconds = 10;
  // Of a principal.
  struct Share {
    TokenBucket commands;
    int under_way = 0;
    std::uint64_t refused = 0;  // since that was last said
    std::chrono::steady_clock::time_point said_at{};
  };
  Share& share(const std::string& principal, std::chrono::steady_clock::time_point now);

  Host& host_;
  const Principals& principals_;
  const Telemetry& telemetry_;
  StatusOrder& order_;
  std::optional<std::uint64_t> operation_;
  bool judges_limits_ = false;  // of the operation: it decides who may go over the rate
  const TokenRate rate_;
  std::mutex mutex_;                               // guards what follows
  std::unordered_map<std::string, Share> shares_;  // by principal, as in the audit log
  int under_way_ = 0;
};

}  // namespace gatetorio::transport_mqtt
