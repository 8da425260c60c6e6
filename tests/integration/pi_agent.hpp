// The agent that integrators start from, and what it is asked to do.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "support/paths.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {

// docs/examples/pi-agent as a process of its own.
class Agent {
 public:
  explicit Agent(const HubProcess& hub, const std::string& more_toml = {}) {
    std::filesystem::create_directory(folder_ / "state");
    write_file(folder_ / "agent.toml", "hub = \"http://" + hub.http() + "\"\nhardware_id = \"" + unique("hw") +
                                           "\"\ncontroller_id = \"" + name_ + "\"\nstate_dir = \"" +
                                           (folder_ / "state").string() +
                                           "\"\nheartbeat_seconds = 1\nlongest_pause_seconds = 1\n" + more_toml);
    start();
  }
  void start() {
    process_ = std::make_unique<Process>(
        std::vector<std::string>{
            "/usr/bin/python3", "-W", "error",
            (std::filesystem::path(GATETORIO_SOURCE_DIR) / "docs/examples/pi-agent/gatetorio_agent.py").string(),
            (folder_ / "agent.toml").string()},
        ProcessFiles{folder_ / "stdout", folder_ / "stderr"});
  }
  Process& process() { return *process_; }
  std::string log() const { return read_file(folder_ / "stderr"); }
  int count(const std::string& words) const {
    const std::string text = log();
    int found = 0;
    for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
    return found;
  }
  int moves() const { return count("gate moves"); }
  std::filesystem::path token_file() const { return folder_ / "state" / "device_token"; }
  // As the tests know devices. Waits until the agent has registered.
  TestDevice device() const {
    TestDevice device{.controller_id = name_};
    eventually([&] { return !(device.token = read_file(token_file())).empty(); });
    return device;
  }
  bool is_ready(int connections = 1) const {
    return eventually([&] { return count("connected to the broker") >= connections; });
  }

 private:
  const TempDir folder_;
  const std::string name_ = unique("gate");
  std::unique_ptr<Process> process_;
};

inline HttpResponse state_of(const HubProcess& hub, const TestUser& user, const HttpResponse& sent) {
  return HttpClient(hub.http(), user.token).get("/commands/" + sent.text("command_id"));
}

// Sends until the hub takes it: right after a reconnect the hub may not know yet that the gate listens.
inline HttpResponse send(const HubProcess& hub, const TestUser& user, const TestDevice& device,
                         const std::string& action, JsonObject more = {}) {
  more["controller_id"] = device.controller_id;
  more["command"] = JsonObject{{"action", action}};
  HttpResponse sent;
  eventually([&] {
    sent = HttpClient(hub.http(), user.token).post("/commands/send", more);
    return sent.status == 202;
  });
  REQUIRE(sent.status == 202);
  return sent;
}

inline bool is_obeyed(const HubProcess& hub, const TestUser& user, const TestDevice& device) {
  const HttpResponse sent = send(hub, user, device, "open_gate");
  return eventually([&] { return state_of(hub, user, sent).text("state") == "acknowledged"; });
}

}  // namespace gatetorio::testing
