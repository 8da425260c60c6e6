// An MQTT client for tests: the raw one of the transport's unit tests, which shows every code that the broker sends.
#pragma once

#include <functional>

#include "raw_mqtt.hpp"
#include "support/eventually.hpp"

namespace gatetorio::testing {

class MqttClient : public transport_mqtt::testing::RawMqtt {
 public:
  // Tries again where the broker closes without an answer: "not now", which every client takes so.
  int connect(std::uint16_t port, const transport_mqtt::testing::RawConnect& options);
};
using MqttLogin = transport_mqtt::testing::RawConnect;
using MqttMessage = transport_mqtt::testing::RawMessage;

// Codes of MQTT 5, and one of 3.1.1.
inline constexpr int kMqttOk = 0;
inline constexpr int kGrantedQos1 = 1;
inline constexpr int kNobodyThere = 0x10;  // "no matching subscribers"
inline constexpr int kNotAuthorized = 0x87;
inline constexpr int kRefused3 = 5;  // CONNACK of 3.1.1
inline constexpr int kSubscribeRefused3 = 0x80;

// The first message that fits; the ones before are dropped. Nothing where none comes in time.
std::optional<MqttMessage> wait_for(MqttClient& client, const std::function<bool(const MqttMessage&)>& fits,
                                    milliseconds patience = kPatience);

}  // namespace gatetorio::testing
