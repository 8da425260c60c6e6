#include "core/config/config.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "core/config/toml_reader.hpp"
#include "core/config/validate.hpp"

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;

// conf.d/*.toml beside the file, sorted by name.
std::vector<std::string> drop_ins(const std::string& file) {
  std::vector<std::string> found;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(file).parent_path() / "conf.d", failed)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".toml" && name.front() != '.') found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

Config Config::load(const std::string& file, const std::vector<std::string>& sets) {
  Config config;
  config.read_layers(file, sets);
  if (!config.ok()) return config;  // what a broken file lacks is not worth a second message
  config.check_top_level();
  config.check_hub();
  config.check_plugin_tables();
  return config;
}

void Config::read_layers(const std::string& file, const std::vector<std::string>& sets) {
  whole_file_ = Position{std::make_shared<const std::string>(file), 1, 1};
  root_ = read_toml_file(file, file, problems_);
  files_ = drop_ins(file);
  for (const std::string& extra : files_) merge(root_, read_toml_file(extra, extra, problems_));
  files_.insert(files_.begin(), file);
  for (const std::string& set : sets) merge(root_, parse_set(set, problems_));
}

void Config::check_top_level() {
  Problems found;
  for (const Member& member : root_) {
    if (member.name != "hub" && member.name != "plugins") {
      found.error(member.at, printable(member.name),
                  "unknown key; at the top there are only [hub] and [plugins.<id>]" +
                      did_you_mean(member.name, {"hub", "plugins"}));
    } else if (member.node.table() == nullptr) {
      found.error(member.node.at, member.name, "expected table, got " + describe(member.node));
    }
  }
  problems_.add_in_order(std::move(found));
}

void Config::check_hub() {
  static const NodeTable kEmpty;
  const Member* member = find_member(root_, "hub");
  const bool is_table = member != nullptr && member->node.table() != nullptr;
  const NodeTable& table = is_table ? *member->node.table() : kEmpty;
  if (member != nullptr && !is_table) return;
  const Position& at = is_table ? member->node.at : whole_file_;

  Problems found;
  const boost::json::object options = validate(table, hub_schema(), "hub", at, found);
  if (const Member* plugins = find_member(table, "plugins")) check_plugin_ids(*plugins, found);
  if (const Member* pins = find_member(table, "plugin_sha256")) check_pins(*pins, found);
  if (found.errors.empty()) hub_ = to_hub_options(options);
  hub_values_ = options;
  problems_.add_in_order(std::move(found));
  for (auto& [id, pin] : hub_.plugin_sha256) {
    std::transform(pin.begin(), pin.end(), pin.begin(), [](char c) { return c >= 'A' && c <= 'F' ? c + 32 : c; });
  }
}

void Config::check_plugin_ids(const Member& plugins, Problems& found) {
  const auto* list = std::get_if<NodeList>(&plugins.node.value);
  if (list == nullptr) return;
  std::set<std::string_view> seen;
  for (const Node& entry : *list) {
    const auto* id = std::get_if<std::string>(&entry.value);
    if (id == nullptr) continue;
    if (!is_plugin_id(*id)) {
      found.error(entry.at, "hub.plugins", in_quotes(*id) + " is no plugin id: lower-case letters, digits and dashes");
    } else if (!seen.insert(*id).second) {
      found.error(entry.at, "hub.plugins", in_quotes(*id) + " is listed twice");
    }
    hub_.plugins.push_back(*id);
  }
}

void Config::check_pins(const Member& pins, Problems& found) {
  const NodeTable* table = pins.node.table();
  if (table == nullptr) return;
  for (const Member& member : *table) {
    const auto* pin = std::get_if<std::string>(&member.node.value);
    if (pin != nullptr && is_sha256(*pin)) continue;
    found.error(member.node.at, "hub.plugin_sha256." + printable(member.name),
                "expected 64 hex digits, got " + describe(member.node));
  }
}

