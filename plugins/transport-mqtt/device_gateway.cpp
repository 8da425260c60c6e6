#include "device_gateway.hpp"

#include <unistd.h>

#include "broker/payload.hpp"
#include "broker/policy.hpp"
#include "broker/protocol.hpp"
#include "gatetorio/events.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr int kConnectAttempts = 200;
constexpr std::uint64_t kConnectPauseMs = 50;
constexpr int kStatusAttempts = 5;

// The machine's own name where the broker listens on every address.
std::string reachable(const std::string& host) {
  if (host != "0.0.0.0" && host != "::") return host;
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "127.0.0.1";
}

std::string in_url(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

}  // namespace

LinkEndpoint public_endpoint(const Options& options, const BrokerSettings& settings, const BrokerPorts& ports) {
  LinkEndpoint endpoint;
  endpoint.tls = options.managed() ? ports.tls != 0 : options.external_url.starts_with("ssl:");
  endpoint.host = reachable(endpoint.tls && options.managed() ? settings.tls_listen.host : settings.listen.host);
  endpoint.port = endpoint.tls && options.managed() ? ports.tls : ports.mqtt;
  if (!options.managed()) {
    ListenAddress broker;
    const auto slashes = options.external_url.find("//");
    if (slashes != std::string::npos && parse_listen(options.external_url.substr(slashes + 2), broker)) {
      endpoint.host = broker.host;
      endpoint.port = broker.port;
    }
  }
  if (!options.public_host.empty()) endpoint.host = options.public_host;
  if (options.public_port != 0) endpoint.port = options.public_port;
  endpoint.topic_prefix = options.topic_prefix;
  endpoint.websocket_url = options.public_websocket_url;
  if (endpoint.websocket_url.empty() && ports.websocket != 0) {
    const std::string host =
        options.public_host.empty() ? reachable(settings.websocket_listen.host) : options.public_host;
    endpoint.websocket_url = "ws://" + in_url(host) + ":" + std::to_string(ports.websocket) + "/";
  }
  return endpoint;
}

void DeviceGateway::start(ClientSettings settings) {
  BrokerClient::Callbacks callbacks;
  callbacks.message = [this](std::string_view topic, std::string_view payload, bool retained,
                             std::optional<std::chrono::seconds> expiry) {
    on_message(topic, payload, retained, expiry);
  };
  callbacks.connection = [this](bool connected) {
    host_.set_fact("mqtt_connected", connected);
    if (connected && !client_->speaks_mqtt5()) {
      host_.info("the broker speaks MQTT 3.1.1, in which a command carries no expiry of its own");
    }
    if (!connected && !stopping_) host_.warn("the connection to the broker is lost");
  };
  client_ = std::make_unique<BrokerClient>(std::move(settings), std::move(callbacks));
  client_->start();
}

Task<Result<void>> DeviceGateway::connected() {
  for (int attempt = 0; attempt < kConnectAttempts; ++attempt) {
    if (client_->connected()) co_return Result<void>();
    const bool go_on = co_await host_.sleep(kConnectPauseMs);
    if (!go_on) co_return Error{.status = Status::kCancelled, .detail = "The hub is stopping."};
  }
  co_return Error{.status = Status::kUnavailable, .detail = "The broker does not let the hub connect."};
}

void DeviceGateway::stop() {
  stopping_ = true;
  if (client_) client_->stop();
}

void DeviceGateway::on_message(std::string_view topic, std::string_view payload, bool retained,
                               std::optional<std::chrono::seconds> expiry) {
  // A retained status was news once; it says nothing of now.
  if (retained || payload.empty()) return;
  if (topic == kRequestTopic) return app_commands_.take(payload, expiry);
  const Topic parsed = parse_topic(topic_prefix_, topic);
  if (parsed.kind != TopicKind::kStatus) return;
  if (is_json_object(payload)) return broker_.incoming(std::string(parsed.controller_id), std::string(payload));
  telemetry_.statuses.add();
  telemetry_.statuses_malformed.add();
}

void DeviceGateway::take_status(const DeviceMessage& message) {
  telemetry_.statuses.add();
  gatetorio::publish(host_, message, std::to_string(message.device_id));
}

Task<Result<LinkState>> DeviceGateway::state(LinkQuery query) {
  co_return LinkState{.is_connected = broker_.is_connected(query.device_id)};
}

Task<Result<Published>> DeviceGateway::publish_command(Publish command) {
  if (!read_mark(command.payload)) {
    co_return Error{.status = Status::kInvalid, .detail = "A command needs command_id and expires_at."};
  }
  if (!broker_.is_connected(command.device_id)) co_return Published{.has_receiver = false};
  const PublishOutcome outcome = co_await ok(publish_for(TopicKind::kCommands, std::move(command)));
  co_return Published{.has_receiver = outcome == PublishOutcome::kDelivered};
}

Task<Result<Published>> DeviceGateway::publish_status(Publish status) {
  if (!is_json_object(status.payload)) {
    co_return Error{.status = Status::kInvalid, .detail = "A status is a JSON object."};
  }
  // A device that has never connected was introduced to the guard a moment ago, by another way than this message takes.
  for (int attempt = 1;; ++attempt) {
    const PublishOutcome outcome = co_await ok(publish_for(TopicKind::kStatus, status));
    if (outcome != PublishOutcome::kRefused) co_return Published{};
    if (attempt == kStatusAttempts) co_return Error{.status = Status::kUnavailable, .detail = "The broker refuses it."};
    const bool go_on = co_await host_.sleep(kConnectPauseMs);
    if (!go_on) co_return Error{.status = Status::kCancelled, .detail = "The hub is stopping."};
  }
}

Task<Result<PublishOutcome>> DeviceGateway::publish_for(TopicKind kind, Publish message) {
  const std::string found = co_await ok(broker_.topic_for(message.device_id, kind));
  const std::string& topic = found;
  const auto left = std::chrono::milliseconds((message.expires_at_us - now().us) / 1000);
  if (left <= left.zero()) co_return Error{.status = Status::kGone, .detail = "The message's time is over."};
  const auto begun = std::chrono::steady_clock::now();
  auto outcome = PublishOutcome::kUnknown;
  auto start = [this, &message, &topic, &outcome, left](gtr_completion done) {
    const bool sent =
        client_ && client_->publish(topic, std::move(message.payload), left, [&outcome, done](PublishOutcome o) {
          outcome = o;
          done.done(done.context, GTR_OK, {nullptr, 0});
        });
    if (!sent) host_.post([done] { done.done(done.context, GTR_UNAVAILABLE, {nullptr, 0}); });
  };
  const Result<std::string> ended = co_await host_.complete(start);
  if (!ended) co_return Error{.status = Status::kUnavailable, .detail = "The broker cannot be reached."};
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  telemetry_.published(outcome, took.count());
  if (outcome == PublishOutcome::kUnknown) {
    co_return Error{.status = Status::kTimeout, .detail = "The broker did not acknowledge the command in time."};
  }
  // By name, where the broker knows no ids: that may have changed hands on the way.
  const Result<std::string> after = co_await broker_.topic_for(message.device_id, kind);
  if (!after || *after != topic) {
    co_return Error{.status = Status::kTimeout, .detail = "The device's name has changed on the way."};
  }
  co_return outcome;
}

Task<Result<LinkEndpoint>> DeviceGateway::endpoint(EndpointQuery) { co_return endpoint_; }

}  // namespace gatetorio::transport_mqtt
