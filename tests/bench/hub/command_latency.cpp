// How long a command takes from the app's request until the gate's client has it, beside one message through the same
// broker without the hub. One thread that sends and then waits for what comes: nothing of the client's own is between.
//
//   bench_command_latency HTTP_PORT MQTT_PORT COUNT RATE CONTROLLER DEVICE_NAME DEVICE_PASSWORD USER_NAME USER_PASSWORD
//   USER_TOKEN
//
// Prints {"rest": {p50_us, p99_us}, "direct": {...}} as JSON. "direct": the gate's status until the app's client has
// it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "raw_mqtt.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using gatetorio::transport_mqtt::testing::RawConnect;
using gatetorio::transport_mqtt::testing::RawMqtt;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("no connection");
  return socket;
}

// Reads one response whose head and body come with a Content-Length.
std::string read_response(int socket) {
  std::string text;
  char buffer[4096];
  while (true) {
    const auto end = text.find("\r\n\r\n");
    const auto length = text.find("Content-Length: ");
    if (end != std::string::npos && length != std::string::npos &&
        text.size() >= end + 4 + std::stoul(text.substr(length + 16))) {
      return text;
    }
    const auto size = ::recv(socket, buffer, sizeof buffer, 0);
    if (size <= 0) fail("the hub closed the connection");
    text.append(buffer, static_cast<std::size_t>(size));
  }
}

std::string percentiles(std::vector<double>& us) {
  std::sort(us.begin(), us.end());
  char text[128];
  std::snprintf(text, sizeof text, R"({"p50_us": %.0f, "p99_us": %.0f, "count": %zu})", us[us.size() / 2],
                us[us.size() * 99 / 100], us.size());
  return text;
}

void connect_client(RawMqtt& client, std::uint16_t port, const std::string& name, const std::string& password,
                    const std::string& topic) {
  RawConnect login;
  login.client_id = "bench-" + name;
  login.username = name;
  login.password = password;
  if (client.connect(port, login) != 0) fail(name + " cannot connect");
  if (client.subscribe(topic) != 1) fail(name + " cannot subscribe");
}

double us_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 11) fail("see the top of command_latency.cpp");
  const auto mqtt_port = static_cast<std::uint16_t>(std::atoi(arguments[2]));
  const int rounds = std::atoi(arguments[3]);
  const std::chrono::duration<double> pause(1.0 / std::atof(arguments[4]));
  const std::string controller = arguments[5], topic = "gatetorio/" + controller;
  RawMqtt gate, app;
  connect_client(gate, mqtt_port, arguments[6], arguments[7], topic + "/commands");
  connect_client(app, mqtt_port, arguments[8], arguments[9], topic + "/status");
  const int http = connect_to(static_cast<std::uint16_t>(std::atoi(arguments[1])));
  std::vector<double> rest, direct;
  auto due = Clock::now() + std::chrono::seconds(1);
  for (int i = 0; i < 2 * rounds; ++i) {
    std::this_thread::sleep_until(due);
    due += std::chrono::duration_cast<Clock::duration>(pause);
    if (i % 2 == 0) {
      const std::string body =
          R"({"controller_id":")" + controller + R"(","command":{"action":"open_gate","n":)" + std::to_string(i) + "}}";
      const std::string request =
          "POST /api/v1/commands/send HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " + std::string(arguments[10]) +
          "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      const auto begun = Clock::now();
      if (::send(http, request.data(), request.size(), 0) < 0) fail("cannot send");
      if (!gate.receive()) fail("a command did not arrive: " + read_response(http));
      rest.push_back(us_since(begun));
      if (read_response(http).find(" 202 ") == std::string::npos) fail("a command was refused");
    } else {
      const std::string status =
          R"({"state":"OPENING","m1_percent":12,"m2_percent":10,"timestamp":1763247466,"n":)" + std::to_string(i) + "}";
      const auto begun = Clock::now();
      gate.publish(topic + "/status", status, 0);
      if (!app.receive()) fail("a status did not arrive");
      direct.push_back(us_since(begun));
    }
  }
  std::printf("{\"rest\": %s, \"direct\": %s}\n", percentiles(rest).c_str(), percentiles(direct).c_str());
  ::close(http);
}
