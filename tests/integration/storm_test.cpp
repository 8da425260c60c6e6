// Two thousand devices come back at once after the broker's death.
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <iostream>
#include <thread>

#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kDevices = 2'000, kThreads = 20;

void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

struct Gate {
  TestDevice device;
  std::unique_ptr<MqttClient> mqtt = std::make_unique<MqttClient>();
  int commands = 0;
};

// Every thread has its share of the gates.
template <class Work>
void with_all(std::vector<Gate>& gates, Work work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&gates, t, work] {
      for (std::size_t i = static_cast<std::size_t>(t); i < gates.size(); i += kThreads) work(gates[i]);
    });
  }
  for (auto& thread : threads) thread.join();
}

bool connect(const HubProcess& hub, Gate& gate) {
  return eventually([&] { return gate.mqtt->connect(hub.mqtt_port(), login_of(gate.device)) == kMqttOk; },
                    milliseconds(60'000)) &&
         gate.mqtt->subscribe(gate.device.commands) == kGrantedQos1;
}

double metric(const HubProcess& hub, const std::string& name) {
  const std::string text = HttpClient(hub.http()).root("/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

long resident_kib(pid_t pid) {
  const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
  return std::stol(status.substr(status.find("VmRSS:") + 6));
}

TEST_CASE("two thousand devices reconnect after the broker's death, and none gets a command of before") {
  allow_many_files();
  HubProcess hub;
  std::vector<Gate> gates(kDevices);
  with_all(gates, [&hub](Gate& gate) { gate.device = make_device(hub.http()); });
  std::atomic<int> failed = 0;
  with_all(gates, [&](Gate& gate) { failed += connect(hub, gate) ? 0 : 1; });
  REQUIRE(failed == 0);
  const auto sessions = [&] { return metric(hub, "gatetorio_transport_mqtt_sessions"); };
  REQUIRE(eventually([&] { return sessions() == kDevices; }));
  const TestUser owner = make_user(hub.http(), gates[0].device, "owner");
  HttpClient(hub.http(), owner.token)
      .post("/commands/send", {{"controller_id", gates[0].device.controller_id}, {"command", {{"n", 1}}}});
  gates[0].mqtt->received_so_far();
  const long before_kib = resident_kib(hub.pid());

  ::kill(hub.broker_pid(), SIGKILL);
  const auto died = Clock::now();
  // The hub has seen it, so that the count of before is gone.
  REQUIRE(eventually([&] { return metric(hub, "gatetorio_transport_mqtt_broker_restarts_total") == 1; }));
  std::thread storm([&] { with_all(gates, [&](Gate& gate) { failed += connect(hub, gate) ? 0 : 1; }); });
  const bool are_back = eventually([&] { return sessions() >= 0.99 * kDevices; }, milliseconds(60'000));
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - died);
  storm.join();
  CHECK(are_back);
  CHECK(failed == 0);
  with_all(gates, [](Gate& gate) { gate.commands = static_cast<int>(gate.mqtt->received_so_far().size()); });
  int commands = 0;
  for (const Gate& gate : gates) commands += gate.commands;
  CHECK(commands == 0);
  const long after_kib = resident_kib(hub.pid());
  std::cout << "storm: 99 % of " << kDevices << " devices were back after " << took.count() << " ms; hub memory "
            << before_kib / 1024 << " MiB before, " << after_kib / 1024 << " MiB after\n";
  CHECK(after_kib < before_kib + 64 * 1024);
  CHECK(eventually(
      [&] { return ask_database(hub, "SELECT COUNT(*) FROM devices WHERE online_until > 9e18") == kDevices; }));
}

}  // namespace
}  // namespace gatetorio::testing
