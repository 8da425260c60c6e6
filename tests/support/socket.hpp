// A TCP connection that sends any bytes and waits for none longer than told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/eventually.hpp"

namespace gatetorio::testing {

// "HOST:PORT" -> PORT. Throws std::invalid_argument.
std::uint16_t port_of(std::string_view address);
// A port of this machine that nobody uses now, for programs that cannot choose one themselves.
std::uint16_t free_port();
// Does somebody take connections there?
bool is_listening(std::uint16_t port);

class Socket {
 public:
  // To a port of this machine. Throws std::system_error.
  explicit Socket(std::uint16_t port);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // False where the other side has gone.
  bool send(std::string_view bytes);
  void finish_sending();
  // What comes next; empty where the other side has ended the connection, nothing where nothing came in time.
  std::optional<std::string> read_some(milliseconds patience = kPatience);
  // Everything until the other side ends the connection, or nothing more comes in time.
  std::string read_all(milliseconds patience = kPatience);
  // Does the other side end the connection? Drops what comes before.
  bool is_closed_by_peer(milliseconds patience = kPatience);

 private:
  int socket_;
};

}  // namespace gatetorio::testing
