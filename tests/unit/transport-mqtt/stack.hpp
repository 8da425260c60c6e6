// The real broker with our guard, and a hub that decides as the test says.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker_client.hpp"
#include "broker_process.hpp"
#include "link_server.hpp"
#include "raw_mqtt.hpp"

namespace gatetorio::transport_mqtt::testing {

// A folder that goes when the test ends.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  std::string path(const std::string& name = {}) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

Policy device_policy(const std::string& username, const std::string& controller_id);
// A rule that names no device is about the one with the number at the end of its name: "gate1" is "device-1".
Policy user_policy(const std::string& username, std::vector<Rule> rules);

// A command as the hub sends it: the members of the object `command` and the hub's own.
std::string command_text(const std::string& command_id, std::int64_t expires_at_us, const std::string& command = "{}");

class Stack {
 public:
  // `command_ttl`: of the commands that apps publish.
  explicit Stack(std::chrono::milliseconds command_ttl = std::chrono::milliseconds(10'000), Limits limits = {});
  ~Stack();

  std::uint16_t port() const { return ports_.mqtt; }
  BrokerProcess& broker() { return *broker_; }
  LinkServer& link() { return *link_; }
  const std::string folder() const { return folder_.path(); }
  pid_t broker_pid() const;

  // Who may connect, with what, from now on.
  void allow(const std::string& password, Policy policy);
  // As the hub does when access changed.
  void change(Policy policy);
  // While true the hub does not answer the guard's questions.
  void be_silent(bool silent);
  void stop_broker() { broker_->stop(); }
  void start_broker();

  RawConnect login(const std::string& username, const std::string& client_id = {}) const;
  ClientSettings hub_login() const;

  // Waits until a condition on what the hub has heard holds.
  struct Heard {
    std::vector<SessionOpened> opened;
    std::vector<SessionClosed> closed;
    std::vector<std::vector<SessionOpened>> lists;
    std::vector<CommandPassed> passed;
    std::vector<DeviceStatus> statuses;
    std::vector<std::string> absent;                            // user names
    std::vector<std::optional<std::chrono::seconds>> expiries;  // of the commands that apps published
    Counters counters;
    std::vector<OverBudget> excesses;
    int questions = 0;
    int starts = 0;
    int deaths = 0;
    std::string error;
    std::vector<std::string> log;
  };
  bool eventually(const std::function<bool(const Heard&)>& holds,
                  std::chrono::milliseconds patience = std::chrono::seconds(10)) const;

 private:
  LinkServer::Callbacks link_callbacks();
  void start_relay();
  void relay(std::string_view request, std::optional<std::chrono::seconds> expiry);
  template <class Change>
  void hear(Change change) {
    const std::lock_guard lock(mutex_);
    change(heard_);
    changed_.notify_all();
  }

  TempFolder folder_;
  std::chrono::milliseconds command_ttl_;
  const Limits limits_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Heard heard_;
  bool silent_ = false;
  std::map<std::string, std::pair<std::string, Policy>> principals_;
  BrokerPorts ports_;
  std::unique_ptr<LinkServer> link_;
  std::unique_ptr<BrokerProcess> broker_;
  std::atomic<bool> relay_connected_ = false;
  std::unique_ptr<BrokerClient> relay_;  // the hub's client: sends apps' commands on
};

}  // namespace gatetorio::transport_mqtt::testing
