// MQTT over WebSocket (MQTT 5 section 6, RFC 6455), on the hub's side of the broker: each connection is passed on, byte
// by byte, to a TCP listener of the broker, where the limits on packets hold. The broker's own WebSocket has none, and
// takes text and unmasked frames.
//
// The broker sees each connection come from an address of its own in 127.128.0.0/9, and the guard is told whose that
// is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "broker_process.hpp"

namespace gatetorio::transport_mqtt {

class WebSocketBridge {
 public:
  struct Settings {
    ListenAddress listen;
    std::uint16_t broker_port = 0;                     // on 127.0.0.1
    std::int64_t connections = 20'000;                 // at once; 0: no limit
    std::function<void(std::string_view what)> fault;  // an exception ended a connection's work
  };
  // `peer` comes to the broker from `address`; an empty peer: it does no longer. On the bridge's thread.
  using Tell = std::function<void(const std::string& address, const std::string& peer)>;

  WebSocketBridge(Settings settings, Tell tell);
  // As `stop`.
  ~WebSocketBridge();

  // Listens and starts the thread. Returns an error's text or nothing.
  std::string start();
  // The port that was taken.
  std::uint16_t port() const;
  // Ends all connections and the thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whom a proxy on this machine speaks for: the last address of its X-Forwarded-For, which it has written itself.
// Everybody else is who connects. An address without port, or `peer`.
std::string client_behind(const std::string& peer, std::string_view forwarded_for);

}  // namespace gatetorio::transport_mqtt
