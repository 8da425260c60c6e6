#include "core/app/hub.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <thread>

#include "core/plugin/dependencies.hpp"
#include "core/plugin/library.hpp"
#include "core/runtime/heap.hpp"
#include "gatetorio/sql.hpp"
#include "version.hpp"

namespace gatetorio::core {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kFilePrefix = "gatetorio-";
constexpr std::uint64_t kSweepMs = 500;
constexpr std::chrono::minutes kHeapEvery{1};
constexpr std::chrono::seconds kCheckPatience{60};

std::vector<std::string> list_of(const char* const* ids) {
  std::vector<std::string> list;
  for (; *ids != nullptr; ++ids) list.emplace_back(*ids);
  return list;
}

// The first that exists, else the last.
fs::path first_existing(std::initializer_list<fs::path> candidates) {
  std::error_code ignored;
  for (const fs::path& path : candidates) {
    if (fs::is_directory(path, ignored)) return path;
  }
  return *(candidates.end() - 1);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ":").append(part);
  return text;
}

}  // namespace

struct Hub::Loaded {
  Plugin plugin;
  Schema schema;
  Needs needs;
};

Hub::Hub(Config& config, Log& log, const fs::path& program)
    : config_(config),
      log_(log),
      program_dir_(fs::weakly_canonical(program).parent_path()),
      platform_(std::make_unique<Platform>(log, kVersion, static_cast<unsigned>(config.hub().worker_threads))),
      lifecycle_(*platform_),
      choices_(fs::path(config.hub().data_dir) / "plugins.json") {
  auto& settings = platform_->settings;
  settings["version"] = kVersion;
  settings["hub_id"] = {};
  settings["data_dir"] = fs::absolute(config.hub().data_dir).lexically_normal().string();
  platform_->metrics.set_data_dir(settings["data_dir"]);
  settings["plugin_dir"] =
      config.hub().plugin_dir.empty()
          ? first_existing({program_dir_ / "plugins", program_dir_ / kInstalledPluginDir}).lexically_normal().string()
          : fs::absolute(config.hub().plugin_dir).string();
  settings["migrations_dir"] = search_path(config.hub().migrations_dir, "migrations", kInstalledMigrationsDir);
  settings["pages_dir"] = search_path(config.hub().pages_dir, "pages", kInstalledPagesDir);

  self_.id = "hub";
  self_.version = kVersion;
  self_.lane = &platform_->executor.make_lane(false, self_.id);
  self_.host.size = sizeof(gtr_host);
  self_.host.get_interface = &host_interface;
  self_.host.plugin = &self_;
  self_.host.platform = platform_.get();
  self_.state = PluginState::kStarted;
  host_ = std::make_unique<Host>(&self_.host);
  platform_->operations.set_host(*host_, *self_.lane);
  sweep();
}

// The configured folders, then the hub's own: beside the program, or where an installed hub has it.
std::string Hub::search_path(std::vector<std::string> folders, const char* beside, const char* installed) const {
  for (std::string& folder : folders) folder = fs::absolute(folder).string();
  folders.push_back(first_existing({program_dir_ / beside, program_dir_ / installed}).lexically_normal().string());
  return joined(folders);
}

Hub::~Hub() {
  for (auto loaded = plugins_.rbegin(); loaded != plugins_.rend(); ++loaded) lifecycle_.destroy((*loaded)->plugin);
}

void Hub::sweep() {
  platform_->executor.start_timer(kSweepMs, [this](bool fired) {
    if (!fired) return;
    const auto now = Clock::now();
    const std::size_t late = platform_->services.sweep(now) + platform_->operations.sweep(now);
    if (late > 0) log_.write(LogLevel::kWarn, "hub", "calls got no answer in time", {{"count", std::to_string(late)}});
    sd_notify(0, "WATCHDOG=1");
    if (now - heap_given_back_at_ >= kHeapEvery) {
      heap_given_back_at_ = now;
      give_back_heap();
    }
    sweep();
  });
}

fs::path Hub::plugin_file(const std::string& id) const {
  return fs::path(platform_->settings.at("plugin_dir")) / (std::string(kFilePrefix) + id + ".so");
}

