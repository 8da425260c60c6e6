// The parts of a fake host, and the C tables by which plugins reach them (abi/*.h).
#pragma once

#include <cstring>
#include <string>

#include "gatetorio/abi/executor.h"
#include "gatetorio/abi/inspect.h"
#include "gatetorio/testing/bus.hpp"
#include "gatetorio/testing/calls.hpp"
#include "gatetorio/testing/invocations.hpp"
#include "gatetorio/testing/record.hpp"
#include "gatetorio/testing/streams.hpp"

namespace gatetorio::testing {

struct HostParts {
  Clock clock;
  Work work{clock};
  Record record{work};
  Bus bus{work};
  Calls calls{work};
  Invocations invocations{work};
  Streams streams{work};
  std::map<std::string, std::string, std::less<>> settings;  // of gtr_inspect
};

namespace tables {

inline const Party& party(gtr_host* host) { return *static_cast<const Party*>(host); }
inline HostParts& parts(gtr_host* host) { return *party(host).parts; }

inline const gtr_log kLog = {sizeof(gtr_log),
                             [](gtr_host* h, uint32_t level, gtr_bytes message, const gtr_field* fields,
                                uint32_t count) { parts(h).record.write(party(h), level, message, fields, count); },
                             [](gtr_host*, uint32_t) -> uint32_t { return 1; }};

inline const gtr_executor kExecutor = {
    sizeof(gtr_executor),
    [](gtr_host* h, gtr_task_fn task, void* context) { parts(h).work.post(&party(h), [=] { task(context); }); },
    [](gtr_host* h, gtr_task_fn task, void* context) {
      if (Work::is_on(&party(h))) return task(context);
      parts(h).work.post(&party(h), [=] { task(context); });
    },
    [](gtr_host* h, uint64_t delay_ms, gtr_completion done) {
      return parts(h).work.start_timer(&party(h), std::chrono::milliseconds(delay_ms),
                                       [done](gtr_status status) { done.done(done.context, status, {}); });
    },
    [](gtr_host* h, uint64_t timer) { parts(h).work.cancel_timer(timer); }};

inline const gtr_services kServices = {
    sizeof(gtr_services),
    [](gtr_host* h, gtr_bytes id, gtr_bytes selector, gtr_service_fn handler, void* context) {
      return parts(h).calls.provide(party(h), to_view(id), to_view(selector), handler, context);
    },
    [](gtr_host* h, gtr_bytes id, gtr_bytes selector) { return parts(h).calls.find(to_view(id), to_view(selector)); },
    [](gtr_host* h, gtr_service* service, uint32_t method, gtr_bytes body, uint32_t deadline_ms, gtr_completion done) {
      return parts(h).calls.call(party(h), service, method, to_view(body), deadline_ms, done);
    },
    [](gtr_host* h, gtr_call call) { parts(h).calls.cancel(call); },
    [](gtr_host* h, gtr_call call, gtr_status status, gtr_bytes result) {
      parts(h).calls.complete(call, status, to_view(result));
    },
    [](gtr_host* h, gtr_call call, gtr_status status, gtr_bytes result, const int32_t* descriptors, uint32_t count) {
      parts(h).calls.complete(call, status, to_view(result), descriptors, count);
    }};

inline const gtr_events kEvents = {
    sizeof(gtr_events),
    [](gtr_host* h, gtr_bytes topic, gtr_bytes key, gtr_bytes payload) {
      parts(h).bus.publish(party(h), to_view(topic), to_view(key), to_view(payload));
    },
    [](gtr_host* h, const gtr_subscription* wanted) { return parts(h).bus.subscribe(party(h), *wanted); },
    [](gtr_host* h, uint64_t subscription) { parts(h).bus.unsubscribe(subscription); }};

// What is for transports alone does nothing.
inline const gtr_operations kOperations = {
    sizeof(gtr_operations),
    [](gtr_host* h, gtr_bytes declaration, gtr_operation_fn handler, void* context) {
      return parts(h).invocations.declare(party(h), to_view(declaration), handler, context);
    },
    [](gtr_host* h, gtr_call call, const gtr_reply* reply) { parts(h).invocations.complete(call, *reply); },
    [](gtr_host* h, gtr_call, gtr_completion closed) { return parts(h).streams.open(party(h), closed); },
    [](gtr_host* h, uint64_t stream, gtr_bytes event) { return parts(h).streams.write(stream, to_view(event)); },
    [](gtr_host* h, uint64_t stream) { parts(h).streams.close(stream); },
    [](gtr_host*, const gtr_invocation*) {},
    [](gtr_host* h, uint64_t stream) { parts(h).streams.close(stream); },
    [](gtr_host* h, gtr_bytes, gtr_bytes, gtr_bytes, gtr_completion done) {
      parts(h).work.post(&party(h), [done] { done.done(done.context, GTR_UNAVAILABLE, {}); });
    },
    [](gtr_host* h, gtr_call call, const gtr_receive* into, gtr_completion done) {
      parts(h).invocations.receive(party(h), call, *into, done);
    },
    [](gtr_host* h, gtr_call call, gtr_completion ended) {
      return parts(h).invocations.open_transfer(party(h), call, ended);
    },
    [](gtr_host* h, uint64_t transfer) { parts(h).invocations.cut(transfer); },
    [](gtr_host*, uint64_t) {}};

inline const gtr_metrics kMetrics = {sizeof(gtr_metrics),
                                     [](gtr_host* h, uint32_t, gtr_bytes name, gtr_bytes, const gtr_field* labels,
                                        uint32_t count) { return parts(h).record.metric(name, labels, count); },
                                     [](gtr_metric* metric, double value) { Record::add(metric, value); },
                                     [](gtr_metric* metric, double value) { Record::set_metric(metric, value); }};

inline const gtr_inspect kInspect = {
    sizeof(gtr_inspect),
    [](gtr_host* h, gtr_bytes, gtr_completion done) {
      parts(h).work.post(&party(h), [done] { done.done(done.context, GTR_NOT_FOUND, {}); });
    },
    [](gtr_host* h, gtr_bytes name, uint32_t value) { parts(h).record.set(to_view(name), value ? "true" : "false"); },
    [](gtr_host* h, gtr_bytes name, gtr_bytes value) {
      parts(h).record.set(to_view(name), std::string(to_view(value)));
    },
    [](gtr_host* h, gtr_bytes name) -> gtr_bytes {
      const auto found = parts(h).settings.find(to_view(name));
      return found == parts(h).settings.end() ? gtr_bytes{} : to_bytes(found->second);
    },
    [](gtr_host* h, gtr_bytes, uint32_t, gtr_completion done) {
      parts(h).work.post(&party(h), [done] { done.done(done.context, GTR_UNSUPPORTED, {}); });
    }};

// Tools and parts of backups there are none: a plugin leaves them out.
inline const void* find(gtr_host*, const char* id) {
  const std::pair<const char*, const void*> all[] = {
      {GTR_LOG_ID, &kLog},        {GTR_EXECUTOR_ID, &kExecutor},     {GTR_SERVICES_ID, &kServices},
      {GTR_EVENTS_ID, &kEvents},  {GTR_OPERATIONS_ID, &kOperations}, {GTR_METRICS_ID, &kMetrics},
      {GTR_INSPECT_ID, &kInspect}};
  for (const auto& [name, table] : all) {
    if (std::strcmp(name, id) == 0) return table;
  }
  return nullptr;
}

}  // namespace tables
}  // namespace gatetorio::testing
