#include "core/app/plugin_choices.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "core/config/hub_options.hpp"
#include "gatetorio/durable.hpp"

namespace gatetorio::core {

Result<void> PluginChoices::read() {
  std::ifstream in(file_, std::ios::binary);
  if (!in) return {};
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  boost::system::error_code unreadable;
  const boost::json::value parsed = boost::json::parse(text, unreadable);
  std::map<std::string, bool> choices;
  bool is_ours = !unreadable && parsed.is_object();
  for (const auto& [id, chosen] : is_ours ? parsed.get_object() : boost::json::object()) {
    is_ours = is_ours && is_plugin_id(id) && chosen.is_bool();
    if (is_ours) choices.emplace(id, chosen.get_bool());
  }
  if (!is_ours) return Error{.status = Status::kInvalid, .detail = file_.string() + " is no list of chosen plugins"};
  const std::lock_guard lock(mutex_);
  choices_ = std::move(choices);
  return {};
}

std::vector<std::string> PluginChoices::applied(const std::vector<std::string>& configured) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> plugins;
  for (const std::string& id : configured) {
    const auto choice = choices_.find(id);
    if (choice == choices_.end() || choice->second) plugins.push_back(id);
  }
  for (const auto& [id, is_enabled] : choices_) {
    if (is_enabled && std::find(plugins.begin(), plugins.end(), id) == plugins.end()) plugins.push_back(id);
  }
  return plugins;
}

Result<void> PluginChoices::set(const std::string& id, bool is_enabled) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, bool> choices = choices_;
  choices[id] = is_enabled;
  boost::json::object written;
  for (const auto& [name, chosen] : choices) written[name] = chosen;
  const Result<void> done = durable::write(file_, boost::json::serialize(written) + "\n");
  if (done) choices_ = std::move(choices);
  return done;
}

}  // namespace gatetorio::core