void Hub::load(const std::string& id) {
  const auto pin = config_.hub().plugin_sha256.find(id);
  const auto library =
      load_library(plugin_file(id), id, pin == config_.hub().plugin_sha256.end() ? std::string() : pin->second);
  if (!library) return config_.plugin_error(id, library.error().detail);
  auto loaded = std::make_unique<Loaded>();
  Plugin& plugin = loaded->plugin;
  plugin.id = id;
  plugin.descriptor = *library;
  plugin.version = plugin.descriptor->version;
  Result<Schema> schema = parse_schema(plugin.descriptor->options);
  if (!schema) return config_.plugin_error(id, "declares its options wrongly: " + schema.error().detail);
  loaded->schema = *std::move(schema);
  loaded->needs = {id, list_of(plugin.descriptor->provides), list_of(plugin.descriptor->requires_)};
  plugin.lane = &platform_->executor.make_lane(plugin.descriptor->affinity != GTR_AFFINITY_ANY, id);
  plugin.host.size = sizeof(gtr_host);
  plugin.host.get_interface = &host_interface;
  plugin.host.plugin = &plugin;
  plugin.host.platform = platform_.get();
  plugins_.push_back(std::move(loaded));
}

void Hub::configure() {
  if (const Result<void> read = choices_.read(); !read) {
    log_.write(LogLevel::kError, "hub", "what was chosen of plugins does not count", {{"why", read.error().detail}});
  }
  ids_ = choices_.applied(config_.hub().plugins);
  for (const std::string& id : config_.hub().plugins) {
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) continue;
    log_.write(LogLevel::kWarn, "hub", "a plugin of hub.plugins is off: it was switched off while the hub ran",
               {{"plugin", id}, {"kept_in", choices_.file().string()}});
  }
  for (const std::string& id : ids_) load(id);
  std::vector<Needs> needs;
  for (const auto& loaded : plugins_) needs.push_back(loaded->needs);
  // Without all of them loaded, "nobody provides" would be a second message about the same fault.
  if (plugins_.size() == ids_.size()) {
    const auto order = start_order(needs);
    if (!order) {
      config_.plugin_error("", order.error().detail);
    } else {
      std::vector<std::unique_ptr<Loaded>> sorted;
      for (const std::size_t index : *order) sorted.push_back(std::move(plugins_[index]));
      plugins_ = std::move(sorted);
    }
  }
  for (const auto& loaded : plugins_) platform_->plugins.push_back(&loaded->plugin);
  platform_->choose_plugin = [this](const std::string& id, bool is_enabled) { return choose(id, is_enabled); };
  platform_->installed_plugins = [this] { return installed(); };
  platform_->chosen_plugins = [this] { return choices_.applied(config_.hub().plugins); };
  for (const auto& loaded : plugins_) configure_one(*loaded);
}

