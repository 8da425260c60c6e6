#include "core/plugin/dependencies.hpp"

#include <algorithm>

namespace gatetorio::core {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

Result<std::vector<std::size_t>> start_order(const std::vector<Needs>& plugins) {
  for (const Needs& plugin : plugins) {
    for (const std::string& service : plugin.requirements) {
      const bool met = std::any_of(plugins.begin(), plugins.end(),
                                   [&](const Needs& other) { return contains(other.provides, service); });
      if (!met) {
        return Error{.status = Status::kInvalid,
                     .detail = "plugin '" + plugin.id + "' requires " + service +
                               ", which no enabled plugin provides; add one that does to hub.plugins"};
      }
    }
  }
  std::vector<std::size_t> order;
  std::vector<bool> placed(plugins.size(), false);
  const auto is_ready = [&](const Needs& plugin) {
    for (std::size_t other = 0; other < plugins.size(); ++other) {
      if (placed[other] || plugins[other].id == plugin.id) continue;
      for (const std::string& service : plugin.requirements) {
        if (contains(plugins[other].provides, service)) return false;
      }
    }
    return true;
  };
  while (order.size() < plugins.size()) {
    std::size_t next = 0;
    while (next < plugins.size() && (placed[next] || !is_ready(plugins[next]))) ++next;
    if (next == plugins.size()) {
      std::string names;
      for (std::size_t i = 0; i < plugins.size(); ++i) {
        if (!placed[i]) names.append(names.empty() ? "" : ", ").append(plugins[i].id);
      }
      return Error{.status = Status::kInvalid, .detail = "these plugins require each other in a circle: " + names};
    }
    placed[next] = true;
    order.push_back(next);
  }
  return order;
}

}  // namespace gatetorio::core
