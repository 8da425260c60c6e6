// What the hub is made of, for the functions that plugins call.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/bus/bus.hpp"
#include "core/observe/health.hpp"
#include "core/observe/log.hpp"
#include "core/observe/metrics.hpp"
#include "core/operations/operations.hpp"
#include "core/plugin/backups.hpp"
#include "core/plugin/contributions.hpp"
#include "core/plugin/services.hpp"
#include "core/plugin/tools.hpp"
#include "core/runtime/executor.hpp"

namespace gatetorio::core {

// Words of the `ready` line: "http" -> "127.0.0.1:8080". Thread-safe.
class Announcements {
 public:
  void set(std::string_view name, std::string_view value);
  std::string words() const;  // "http=127.0.0.1:8080 ..."

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> words_;
};

struct Platform {
  Platform(Log& log_, std::string version_, unsigned threads);

  Log& log;
  Metrics metrics;
  Health health;
  Executor executor;
  Bus bus;
  Services services;
  Operations operations;
  Announcements announcements;
  Tools tools;
  Contributions contributions;
  Backups backups;
  std::string version;
  std::map<std::string, std::string, std::less<>> settings;  // written before the first plugin is started
  std::string plugins_report() const;
  // The page for Prometheus, with how the hub is at this moment.
  std::string metrics_report();
  std::string installed_report() const;
  std::vector<const Plugin*> plugins;  // as above
  // For the next start. Written before the first plugin is started; then any thread.
  std::function<Result<void>(const std::string& id, bool is_enabled)> choose_plugin;
  std::function<std::vector<std::string>()> installed_plugins, chosen_plugins;
};

// The function through which a plugin reaches all of it (abi/host.h).
const void* host_interface(gtr_host* host, const char* id);

}  // namespace gatetorio::core
