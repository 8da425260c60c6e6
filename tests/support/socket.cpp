#include "support/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace gatetorio::testing {

using Clock = std::chrono::steady_clock;

std::uint16_t port_of(std::string_view address) {
  const auto digits = address.substr(address.rfind(':') + 1);
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (wrong != std::errc() || end != digits.data() + digits.size() || port == 0) {
    throw std::invalid_argument("no address with a port: " + std::string(address));
  }
  return port;
}

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!bound) throw std::runtime_error("there is no free port");
  return ntohs(address.sin_port);
}

bool is_listening(std::uint16_t port) {
  try {
    const Socket socket(port);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

Socket::Socket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int why = errno;
    ::close(socket_);
    throw std::system_error(why, std::generic_category(), "connect to port " + std::to_string(port));
  }
}

Socket::~Socket() { ::close(socket_); }

bool Socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void Socket::finish_sending() { ::shutdown(socket_, SHUT_WR); }

std::optional<std::string> Socket::read_some(milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  pollfd waiting{socket_, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&waiting, 1, static_cast<int>(left > 0 ? left : 0));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    char bytes[16384];
    const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
  }
}

std::string Socket::read_all(milliseconds patience) {
  std::string all;
  while (const auto part = read_some(patience)) {
    if (part->empty()) break;
    all += *part;
  }
  return all;
}

bool Socket::is_closed_by_peer(milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    const auto part = read_some(std::chrono::ceil<milliseconds>(deadline - Clock::now()));
    if (part && part->empty()) return true;
  }
  return false;
}

}  // namespace gatetorio::testing
