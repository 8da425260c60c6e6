#include "core/app/show_configuration.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/config/render.hpp"

namespace gatetorio::core {
namespace {

namespace json = boost::json;

constexpr const char* kHidden = "***";

struct Shown {
  std::string table;  // "hub", "plugins.auth"
  std::string name;
  json::value value;   // of a secret: where it is kept
  std::string source;  // "hub.toml:12", "--set"; empty: the default
  bool is_secret = false;
};

std::vector<Shown> options_of(const std::string& id, const json::array& sources, const Config& config) {
  std::vector<Shown> list;
  for (const json::value& entry : sources) {
    const json::object& given = entry.as_object();
    Shown shown{.table = Config::key_of(id, {}),
                .name = std::string(given.at("name").as_string()),
                .value = given.at("value"),
                .source = std::string(given.at("source").as_string()),
                .is_secret = given.at("is_secret").as_bool()};
    if (shown.is_secret) shown.value = config.secret_place(id, shown.name);
    if (shown.value.is_string()) shown.value = without_password(std::string(shown.value.as_string()));
    list.push_back(std::move(shown));
  }
  return list;
}

std::string as_toml(const std::vector<Shown>& all) {
  std::string text, table;
  for (const Shown& shown : all) {
    if (shown.table != table) text += (table.empty() ? "[" : "\n[") + shown.table + "]\n";
    table = shown.table;
    if (shown.value.is_null()) {
      text += "# " + shown.name + " is not set\n";
      continue;
    }
    text +=
        shown.name + " = " + to_toml(shown.value) + "  # " + (shown.source.empty() ? "default" : shown.source) + "\n";
  }
  return text;
}

std::string as_json(const std::vector<Shown>& all) {
  json::array list;
  for (const Shown& shown : all) {
    list.push_back(json::object{{"key", shown.table + "." + shown.name},
                                {"value", shown.value},
                                {"source", shown.source.empty() ? std::string("default") : shown.source},
                                {"is_secret", shown.is_secret}});
  }
  return json::serialize(json::object{{"options", std::move(list)}}) + "\n";
}

}  // namespace

std::string without_password(const std::string& text) {
  std::string shown = text;
  const auto scheme = shown.find("://");
  if (scheme == std::string::npos) return shown;
  const auto begin = scheme + 3;
  const auto end = std::min(shown.find_first_of("/?#", begin), shown.size());
  const auto at = shown.rfind('@', end);
  const auto colon = shown.find(':', begin);
  if (at != std::string::npos && at >= begin && colon < at) shown.replace(colon + 1, at - colon - 1, kHidden);
  constexpr std::string_view kParameter = "password=";
  for (auto found = shown.find(kParameter); found != std::string::npos; found = shown.find(kParameter, found + 1)) {
    const auto value = found + kParameter.size();
    shown.replace(value, std::min(shown.find('&', value), shown.size()) - value, kHidden);
  }
  return shown;
}

std::string show_configuration(const Hub& hub, const Config& config, bool is_json) {
  std::vector<Shown> all = options_of({}, config.hub_sources(), config);
  for (const std::string& id : hub.ids()) {
    const std::vector<Shown> more = options_of(id, hub.configuration_of(id), config);
    all.insert(all.end(), more.begin(), more.end());
  }
  return is_json ? as_json(all) : as_toml(all);
}

}  // namespace gatetorio::core
