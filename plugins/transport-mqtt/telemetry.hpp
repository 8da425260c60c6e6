// The plugin's metrics.
#pragma once

#include "broker/protocol.hpp"
#include "broker_client.hpp"
#include "gatetorio/host.hpp"

namespace gatetorio::transport_mqtt {

class Telemetry {
 public:
  explicit Telemetry(const Host& host);

  // What the guard counted since the broker's start; one thread at a time.
  void guard_counted(const Counters& counters);
  void published(PublishOutcome outcome, double seconds) const;

  Metric sessions;
  Metric statuses;
  Metric statuses_malformed;
  Metric broker_restarts;
  Metric certificate_ends;
  Metric app_commands_sent;
  Metric app_commands_refused;

 private:
  struct Refusal {
    Metric metric;
    std::uint64_t Counters::*field;
  };

  Metric publish_seconds_;
  Metric delivered_, no_receiver_, unknown_;
  std::vector<Refusal> refusals_;
  std::vector<Metric> over_budget_;  // by Budget
  Counters counted_;
};

}  // namespace gatetorio::transport_mqtt
