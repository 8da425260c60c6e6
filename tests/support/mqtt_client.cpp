#include "support/mqtt_client.hpp"

namespace gatetorio::testing {

int MqttClient::connect(std::uint16_t port, const transport_mqtt::testing::RawConnect& options) {
  int code = kClosed;
  eventually(
      [&] {
        code = RawMqtt::connect(port, options);
        return code != kClosed;
      },
      milliseconds(2'000));
  return code;
}

std::optional<MqttMessage> wait_for(MqttClient& client, const std::function<bool(const MqttMessage&)>& fits,
                                    milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return std::nullopt;
    auto message = client.receive(left);
    if (!message) return std::nullopt;
    if (fits(*message)) return message;
  }
}

}  // namespace gatetorio::testing
