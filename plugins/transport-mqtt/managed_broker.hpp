// The managed broker as the plugin sees it: the process, the guard's link, and the news that come from both.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "broker_access.hpp"
#include "broker_process.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/host.hpp"
#include "session_book.hpp"
#include "status_order.hpp"
#include "telemetry.hpp"
#include "websocket_bridge.hpp"

namespace gatetorio::transport_mqtt {

class ManagedBroker {
 public:
  // `on_status`: a device published a JSON object as its status. On the link's thread; must not block.
  using OnStatus = std::function<void(DeviceMessage message)>;
  // `order` hears of each that was handed on.
  ManagedBroker(Host& host, BrokerAccess& access, Telemetry& telemetry, StatusOrder& order, OnStatus on_status);
  // Removes the socket's folder where it made one.
  ~ManagedBroker();

  // Starts the broker; completes when it takes connections. While another program has one of its ports it is tried
  // again, until the hub is told to stop (kCancelled). Errors: kUnavailable with what went wrong.
  Task<Result<BrokerPorts>> start(BrokerSettings settings);
  // Blocks until the broker is gone.
  void stop();
  // Has the device a session now? From memory; any thread.
  bool is_connected(std::int64_t device_id) const;
  // For the hub's own client.
  ClientSettings login(const BrokerSettings& settings, const BrokerPorts& ports) const;

 private:
  Task<Result<BrokerPorts>> start_process(BrokerSettings settings);
  std::string open_link(BrokerSettings& settings);
  std::string open_websocket(const BrokerSettings& settings, BrokerPorts& ports);
  LinkServer::Callbacks link_callbacks();
  void tell_session(const std::string& username, bool connected, const std::string& peer);
  void on_running(bool running);
  void on_log(std::string_view line) const;
  void on_certificate(const TlsFiles::State& state);

  Host& host_;
  BrokerAccess& access_;
  Telemetry& telemetry_;
  StatusOrder& order_;
  const OnStatus on_status_;
  mutable std::mutex mutex_;  // guards book_: the link's and the process' threads tell it
  SessionBook book_;
  std::string socket_folder_;  // made in the temporary folder; empty: the socket is in the broker's own
  std::unique_ptr<LinkServer> link_;
  std::unique_ptr<BrokerProcess> process_;
  std::unique_ptr<WebSocketBridge> websocket_;
};

}  // namespace gatetorio::transport_mqtt
