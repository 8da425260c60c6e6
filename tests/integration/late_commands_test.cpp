// No command is delivered after its time to live: every way to send one, every kind of session, every trouble on the
// way, and clocks that are wrong. Each run has all ways and sessions at once; the test's own steady clock is the judge.
#include <signal.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <iostream>
#include <map>
#include <thread>

#include "support/people.hpp"
#include "support/shifted_clock.hpp"

namespace gatetorio::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTtl = std::chrono::seconds(1);
constexpr auto kSlack = milliseconds(250);  // between the hub's answer and our noting it
constexpr int kInCalm = 45, kInTrouble = 35;

enum class Trouble { kAway, kHalfOpen, kBrokerRestart, kBrokerKill, kHubKill };

struct Way {
  int version;  // of sender and device; 0: REST, and the device speaks MQTT 5
  bool persistent;
  bool retained;
};

constexpr Way kWays[] = {{0, false, false}, {0, true, false},  {4, false, false}, {4, false, true}, {4, true, false},
                         {4, true, true},   {5, false, false}, {5, false, true},  {5, true, false}, {5, true, true}};

// One device, one owner, and what each saw.
class Lane {
 public:
  Lane(const HubProcess& hub, Way way) : way_(way), http_(hub.http()), port_(hub.mqtt_port()) {
    device_ = make_device(http_);
    owner_ = make_user(http_, device_, "owner");
    device_login_ = login_of(device_, way.version == 4 ? 4 : 5);
    device_login_.clean = !way.persistent;
    device_login_.session_expiry_s = way.persistent ? 3'600 : 0;
    owner_login_ = login_of(http_, owner_, way.version == 4 ? 4 : 5);
    gate_.acknowledge(false);  // what is not acknowledged is sent again
    come_back(hub);
    HttpClient client(http_, device_.token);
    const bool is_known =
        eventually([&] { return client.get("/devices/" + device_.controller_id).at("is_online").as_bool(); });
    REQUIRE(is_known);
  }

  // Sends `count` commands, whatever becomes of them.
  void send(int count) {
    for (int i = 0; i < count; ++i) {
      const int number = next_++;
      const std::string command = "{\"n\":" + std::to_string(number) + "}";
      try {
        way_.version == 0 ? by_rest(command) : by_mqtt(command);
      } catch (const std::exception&) {  // nobody is there: that is the trouble
        http_client_.reset();
      }
      answered_[number] = Clock::now();
    }
  }
  void drop() { gate_.drop(); }
  void come_back(const HubProcess& hub) {
    http_ = hub.http();
    port_ = hub.mqtt_port();
    REQUIRE(gate_.connect(port_, device_login_) == kMqttOk);
    REQUIRE(gate_.subscribe(device_.commands) == kGrantedQos1);
  }
  // Takes what comes until `enough`, or until the connection ends.
  void take_until(const std::atomic<bool>& enough) {
    constexpr auto kTurn = milliseconds(20);
    while (!enough) {
      const auto begun = Clock::now();
      auto message = gate_.receive(kTurn);
      if (message) note(*message, false);
      if (!message && Clock::now() - begun < kTurn) return;
    }
  }
  // Takes what has come; `checks_date`: drops what says of itself that it is late, as a device must.
  void take(bool checks_date) {
    for (const MqttMessage& message : gate_.received_so_far()) note(message, checks_date);
  }

  // Call it when nobody sends any more.
  int late() const {
    int count = retained_;
    for (const auto& [number, at] : received_) {
      const auto answered = answered_.find(number);
      if (answered != answered_.end() && at > answered->second + kTtl + kSlack) ++count;
    }
    return count;
  }
  int received() const { return static_cast<int>(received_.size()); }

