// The hub's own connection to the broker: hears every status and publishes commands. Paho MQTT C++ inside, MQTT 5.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::transport_mqtt {

struct ClientSettings {
  std::string uri;  // "tcp://127.0.0.1:1883" or "ssl://..."
  std::string client_id;
  std::string username;
  std::string password;
  std::vector<std::string> subscriptions;  // "<prefix>/+/status", QoS 1
  std::string ca_file;                     // PEM, for ssl://; empty: the system's
  bool speaks_mqtt5 = true;                // else 3.1.1, which has no reason codes and no message expiry
  bool may_speak_mqtt3 = false;  // 3.1.1 where the broker does not take MQTT 5, which is tried first each time
};

enum class PublishOutcome {
  kDelivered,   // the broker took it and somebody is subscribed
  kNoReceiver,  // the broker took it; nobody is subscribed
  kRefused,     // the broker says no; our guard says so where nobody is subscribed, because Paho C up to 1.3.13 drops
                // the reason codes below 0x80
  kUnknown,     // the connection broke or the time was over before the broker acknowledged
};

class BrokerClient {
 public:
  struct Callbacks {
    // `expiry`: what is left of the time that its sender gave it (MQTT 5), where it gave it one.
    std::function<void(std::string_view topic, std::string_view payload, bool retained,
                       std::optional<std::chrono::seconds> expiry)>
        message;
    // Connected and subscribed, or not any more.
    std::function<void(bool connected)> connection;
  };
  using Done = std::function<void(PublishOutcome)>;

  // The callbacks come on threads of the library, one at a time each; they must not block or call back into `stop`.
  BrokerClient(ClientSettings settings, Callbacks callbacks);
  // As `stop`.
  ~BrokerClient();

  // Connects, and again whenever the connection is lost: after 20 ms, then twice as long each time up to 2 s.
  void start();
  // Disconnects. Every publish under way has ended (kUnknown) when it returns; no callback comes after it.
  void stop();

  bool connected() const;
  // Of the present connection, or the last attempt.
  bool speaks_mqtt5() const;

  // QoS 1. False where there is no connection: nothing was sent and `done` is dropped. Else `done` is called exactly
  // once, on a thread of the object's own or of the library. The broker drops the message after `expiry` (whole
  // seconds, rounded up, at least 1); its answer is waited for as long, and 3 s at most. Nothing is sent again
  // after a reconnection.
  bool publish(std::string topic, std::string payload, std::chrono::milliseconds expiry, Done done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatetorio::transport_mqtt
