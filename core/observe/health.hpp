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
  // `state` is a word of the plugin's life ("started"). Why it is so is in the log: /health answers anybody.
  void set_plugin(std::string_view id, std::string_view state);
  void set_ready(bool ready);

  std::map<std::string, bool, std::less<>> facts() const;
  bool healthy() const;  // every fact is true and no plugin has failed
  bool ready() const;

  // {"status": "healthy" | "degraded", "healthy", "ready", "version", "facts": {name: bool}, "plugins": {id: state}},
  // names sorted.
  std::string report() const;

 private:
  bool healthy_locked() const;

  const std::string version_;
  mutable std::mutex mutex_;  // guards all below
  std::map<std::string, bool, std::less<>> facts_;
  std::map<std::string, std::string, std::less<>> plugins_;  // their states
  bool ready_ = false;
};

}  // namespace gatetorio::core
