// The real gatetorio-hub, run with a configuration, ports and data of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace gatetorio::testing {

struct HubSetup {
  std::string enrolment = "open";
  std::string more_toml = {};          // tables beside those of the smallest configuration
  std::vector<std::string> sets = {};  // KEY=VALUE of --set
  bool with_admin = true;              // the plugin, and in its table the two tokens below
  std::string storage = {};            // empty: storage-sqlite, or what GATETORIO_TEST_STORAGE says ("postgres")
  std::string database_url = {};       // of storage-postgres; empty: a database of its own on this program's server
};

// API tokens of admins.
inline constexpr const char* kAdminToken = "gta_admin-of-the-tests";
inline constexpr const char* kViewerToken = "gta_viewer-of-the-tests";

class HubProcess {
 public:
  // Starts it and waits until it is ready. Throws std::runtime_error, with what it said, where it does not get so far.
  explicit HubProcess(HubSetup setup = {});
  ~HubProcess();

  const std::string& http() const { return http_; }  // "HOST:PORT"
  std::uint16_t mqtt_port() const { return mqtt_port_; }
  pid_t pid() const { return process_->pid(); }
  std::filesystem::path data_dir() const { return folder_ / "data"; }
  std::filesystem::path config() const { return folder_ / "hub.toml"; }
  const std::string& storage() const { return setup_.storage; }
  const std::string& database_url() const { return setup_.database_url; }
  bool is_running() { return process_->is_running(); }
  // Everything it wrote on stderr so far, over all its runs.
  std::string log() const { return read_file(folder_ / "stderr"); }
  // Of its present run, on stdout.
  std::string said() const { return read_file(folder_ / "stdout"); }
  // Its broker's process. Throws where there is not exactly one child.
  pid_t broker_pid() const;

  // SIGTERM; its exit code, or -1 where it does not end within `patience`.
  int stop(milliseconds patience = kPatience);
  // SIGKILL.
  void kill();
  // Again, with the same data. On other ports.
  void start();

 private:
  void write_config() const;
  void add_tokens() const;

  HubSetup setup_;
  TempDir folder_;
  std::unique_ptr<Process> process_;
  std::string http_;
  std::uint16_t mqtt_port_ = 0;
};

// <build>/gatetorio-hub with these arguments, run to its end.
RunResult run_hub(std::vector<std::string> arguments);
std::string hub_program();

}  // namespace gatetorio::testing
