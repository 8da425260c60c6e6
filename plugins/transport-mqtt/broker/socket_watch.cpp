#include "broker/socket_watch.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "broker/budgets.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::chrono::seconds kLongestSilence{10};
constexpr std::chrono::seconds kLongestUnread{60};
constexpr std::size_t kMostStrangers = 256;  // of a network

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::vector<int> open_descriptors() {
  std::vector<int> list;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc/self/fd"));
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    int number = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc()) list.push_back(number);
  }
  return list;
}

// The peer's address and port; nothing for what is no TCP connection.
std::optional<std::pair<std::string, std::uint16_t>> peer_of(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return std::nullopt;
  char text[INET6_ADDRSTRLEN] = {};
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    return std::pair(std::string(::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text)), ntohs(v4.sin_port));
  }
  if (peer.ss_family != AF_INET6) return std::nullopt;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
  return std::pair(std::string(::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text)), ntohs(v6.sin6_port));
}

}  // namespace

struct SocketWatch::Socket {
  int descriptor = 0;
  std::string peer;
  std::uint16_t port = 0;
  tcp_info info{};
  // Nothing was ever sent to it: even the first answer to its login.
  bool is_silent() const {
    return info.tcpi_bytes_acked <= 1 && info.tcpi_notsent_bytes == 0 && info.tcpi_unacked == 0;
  }
  // The broker finds it closed; what waits in the kernel goes with it.
  void end() const {
    const linger at_once{1, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::shutdown(descriptor, SHUT_RDWR);
  }
};

// Why it is to end, if at all.
std::optional<SocketWatch::Reason> SocketWatch::judge(const Socket& socket, Clock::time_point now) {
  const bool is_silent = socket.is_silent();
  if (!is_silent && socket.info.tcpi_notsent_bytes == 0) return std::nullopt;
  Progress& progress = waiting_[socket.peer + " " + std::to_string(socket.port)];
  const bool has_moved = progress.round == 0 || progress.acknowledged != socket.info.tcpi_bytes_acked;
  if (has_moved) progress.since = now;
  progress.acknowledged = socket.info.tcpi_bytes_acked;
  progress.round = round_;
  if (is_silent && now - progress.since >= kLongestSilence) return Reason::kSilent;
  if (!is_silent && now - progress.since >= kLongestUnread) return Reason::kUnread;
  return std::nullopt;
}

SocketWatch::Found SocketWatch::look(const std::unordered_map<std::string, std::int64_t>& let_in,
                                     Clock::time_point now) {
  ++round_;
  Found found;
  std::unordered_map<std::string, std::vector<Socket>> by_network;
  for (const int descriptor : open_descriptors()) {
    auto peer = peer_of(descriptor);
    if (!peer) continue;
    Socket socket{descriptor, std::move(peer->first), peer->second};
    socklen_t size = sizeof socket.info;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &socket.info, &size) != 0) continue;
    if (const auto reason = judge(socket, now)) {
      socket.end();
      found.emplace_back(socket.peer, *reason);
    } else {
      by_network[customer_of(socket.peer)].push_back(std::move(socket));
    }
  }
  std::erase_if(waiting_, [this](const auto& entry) { return entry.second.round != round_; });
  for (auto& [network, sockets] : by_network) {
    const auto known = let_in.find(network);
    const auto most = kMostStrangers + static_cast<std::size_t>(known == let_in.end() ? 0 : known->second);
    if (sockets.size() <= most) continue;
    const auto rank = [](const Socket& s) { return std::pair(!s.is_silent(), s.info.tcpi_bytes_received); };
    std::sort(sockets.begin(), sockets.end(), [&](const Socket& a, const Socket& b) { return rank(a) < rank(b); });
    for (std::size_t i = 0; i < sockets.size() - most; ++i) {
      sockets[i].end();
      found.emplace_back(sockets[i].peer, Reason::kSilent);
    }
  }
  return found;
}

}  // namespace gatetorio::transport_mqtt
