// The C side of everything that a plugin can ask of the hub: thin functions that find the platform behind a gtr_host
// and call its C++ parts. No exception leaves them; running out of memory ends the process, as everywhere.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <vector>

#include "core/plugin/platform.hpp"
#include "gatetorio/abi/backup.h"
#include "gatetorio/abi/contribution.h"
#include "gatetorio/abi/event.h"
#include "gatetorio/abi/executor.h"
#include "gatetorio/abi/inspect.h"
#include "gatetorio/abi/log.h"
#include "gatetorio/abi/metric.h"
#include "gatetorio/abi/operation.h"
#include "gatetorio/abi/service.h"
#include "gatetorio/abi/tool.h"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

namespace {

// ---- log -----------------------------------------------------------------------------------------------------------

LogLevel level_of(std::uint32_t level) { return static_cast<LogLevel>(std::min<std::uint32_t>(level, GTR_LOG_ERROR)); }

void log_write(gtr_host* host, std::uint32_t level, gtr_bytes message, const gtr_field* fields, std::uint32_t count) {
  std::vector<LogField> list;
  list.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) list.push_back({to_view(fields[i].name), to_view(fields[i].value)});
  platform_of(host).log.write(level_of(level), plugin_of(host).id, to_view(message), list);
}

std::uint32_t log_enabled(gtr_host* host, std::uint32_t level) {
  return platform_of(host).log.enabled(level_of(level)) ? 1 : 0;
}

constexpr gtr_log kLog{sizeof(gtr_log), &log_write, &log_enabled};

// ---- executor ------------------------------------------------------------------------------------------------------

constexpr gtr_executor kExecutor{
    sizeof(gtr_executor),
    [](gtr_host* host, gtr_task_fn task, void* context) { plugin_of(host).lane->post(task, context); },
    [](gtr_host* host, gtr_task_fn task, void* context) { plugin_of(host).lane->dispatch(task, context); },
    [](gtr_host* host, std::uint64_t delay_ms, gtr_completion done) {
      Lane* lane = plugin_of(host).lane;
      const auto ended = [lane, done](bool fired) {
        lane->post([done, fired] { done.done(done.context, fired ? GTR_OK : GTR_CANCELLED, {nullptr, 0}); });
      };
      return platform_of(host).executor.start_timer(delay_ms, ended, lane);
    },
    [](gtr_host* host, std::uint64_t timer) { platform_of(host).executor.cancel_timer(timer); }};

// ---- services ------------------------------------------------------------------------------------------------------

constexpr gtr_services kServices{
    sizeof(gtr_services),
    [](gtr_host* host, gtr_bytes id, gtr_bytes selector, gtr_service_fn handler, void* context) {
      return platform_of(host).services.provide(plugin_of(host), to_view(id), to_view(selector), handler, context);
    },
    [](gtr_host* host, gtr_bytes id, gtr_bytes selector) {
      return platform_of(host).services.find(to_view(id), to_view(selector));
    },
    [](gtr_host* host, gtr_service* service, std::uint32_t method, gtr_bytes body, std::uint32_t deadline_ms,
       gtr_completion done) {
      return platform_of(host).services.call(*service, method, to_view(body), deadline_ms, done, &plugin_of(host));
    },
    [](gtr_host* host, gtr_call call) { platform_of(host).services.cancel(call); },
    [](gtr_host* host, gtr_call call, gtr_status status, gtr_bytes result) {
      platform_of(host).services.complete(call, status, to_view(result));
    },
    [](gtr_host* host, gtr_call call, gtr_status status, gtr_bytes result, const std::int32_t* descriptors,
       std::uint32_t count) {
      platform_of(host).services.complete(call, status, to_view(result), {descriptors, count});
    }};

// ---- events --------------------------------------------------------------------------------------------------------

std::uint64_t events_subscribe(gtr_host* host, const gtr_subscription* wanted) {
  constexpr std::uint32_t kMaxCapacity = 1'000'000;
  constexpr std::size_t kSizeOfFirst = offsetof(gtr_subscription, max_bytes);  // what ABI 1.0 had
  if (wanted->size < kSizeOfFirst || wanted->topic.size == 0 || wanted->handler == nullptr ||
      wanted->policy > GTR_COALESCE_BY_KEY || wanted->capacity == 0 || wanted->capacity > kMaxCapacity) {
    return 0;
  }
  gtr_subscription given{};  // a plugin built against older headers knows less of it
  std::memcpy(&given, wanted, std::min<std::size_t>(wanted->size, sizeof given));
  Platform& platform = platform_of(host);
  const std::string topic(to_view(wanted->topic));
  const MetricLabel labels[] = {{"plugin", plugin_of(host).id}, {"topic", topic}};
  Metric* lost = platform.metrics.get(MetricKind::kCounter, "gatetorio_events_lost_total",
                                      "Events that did not fit into a subscriber's queue.", labels);
  return platform.bus.subscribe({topic, wanted->policy, wanted->capacity, wanted->handler, wanted->context,
                                 plugin_of(host).lane, [lost] { lost->add(1); },
                                 given.max_bytes == 0 ? kDefaultQueueBytes : given.max_bytes});
}