void Config::check_plugin_tables() {
  const Member* plugins = find_member(root_, "plugins");
  if (plugins == nullptr || plugins->node.table() == nullptr) return;
  Problems found;
  // Where hub.plugins itself is wrong, what is enabled is anybody's guess.
  const bool is_list_known = ok();
  const std::vector<std::string_view> enabled(hub_.plugins.begin(), hub_.plugins.end());
  for (const Member& member : *plugins->node.table()) {
    const std::string key = "plugins." + printable(member.name);
    if (member.node.table() == nullptr) {
      found.error(member.node.at, key, "expected table, got " + describe(member.node));
    } else if (is_list_known && std::find(enabled.begin(), enabled.end(), member.name) == enabled.end()) {
      found.warn(member.at, key,
                 "is configured but not enabled; add it to hub.plugins or remove the table" +
                     did_you_mean(member.name, enabled));
    }
  }
  problems_.add_in_order(std::move(found));
}

const Member* Config::plugin_member(std::string_view id) const {
  const Member* plugins = find_member(root_, "plugins");
  const NodeTable* all = plugins == nullptr ? nullptr : plugins->node.table();
  const Member* own = all == nullptr ? nullptr : find_member(*all, id);
  return own == nullptr || own->node.table() == nullptr ? nullptr : own;
}

boost::json::object Config::plugin_options(std::string_view id, const Schema& schema) {
  static const NodeTable kEmpty;
  const Member* own = plugin_member(id);
  const NodeTable& table = own == nullptr ? kEmpty : *own->node.table();
  return validate(table, schema, "plugins." + std::string(id), own == nullptr ? whole_file_ : own->node.at, problems_);
}

boost::json::array Config::plugin_sources(std::string_view id, const Schema& schema,
                                          const boost::json::object& values) const {
  const Member* own = table_member(id);
  boost::json::array out;
  for (const Option& option : schema) {
    const Member* written = own == nullptr ? nullptr : find_member(*own->node.table(), option.name);
    std::string source;
    if (written != nullptr && written->node.at.source != nullptr) {
      const Position& at = written->node.at;
      source = *at.source + (at.line == 0 ? "" : ":" + std::to_string(at.line));
    }
    const auto* value = values.if_contains(option.name);
    const bool is_shown = value != nullptr && !option.is_secret && option.type != OptionType::kSecret;
    out.push_back(boost::json::object{{"name", option.name},
                                      {"value", is_shown ? *value : boost::json::value()},
                                      {"source", source},
                                      {"is_secret", option.is_secret || option.type == OptionType::kSecret},
                                      {"help", option.help}});
  }
  return out;
}

boost::json::value Config::secret_place(std::string_view id, std::string_view option) const {
  const Member* own = table_member(id);
  const Member* written = own == nullptr ? nullptr : find_member(*own->node.table(), option);
  const NodeTable* table = written == nullptr ? nullptr : written->node.table();
  boost::json::object place;
  for (const Member& member : table == nullptr ? NodeTable() : *table) {
    if (const auto* text = std::get_if<std::string>(&member.node.value)) place[member.name] = *text;
  }
  return table == nullptr ? boost::json::value() : boost::json::value(place);
}

void Config::plugin_error(std::string_view id, std::string message) {
  Position at = whole_file_;
  const Member* hub = find_member(root_, "hub");
  const NodeTable* table = hub == nullptr ? nullptr : hub->node.table();
  if (const Member* plugins = table == nullptr ? nullptr : find_member(*table, "plugins")) {
    at = plugins->node.at;
    const auto* list = std::get_if<NodeList>(&plugins->node.value);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto* name = std::get_if<std::string>(&(*list)[i].value);
      if (name != nullptr && *name == id) at = (*list)[i].at;
    }
  }
  problems_.error(at, "hub.plugins", id.empty() ? std::move(message) : in_quotes(id) + ": " + message);
}

const Member* Config::table_member(std::string_view id) const {
  if (!id.empty()) return plugin_member(id);
  const Member* hub = find_member(root_, "hub");
  return hub == nullptr || hub->node.table() == nullptr ? nullptr : hub;
}

Position Config::place_of(std::string_view id, std::string_view option) const {
  const Member* own = table_member(id);
  const Member* value = own == nullptr ? nullptr : find_member(*own->node.table(), option);
  if (value != nullptr) return value->node.at;
  return own != nullptr ? own->node.at : whole_file_;
}

std::string Config::key_of(std::string_view id, std::string_view option) {
  const std::string table = id.empty() ? std::string("hub") : "plugins." + std::string(id);
  return table + (option.empty() ? "" : "." + printable(option));
}

void Config::option_error(std::string_view id, std::string_view option, std::string message) {
  problems_.error(place_of(id, option), key_of(id, option), std::move(message));
}

}  // namespace gatetorio::core
