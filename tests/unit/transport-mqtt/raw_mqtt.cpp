#include "raw_mqtt.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace gatetorio::transport_mqtt::testing {
namespace {

using Clock = std::chrono::steady_clock;

void put_u16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 0xff));
}

void put_text(std::string& out, std::string_view text) {
  put_u16(out, text.size());
  out.append(text);
}

std::uint16_t u16_at(std::string_view body, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(body.at(at)) << 8 |
                                    static_cast<std::uint8_t>(body.at(at + 1)));
}

}  // namespace

void RawMqtt::send(std::uint8_t header, const std::string& body) {
  std::string packet(1, static_cast<char>(header));
  std::size_t left = body.size();
  do {
    packet.push_back(static_cast<char>(left % 128 + (left >= 128 ? 128 : 0)));
    left /= 128;
  } while (left > 0);
  packet += body;
  std::size_t sent = 0;
  while (socket_ >= 0 && sent < packet.size()) {
    const auto size = ::send(socket_, packet.data() + sent, packet.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return;
    sent += static_cast<std::size_t>(size);
  }
}

std::optional<RawMqtt::Packet> RawMqtt::read_packet(Clock::time_point deadline) {
  while (socket_ >= 0) {
    std::size_t size = 0, at = 1, shift = 0;
    bool whole = false;
    for (; at < buffer_.size() && at <= 4 && !whole; ++at, shift += 7) {
      size |= static_cast<std::size_t>(buffer_[at] & 0x7f) << shift;
      whole = (buffer_[at] & 0x80) == 0;
    }
    if (whole && buffer_.size() >= at + size) {
      Packet packet{static_cast<std::uint8_t>(buffer_[0]), buffer_.substr(at, size)};
      buffer_.erase(0, at + size);
      return packet;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    char bytes[16384];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) {
      drop();
      return std::nullopt;
    }
    buffer_.append(bytes, static_cast<std::size_t>(count));
  }
  return std::nullopt;
}

void RawMqtt::take_message(const Packet& packet) {
  RawMessage message;
  message.qos = packet.header >> 1 & 3;
  message.retained = packet.header & 1;
  const std::size_t topic_size = u16_at(packet.body, 0);
  message.topic = packet.body.substr(2, topic_size);
  std::size_t at = 2 + topic_size;
  std::string id;
  if (message.qos > 0) {
    id = packet.body.substr(at, 2);
    at += 2;
  }
  if (version_ == 5) at += 1 + static_cast<std::uint8_t>(packet.body.at(at));  // properties, of less than 128 bytes
  message.payload = packet.body.substr(at);
  messages_.push_back(std::move(message));
  if (!id.empty() && acknowledge_) send(0x40, id);
}

std::optional<RawMqtt::Packet> RawMqtt::read_until(std::uint8_t type, Clock::time_point deadline) {
  while (auto packet = read_packet(deadline)) {
    if (packet->header >> 4 == 3) take_message(*packet);
    if (packet->header >> 4 == type) return packet;
  }
  return std::nullopt;
}

int RawMqtt::connect(std::uint16_t port, const RawConnect& options) {
  drop();
  version_ = options.version;
  messages_.clear();
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    drop();
    return kClosed;
  }
  std::string body;
  put_text(body, "MQTT");
  body.push_back(static_cast<char>(version_));
  const bool has_will = !options.will_topic.empty();
  const int flags = (options.username.empty() ? 0 : 0x80) | (options.password.empty() ? 0 : 0x40) |
                    (has_will ? 0x04 | 0x08 : 0) | (options.will_retained ? 0x20 : 0) | (options.clean ? 0x02 : 0);
  body.push_back(static_cast<char>(flags));
  put_u16(body, 60);
  if (version_ == 5) {
    body.push_back(5);
    body.push_back(0x11);
    put_u16(body, options.session_expiry_s >> 16);
    put_u16(body, options.session_expiry_s & 0xffff);
  }
  put_text(body, options.client_id);
  if (has_will) {
    if (version_ == 5) body.push_back(0);
    put_text(body, options.will_topic);
    put_text(body, options.will_payload);
  }
  if (!options.username.empty()) put_text(body, options.username);
  if (!options.password.empty()) put_text(body, options.password);
  send(0x10, body);
  const auto answer = read_until(2, Clock::now() + kPatience);
  if (!answer) return kClosed;
  session_present_ = answer->body.at(0) & 1;
  return static_cast<std::uint8_t>(answer->body.at(1));
}

int RawMqtt::subscribe(std::string_view filter, int qos) {
  std::string body;
  put_u16(body, ++last_id_);
  if (version_ == 5) body.push_back(0);
  put_text(body, filter);
  body.push_back(static_cast<char>(qos));
  send(0x82, body);
  const auto answer = read_until(9, Clock::now() + kPatience);
  return answer ? static_cast<std::uint8_t>(answer->body.back()) : kClosed;
}

int RawMqtt::publish(std::string_view topic, std::string_view payload, int qos, bool retain, std::uint32_t expiry_s) {
  std::string body;
  put_text(body, topic);
  if (qos > 0) put_u16(body, ++last_id_);
  if (version_ == 5 && expiry_s != 0) {
    body.append({5, 2});
    put_u16(body, expiry_s >> 16);
    put_u16(body, expiry_s & 0xffff);
  } else if (version_ == 5) {
    body.push_back(0);
  }
  body.append(payload);
  send(static_cast<std::uint8_t>(0x30 | qos << 1 | (retain ? 1 : 0)), body);
  if (qos == 0) return 0;
  const auto answer = read_until(4, Clock::now() + kPatience);
  if (!answer) return kClosed;
  return answer->body.size() > 2 ? static_cast<std::uint8_t>(answer->body[2]) : 0;
}

std::optional<RawMessage> RawMqtt::receive(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  if (messages_.empty()) read_until(3, deadline);
  if (messages_.empty()) return std::nullopt;
  RawMessage message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::deque<RawMessage> RawMqtt::received_so_far() {
  send(0xc0, {});
  read_until(13, Clock::now() + kPatience);
  return std::exchange(messages_, {});
}

bool RawMqtt::is_closed_by_broker(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (read_until(15, deadline)) {
  }
  return socket_ < 0;
}

void RawMqtt::disconnect() {
  send(0xe0, {});
  drop();
}

void RawMqtt::drop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

}  // namespace gatetorio::transport_mqtt::testing