constexpr gtr_events kEvents{
    sizeof(gtr_events),
    [](gtr_host* host, gtr_bytes topic, gtr_bytes key, gtr_bytes payload) {
      platform_of(host).bus.publish(to_view(topic), to_view(key), to_view(payload));
    },
    &events_subscribe,
    [](gtr_host* host, std::uint64_t subscription) { platform_of(host).bus.unsubscribe(subscription); }};

// ---- operations ----------------------------------------------------------------------------------------------------

gtr_status operations_declare(gtr_host* host, gtr_bytes declaration, gtr_operation_fn handler, void* context) {
  std::string problem;
  const gtr_status status =
      platform_of(host).operations.declare(plugin_of(host), to_view(declaration), handler, context, problem);
  if (status != GTR_OK) {
    platform_of(host).log.write(LogLevel::kError, plugin_of(host).id, "an operation is refused", {{"why", problem}});
  }
  return status;
}

constexpr gtr_operations kOperations{
    sizeof(gtr_operations),
    &operations_declare,
    [](gtr_host* host, gtr_call call, const gtr_reply* reply) { platform_of(host).operations.complete(call, *reply); },
    [](gtr_host* host, gtr_call call, gtr_completion closed) {
      return platform_of(host).operations.stream_open(call, closed);
    },
    [](gtr_host* host, std::uint64_t stream, gtr_bytes event) {
      return platform_of(host).operations.streams().write(stream, to_view(event));
    },
    [](gtr_host* host, std::uint64_t stream) { platform_of(host).operations.streams().end(stream); },
    [](gtr_host* host, const gtr_invocation* invocation) {
      gtr_invocation known{};  // a caller of an older SDK knows fewer fields
      std::memcpy(&known, invocation, std::min<std::size_t>(invocation->size, sizeof known));
      platform_of(host).operations.invoke(plugin_of(host), known);
    },
    [](gtr_host* host, std::uint64_t stream) { platform_of(host).operations.streams().drop(stream); },
    [](gtr_host* host, gtr_bytes scheme, gtr_bytes name, gtr_bytes secret, gtr_completion done) {
      platform_of(host).operations.authenticate(to_view(scheme), to_view(name), to_view(secret), done);
    },
    [](gtr_host* host, gtr_call call, const gtr_receive* into, gtr_completion done) {
      platform_of(host).operations.receive(call, *into, done);
    },
    [](gtr_host* host, gtr_call call, gtr_completion ended) {
      return platform_of(host).operations.transfer_open(call, ended);
    },
    [](gtr_host* host, std::uint64_t transfer) { platform_of(host).operations.transfers().cut(transfer); },
    [](gtr_host* host, std::uint64_t transfer) { platform_of(host).operations.transfers().end(transfer); }};

// ---- metrics -------------------------------------------------------------------------------------------------------

gtr_metric* metrics_get(gtr_host* host, std::uint32_t kind, gtr_bytes name, gtr_bytes help, const gtr_field* labels,
                        std::uint32_t count) {
  std::vector<MetricLabel> list;
  list.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) list.push_back({to_view(labels[i].name), to_view(labels[i].value)});
  const auto known = static_cast<MetricKind>(std::min<std::uint32_t>(kind, GTR_METRIC_HISTOGRAM));
  return reinterpret_cast<gtr_metric*>(platform_of(host).metrics.get(known, to_view(name), to_view(help), list));
}

constexpr gtr_metrics kMetrics{sizeof(gtr_metrics), &metrics_get,
                               [](gtr_metric* metric, double value) { reinterpret_cast<Metric*>(metric)->add(value); },
                               [](gtr_metric* metric, double value) { reinterpret_cast<Metric*>(metric)->set(value); }};

// ---- inspect -------------------------------------------------------------------------------------------------------

