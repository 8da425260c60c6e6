// The real hub with transport-http and plugins out of tests/fixtures/plugins.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace gatetorio::testing {

class FixtureHub {
 public:
  // `fault`: the option of the plugin "misbehaves". `hub_toml`: more lines for [hub], `more_toml`: more tables.
  explicit FixtureHub(std::vector<std::string> plugins, const std::string& fault = {},
                      const std::string& more_toml = {}, const std::string& hub_toml = {});

  // Runs the hub, or one of its commands, to its end.
  RunResult run_to_end(const std::vector<std::string>& arguments = {}) const;
  // Runs it in the background.
  void launch();
  // The same, and waits until it is ready or says that it is not. Throws where it does neither.
  void start();
  bool is_ready() const { return is_ready_; }
  HttpClient client() const { return HttpClient(http_); }
  // What a plugin's state is by /health.
  std::string state_of(const std::string& plugin) const;
  std::string log() const { return read_file(folder_ / "stderr"); }
  // Waits until the log has this.
  bool logs(const std::string& text) const;
  // SIGTERM, and its exit code.
  int stop();
  Process& process() { return *process_; }
  std::string config() const { return (folder_ / "hub.toml").string(); }

 private:
  TempDir folder_;
  std::unique_ptr<Process> process_;
  std::string http_;
  bool is_ready_ = false;
};

}  // namespace gatetorio::testing
