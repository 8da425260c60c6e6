// A folder with the configuration of a hub that may not start: what HubProcess waits for may never come.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "support/hub_process.hpp"
#include "support/socket.hpp"

namespace gatetorio::testing {

class HubFolder {
 public:
  HubFolder() {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    write();
  }
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const char* name) const { return folder_ / name; }
  std::string config() const { return (folder_ / "hub.toml").string(); }
  std::filesystem::path data() const { return folder_ / "data"; }

  // Lines of a plugin's table; those of transport-http and transport-mqtt have a `listen` already.
  HubFolder& set(const std::string& table, const std::string& lines) {
    tables_[table] += lines + "\n";
    write();
    return *this;
  }
  HubFolder& plugins(std::string list) {
    plugins_ = std::move(list);
    write();
    return *this;
  }
  std::uint16_t http_port() const { return http_; }
  std::uint16_t mqtt_port() const { return mqtt_; }
  std::string http() const { return "127.0.0.1:" + std::to_string(http_); }

  RunResult run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--config", config()});
    return run_hub(std::move(words));
  }
  Process start(const std::vector<std::string>& before = {}) const {
    std::vector<std::string> arguments = before;
    arguments.insert(arguments.end(), {hub_program(), "--config", config()});
    return Process(arguments, {folder_ / "stdout", folder_ / "stderr"}, folder_.path());
  }
  std::string log() const { return read_file(folder_ / "stderr"); }
  std::string said() const { return read_file(folder_ / "stdout"); }

 private:
  void write() const {
    std::string text = "[hub]\ndata_dir = \"" + data().string() + "\"\nplugins = [" + plugins_ + "]\n";
    for (const auto& [table, lines] : tables_) text += "[" + table + "]\n" + lines;
    write_file(config(), text);
  }
  TempDir folder_;
  const std::uint16_t http_ = free_port();
  const std::uint16_t mqtt_ = free_port();
  std::string plugins_ = R"("storage-sqlite", "transport-http", "transport-mqtt", "registration", "auth")";
  std::map<std::string, std::string> tables_{
      {"plugins.transport-http", "listen = \"" + http() + "\"\n"},
      {"plugins.transport-mqtt", "listen = \"127.0.0.1:" + std::to_string(mqtt_) + "\"\n"},
      {"plugins.registration", "enrolment = \"open\"\n"}};
};

// Takes a port of this machine as another program would.
class TakenPort {
 public:
  explicit TakenPort(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(socket_, 1) != 0) {
      throw std::runtime_error("the port cannot be taken");
    }
  }
  ~TakenPort() { ::close(socket_); }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;

 private:
  int socket_;
};

// A program that says it is Mosquitto of this version, and does nothing else.
inline std::string mosquitto_of(const std::filesystem::path& folder, const std::string& version) {
  const std::filesystem::path program = folder / ("mosquitto-" + version);
  write_file(program, "#!/bin/sh\nif [ \"$1\" = -h ]; then echo 'mosquitto version " + version +
                          "'; exit 3; fi\nexec sleep 600\n");
  std::filesystem::permissions(program, std::filesystem::perms(0755));
  return program.string();
}

}  // namespace gatetorio::testing
