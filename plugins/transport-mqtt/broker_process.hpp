// The managed Mosquitto: a child process that is started, watched, started again when it dies, and never outlives the
// hub.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "broker/budgets.hpp"
#include "gatetorio/tls_files.hpp"

namespace gatetorio::transport_mqtt {

struct ListenAddress {
  std::string host;        // IPv4 or IPv6 address
  std::uint16_t port = 0;  // 0: a free one is taken, and kept across restarts
};

// Parses "127.0.0.1:1883" or "[::1]:1883". False where it is neither.
bool parse_listen(std::string_view text, ListenAddress& out);

struct BrokerSettings {
  std::string folder;      // for configuration, secrets and the broker's own state; made with mode 0700
  std::string mosquitto;   // its path; empty: looked for in /usr/sbin, /usr/local/sbin and PATH
  std::string guard;       // path of gatetorio-mosquitto-guard.so
  std::string hub_socket;  // where LinkServer listens
  std::string topic_prefix = "gatetorio";
  ListenAddress listen;
  ListenAddress tls_listen;     // empty host: none
  std::string tls_certificate;  // PEM files
  std::string tls_key;
  ListenAddress websocket_listen;  // of the WebSocketBridge; empty host: none
  Limits limits;
  std::int64_t connections = 20'000;  // that each listener takes
  std::int64_t memory_mb = 512;       // that the broker may use; 0: no limit
};

struct BrokerPorts {
  std::uint16_t mqtt = 0;
  std::uint16_t tls = 0;        // 0: none
  std::uint16_t websocket = 0;  // of the WebSocketBridge; 0: none
  std::uint16_t hub = 0;        // on 127.0.0.1: the hub's own, so that it comes in when the others are full
};

class BrokerProcess {
 public:
  struct Callbacks {
    // Once, unless it is stopped before: the broker takes connections, or `error` says why it does not (and it is not
    // tried again).
    std::function<void(BrokerPorts ports, std::string error)> started;
    // Each time it dies unasked and each time it is back.
    std::function<void(bool running)> running;
    std::function<void(std::string_view line)> log;
    // At the start and when the files of the certificate change: why they cannot be used (then the broker goes on with
    // those that it has), or nothing, and when the certificate ends. Only with TLS.
    std::function<void(const TlsFiles::State& state)> certificate;
  };

  // The callbacks come on a thread of the object's own.
  BrokerProcess(BrokerSettings settings, Callbacks callbacks);
  // As `stop`.
  ~BrokerProcess();

  void start();
  // Ends the broker: SIGTERM, and SIGKILL after 3 seconds. Blocks until it is gone.
  void stop();

  // Once it was told that the broker does not start: whether that is because another program has one of its ports.
  bool is_port_taken() const;

  // With which the hub's own client connects: a user name, and a password made anew for each object.
  const std::string& hub_username() const;
  const std::string& hub_password() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatetorio::transport_mqtt
