// transport-mqtt: devices and apps over MQTT, through a Mosquitto that the hub manages or a broker of the operator's.
#include "gatetorio/plugin.hpp"

#include <thread>

#include "app_commands.hpp"
#include "broker/payload.hpp"
#include "broker_access.hpp"
#include "checkup.hpp"
#include "device_gateway.hpp"
#include "external/broker.hpp"
#include "gatetorio/services.hpp"
#include "managed_broker.hpp"
#include "options.hpp"
#include "status_order.hpp"
#include "telemetry.hpp"

namespace gatetorio::transport_mqtt {

class MqttTransport : public PluginBase {
 public:
  using Settings = Options;
  static const Manifest kManifest;
  static const OptionTable<Options>& options() { return option_table(); }

  MqttTransport(Host& host, Options options)
      : host_(host),
        options_(std::move(options)),
        settings_(broker_settings(options_)),
        telemetry_(host),
        access_(host),
        app_commands_(host, access_.principals(), telemetry_, order_, options_.client_commands),
        gateway_(host, options_, telemetry_, app_commands_),
        managed_(host, access_, telemetry_, order_,
                 [this](const DeviceMessage& message) { gateway_.take_status(message); }),
        external_(host, options_, [this](const DeviceMessage& message) { gateway_.take_status(message); }),
        link_(host, &gateway_) {}
  ~MqttTransport() {
    if (closer_.joinable()) closer_.join();
  }

  void configure() {
    host_.set_fact("mqtt_connected", false);  // before anything can ask how the hub is
    link_.on<DeviceLink::PublishCommand>(&DeviceGateway::publish_command)
        .on<DeviceLink::PublishStatus>(&DeviceGateway::publish_status)
        .on<DeviceLink::Endpoint>(&DeviceGateway::endpoint)
        .on<DeviceLink::State>(&DeviceGateway::state)
        .provide(DeviceLink::kId);
    access_.subscribe();
    external_.configure();
    declare_check(host_, this, kManifest.id, &MqttTransport::check);
  }
  void check(Checkup& checkup) const { look_over(checkup, options_, guard()); }
  Task<Result<void>> start();
  Task<Result<void>> stop();

 private:
  DeviceGateway::Broker managed_side();
  DeviceGateway::Broker external_side();
  Task<Result<std::string>> managed_address(std::int64_t device_id, TopicKind kind);
  ClientSettings external_login() const;
  std::string guard() const { return host_.setting("plugin_dir") + "/mosquitto/gatetorio-mosquitto-guard.so"; }
  Task<void> look_for_external();

  Host& host_;
  const Options options_;
  BrokerSettings settings_;
  Telemetry telemetry_;
  BrokerAccess access_;
  StatusOrder order_;
  AppCommands app_commands_;
  DeviceGateway gateway_;
  ManagedBroker managed_;
  ExternalBroker external_;
  ServiceProvider<DeviceGateway> link_;
  std::thread closer_;  // waits for the broker's end, which no thread of the hub may do
};

const Manifest MqttTransport::kManifest{.id = "transport-mqtt",
                                        .version = "1.0.0",
                                        .summary = "Connects devices and apps over MQTT.",
                                        .affinity = Affinity::kAnyThread,
                                        .provides = {"gatetorio.device-link/1", "gatetorio.authenticator/1"},
                                        .requires_ = {"gatetorio.access/1", "gatetorio.authenticator/1"}};

// The guard puts the topic in.
Task<Result<std::string>> MqttTransport::managed_address(std::int64_t device_id, TopicKind kind) {
  if (kind == TopicKind::kStatus && !access_.principals().find({"device", device_id})) {
    const bool is_known = co_await access_.introduce(device_id);
    if (!is_known)
      co_return Error{.status = Status::kUnavailable, .detail = "The broker does not know the device yet."};
  }
  co_return address(device_id, kind);
}

DeviceGateway::Broker MqttTransport::managed_side() {
  return {.topic_for = [this](std::int64_t device_id, TopicKind kind) { return managed_address(device_id, kind); },
          .is_connected = [this](std::int64_t device_id) { return managed_.is_connected(device_id); },
          .incoming = [](const std::string&, const std::string&) {}};
}

DeviceGateway::Broker MqttTransport::external_side() {
  return {
      .topic_for = [this](std::int64_t device_id, TopicKind kind) { return external_.topic_for(device_id, kind); },
      .is_connected = [this](std::int64_t device_id) { return external_.is_connected(device_id); },
      .incoming = [this](std::string controller_id,
                         std::string payload) { external_.incoming(std::move(controller_id), std::move(payload)); }};
}

ClientSettings MqttTransport::external_login() const {
  ClientSettings login;
  login.uri = options_.external_url;
  // Nobody else's: brokers throw out whoever has a client id when another comes with it.
  login.client_id = options_.external_username.empty() ? std::string("gatetorio-hub") : options_.external_username;
  login.client_id += "-" + new_command_id().substr(4, 12);
  login.username = options_.external_username;
  login.password = options_.external_password.reveal();
  login.subscriptions = {options_.topic_prefix + "/+/status"};
  login.ca_file = options_.external_ca_file;
  login.speaks_mqtt5 = options_.external_mqtt_version != "3.1.1";
  login.may_speak_mqtt3 = options_.external_mqtt_version == "auto";
  return login;
}

Task<Result<void>> MqttTransport::start() {
  BrokerPorts ports;
  ClientSettings login;
  if (options_.managed()) {
    settings_.folder = host_.setting("data_dir") + "/" + kManifest.id;
    settings_.guard = guard();
    const BrokerPorts started = co_await ok(managed_.start(settings_));
    ports = started;
    access_.begin_comparing(std::chrono::seconds(options_.recheck_seconds));
    co_await app_commands_.find_operation();
    login = managed_.login(settings_, ports);
  } else {
    login = external_login();
    external_.start(host_.setting("data_dir") + "/" + kManifest.id);
  }
  gateway_.set_broker(options_.managed() ? managed_side() : external_side());
  gateway_.set_endpoint(public_endpoint(options_, settings_, ports));
  gateway_.start(std::move(login));
  if (!options_.managed()) {
    // Not waited for: an operator's broker may come later, and asks us whether to let us in, which we answer once
    // started.
    host_.run(look_for_external());
    host_.announce("mqtt", options_.external_url.substr(options_.external_url.find("//") + 2));
    co_return Result<void>();
  }
  co_await ok(gateway_.connected());
  host_.announce("mqtt", settings_.listen.host + ":" + std::to_string(ports.mqtt));
  co_return Result<void>();
}

Task<void> MqttTransport::look_for_external() {
  const Result<void> connected = co_await gateway_.connected();
  if (!connected && connected.error().status != Status::kCancelled) {
    host_.warn("the external broker cannot be reached yet", {{"url", options_.external_url}});
  }
}

Task<Result<void>> MqttTransport::stop() {
  auto begin = [this](gtr_completion done) {
    closer_ = std::thread([this, done] {
      gateway_.stop();
      managed_.stop();
      external_.stop();
      done.done(done.context, GTR_OK, {nullptr, 0});
    });
  };
  co_await ok(host_.complete(begin));
  co_return Result<void>();
}

}  // namespace gatetorio::transport_mqtt

using gatetorio::transport_mqtt::MqttTransport;
GATETORIO_PLUGIN(MqttTransport)
