#include "broker_config.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/mp11.hpp>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>

namespace gatetorio::transport_mqtt {
namespace {

namespace fs = std::filesystem;

std::string current_user() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? "root" : entry->pw_name;
}

// Written whole under another name and then moved, readable by its owner alone.
std::string write_private(const fs::path& path, const std::string& text) {
  const std::string part = path.string() + ".part";
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return part + ": " + std::strerror(errno);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (!written || ::rename(part.c_str(), path.c_str()) != 0) return path.string() + ": " + std::strerror(errno);
  return {};
}

constexpr char kCertificate[] = "/certificate.pem", kKey[] = "/certificate-key.pem";

void append_listener(std::ostream& out, const ListenAddress& address, std::uint16_t port, std::int64_t connections) {
  out << "\nlistener " << port << ' ' << address.host << "\n";
  if (connections > 0) out << "max_connections " << connections << "\n";
}

void append_limits(std::ostream& out, const Limits& limits) {
  boost::mp11::mp_for_each<boost::describe::describe_members<Limits, boost::describe::mod_any_access>>(
      [&](auto member) { out << "plugin_opt_" << member.name << ' ' << limits.*member.pointer << "\n"; });
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

bool parse_listen(std::string_view text, ListenAddress& out) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of(" \t\r\n") != std::string_view::npos) return false;
  const std::string_view port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || wrong != std::errc() || end != port.data() + port.size()) return false;
  out = {std::string(host), number};
  return true;
}

std::string broker_config_text(const BrokerSettings& settings, const BrokerPorts& ports,
                               const std::string& hub_username) {
  std::ostringstream out;
  out << "# Written by the hub at each start; changes are lost.\n"
      << "user " << current_user() << "\n"
      << "log_dest stdout\nlog_timestamp false\nlog_type error\nlog_type warning\nlog_type notice\nlog_type "
         "information\n"
      << "connection_messages false\nset_tcp_nodelay true\n"
      << "persistence true\npersistence_location " << settings.folder << "/\nautosave_interval 300\n"
      << "persistent_client_expiration 1d\n"
      // A message is judged when it is sent. One that waits for room is sent later without being judged again, so room
      // is counted in bytes alone, and there is enough of it for all who acknowledge what they get.
      << "max_inflight_messages 0\nmax_inflight_bytes 2097152\n"
      << "max_queued_messages 1000\nmax_queued_bytes 1048576\n"
      << "max_packet_size 81920\n"
      << "memory_limit " << settings.memory_mb * 1024 * 1024 << "\n"
      << "sys_interval 0\n"
      << "allow_anonymous false\n"
      << "plugin " << settings.guard << "\n"
      << "plugin_opt_hub_socket " << settings.hub_socket << "\n"
      << "plugin_opt_hub_username " << hub_username << "\n"
      << "plugin_opt_hub_password_file " << settings.folder << "/hub-password\n"
      << "plugin_opt_topic_prefix " << settings.topic_prefix << "\n"
      << "plugin_opt_client_ids_file " << settings.folder << "/client-ids\n"
      << "plugin_opt_retained_file " << settings.folder << "/retained\n";
  append_limits(out, settings.limits);
  append_listener(out, {"127.0.0.1", ports.hub}, ports.hub, 0);
  append_listener(out, settings.listen, ports.mqtt, settings.connections);
  if (ports.tls != 0) {
    append_listener(out, settings.tls_listen, ports.tls, settings.connections);
    out << "certfile " << settings.folder << kCertificate << "\nkeyfile " << settings.folder << kKey << "\n"
        << "tls_version tlsv1.2\nciphers ECDHE+AESGCM:ECDHE+CHACHA20\n";
  }
  return out.str();
}

std::string write_broker_files(const BrokerSettings& settings, const BrokerPorts& ports,
                               const std::string& hub_username, const std::string& hub_password) {
  std::error_code wrong;
  fs::create_directories(settings.folder, wrong);
  if (!wrong) fs::permissions(settings.folder, fs::perms::owner_all, wrong);
  if (wrong) return settings.folder + ": " + wrong.message();
  const fs::path folder(settings.folder);
  auto error = write_private(folder / "hub-password", hub_password);
  if (error.empty()) {
    error = write_private(folder / "mosquitto.conf", broker_config_text(settings, ports, hub_username));
  }
  return error;
}

std::string copy_certificate(const TlsFiles& files, const std::string& folder) {
  for (const auto& [from, to] : {std::pair(files.certificate(), folder + kCertificate), {files.key(), folder + kKey}}) {
    std::ifstream file(from, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file || text.empty()) return from + " cannot be read";
    if (std::string error = write_private(to, text); !error.empty()) return error;
  }
  return {};
}

std::string reserve_port(ListenAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &raw) != 0) {
    return "\"" + address.host + "\" is no address of this machine";
  }
  const std::unique_ptr<addrinfo, FreeAddresses> list(raw);
  const int socket = ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return std::string("no socket: ") + std::strerror(errno);
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  std::string error;
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::bind(socket, list->ai_addr, list->ai_addrlen) != 0 || ::listen(socket, 1) != 0) {
    error = address.host + ":" + std::to_string(address.port) + ": " + std::strerror(errno);
  } else if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) == 0) {
    // The port is at the same place in both kinds of address.
    address.port = ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
  }
  ::close(socket);
  return error;
}

}  // namespace gatetorio::transport_mqtt
