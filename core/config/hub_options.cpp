#include "core/config/hub_options.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <string_view>

namespace gatetorio::core {
namespace {

namespace json = boost::json;

constexpr std::string_view kHubOptions = R"json([
  {"name": "data_dir", "type": "string", "default": "data", "min": 1,
   "help": "Folder for everything the hub writes. A relative path counts from the current directory. Made if missing. Keep it on a local disk: a network share may lose what was acknowledged."},
  {"name": "plugins", "type": "string_list", "required": true,
   "help": "Ids of the plugins to load; the order does not matter. A plugin that is not listed here does not run, even where its table is present."},
  {"name": "plugin_dir", "type": "string", "default": "",
   "help": "The one folder that plugins are loaded from. Empty: plugins/ beside the program, else ../lib/gatetorio/plugins from there. Who can write in it can run code in the hub."},
  {"name": "migrations_dir", "type": "string_list", "default": [],
   "help": "Folders with a sub-folder of database migrations for each plugin, searched in this order before the hub's own."},
  {"name": "pages_dir", "type": "string_list", "default": [],
   "help": "Folders with a sub-folder of web pages for each plugin that has some, searched in this order before the hub's own."},
  {"name": "log_level", "type": "enum", "choices": ["debug", "info", "warn", "error"], "default": "info",
   "help": "The least important lines that are logged. debug writes several lines for every request."},
  {"name": "log_format", "type": "enum", "choices": ["text", "json"], "default": "text",
   "help": "How log lines look on stderr: text for people, json (one object a line) for log collectors."},
  {"name": "worker_threads", "type": "integer", "default": 0, "min": 0, "max": 64,
   "help": "Threads that run the plugins. 0: one for each processor."},
  {"name": "stop_timeout_seconds", "type": "integer", "default": 8, "min": 1, "max": 300, "unit": "seconds",
   "help": "How long the hub takes at most to finish its work after SIGTERM. Service managers kill after a time of their own: keep this below it."},
  {"name": "plugin_stop_timeout_seconds", "type": "integer", "default": 3, "min": 1, "max": 300, "unit": "seconds",
   "help": "How long one plugin may take for each of the steps draining and stopping before the hub goes on without it."},
  {"name": "plugin_sha256", "type": "table", "default": {},
   "help": "Optional pins, plugin id = SHA-256 of its .so in hex. A plugin whose file differs from its pin is not loaded."}
])json";

std::string text(const json::object& options, std::string_view name) {
  return std::string(options.at(name).as_string());
}

std::chrono::seconds seconds(const json::object& options, std::string_view name) {
  return std::chrono::seconds(options.at(name).as_int64());
}

std::vector<std::string> list(const json::object& options, std::string_view name) {
  std::vector<std::string> entries;
  for (const json::value& entry : options.at(name).as_array()) entries.emplace_back(entry.as_string());
  return entries;
}

Schema parse_own_schema() {
  Result<Schema> schema = parse_schema(kHubOptions);
  if (!schema) std::abort();  // our own text, pinned by a test
  return std::move(*schema);
}

}  // namespace

const Schema& hub_schema() {
  static const Schema kSchema = parse_own_schema();
  return kSchema;
}

HubOptions to_hub_options(const json::object& options) {
  HubOptions hub;
  hub.data_dir = text(options, "data_dir");
  hub.plugins = list(options, "plugins");
  hub.plugin_dir = text(options, "plugin_dir");
  hub.migrations_dir = list(options, "migrations_dir");
  hub.pages_dir = list(options, "pages_dir");
  hub.log_level = text(options, "log_level");
  hub.log_format = text(options, "log_format");
  hub.worker_threads = static_cast<int>(options.at("worker_threads").as_int64());
  hub.stop_timeout = seconds(options, "stop_timeout_seconds");
  hub.plugin_stop_timeout = seconds(options, "plugin_stop_timeout_seconds");
  for (const auto& [id, pin] : options.at("plugin_sha256").as_object()) {
    hub.plugin_sha256.emplace(id, std::string(pin.as_string()));
  }
  return hub;
}

bool is_plugin_id(std::string_view id) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !id.empty() && id.size() <= 64 && id.find_first_not_of(kAllowed) == std::string_view::npos &&
         id.front() != '-' && id.back() != '-' && id.find("--") == std::string_view::npos;
}

}  // namespace gatetorio::core
