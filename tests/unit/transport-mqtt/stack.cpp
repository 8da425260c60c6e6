#include "stack.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "broker/payload.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/time.hpp"
#include "support/paths.hpp"

namespace gatetorio::transport_mqtt::testing {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
  std::string name = (fs::temp_directory_path() / "gatetorio-mqtt-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Policy device_policy(const std::string& username, const std::string& controller_id) {
  Rule rule;
  rule.controller_id = controller_id;
  rule.is_self = true;
  rule.device_id = parse_principal_name(username).value().id;
  return {username, "device", rule.device_id, true, {}, {rule}};
}

Policy user_policy(const std::string& username, std::vector<Rule> rules) {
  for (Rule& rule : rules) {
    if (rule.device_id == 0) rule.device_id = rule.controller_id.back() - '0';
  }
  return {username, "user", parse_principal_name(username).value().id, true, {}, std::move(rules)};
}

std::string command_text(const std::string& command_id, std::int64_t expires_at_us, const std::string& command) {
  auto object = boost::json::parse(command).as_object();
  object["command_id"] = command_id;
  object["expires_at"] = to_rfc3339({expires_at_us});
  return boost::json::serialize(object);
}

Stack::Stack(std::chrono::milliseconds command_ttl, Limits limits) : command_ttl_(command_ttl), limits_(limits) {
  link_ = std::make_unique<LinkServer>(folder_.path("guard.sock"), link_callbacks());
  if (const auto error = link_->start(); !error.empty()) throw std::runtime_error(error);
  start_broker();
  start_relay();
}

void Stack::start_relay() {
  ClientSettings login = hub_login();
  login.client_id = "hub-relay";
  login.subscriptions = {std::string(kRequestTopic)};
  BrokerClient::Callbacks callbacks;
  callbacks.message = [this](std::string_view, std::string_view payload, bool,
                             std::optional<std::chrono::seconds> expiry) { relay(payload, expiry); };
  callbacks.connection = [this](bool connected) {
    const std::lock_guard lock(mutex_);
    relay_connected_ = connected;
    changed_.notify_all();
  };
  relay_ = std::make_unique<BrokerClient>(login, callbacks);
  relay_->start();
  if (!eventually([this](const Heard&) { return relay_connected_.load(); })) throw std::runtime_error("no relay");
}

// As the hub does with an app's command, without asking anybody.
void Stack::relay(std::string_view request, std::optional<std::chrono::seconds> expiry) {
  const auto parsed = boost::json::parse(request);
  hear([&](Heard& heard) { heard.expiries.push_back(expiry); });
  const auto expires_at = parsed.at("received_at_us").as_int64() + std::chrono::microseconds(command_ttl_).count();
  const std::string text = command_text(new_command_id(), expires_at, boost::json::serialize(parsed.at("command")));
  relay_->publish(address(parsed.at("device_id").as_int64(), TopicKind::kCommands), text,
                  std::max(command_ttl_, std::chrono::milliseconds(1)), [](PublishOutcome) {});
}

Stack::~Stack() {
  if (relay_) relay_->stop();  // while it can still be used: requests come until then
  relay_.reset();
  broker_.reset();
  link_.reset();
}

void Stack::start_broker() {
  BrokerSettings settings;
  settings.folder = folder_.path("broker");
  settings.guard = GATETORIO_BUILD_DIR "/plugins/mosquitto/gatetorio-mosquitto-guard.so";
  settings.hub_socket = folder_.path("guard.sock");
  settings.listen = {"127.0.0.1", ports_.mqtt};
  settings.limits = limits_;
  int starts_before = 0;
  hear([&](Heard& heard) { starts_before = heard.starts; });
  BrokerProcess::Callbacks callbacks;
  callbacks.started = [this](BrokerPorts ports, std::string error) {
    hear([&](Heard& heard) {
      ports_ = ports;
      heard.error = std::move(error);
      if (!heard.error.empty()) ++heard.starts;
    });
  };
  callbacks.running = [this](bool running) { hear([&](Heard& heard) { ++(running ? heard.starts : heard.deaths); }); };
  callbacks.log = [this](std::string_view line) { hear([&](Heard& heard) { heard.log.emplace_back(line); }); };
  broker_ = std::make_unique<BrokerProcess>(settings, callbacks);
  broker_->start();
  if (!eventually([&](const Heard& heard) { return heard.starts > starts_before; })) {
    throw std::runtime_error("the broker did not start");
  }
  if (!heard_.error.empty()) throw std::runtime_error(heard_.error);
}

LinkServer::Callbacks Stack::link_callbacks() {
  LinkServer::Callbacks callbacks;
  callbacks.connect_request = [this](ConnectRequest request, LinkServer::Reply reply) {
    Policy policy;
    bool allow = false;
    bool answer = true;
    hear([&](Heard& heard) {
      ++heard.questions;
      answer = !silent_;
      const auto found = principals_.find(request.username);
      allow = found != principals_.end() && found->second.first == request.password && found->second.second.valid;
      if (allow) policy = found->second.second;
    });
    if (answer) reply({.allow = allow, .policy = policy});
  };
  callbacks.session_opened = [this](SessionOpened s) { hear([&](Heard& heard) { heard.opened.push_back(s); }); };
  callbacks.session_closed = [this](SessionClosed s) { hear([&](Heard& heard) { heard.closed.push_back(s); }); };
  callbacks.sessions = [this](const Sessions& all) {
    hear([&](Heard& heard) { heard.lists.push_back(all.sessions); });
  };
  callbacks.command_passed = [this](CommandPassed p) { hear([&](Heard& heard) { heard.passed.push_back(p); }); };
  callbacks.over_budget = [this](const OverBudget& excess) {
    hear([&](Heard& heard) { heard.excesses.push_back(excess); });
  };
  callbacks.counters = [this](Counters counters) { hear([&](Heard& heard) { heard.counters = counters; }); };
  callbacks.device_status = [this](DeviceStatus s) { hear([&](Heard& heard) { heard.statuses.push_back(s); }); };
  callbacks.absent_holders = [this](std::vector<std::string> usernames) {
    hear([&](Heard& heard) { heard.absent = usernames; });
  };
  return callbacks;
}

void Stack::allow(const std::string& password, Policy policy) {
  const std::lock_guard lock(mutex_);
  const std::string username = policy.username;
  principals_[username] = {password, std::move(policy)};
}

void Stack::change(Policy policy) {
  {
    const std::lock_guard lock(mutex_);
    principals_[policy.username].second = policy;
  }
  link_->set_policy(std::move(policy));
}

void Stack::be_silent(bool silent) {
  const std::lock_guard lock(mutex_);
  silent_ = silent;
}

RawConnect Stack::login(const std::string& username, const std::string& client_id) const {
  const std::lock_guard lock(mutex_);
  RawConnect login;
  login.client_id = client_id.empty() ? username : client_id;
  login.username = username;
  if (const auto found = principals_.find(username); found != principals_.end()) login.password = found->second.first;
  return login;
}

ClientSettings Stack::hub_login() const {
  ClientSettings settings;
  settings.uri = "tcp://127.0.0.1:" + std::to_string(ports_.mqtt);
  settings.client_id = "hub-test";
  settings.username = broker_->hub_username();
  settings.password = broker_->hub_password();
  settings.subscriptions = {"gatetorio/+/status"};
  return settings;
}

bool Stack::eventually(const std::function<bool(const Heard&)>& holds, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return holds(heard_); });
}

pid_t Stack::broker_pid() const {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream in(entry.path() / "cmdline");
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (text.find(folder_.path("broker/mosquitto.conf")) != std::string::npos) {
      return static_cast<pid_t>(std::stol(entry.path().filename().string()));
    }
  }
  return -1;
}

}  // namespace gatetorio::transport_mqtt::testing
