#include "core/plugin/lifecycle.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "gatetorio/json.hpp"

namespace gatetorio::core {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kForEver = milliseconds::max();

std::string words(const Error& error) { return error.detail.empty() ? "it gave no reason" : error.detail; }

}  // namespace

// Where a hook's answer arrives: the first one counts. It is one only when the hook itself has returned, too: what
// comes after it may be the end of the plugin.
struct Lifecycle::Answer {
  void set(Result<std::string> value) {
    const std::lock_guard lock(mutex);
    if (!result) result = std::move(value);
    arrived.notify_all();
  }
  void hook_returned() {
    const std::lock_guard lock(mutex);
    has_returned = true;
    arrived.notify_all();
  }
  // Empty: not within `patience`.
  std::optional<Result<std::string>> wait(milliseconds patience) {
    std::unique_lock lock(mutex);
    const bool is_there = arrived.wait_for(lock, patience, [this] { return result && (has_returned || !is_way_down); });
    return is_there ? result : std::nullopt;
  }
  static void done(void* context, gtr_status status, gtr_bytes result) {
    auto* self = static_cast<Answer*>(context);
    if (status < GTR_FIRST_ERROR) return self->set(std::string(to_view(result)));
    self->set(error_from_json(status, to_view(result)));
  }

  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<Result<std::string>> result;
  bool has_returned = false;
  bool is_way_down = false;
};

Lifecycle::Lifecycle(Platform& platform) : platform_(platform) {}
Lifecycle::~Lifecycle() = default;

// Runs `call` on the plugin's lane; what escapes it is an error.
template <class Call>
void Lifecycle::on_lane(Plugin& plugin, const std::shared_ptr<Answer>& answer, Call call) {
  plugin.lane->post([answer, call] {
    try {
      call();
    } catch (const std::exception& e) {
      answer->set(Error{.detail = std::string("it threw: ") + e.what()});
    } catch (...) {
      answer->set(Error{.detail = "it threw something that is no std::exception"});
    }
    answer->hook_returned();
  });
}

void Lifecycle::set_state(Plugin& plugin, PluginState state, const std::string& detail) {
  if (!detail.empty()) plugin.detail = detail;
  plugin.state.store(state, std::memory_order_release);
  platform_.health.set_plugin(plugin.id, to_string(state));
}

void Lifecycle::fail(Plugin& plugin, const std::string& why) {
  platform_.log.write(LogLevel::kError, "hub", "plugin failed", {{"plugin", plugin.id}, {"why", why}});
  set_state(plugin, PluginState::kFailed, why);
}

