// An MQTT client that does exactly what a test says, byte by byte, and shows every reason code.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace gatetorio::transport_mqtt::testing {

struct RawConnect {
  std::string client_id;
  std::string username;
  std::string password;
  int version = 5;  // 4 or 5
  bool clean = true;
  std::uint32_t session_expiry_s = 0;  // version 5
  std::string will_topic = {};         // empty: no will
  std::string will_payload = {};
  bool will_retained = false;
};

struct RawMessage {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retained = false;
};

class RawMqtt {
 public:
  static constexpr int kClosed = -1;
  static constexpr std::chrono::seconds kPatience{5};

  RawMqtt() = default;
  ~RawMqtt() { drop(); }
  RawMqtt(const RawMqtt&) = delete;
  RawMqtt& operator=(const RawMqtt&) = delete;

  // The CONNACK's code, or kClosed.
  int connect(std::uint16_t port, const RawConnect& options);
  bool session_present() const { return session_present_; }
  // The SUBACK's code (the granted QoS, or from 0x80 on a refusal), or kClosed.
  int subscribe(std::string_view filter, int qos = 1);
  // The PUBACK's code for QoS 1 (always 0 in version 4), 0 for QoS 0, or kClosed.
  // `expiry_s`: the message expiry interval of version 5; 0: none.
  int publish(std::string_view topic, std::string_view payload, int qos = 1, bool retain = false,
              std::uint32_t expiry_s = 0);
  // The next message, or nothing where none comes.
  std::optional<RawMessage> receive(std::chrono::milliseconds patience = kPatience);
  // Everything that the broker had for this client before it answered a ping: no waiting for what does not come.
  std::deque<RawMessage> received_so_far();
  // Does the broker end the connection?
  bool is_closed_by_broker(std::chrono::milliseconds patience = kPatience);

  void acknowledge(bool on) { acknowledge_ = on; }  // of QoS 1 deliveries; on by default
  void disconnect();                                // politely
  void drop();                                      // as a cut cable would

 private:
  struct Packet {
    std::uint8_t header = 0;
    std::string body;
  };

  void send(std::uint8_t header, const std::string& body);
  std::optional<Packet> read_packet(std::chrono::steady_clock::time_point deadline);
  std::optional<Packet> read_until(std::uint8_t type, std::chrono::steady_clock::time_point deadline);
  void take_message(const Packet& packet);

  int socket_ = -1;
  int version_ = 5;
  bool session_present_ = false;
  bool acknowledge_ = true;
  std::uint16_t last_id_ = 0;
  std::string buffer_;
  std::deque<RawMessage> messages_;
};

}  // namespace gatetorio::transport_mqtt::testing
