// Host: the hub as a plugin sees it. One object a plugin, valid from `create` to the end of `stop`; usable from any
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/abi/event.h"
#include "gatetorio/abi/executor.h"
#include "gatetorio/abi/host.h"
#include "gatetorio/abi/inspect.h"
#include "gatetorio/abi/log.h"
#include "gatetorio/abi/metric.h"
#include "gatetorio/abi/operation.h"
#include "gatetorio/abi/service.h"
#include "gatetorio/json.hpp"
#include "gatetorio/result.hpp"
#include "gatetorio/task.hpp"

namespace gatetorio {

using Field = std::pair<std::string_view, std::string_view>;
using Fields = std::initializer_list<Field>;

// Thrown while a plugin is configured, for faults that its author must mend: a bad declaration, a missing capability.
struct SetupError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A series of a metric. Cheap to copy; usable from any thread.
class Metric {
 public:
  Metric() = default;
  Metric(const gtr_metrics* table, gtr_metric* metric) : table_(table), metric_(metric) {}
  void add(double value = 1) const {
    if (metric_) table_->add(metric_, value);
  }
  void set(double value) const {
    if (metric_) table_->set(metric_, value);
  }

 private:
  const gtr_metrics* table_ = nullptr;
  gtr_metric* metric_ = nullptr;
};

// Awaits one gtr_completion: `start(gtr_completion)` begins the call. The coroutine goes on on the plugin's executor,
// perhaps before `start` has returned: once the completion may fire, `start` uses what it captured by value only.
template <class Start>
class CompletionAwaiter {
 public:
  CompletionAwaiter(gtr_host* host, const gtr_executor* executor, Start start)
      : host_(host), executor_(executor), start_(std::move(start)) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    // The completion may fire before `start` returns, and ends this object's life then: `start` runs from the stack.
    Start start = std::move(start_);
    start(gtr_completion{&CompletionAwaiter::done, this});
  }
  Result<std::string> await_resume() {
    if (has_failed()) return error();
    return std::move(bytes_);
  }

 private:
  template <class S>
  friend class OkCompletion;
  bool has_failed() const { return status_ >= GTR_FIRST_ERROR; }
  Error error() const { return error_from_json(status_, bytes_); }
  static void done(void* context, gtr_status status, gtr_bytes result) {
    auto* self = static_cast<CompletionAwaiter*>(context);
    self->status_ = status;
    self->bytes_.assign(to_view(result));
    self->executor_->dispatch(self->host_, &CompletionAwaiter::go_on, self);
  }
  static void go_on(void* context) {
    auto* self = static_cast<CompletionAwaiter*>(context);
    const bool is_end = self->end_with_ != nullptr && self->has_failed();
    (is_end ? self->end_with_(*self->awaiting_, self->error()) : self->waiter_).resume();
  }

  gtr_host* host_;
  const gtr_executor* executor_;
  Start start_;
  std::coroutine_handle<> waiter_;
  std::coroutine_handle<> (*end_with_)(detail::PromiseBase& awaiting, const Error& error) = nullptr;  // for ok()
  detail::PromiseBase* awaiting_ = nullptr;
  gtr_status status_ = GTR_INTERNAL;
  std::string bytes_;
};

template <class Start>
class [[nodiscard]] OkCompletion {
 public:
  explicit OkCompletion(CompletionAwaiter<Start> awaiter) : awaiter_(std::move(awaiter)) {}
  bool await_ready() const noexcept { return false; }
  template <class Awaiting>
  void await_suspend(std::coroutine_handle<Awaiting> waiter) {
    awaiter_.awaiting_ = &waiter.promise();
    awaiter_.end_with_ = &detail::end_with<Awaiting>;
    awaiter_.await_suspend(waiter);
  }
  std::string await_resume() { return std::move(awaiter_.bytes_); }

 private:
  CompletionAwaiter<Start> awaiter_;
};

// As ok(task): what the call gave, or the awaiting coroutine ends with its error.
template <class Start>
OkCompletion<Start> ok(CompletionAwaiter<Start> awaiter) {
  return OkCompletion<Start>(std::move(awaiter));
}

class Ticker;
struct Every;

class Host {
 public:
  explicit Host(gtr_host* raw)
      : raw_(raw),
        log_(table<gtr_log>(GTR_LOG_ID)),
        executor_(table<gtr_executor>(GTR_EXECUTOR_ID)),
        services_(table<gtr_services>(GTR_SERVICES_ID)),
        events_(table<gtr_events>(GTR_EVENTS_ID)),
        operations_(table<gtr_operations>(GTR_OPERATIONS_ID)),
        metrics_(table<gtr_metrics>(GTR_METRICS_ID)),
        inspect_(table<gtr_inspect>(GTR_INSPECT_ID)) {}
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // The C side, for what has no comfort here.
  gtr_host* raw() const { return raw_; }
  const gtr_executor& executor() const { return *executor_; }
  const gtr_services& services() const { return *services_; }
  const gtr_events& events() const { return *events_; }
  const gtr_operations& operations() const { return *operations_; }
  const gtr_inspect& inspect() const { return *inspect_; }

