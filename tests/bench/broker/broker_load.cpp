// Load for an MQTT broker on loopback.
//
//   bench_broker_load connects PORT COUNT THREADS < logins    connections opened and closed
//   bench_broker_load relay    PORT COUNT WINDOW  < logins    QoS 0 from the first login to the second, WINDOW under
//   way bench_broker_load latency  PORT COUNT RATE    < logins    the same at a pace, each with its time
//
// A login is a line "NAME PASSWORD TOPIC"; relay and latency publish to the first one's topic, which the second hears.
// Prints {"per_s": ...} or {"p50_us": ..., "p99_us": ...} as JSON.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "raw_mqtt.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using gatetorio::transport_mqtt::testing::RawConnect;
using gatetorio::transport_mqtt::testing::RawMqtt;

struct Login {
  std::string name, password, topic;
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

void connect(RawMqtt& client, std::uint16_t port, const Login& login, const std::string& client_id) {
  RawConnect options;
  options.client_id = client_id;
  options.username = login.name;
  options.password = login.password;
  if (client.connect(port, options) != 0) fail(login.name + " cannot connect");
}

void measure_connects(std::uint16_t port, const std::vector<Login>& logins, int count, int threads) {
  std::atomic<int> next = 0;
  std::vector<std::thread> workers;
  const auto begun = Clock::now();
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      for (int i = next++; i < count; i = next++) {
        RawMqtt client;
        const Login& login = logins[static_cast<std::size_t>(i) % logins.size()];
        connect(client, port, login, login.name + "-" + std::to_string(t));
        client.disconnect();
      }
    });
  }
  for (auto& worker : workers) worker.join();
  std::printf("{\"per_s\": %.0f}\n", count / seconds_since(begun));
}

std::string status_with(long long value) {
  return R"({"state":"OPENING","m1_percent":12,"m2_percent":10,"timestamp":1763247466,"n":)" + std::to_string(value) +
         "}";
}

long long value_of(const std::string& payload) { return std::atoll(payload.c_str() + payload.rfind(':') + 1); }

struct Pair {
  RawMqtt from, to;
  std::string topic;
};

void connect(Pair& pair, std::uint16_t port, const std::vector<Login>& logins) {
  if (logins.size() < 2) fail("two logins, please");
  pair.topic = logins[0].topic;
  connect(pair.from, port, logins[0], logins[0].name + "-from");
  connect(pair.to, port, logins[1], logins[1].name + "-to");
  if (pair.to.subscribe(pair.topic, 0) != 0) fail("cannot subscribe");
}

void measure_relay(std::uint16_t port, const std::vector<Login>& logins, int count, int window) {
  Pair pair;
  connect(pair, port, logins);
  std::atomic<int> received = 0;
  const auto begun = Clock::now();
  std::thread publisher([&] {
    for (int sent = 0; sent < count; ++sent) {
      while (sent - received.load() >= window) received.wait(sent - window);
      pair.from.publish(pair.topic, status_with(sent), 0);
    }
  });
  for (int i = 0; i < count; ++i) {
    if (!pair.to.receive()) fail("a message did not arrive");
    ++received;
    received.notify_one();
  }
  const double took = seconds_since(begun);
  publisher.join();
  std::printf("{\"per_s\": %.0f}\n", count / took);
}

void measure_latency(std::uint16_t port, const std::vector<Login>& logins, int count, int rate) {
  Pair pair;
  connect(pair, port, logins);
  const auto now_ns = [] { return static_cast<long long>(Clock::now().time_since_epoch().count()); };
  std::thread publisher([&] {
    const std::chrono::nanoseconds pause(1'000'000'000 / rate);
    auto due = Clock::now();
    for (int i = 0; i < count; ++i, due += pause) {
      std::this_thread::sleep_until(due);
      pair.from.publish(pair.topic, status_with(now_ns()), 0);
    }
  });
  std::vector<double> us;
  for (int i = 0; i < count; ++i) {
    const auto message = pair.to.receive();
    if (!message) fail("a message did not arrive");
    us.push_back(static_cast<double>(now_ns() - value_of(message->payload)) / 1000);
  }
  publisher.join();
  std::sort(us.begin(), us.end());
  std::printf("{\"p50_us\": %.0f, \"p99_us\": %.0f}\n", us[us.size() / 2], us[us.size() * 99 / 100]);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) fail("see the top of broker_load.cpp");
  const std::string what = arguments[1];
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[2]));
  std::vector<Login> logins;
  for (Login login; std::cin >> login.name >> login.password >> login.topic;) logins.push_back(login);
  if (logins.empty()) fail("no logins");
  const int messages = std::atoi(arguments[3]), shape = std::atoi(arguments[4]);
  if (what == "connects") return measure_connects(port, logins, messages, shape), 0;
  if (what == "relay") return measure_relay(port, logins, messages, shape), 0;
  if (what == "latency") return measure_latency(port, logins, messages, shape), 0;
  fail("see the top of broker_load.cpp");
}
