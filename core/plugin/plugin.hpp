// One plugin inside the hub: who it is, which state its life is in, and where its code runs.
#pragma once

#include <atomic>
#include <boost/json/array.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/runtime/executor.hpp"
#include "gatetorio/abi/host.h"
#include "gatetorio/abi/plugin.h"

namespace gatetorio::core {

struct Platform;
struct Plugin;

// docs/ARCHITECTURE.md, "Life of a plugin".
enum class PluginState : std::uint8_t {
  kLoaded,
  kConfigured,
  kStarting,
  kStarted,
  kDraining,
  kStopped,
  kFailed,
};
std::string_view to_string(PluginState state);

// What the plugin holds as gtr_host*.
struct PluginHost : gtr_host {
  Plugin* plugin = nullptr;
  Platform* platform = nullptr;
};

struct Plugin {
  std::string id;
  std::string version;
  const gtr_plugin* descriptor = nullptr;  // NULL for the hub itself
  Lane* lane = nullptr;
  PluginHost host{};
  void* instance = nullptr;
  bool is_configured = false;  // `stop` is owed to it
  bool is_stuck = false;       // a hook of it never ended: nothing of it may be destroyed
  std::atomic<PluginState> state{PluginState::kLoaded};
  std::string detail;                // why it failed; written before `state`
  boost::json::array configuration;  // its options as they are in force, without secrets; written before it is started

  // Whether its services and operations may be called by others.
  bool serves() const {
    const PluginState now = state.load(std::memory_order_acquire);
    return now == PluginState::kStarted || now == PluginState::kDraining;
  }
};

inline Plugin& plugin_of(gtr_host* host) { return *static_cast<PluginHost*>(host)->plugin; }
inline Platform& platform_of(gtr_host* host) { return *static_cast<PluginHost*>(host)->platform; }

}  // namespace gatetorio::core