 private:
  void note(const MqttMessage& message, bool checks_date) {
    const auto payload = boost::json::parse(message.payload).as_object();
    if (checks_date && has_expired(std::string(payload.at("expires_at").as_string()))) return;
    received_.emplace_back(static_cast<int>(payload.at("n").as_int64()), Clock::now());
    retained_ += message.retained ? 1 : 0;
  }
  static bool has_expired(const std::string& expires_at) {
    std::tm parts{};
    const char* fraction = ::strptime(expires_at.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    REQUIRE(fraction != nullptr);
    const auto end = std::chrono::system_clock::from_time_t(::timegm(&parts)) + milliseconds(std::stoi(fraction + 1));
    return std::chrono::system_clock::now() > end;
  }
  void by_rest(const std::string& command) {
    if (!http_client_) http_client_ = std::make_unique<HttpClient>(http_, owner_.token);
    http_client_->post("/commands/send",
                       {{"controller_id", device_.controller_id}, {"command", boost::json::parse(command)}});
  }
  void by_mqtt(const std::string& command) {
    if (app_.publish(device_.commands, command, 1, way_.retained) != MqttClient::kClosed) return;
    // One attempt: a broker whose hub is dead says "later" to each, and there are many commands.
    if (app_.transport_mqtt::testing::RawMqtt::connect(port_, owner_login_) == kMqttOk)
      app_.publish(device_.commands, command, 1, way_.retained);
  }

  const Way way_;
  std::string http_;
  std::uint16_t port_;
  TestDevice device_;
  TestUser owner_;
  MqttLogin device_login_, owner_login_;
  MqttClient gate_, app_;
  std::unique_ptr<HttpClient> http_client_;
  int next_ = 0;
  std::map<int, Clock::time_point> answered_;                // the sender's
  std::vector<std::pair<int, Clock::time_point>> received_;  // the gate's
  int retained_ = 0;
};

using Lanes = std::vector<std::unique_ptr<Lane>>;

void send_all(
    Lanes& lanes, int count, bool gates_read, const std::function<void()>& meanwhile = [] {}) {
  std::atomic<bool> enough = false;
  std::vector<std::thread> senders, gates;
  for (auto& lane : lanes) {
    senders.emplace_back([&lane, count] { lane->send(count); });
    if (gates_read) gates.emplace_back([&lane, &enough] { lane->take_until(enough); });
  }
  meanwhile();
  for (auto& sender : senders) sender.join();
  enough = true;
  for (auto& gate : gates) gate.join();
}

void make_trouble(Trouble trouble, HubProcess& hub, Lanes& lanes) {
  switch (trouble) {
    case Trouble::kAway:
      for (auto& lane : lanes) lane->drop();
      return;
    case Trouble::kHalfOpen:  // nobody reads
      return;
    case Trouble::kBrokerRestart:
      ::kill(hub.broker_pid(), SIGTERM);
      return;
    case Trouble::kBrokerKill:
      ::kill(hub.broker_pid(), SIGKILL);
      return;
    case Trouble::kHubKill:
      hub.kill();
  }
}

struct Tally {
  int sent = 0, received = 0, late = 0;
};

Tally run(Trouble trouble, std::chrono::seconds clock_ahead) {
  const ShiftedClock shift(clock_ahead);
  HubProcess hub({.more_toml = "[plugins.commands]\nttl_seconds = 1\n"});
  Lanes lanes;
  for (const Way& way : kWays) lanes.push_back(std::make_unique<Lane>(hub, way));
  const bool is_half_open = trouble == Trouble::kHalfOpen;
  send_all(lanes, kInCalm, true);
  for (auto& lane : lanes) lane->take(false);
  if (trouble == Trouble::kAway) make_trouble(trouble, hub, lanes);
  const bool gates_read = !is_half_open && trouble != Trouble::kAway;
  send_all(lanes, kInTrouble, gates_read, [&] {
    if (trouble != Trouble::kAway) make_trouble(trouble, hub, lanes);
  });
  if (!hub.is_running()) hub.start();
  const auto over = Clock::now() + kTtl + kSlack;
  std::this_thread::sleep_until(over);  // time to live passes; there is nothing to wait for
  for (auto& lane : lanes) {
    if (!is_half_open) {
      const bool is_back = eventually([&] {
        try {
          lane->come_back(hub);
          return true;
        } catch (...) {
          return false;  // the broker is not up yet
        }
      });
      REQUIRE(is_back);
    }
    lane->take(is_half_open);
  }
  Tally tally;
  for (const auto& lane : lanes) {
    tally.sent += kInCalm + kInTrouble;
    tally.received += lane->received();
    tally.late += lane->late();
  }
  return tally;
}

TEST_CASE("no command is delivered late") {
  static Tally total;
  const auto trouble =
      GENERATE(Trouble::kAway, Trouble::kHalfOpen, Trouble::kBrokerRestart, Trouble::kBrokerKill, Trouble::kHubKill);
  const int hours = GENERATE(0, 1, -1);
  // A sanitizer's runtime and the library that shifts clocks both want to be loaded first.
  if (GATETORIO_SANITIZED && hours != 0) return;
  // What lies in the socket of a connection that hangs is the device's to judge, by its own clock.
  if (trouble == Trouble::kHalfOpen && hours != 0) return;
  const Tally tally = run(trouble, std::chrono::hours(hours));
  CAPTURE(static_cast<int>(trouble), hours);
  CHECK(tally.late == 0);
  CHECK(tally.received > 0);
  total.sent += tally.sent;
  total.received += tally.received;
  total.late += tally.late;
  std::cout << "late commands so far: " << total.late << " of " << total.sent << " sent, " << total.received
            << " received\n";
}

TEST_CASE("a command that waited in a hub which stood still moves nothing, and is written down as failed") {
  HubProcess hub({.more_toml = "[plugins.commands]\nttl_seconds = 1\n"});
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const auto gate = go_online(hub, device);
  const auto app = go_online(hub, user, device);
  ::kill(hub.pid(), SIGSTOP);
  const int accepted = app->publish(device.commands, R"({"action":"open"})");  // by the broker
  std::this_thread::sleep_for(kTtl + kSlack);  // time to live passes; there is nothing to wait for
  ::kill(hub.pid(), SIGCONT);
  REQUIRE(accepted == kMqttOk);
  CHECK(eventually([&] { return ask_database(hub, "SELECT COUNT(*) FROM commands WHERE state = 'failed'") == 1; }));
  CHECK(gate->received_so_far().empty());
  REQUIRE(app->publish(device.commands, R"({"action":"close"})") == kMqttOk);
  const auto next = gate->receive();
  REQUIRE(next);
  CHECK(boost::json::parse(next->payload).at("action") == "close");
}

}  // namespace
}  // namespace gatetorio::testing
