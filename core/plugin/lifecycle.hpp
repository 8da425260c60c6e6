// The path of a plugin's life, and the one place that moves it along: loaded, configured, started, draining, stopped.
// Every hook runs on the plugin's lane and is waited for; whatever it throws or reports ends in state "failed".
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "core/plugin/platform.hpp"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

class Lifecycle {
 public:
  explicit Lifecycle(Platform& platform);
  ~Lifecycle();

  // Makes the instance and hands it its options. Error fields name options ("/listen").
  Result<void> configure(Plugin& plugin, const boost::json::object& options);
  // Waits until it is ready to serve, however long that takes, and says every 10 s that it still does. Ends early,
  // as kCancelled, where `is_cancelled` says so.
  Result<void> start(Plugin& plugin, const std::function<bool()>& is_cancelled);
  // Runs a tool of the plugin, started or only configured, to its end, or until `is_cancelled` says so (kCancelled).
  // What it completes with.
  Result<std::string> run_tool(const Tool& tool, const std::string& arguments,
                               const std::function<bool()>& is_cancelled);
  // The way down. False where a hook fails or does not end within `patience`: it is left behind and named in the log,
  // and something of the plugin may still run.
  bool drain(Plugin& plugin, std::chrono::milliseconds patience);
  bool stop(Plugin& plugin, std::chrono::milliseconds patience);
  // Only when no worker runs any more.
  void destroy(Plugin& plugin);

  void fail(Plugin& plugin, const std::string& why);

 private:
  using Hook = void (*)(void*, gtr_completion);
  Result<std::string> run(Plugin& plugin, const std::function<void(gtr_completion)>& begin,
                          std::chrono::milliseconds patience, const char* doing,
                          const std::function<bool()>& is_cancelled);
  bool end(Plugin& plugin, Hook hook, std::chrono::milliseconds patience, const char* doing);
  void set_state(Plugin& plugin, PluginState state, const std::string& detail = "");

  struct Answer;
  template <class Call>
  static void on_lane(Plugin& plugin, const std::shared_ptr<Answer>& answer, Call call);

  Platform& platform_;
  std::vector<std::shared_ptr<Answer>> answers_;  // kept: a hook may answer late, or twice
};

}  // namespace gatetorio::core
