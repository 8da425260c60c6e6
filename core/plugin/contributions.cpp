#include "core/plugin/contributions.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace gatetorio::core {

namespace {

bool is_point(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

gtr_status Contributions::add(const Plugin& plugin, std::string_view point, std::string_view entry,
                              std::string& problem) {
  boost::system::error_code unreadable;
  boost::json::value parsed = boost::json::parse(entry, unreadable);
  if (unreadable || !parsed.is_object() || !is_point(point)) {
    problem = "it needs a point of lower-case words with dots between, and a JSON object";
    return GTR_INVALID;
  }
  if (plugin.state.load() != PluginState::kLoaded) {
    problem = "it comes after configure()";
    return GTR_CONFLICT;
  }
  parsed.get_object()["plugin"] = plugin.id;
  const std::lock_guard lock(mutex_);
  auto& list = points_.emplace(point, boost::json::array()).first->value();
  list.get_array().push_back(std::move(parsed));
  return GTR_OK;
}

std::string Contributions::report() const {
  const std::lock_guard lock(mutex_);
  return boost::json::serialize(points_);
}

}  // namespace gatetorio::core
