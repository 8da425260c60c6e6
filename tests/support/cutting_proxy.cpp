#include "support/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace gatetorio::testing {

namespace {

constexpr int kLookMs = 50;

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool is_ready(int descriptor, int patience_ms) {
  pollfd look{descriptor, POLLIN, 0};
  return ::poll(&look, 1, patience_ms) > 0;
}

std::string take(int from) {
  char buffer[65'536];
  const ssize_t size = ::recv(from, buffer, sizeof buffer, 0);
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
}

bool give(int to, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::send(to, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server_url) {
  const auto colon = server_url.rfind(':');
  const auto slash = server_url.find('/', colon);
  server_port_ = static_cast<std::uint16_t>(std::stoi(server_url.substr(colon + 1, slash - colon - 1)));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  url_ = server_url.substr(0, colon + 1) + std::to_string(ntohs(address.sin_port)) + server_url.substr(slash);
  thread_ = std::thread([this] { serve(); });
}

CuttingProxy::~CuttingProxy() {
  is_ending_ = true;
  thread_.join();
  ::close(listener_);
}

void CuttingProxy::cut_after(const std::string& words) {
  const std::lock_guard lock(mutex_);
  words_ = words;
}

bool CuttingProxy::is_fatal(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  if (words_.empty() || bytes.find(words_) == std::string::npos) return false;
  words_.clear();
  return true;
}

void CuttingProxy::serve() {
  std::vector<std::thread> connections;
  while (!is_ending_) {
    if (!is_ready(listener_, kLookMs)) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections.emplace_back([this, client] { carry(client); });
  }
  for (std::thread& connection : connections) connection.join();
}

void CuttingProxy::carry(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local(server_port_);
  bool goes_on = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (goes_on && !is_ending_) {
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, kLookMs) <= 0) continue;
    if (both[0].revents != 0) {
      const std::string bytes = take(client);
      goes_on = !bytes.empty() && give(server, bytes);
      if (goes_on && is_fatal(bytes)) {
        is_ready(server, 10'000);  // it has done what it was told
        goes_on = false;
      }
    }
    if (goes_on && both[1].revents != 0) {
      const std::string bytes = take(server);
      goes_on = !bytes.empty() && give(client, bytes);
    }
  }
  ::close(server);
  ::close(client);
}

}  // namespace gatetorio::testing