void inspect_report(gtr_host* host, gtr_bytes name, gtr_completion done) {
  Platform& platform = platform_of(host);
  plugin_of(host).lane->post([&platform, wanted = std::string(to_view(name)), done] {
    std::string report;
    if (wanted == "operations")
      report = platform.operations.report();
    else if (wanted == "health")
      report = platform.health.report();
    else if (wanted == "plugins")
      report = platform.plugins_report();
    else if (wanted == "installed")
      report = platform.installed_report();
    else if (wanted == "metrics")
      report = platform.metrics_report();
    else if (wanted == "contributions")
      report = platform.contributions.report();
    done.done(done.context, report.empty() ? GTR_NOT_FOUND : GTR_OK, to_bytes(report));
  });
}

void inspect_choose_plugin(gtr_host* host, gtr_bytes id, std::uint32_t is_enabled, gtr_completion done) {
  Platform& platform = platform_of(host);
  plugin_of(host).lane->post([&platform, wanted = std::string(to_view(id)), is_enabled, done] {
    const Result<void> chosen = platform.choose_plugin ? platform.choose_plugin(wanted, is_enabled != 0)
                                                       : Result<void>(Error{.status = Status::kUnsupported});
    const std::string problem = chosen ? std::string() : to_json(chosen.error());
    done.done(done.context, chosen ? GTR_OK : static_cast<gtr_status>(chosen.error().status), to_bytes(problem));
  });
}

constexpr gtr_inspect kInspect{sizeof(gtr_inspect),
                               &inspect_report,
                               [](gtr_host* host, gtr_bytes name, std::uint32_t value) {
                                 platform_of(host).health.set_fact(to_view(name), value != 0);
                               },
                               [](gtr_host* host, gtr_bytes name, gtr_bytes value) {
                                 platform_of(host).announcements.set(to_view(name), to_view(value));
                               },
                               [](gtr_host* host, gtr_bytes name) {
                                 const auto& settings = platform_of(host).settings;
                                 const auto found = settings.find(to_view(name));
                                 return found == settings.end() ? gtr_bytes{nullptr, 0} : to_bytes(found->second);
                               },
                               &inspect_choose_plugin};

// ---- tools ---------------------------------------------------------------------------------------------------------

gtr_status tools_declare(gtr_host* host, gtr_bytes declaration, gtr_tool_fn run, void* context) {
  std::string problem;
  const gtr_status status =
      platform_of(host).tools.declare(plugin_of(host), to_view(declaration), run, context, problem);
  if (status != GTR_OK) {
    platform_of(host).log.write(LogLevel::kError, plugin_of(host).id, "a tool is refused", {{"why", problem}});
  }
  return status;
}

void tools_print(gtr_host*, gtr_bytes line) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  std::printf("%.*s\n", static_cast<int>(line.size), line.data);
  std::fflush(stdout);
}

constexpr gtr_tools kTools{sizeof(gtr_tools), &tools_declare, &tools_print};

// ---- backups -------------------------------------------------------------------------------------------------------

constexpr gtr_backup kBackup{sizeof(gtr_backup),
                             [](gtr_host* host, gtr_backup_fn part, void* context) {
                               return platform_of(host).backups.declare(plugin_of(host), part, context);
                             },
                             [](gtr_host* host, std::uint32_t step, gtr_bytes folder, gtr_completion done) {
                               platform_of(host).backups.run(plugin_of(host), step, to_view(folder), done);
                             }};

// ---- contributions -------------------------------------------------------------------------------------------------

gtr_status contributions_add(gtr_host* host, gtr_bytes point, gtr_bytes entry) {
  std::string problem;
  const gtr_status status =
      platform_of(host).contributions.add(plugin_of(host), to_view(point), to_view(entry), problem);
  if (status != GTR_OK) {
    platform_of(host).log.write(LogLevel::kError, plugin_of(host).id, "a contribution is refused", {{"why", problem}});
  }
  return status;
}

constexpr gtr_contributions kContributions{sizeof(gtr_contributions), &contributions_add};

}  // namespace

const void* host_interface(gtr_host*, const char* id) {
  const std::string_view wanted(id);
  if (wanted == GTR_LOG_ID) return &kLog;
  if (wanted == GTR_EXECUTOR_ID) return &kExecutor;
  if (wanted == GTR_SERVICES_ID) return &kServices;
  if (wanted == GTR_EVENTS_ID) return &kEvents;
  if (wanted == GTR_OPERATIONS_ID) return &kOperations;
  if (wanted == GTR_METRICS_ID) return &kMetrics;
  if (wanted == GTR_INSPECT_ID) return &kInspect;
  if (wanted == GTR_TOOLS_ID) return &kTools;
  if (wanted == GTR_BACKUP_ID) return &kBackup;
  if (wanted == GTR_CONTRIBUTIONS_ID) return &kContributions;
  return nullptr;
}

}  // namespace gatetorio::core
