#include "core/plugin/platform.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace gatetorio::core {

std::string_view to_string(PluginState state) {
  switch (state) {
    case PluginState::kLoaded:
      return "loaded";
    case PluginState::kConfigured:
      return "configured";
    case PluginState::kStarting:
      return "starting";
    case PluginState::kStarted:
      return "started";
    case PluginState::kDraining:
      return "draining";
    case PluginState::kStopped:
      return "stopped";
    case PluginState::kFailed:
      return "failed";
  }
  return "unknown";
}

void Announcements::set(std::string_view name, std::string_view value) {
  const std::lock_guard lock(mutex_);
  words_.insert_or_assign(std::string(name), std::string(value));
}

std::string Announcements::words() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, value] : words_) {
    text.append(text.empty() ? "" : " ").append(name).append("=").append(value);
  }
  return text;
}

Platform::Platform(Log& log_, std::string version_, unsigned threads)
    : log(log_),
      metrics(log_),
      health(version_),
      executor(threads,
               [this](const std::string& lane, const std::string& what) {
                 log.write(LogLevel::kError, "hub", "a task threw", {{"plugin", lane}, {"exception", what}});
               }),
      operations(services, metrics, bus),
      version(std::move(version_)) {}

namespace {

boost::json::array ids(const char* const* list) {
  boost::json::array out;
  for (; list != nullptr && *list != nullptr; ++list) out.emplace_back(*list);
  return out;
}

}  // namespace

std::string Platform::plugins_report() const {
  boost::json::array list;
  for (const Plugin* plugin : plugins) {
    const PluginState state = plugin->state.load(std::memory_order_acquire);
    list.push_back(boost::json::object{{"id", plugin->id},
                                       {"version", plugin->version},
                                       {"summary", plugin->descriptor ? plugin->descriptor->summary : ""},
                                       {"state", to_string(state)},
                                       {"detail", state == PluginState::kFailed ? plugin->detail : ""},
                                       {"provides", ids(plugin->descriptor ? plugin->descriptor->provides : nullptr)},
                                       {"requires", ids(plugin->descriptor ? plugin->descriptor->requires_ : nullptr)},
                                       {"configuration", plugin->configuration}});
  }
  return boost::json::serialize(list);
}

std::string Platform::metrics_report() {
  const auto set = [this](std::string_view name, std::string_view help, std::initializer_list<MetricLabel> labels,
                          bool value) {
    metrics.get(MetricKind::kGauge, name, help, {labels.begin(), labels.size()})->set(value ? 1 : 0);
  };
  set("gatetorio_build_info", "Always 1; the label is the hub's version.", {{"version", version}}, true);
  set("gatetorio_healthy", "Whether /health says 200.", {}, health.healthy());
  set("gatetorio_ready", "Whether /ready says 200.", {}, health.ready());
  for (const auto& [name, value] : health.facts()) {
    set("gatetorio_fact", "A fact in /health, whether it holds.", {{"fact", name}}, value);
  }
  for (const Plugin* plugin : plugins) {
    set("gatetorio_plugin_up", "Whether the plugin serves.", {{"plugin", plugin->id}}, plugin->serves());
  }
  return metrics.render();
}

std::string Platform::installed_report() const {
  const std::vector<std::string> chosen = chosen_plugins ? chosen_plugins() : std::vector<std::string>();
  boost::json::array list;
  for (const std::string& id : installed_plugins ? installed_plugins() : std::vector<std::string>()) {
    const bool is_chosen = std::find(chosen.begin(), chosen.end(), id) != chosen.end();
    list.push_back(boost::json::object{{"id", id}, {"enabled", is_chosen}});
  }
  return boost::json::serialize(list);
}

}  // namespace gatetorio::core