  // One line an event. Never pass a secret.
  void debug(std::string_view message, Fields fields = {}) const { write(GTR_LOG_DEBUG, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(GTR_LOG_INFO, message, fields); }
  void warn(std::string_view message, Fields fields = {}) const { write(GTR_LOG_WARN, message, fields); }
  void error(std::string_view message, Fields fields = {}) const { write(GTR_LOG_ERROR, message, fields); }

  // Runs `work` later on the plugin's executor. An exception that escapes it is logged.
  void post(std::function<void()> work) const {
    struct Boxed {
      const Host* host;
      std::function<void()> work;
    };
    executor_->post(
        raw_,
        [](void* context) {
          const std::unique_ptr<Boxed> boxed(static_cast<Boxed*>(context));
          try {
            boxed->work();
          } catch (...) {
            boxed->host->log_exception("a posted task failed", std::current_exception());
          }
        },
        new Boxed{this, std::move(work)});
  }

  // Begins a call by `start(gtr_completion)` and awaits its end.
  template <class Start>
  CompletionAwaiter<Start> complete(Start start) const {
    return CompletionAwaiter<Start>(raw_, executor_, std::move(start));
  }

  // Lets `delay_ms` milliseconds pass. False where the hub is stopping.
  Task<bool> sleep(std::uint64_t delay_ms) {
    auto start = [this, delay_ms](gtr_completion done) { executor_->start_timer(raw_, delay_ms, done); };
    const Result<std::string> woken = co_await complete(start);
    co_return static_cast<bool>(woken);
  }

  // Runs a task that nobody waits for. An exception that escapes it is logged.
  void run(Task<void> task) const {
    spawn(
        std::move(task), [] {},
        [this](std::exception_ptr thrown) { log_exception("a background task failed", thrown); });
  }

  // Does `work` - a callable that gives nothing, Result<void>, Task<void> or Task<Result<void>> - when the interval has
  // passed, and again when it has passed since the end of the last run, until the plugin stops: see ticker.hpp. What a
  // run throws is its error; an error is logged once, until it changes or ends. On the plugin's executor. In start().
  template <class F>
  Ticker every(std::chrono::milliseconds interval, F work, Every settings);
  template <class F>
  Ticker every(std::chrono::milliseconds interval, F work);

  // `end` is called, and what it gives awaited, before the plugin's stop(). False where that has begun. Any thread.
  bool at_stop(std::function<Task<void>()> end) {
    const std::lock_guard lock(ends_mutex_);
    if (!is_stopping_) ends_.push_back(std::move(end));
    return !is_stopping_;
  }
  // Whether the plugin's drain() or stop() has begun: what is begun now is cut short. Any thread.
  bool is_ending() const { return is_ending_; }

  // For plugin.hpp.
  void set_ending() { is_ending_ = true; }
  Task<void> end_work() {
    set_ending();
    std::vector<std::function<Task<void>()>> ends;
    {
      const std::lock_guard lock(ends_mutex_);
      is_stopping_ = true;
      ends.swap(ends_);
    }
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) co_await (*end)();
  }

  Metric metric(std::uint32_t kind, std::string_view name, std::string_view help, Fields labels = {}) const {
    const std::vector<gtr_field> list = c_fields(labels);
    return Metric(metrics_, metrics_->get(raw_, kind, to_bytes(name), to_bytes(help), list.data(),
                                          static_cast<std::uint32_t>(list.size())));
  }
  Metric counter(std::string_view name, std::string_view help, Fields labels = {}) const {
    return metric(GTR_METRIC_COUNTER, name, help, labels);
  }
  Metric gauge(std::string_view name, std::string_view help, Fields labels = {}) const {
    return metric(GTR_METRIC_GAUGE, name, help, labels);
  }
  // Of seconds.
  Metric histogram(std::string_view name, std::string_view help, Fields labels = {}) const {
    return metric(GTR_METRIC_HISTOGRAM, name, help, labels);
  }

  void set_fact(std::string_view name, bool value) const { inspect_->set_fact(raw_, to_bytes(name), value ? 1 : 0); }
  void announce(std::string_view name, std::string_view value) const {
    inspect_->announce(raw_, to_bytes(name), to_bytes(value));
  }
  // See abi/inspect.h for the names.
  std::string setting(std::string_view name) const {
    return std::string(to_view(inspect_->setting(raw_, to_bytes(name))));
  }

  void log_exception(std::string_view what, std::exception_ptr thrown) const {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      error(what, {{"exception", e.what()}});
    } catch (...) {
      error(what, {{"exception", "of an unknown type"}});
    }
  }

 private:
  template <class T>
  const T* table(const char* id) const {
    const auto* found = static_cast<const T*>(raw_->get_interface(raw_, id));
    if (found == nullptr || found->size < sizeof(T)) throw SetupError(std::string("this hub has no ") + id);
    return found;
  }
  static std::vector<gtr_field> c_fields(Fields fields) {
    std::vector<gtr_field> list;
    list.reserve(fields.size());
    for (const auto& [name, value] : fields) list.push_back({to_bytes(name), to_bytes(value)});
    return list;
  }
  void write(std::uint32_t level, std::string_view message, Fields fields) const {
    if (!log_->enabled(raw_, level)) return;
    const std::vector<gtr_field> list = c_fields(fields);
    log_->write(raw_, level, to_bytes(message), list.data(), static_cast<std::uint32_t>(list.size()));
  }

  gtr_host* raw_;
  const gtr_log* log_;
  const gtr_executor* executor_;
  const gtr_services* services_;
  const gtr_events* events_;
  const gtr_operations* operations_;
  const gtr_metrics* metrics_;
  const gtr_inspect* inspect_;
  std::atomic<bool> is_ending_ = false;
  std::mutex ends_mutex_;  // guards what follows
  std::vector<std::function<Task<void>()>> ends_;
  bool is_stopping_ = false;
};

}  // namespace gatetorio

#include "gatetorio/ticker.hpp"
