#include "core/observe/health.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/observe/escape.hpp"

namespace gatetorio::core {

namespace json = boost::json;

Health::Health(std::string version) : version_(std::move(version)) {}

void Health::set_fact(std::string_view name, bool value) {
  const std::lock_guard lock(mutex_);
  facts_.insert_or_assign(as_utf8(name), value);
}

void Health::set_plugin(std::string_view id, std::string_view state) {
  const std::lock_guard lock(mutex_);
  plugins_.insert_or_assign(as_utf8(id), as_utf8(state));
}

void Health::set_ready(bool ready) {
  const std::lock_guard lock(mutex_);
  ready_ = ready;
}

bool Health::healthy_locked() const {
  return std::all_of(facts_.begin(), facts_.end(), [](const auto& fact) { return fact.second; }) &&
         std::none_of(plugins_.begin(), plugins_.end(), [](const auto& entry) { return entry.second == kFailed; });
}

bool Health::healthy() const {
  const std::lock_guard lock(mutex_);
  return healthy_locked();
}

std::map<std::string, bool, std::less<>> Health::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

bool Health::ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

std::string Health::report() const {
  json::object facts, plugins;
  bool healthy = false, ready = false;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, value] : facts_) facts[name] = value;
    for (const auto& [id, state] : plugins_) plugins[id] = state;
    healthy = healthy_locked();
    ready = ready_;
  }
  json::object report;
  report["status"] = healthy ? "healthy" : "degraded";
  report["healthy"] = healthy;
  report["ready"] = ready;
  report["version"] = version_;
  report["facts"] = std::move(facts);
  report["plugins"] = std::move(plugins);
  return json::serialize(report);
}

}  // namespace gatetorio::core
