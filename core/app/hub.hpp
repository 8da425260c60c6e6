// The hub as a whole: loads what the configuration names, starts it in order, waits, and stops it in order.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/app/plugin_choices.hpp"
#include "core/config/config.hpp"
#include "core/config/render.hpp"
#include "core/plugin/lifecycle.hpp"
#include "core/plugin/platform.hpp"

namespace gatetorio::core {

class Hub {
 public:
  // `program`: the hub's own file; plugins and migrations are looked for beside it.
  Hub(Config& config, Log& log, const std::filesystem::path& program);
  ~Hub();

  // Loads and configures every plugin, starting nothing. What is wrong with the configuration is in its problems().
  void configure();
  // Whether every plugin took its configuration.
  bool is_configured() const;
  // The options of the loaded plugins, for documents.
  std::vector<DeclaredPlugin> declared() const;

  // Whether a plugin keeps something in a database, which other hubs may share. After configure().
  bool has_database() const;
  // Who this hub is, as plugins may ask from their start on ("hub_id"). Before start(); commands have none.
  void set_id(std::string id) { platform_->settings["hub_id"] = std::move(id); }
  // Starts every plugin and prints the `ready` line on stdout once all of them are. Returns early where `is_stopping`
  // says so. A plugin that cannot start stays "failed", and so do those that need it; the others serve. False where
  // there are faults and nothing of the hub can be reached from outside: no plugin has announced an address.
  bool start(const std::function<bool()>& is_stopping);
  // What the plugins bring to the command line.
  const Tools& tools() const { return platform_->tools; }
  // Runs one of them: starts what it needs, in order, and waits for its end, or until `is_stopping` says so (then
  // kCancelled). Errors: the tool's; kUnavailable where something that it needs does not start. Instead of start().
  Result<void> run_tool(const Tool& tool, const boost::json::object& arguments,
                        const std::function<bool()>& is_stopping);

  // The plugins of this run, in the order of starting. After configure().
  std::vector<std::string> ids() const;
  // Its options as they are in force: Config::plugin_sources. After configure().
  boost::json::array configuration_of(const std::string& id) const;
  // What the plugin finds of its files, or of the machine too: JSON as gatetorio/checks.hpp has it; empty where it has
  // no check, or was not configured. Blocks. Instead of start().
  std::string ask_check(const std::string& id, bool is_of_machine);
  // "plugin_dir", "migrations_dir", ...
  std::string setting(std::string_view name) const;

  // Drains and stops everything, started or only configured, within hub.stop_timeout, and ends the workers. True where
  // everything ended as it should: only then may this object be destroyed. Nothing may be called after.
  bool stop();

 private:
  struct Loaded;
  void load(const std::string& id);
  Result<void> choose(const std::string& id, bool is_enabled);
  std::vector<std::string> installed() const;
  void configure_one(Loaded& loaded);
  bool needs_failed(const Loaded& loaded) const;
  std::vector<Loaded*> needed_by(const Plugin& plugin) const;
  std::filesystem::path plugin_file(const std::string& id) const;
  std::string search_path(std::vector<std::string> folders, const char* beside, const char* installed) const;
  void sweep();

  Config& config_;
  Log& log_;
  std::filesystem::path program_dir_;
  std::unique_ptr<Platform> platform_;
  Lifecycle lifecycle_;
  PluginChoices choices_;
  std::vector<std::string> ids_;  // of the plugins of this run
  Plugin self_;                   // the hub's own door to its services
  std::unique_ptr<Host> host_;
  std::vector<std::unique_ptr<Loaded>> plugins_;  // in the order of starting, once configured
  Clock::time_point heap_given_back_at_ = Clock::now();
};

}  // namespace gatetorio::core
