// Is the hub well? Facts that plugins state, the states of the plugins, and whether it is ready to serve.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace gatetorio::core {

// Thread-safe.
class Health {
 public:
  // A plugin in this state makes the hub unhealthy.
  static constexpr std::string_view kFailed = "failed";

  explicit Health(std::string version);

  // A false fact ("database_connected") makes the hub unhealthy until it is stated true. Who will state one says false
  // when it is configured: from the first answer on the hub is unwell until it holds.
  void set_fact(std::string_view name, bool value);
  // `state` is a word of the plugin's life ("started"); `detail` says why, for people: no secret in it.
  void set_plugin(std::string_view id, std::string_view state, std::string_view detail = {});
  void set_ready(bool ready);

  bool healthy() const;  // every fact is true and no plugin has failed
  bool ready() const;
  // Of a plugin; empty for one never named.
  std::string state(std::string_view id) const;
  std::string detail(std::string_view id) const;

  // {"status": "healthy" | "degraded", "healthy", "ready", "version", "facts": {name: bool}, "plugins": {id: state}},
  // names sorted. Details are left out: /health answers anybody.
  std::string report() const;

 private:
  struct Plugin {
    std::string state;
    std::string detail;
  };
  bool healthy_locked() const;

  const std::string version_;
  mutable std::mutex mutex_;  // guards all below
  std::map<std::string, bool, std::less<>> facts_;
  std::map<std::string, Plugin, std::less<>> plugins_;
  bool ready_ = false;
};

}  // namespace gatetorio::core
