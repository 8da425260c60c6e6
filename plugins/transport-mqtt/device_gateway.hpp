// The way to the devices and back: publishes commands through the hub's own client, and turns statuses into events.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app_commands.hpp"
#include "broker/policy.hpp"
#include "broker_client.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/host.hpp"
#include "options.hpp"
#include "telemetry.hpp"

namespace gatetorio::transport_mqtt {

class DeviceGateway {
 public:
  // What only the kind of broker knows.
  struct Broker {
    // Where a message for a device is published. Errors: kNotFound, kUnavailable.
    std::function<Task<Result<std::string>>(std::int64_t device_id, TopicKind kind)> topic_for;
    std::function<bool(std::int64_t device_id)> is_connected;
    // A status that came over MQTT.
    std::function<void(std::string controller_id, std::string payload)> incoming;
  };

  DeviceGateway(Host& host, const Options& options, Telemetry& telemetry, AppCommands& app_commands)
      : host_(host), topic_prefix_(options.topic_prefix), telemetry_(telemetry), app_commands_(app_commands) {}
  // Before `start`.
  void set_broker(Broker broker) { broker_ = std::move(broker); }

  // Tells all of a device's status: a JSON object. Any thread.
  void take_status(const DeviceMessage& message);

  // Connects, and stays so.
  void start(ClientSettings settings);
  // Completes when it is connected for the first time. Errors: kUnavailable where it is not within 10 s.
  Task<Result<void>> connected();
  // Blocks until the connection is closed.
  void stop();
  // What Endpoint answers: `address` and `ports` of the listeners.
  void set_endpoint(LinkEndpoint endpoint) { endpoint_ = std::move(endpoint); }

  // gatetorio.device-link/1
  Task<Result<Published>> publish_command(Publish command);
  Task<Result<Published>> publish_status(Publish status);
  Task<Result<LinkEndpoint>> endpoint(EndpointQuery query);
  Task<Result<LinkState>> state(LinkQuery query);

 private:
  Task<Result<PublishOutcome>> publish_for(TopicKind kind, Publish message);
  void on_message(std::string_view topic, std::string_view payload, bool retained,
                  std::optional<std::chrono::seconds> expiry);

  Host& host_;
  const std::string topic_prefix_;
  Telemetry& telemetry_;
  AppCommands& app_commands_;
  Broker broker_;
  LinkEndpoint endpoint_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<BrokerClient> client_;
};

// What devices and apps are told, by the options and the ports that the broker has.
LinkEndpoint public_endpoint(const Options& options, const BrokerSettings& settings, const BrokerPorts& ports);

}  // namespace gatetorio::transport_mqtt
