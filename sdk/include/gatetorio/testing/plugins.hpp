// The plugins of a fake host: loaded, configured, started and stopped as the hub does it.
#pragma once

#include <dlfcn.h>

#include <boost/json.hpp>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "gatetorio/abi/plugin.h"
#include "gatetorio/testing/tables.hpp"

namespace gatetorio::testing {

class Plugins {
 public:
  explicit Plugins(HostParts& parts) : parts_(parts) {}
  Plugins(const Plugins&) = delete;
  Plugins& operator=(const Plugins&) = delete;

  // The descriptor in a plugin's file, which stays mapped. Throws where it is none.
  static const gtr_plugin& read(const std::string& file) {
    void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    const auto entry = reinterpret_cast<gtr_plugin_entry_fn>(::dlsym(library, GTR_PLUGIN_ENTRY));
    const gtr_plugin* descriptor = entry == nullptr ? nullptr : entry(GTR_ABI_MAJOR, GTR_ABI_MINOR);
    if (descriptor == nullptr) throw std::runtime_error(file + " is no plugin for this ABI");
    return *descriptor;
  }

  // Makes and configures one. Throws with the plugin's words where it refuses.
  void load(const gtr_plugin& descriptor, const boost::json::object& options) {
    auto& plugin = *plugins_.emplace_back(std::make_unique<Loaded>());
    plugin.descriptor = &descriptor;
    plugin.party.size = sizeof(gtr_host);
    plugin.party.get_interface = &tables::find;
    plugin.party.parts = &parts_;
    plugin.party.id = descriptor.id;
    const std::string text = boost::json::serialize(with_defaults(descriptor, options));
    std::string problem;
    gtr_status status = GTR_OK;
    bool is_done = false;
    parts_.work.post(&plugin.party, [&] {
      const gtr_completion refuse = {
          [](void* into, gtr_status, gtr_bytes why) { *static_cast<std::string*>(into) = to_view(why); }, &problem};
      status = descriptor.create(&plugin.party, &plugin.instance);
      if (status == GTR_OK) status = descriptor.configure(plugin.instance, to_bytes(text), refuse);
      is_done = true;
    });
    parts_.work.run_until([&] { return is_done; }, plugin.party.id);
    plugin.is_configured = status == GTR_OK;
    if (!plugin.is_configured) throw std::runtime_error(plugin.party.id + " refuses its options: " + problem);
  }

  // Starts those that are loaded, in the order of their loading.
  void start() {
    for (const auto& plugin : plugins_) {
      if (!std::exchange(plugin->is_started, true)) run_hook(*plugin, plugin->descriptor->start, "start");
    }
    parts_.work.run();
  }

  // Those that were loaded last come first. Afterwards there are none.
  void stop() {
    for (auto each = plugins_.rbegin(); each != plugins_.rend(); ++each) {
      if ((*each)->is_started) run_hook(**each, (*each)->descriptor->drain, "drain");
    }
    for (auto each = plugins_.rbegin(); each != plugins_.rend(); ++each) {
      parts_.work.end_timers(&(*each)->party);
      parts_.bus.close((*each)->party);
      if ((*each)->is_configured) run_hook(**each, (*each)->descriptor->stop, "stop");
      parts_.calls.cancel_all((*each)->party);
      parts_.work.run();
    }
    for (; !plugins_.empty(); plugins_.pop_back()) {
      const Loaded& plugin = *plugins_.back();
      if (plugin.instance != nullptr) plugin.descriptor->destroy(plugin.instance);
    }
  }

 private:
  struct Loaded {
    Party party;
    const gtr_plugin* descriptor = nullptr;
    void* instance = nullptr;
    bool is_configured = false;
    bool is_started = false;
  };
  using Hook = void (*)(void*, gtr_completion);

  // What the hub would hand over: every declared option. Throws for one that is not declared.
  static boost::json::object with_defaults(const gtr_plugin& descriptor, const boost::json::object& given) {
    boost::json::object all;
    std::set<std::string_view> known;
    const boost::json::value declared = boost::json::parse(descriptor.options);
    for (const auto& option : declared.as_array()) {
      const auto& name = option.as_object().at("name").as_string();
      known.insert(name);
      if (const auto* value = option.as_object().if_contains("default")) all[name] = *value;
    }
    for (const auto& [name, value] : given) {
      if (!known.contains(name))
        throw std::invalid_argument(std::string(descriptor.id) + " has no option " + std::string(name));
      all[name] = value;
    }
    return all;
  }
  void run_hook(const Loaded& plugin, Hook hook, const char* name) {
    Pending<Result<std::string>> pending(parts_.work, std::string(name) + " of " + plugin.party.id);
    const gtr_completion done = completion(parts_.work, pending);
    parts_.work.post(&plugin.party, [&plugin, hook, done] { hook(plugin.instance, done); });
    const Result<std::string> outcome = pending.take();
    if (!outcome) throw std::runtime_error(plugin.party.id + " does not " + name + ": " + outcome.error().detail);
  }

  HostParts& parts_;
  std::vector<std::unique_ptr<Loaded>> plugins_;
};

}  // namespace gatetorio::testing
