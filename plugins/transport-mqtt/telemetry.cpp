#include "telemetry.hpp"

#include <algorithm>
#include <boost/mp11.hpp>

#include "broker/budgets.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::string_view kPublishes = "gatetorio_transport_mqtt_publishes_total";
constexpr std::string_view kPublishesHelp = "Commands that the hub published, by what the broker answered.";
constexpr std::string_view kAppCommands = "gatetorio_transport_mqtt_app_commands_total";
constexpr std::string_view kAppCommandsHelp = "Commands that apps published themselves, by what became of them.";
constexpr std::string_view kRefusals = "gatetorio_transport_mqtt_refusals_total";
constexpr std::string_view kRefusalsHelp = "What the broker's guard refused, by reason.";

constexpr std::string_view kOverBudget = "gatetorio_transport_mqtt_over_budget_total";
constexpr std::string_view kOverBudgetHelp =
    "How often clients were held back because they took too much, by what they took.";

}  // namespace

Telemetry::Telemetry(const Host& host)
    : sessions(host.gauge("gatetorio_transport_mqtt_sessions", "Clients that are connected to the broker.")),
      statuses(host.counter("gatetorio_transport_mqtt_statuses_total", "Status messages that the hub received.")),
      statuses_malformed(
          host.counter("gatetorio_transport_mqtt_statuses_malformed_total",
                       "Status messages that reached the hub and are no JSON objects of at most 64 KiB.")),
      broker_restarts(host.counter("gatetorio_transport_mqtt_broker_restarts_total",
                                   "How often the managed broker died and was started again.")),
      certificate_ends(host.gauge("gatetorio_transport_mqtt_certificate_expires_seconds",
                                  "When the certificate of the managed broker ends, in seconds since 1970; 0: none.")),
      app_commands_sent(host.counter(kAppCommands, kAppCommandsHelp, {{"outcome", "sent"}})),
      app_commands_refused(host.counter(kAppCommands, kAppCommandsHelp, {{"outcome", "refused"}})),
      publish_seconds_(host.histogram("gatetorio_transport_mqtt_publish_seconds",
                                      "Time from publishing a command to the broker's acknowledgement.")),
      delivered_(host.counter(kPublishes, kPublishesHelp, {{"outcome", "taken"}})),
      no_receiver_(host.counter(kPublishes, kPublishesHelp, {{"outcome", "no_receiver"}})),
      unknown_(host.counter(kPublishes, kPublishesHelp, {{"outcome", "unknown"}})) {
  const auto refusal = [&](std::string_view reason, std::uint64_t Counters::*field) {
    refusals_.push_back({host.counter(kRefusals, kRefusalsHelp, {{"reason", reason}}), field});
  };
  refusal("connect", &Counters::connects_refused);
  refusal("connect_unanswered", &Counters::connects_unanswered);
  refusal("publish", &Counters::publishes_refused);
  refusal("status_malformed", &Counters::statuses_malformed);
  refusal("command_malformed", &Counters::commands_malformed);
  refusal("command_retained", &Counters::commands_retained);
  refusal("command_undeliverable", &Counters::commands_undeliverable);
  refusal("command_late", &Counters::commands_late);
  refusal("status_unheard", &Counters::statuses_unheard);
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Budget>>([&](auto budget) {
    over_budget_.push_back(host.counter(kOverBudget, kOverBudgetHelp, {{"budget", budget.name}}));
  });
}

void Telemetry::guard_counted(const Counters& counters) {
  const auto add = [](const Metric& metric, std::uint64_t before, std::uint64_t after) {
    // Less than before: another broker process has begun at zero.
    const std::uint64_t more = after >= before ? after - before : after;
    if (more > 0) metric.add(static_cast<double>(more));
  };
  for (const auto& [metric, field] : refusals_) add(metric, counted_.*field, counters.*field);
  counted_.over_budget.resize(over_budget_.size());
  for (std::size_t i = 0; i < std::min(over_budget_.size(), counters.over_budget.size()); ++i) {
    add(over_budget_[i], counted_.over_budget[i], counters.over_budget[i]);
  }
  counted_ = counters;
}

void Telemetry::published(PublishOutcome outcome, double seconds) const {
  publish_seconds_.add(seconds);
  if (outcome == PublishOutcome::kDelivered)
    delivered_.add();
  else if (outcome == PublishOutcome::kUnknown)
    unknown_.add();
  else
    no_receiver_.add();
}

}  // namespace gatetorio::transport_mqtt
