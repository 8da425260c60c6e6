// A client that sends any bytes and reads what comes back, with a deadline on every wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gatetorio::transport_http::test {

struct Response {
  int status = 0;                              // 0: the connection ended or nothing came in time
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
  bool has(const std::string& name) const { return headers.count(name) > 0; }
};

enum class Over : std::uint8_t { kPlain, kTls };

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
  RawClient(std::uint16_t port, Over over);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool send(std::string_view bytes);  // false: the server takes no more; its answer says why
  void finish_sending();
  // The next response; `to_head` where it answers a HEAD.
  Response read(bool to_head = false);
  // Whatever comes until `text` was seen or the connection ended; nothing where neither happened in time.
  std::optional<std::string> read_until(std::string_view text);
  // True when something to read, or the end, is there within `patience`.
  bool has_answer(std::chrono::milliseconds patience);
  // True when the server ends the connection in time; drops what comes before.
  bool is_closed_by_server();
  // The same, and the end was a proper one: no reset, and over TLS with a goodbye.
  bool is_ended_by_server() { return is_closed_by_server() && ended_well_; }

 private:
  struct Tls;
  bool fill();  // false: the end, or too late

  int socket_;
  std::unique_ptr<Tls> tls_;
  bool ended_ = false;
  bool ended_well_ = false;
  std::string buffer_;
};

// Waits until `condition` holds; false where it does not within 5 s.
bool eventually(const std::function<bool()>& condition);

}  // namespace gatetorio::transport_http::test