Result<void> Lifecycle::configure(Plugin& plugin, const boost::json::object& options) {
  set_state(plugin, PluginState::kLoaded);
  const auto answer = std::make_shared<Answer>();
  const std::string text = boost::json::serialize(options);
  on_lane(plugin, answer, [&plugin, answer, text] {
    const gtr_status made = plugin.descriptor->create(&plugin.host, &plugin.instance);
    if (made >= GTR_FIRST_ERROR) {
      plugin.instance = nullptr;
      return answer->set(Error{.detail = "it could not be created"});
    }
    // The problem is reported during the call, so its context may live here.
    Error problem{.detail = "configure() failed without a reason"};
    const auto report = [](void* context, gtr_status status, gtr_bytes json) {
      *static_cast<Error*>(context) = error_from_json(status, to_view(json));
    };
    const gtr_status status = plugin.descriptor->configure(plugin.instance, to_bytes(text), {report, &problem});
    if (status < GTR_FIRST_ERROR) return answer->set(std::string());
    answer->set(problem);
  });
  constexpr milliseconds kPatience(10'000);  // it does no I/O
  const auto result = answer->wait(kPatience);
  const bool has_failed = !result || !*result;
  Result<void> outcome;
  if (has_failed) outcome = result ? result->error() : Error{.detail = "configure() did not end within 10 s"};
  plugin.is_configured = static_cast<bool>(outcome);
  plugin.is_stuck = !result;
  if (outcome) set_state(plugin, PluginState::kConfigured);
  return outcome;
}

Result<std::string> Lifecycle::run(Plugin& plugin, const std::function<void(gtr_completion)>& begin,
                                   milliseconds patience, const char* doing,
                                   const std::function<bool()>& is_cancelled) {
  const auto answer = answers_.emplace_back(std::make_shared<Answer>());
  answer->is_way_down = patience != kForEver;
  on_lane(plugin, answer, [answer, begin] { begin({&Answer::done, answer.get()}); });
  constexpr milliseconds kLook(50), kRemind(10'000), kGrace(3'000);
  const auto began = Clock::now();
  auto remind_at = began + kRemind;
  while (true) {
    if (const auto result = answer->wait(std::min(patience, kLook))) return *result;
    const auto now = Clock::now();
    if (patience != kForEver && now - began >= patience) return Error{.status = Status::kTimeout};
    if (is_cancelled()) {
      // What begins must end before it is told to stop, or the two would meet in the plugin.
      platform_.executor.cancel_timers(*plugin.lane);
      if (const auto result = answer->wait(kGrace)) return *result;
      return Error{.status = Status::kCancelled, .detail = "the hub was told to stop"};
    }
    if (now < remind_at) continue;
    remind_at = now + kRemind;
    platform_.log.write(LogLevel::kWarn, "hub", "still waiting for a plugin", {{"plugin", plugin.id}, {"to", doing}});
  }
}

Result<void> Lifecycle::start(Plugin& plugin, const std::function<bool()>& is_cancelled) {
  set_state(plugin, PluginState::kStarting);
  platform_.bus.open(*plugin.lane);
  const auto begin = [&plugin](gtr_completion done) { plugin.descriptor->start(plugin.instance, done); };
  const Result<std::string> started = run(plugin, begin, kForEver, "start", is_cancelled);
  if (!started) {
    fail(plugin, words(started.error()));
    return started.error();
  }
  set_state(plugin, PluginState::kStarted);
  return {};
}

Result<std::string> Lifecycle::run_tool(const Tool& tool, const std::string& arguments,
                                        const std::function<bool()>& is_cancelled) {
  const auto begin = [&tool, &arguments](gtr_completion done) { tool.run(tool.context, to_bytes(arguments), done); };
  return run(*tool.plugin, begin, kForEver, tool.name.c_str(), is_cancelled);
}

bool Lifecycle::end(Plugin& plugin, Hook hook, milliseconds patience, const char* doing) {
  const auto begin = [&plugin, hook](gtr_completion ended) { hook(plugin.instance, ended); };
  const Result<std::string> done = run(plugin, begin, patience, doing, [] { return false; });
  if (done) return true;
  const bool is_late = done.error().status == Status::kTimeout;
  platform_.log.write(
      LogLevel::kError, "hub", "a plugin did not end as it should",
      {{"plugin", plugin.id}, {"in", doing}, {"why", is_late ? "it is too slow" : words(done.error())}});
  return false;
}

bool Lifecycle::drain(Plugin& plugin, milliseconds patience) {
  if (plugin.state.load() != PluginState::kStarted) return true;
  set_state(plugin, PluginState::kDraining);
  return end(plugin, plugin.descriptor->drain, patience, "drain");
}

bool Lifecycle::stop(Plugin& plugin, milliseconds patience) {
  if (!plugin.is_configured || plugin.state.load() == PluginState::kStopped) return !plugin.is_stuck;
  const bool has_failed = plugin.state.load() == PluginState::kFailed;
  platform_.bus.shut(*plugin.lane);
  platform_.executor.end_timers(*plugin.lane);  // wakes what sleeps between two rounds of work, and lets nothing sleep
  const bool ended = end(plugin, plugin.descriptor->stop, patience, "stop");
  if (!has_failed) set_state(plugin, PluginState::kStopped);
  return ended;
}

void Lifecycle::destroy(Plugin& plugin) {
  try {
    if (plugin.instance != nullptr) plugin.descriptor->destroy(plugin.instance);
  } catch (...) {
    platform_.log.write(LogLevel::kError, "hub", "a plugin threw in destroy", {{"plugin", plugin.id}});
  }
  plugin.instance = nullptr;
}

}  // namespace gatetorio::core