// All that could be loaded, by the names of their files.
std::vector<std::string> Hub::installed() const {
  std::vector<std::string> ids;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(platform_->settings.at("plugin_dir"), none)) {
    const std::string name = entry.path().stem().string();
    const std::string id = name.starts_with(kFilePrefix) ? name.substr(kFilePrefix.size()) : std::string();
    if (entry.path().extension() == ".so" && is_plugin_id(id)) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// For the next start. What the others then require must still be there.
Result<void> Hub::choose(const std::string& id, bool is_enabled) {
  const std::vector<std::string> all = installed();
  if (std::find(all.begin(), all.end(), id) == all.end()) {
    return Error{.status = Status::kNotFound, .detail = "There is no plugin '" + id + "' on this hub."};
  }
  std::vector<Needs> needs;
  for (const std::string& other : choices_.applied(config_.hub().plugins)) {
    if (other == id && !is_enabled) continue;
    const auto loaded = std::find_if(plugins_.begin(), plugins_.end(),
                                     [&other](const auto& entry) { return entry->plugin.id == other; });
    if (loaded == plugins_.end()) return choices_.set(id, is_enabled);  // needs that nobody knows before its start
    needs.push_back((*loaded)->needs);
  }
  if (const auto order = start_order(needs); !order) {
    return Error{.status = Status::kConflict, .detail = "Others need it: " + order.error().detail};
  }
  return choices_.set(id, is_enabled);
}

void Hub::configure_one(Loaded& loaded) {
  const std::size_t before = config_.problems().errors.size();
  const boost::json::object options = config_.plugin_options(loaded.plugin.id, loaded.schema);
  if (config_.problems().errors.size() != before) return;
  loaded.plugin.configuration = config_.plugin_sources(loaded.plugin.id, loaded.schema, options);
  const Result<void> done = lifecycle_.configure(loaded.plugin, options);
  if (done) return;
  const Error& error = done.error();
  if (error.fields.empty()) {
    lifecycle_.fail(loaded.plugin, "configure: " + error.detail);
  } else {
    for (const FieldError& field : error.fields) {
      config_.option_error(loaded.plugin.id, field.pointer.substr(field.pointer.empty() ? 0 : 1), field.detail);
    }
  }
}

bool Hub::has_database() const {
  return std::any_of(plugins_.begin(), plugins_.end(), [](const auto& loaded) {
    const auto& list = loaded->needs.requirements;
    return std::find(list.begin(), list.end(), sql::kServiceId) != list.end();
  });
}

bool Hub::is_configured() const {
  return std::all_of(plugins_.begin(), plugins_.end(), [](const auto& loaded) { return loaded->plugin.is_configured; });
}

std::vector<DeclaredPlugin> Hub::declared() const {
  std::vector<DeclaredPlugin> list;
  for (const auto& loaded : plugins_) {
    list.push_back({loaded->plugin.id, loaded->plugin.descriptor->summary, loaded->schema});
  }
  return list;
}

std::vector<std::string> Hub::ids() const {
  std::vector<std::string> list;
  for (const auto& loaded : plugins_) list.push_back(loaded->plugin.id);
  return list;
}

boost::json::array Hub::configuration_of(const std::string& id) const {
  const auto own =
      std::find_if(plugins_.begin(), plugins_.end(), [&id](const auto& it) { return it->plugin.id == id; });
  return own == plugins_.end() ? boost::json::array() : (*own)->plugin.configuration;
}

std::string Hub::setting(std::string_view name) const {
  const auto found = platform_->settings.find(name);
  return found == platform_->settings.end() ? std::string() : found->second;
}

bool Hub::needs_failed(const Loaded& loaded) const {
  const auto is_provided = [&](const std::string& service) {
    return std::any_of(plugins_.begin(), plugins_.end(), [&](const auto& other) {
      const auto& list = other->needs.provides;
      return other->plugin.serves() && std::find(list.begin(), list.end(), service) != list.end();
    });
  };
  const auto& list = loaded.needs.requirements;
  return std::any_of(list.begin(), list.end(), [&](const auto& service) { return !is_provided(service); });
}

bool Hub::start(const std::function<bool()>& is_stopping) {
  bool all = true;
  for (const auto& loaded : plugins_) {
    if (is_stopping()) return true;
    Plugin& plugin = loaded->plugin;
    if (plugin.state.load() == PluginState::kFailed) {
      all = false;
      continue;
    }
    if (needs_failed(*loaded)) {
      lifecycle_.fail(plugin, "a plugin that it requires is not running");
      all = false;
      continue;
    }
    if (!lifecycle_.start(plugin, is_stopping)) all = false;
  }
  if (is_stopping()) return true;
  if (platform_->announcements.words().empty() && !(all && platform_->health.healthy())) {
    log_.write(LogLevel::kError, "hub", "cannot start: nothing of the hub can be reached from outside",
               {{"why", "the lines above"}, {"mend", "gatetorio-hub doctor --config FILE"}});
    return false;
  }
  if (!all) {
    log_.write(LogLevel::kError, "hub", "not ready: a plugin failed; the others serve, /ready says 503",
               {{"serves", platform_->announcements.words()}});
    // A service manager would otherwise end a hub that serves what it can.
    sd_notify(0, "READY=1\nSTATUS=degraded: a plugin failed");
    return true;
  }
  platform_->health.set_ready(true);
  const std::string words = platform_->announcements.words();
  std::printf("ready%s%s\n", words.empty() ? "" : " ", words.c_str());
  std::fflush(stdout);
  sd_notify(0, "READY=1");
  return true;
}

// The plugin and, before it, whatever provides what it requires; in the order of starting.
std::vector<Hub::Loaded*> Hub::needed_by(const Plugin& plugin) const {
  std::vector<Loaded*> wanted;
  std::vector<std::string> services;
  // From the last to start to the first: a provider comes before those that require it.
  for (auto loaded = plugins_.rbegin(); loaded != plugins_.rend(); ++loaded) {
    const auto& provides = (*loaded)->needs.provides;
    const bool is_needed = std::any_of(provides.begin(), provides.end(), [&](const auto& service) {
      return std::find(services.begin(), services.end(), service) != services.end();
    });
    if (&(*loaded)->plugin != &plugin && !is_needed) continue;
    wanted.insert(wanted.begin(), loaded->get());
    const auto& more = (*loaded)->needs.requirements;
    services.insert(services.end(), more.begin(), more.end());
  }
  return wanted;
}

Result<void> Hub::run_tool(const Tool& tool, const boost::json::object& arguments,
                           const std::function<bool()>& is_stopping) {
  for (Loaded* loaded : tool.starts ? needed_by(*tool.plugin) : std::vector<Loaded*>()) {
    if (is_stopping()) return Error{.status = Status::kCancelled, .detail = "told to stop"};
    const bool is_fit = loaded->plugin.state.load() != PluginState::kFailed;
    if (is_fit && lifecycle_.start(loaded->plugin, is_stopping)) continue;
    return Error{.status = Status::kUnavailable, .detail = "plugin '" + loaded->plugin.id + "' does not start"};
  }
  const Result<std::string> done = lifecycle_.run_tool(tool, boost::json::serialize(arguments), is_stopping);
  if (!done) return done.error();
  return {};
}

std::string Hub::ask_check(const std::string& id, bool is_of_machine) {
  const auto own =
      std::find_if(plugins_.begin(), plugins_.end(), [&id](const auto& it) { return it->plugin.id == id; });
  const Tool* check = own == plugins_.end() || !(*own)->plugin.is_configured ? nullptr : tools().find_check(id);
  if (check == nullptr) return {};
  const auto deadline = Clock::now() + kCheckPatience;
  const std::string arguments = boost::json::serialize(boost::json::object{{"machine", is_of_machine}});
  const auto is_late = [deadline] { return Clock::now() >= deadline; };
  const Result<std::string> found = lifecycle_.run_tool(*check, arguments, is_late);
  if (found) return *found;
  const bool is_cancelled = found.error().status == Status::kCancelled;
  const boost::json::object finding{
      {"level", "error"},
      {"detail", is_cancelled ? "its check did not end within a minute" : "its check failed: " + found.error().detail},
      {"mend", "look at the log above"}};
  return boost::json::serialize(boost::json::object{{"findings", boost::json::array{finding}}});
}

bool Hub::stop() {
  sd_notify(0, "STOPPING=1");
  platform_->health.set_ready(false);
  const auto began = Clock::now();
  const milliseconds total = config_.hub().stop_timeout;
  const milliseconds each = config_.hub().plugin_stop_timeout;
  const auto patience = [&] {
    const auto left = std::chrono::duration_cast<milliseconds>(total - (Clock::now() - began));
    return std::clamp(left, milliseconds(10), each);
  };
  bool clean = true;
  for (auto loaded = plugins_.rbegin(); loaded != plugins_.rend(); ++loaded) {
    clean = lifecycle_.drain((*loaded)->plugin, patience()) && clean;
  }
  platform_->operations.cancel_all();  // while the transports can still tell their callers
  for (auto loaded = plugins_.rbegin(); loaded != plugins_.rend(); ++loaded) {
    clean = lifecycle_.stop((*loaded)->plugin, patience()) && clean;
  }
  platform_->operations.cancel_all();
  platform_->services.cancel_all();
  // Workers end before plugins are destroyed: after them nothing can call into one.
  return platform_->executor.join(patience()) && clean;
}

}  // namespace gatetorio::core
