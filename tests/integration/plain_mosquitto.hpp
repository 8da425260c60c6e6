// A Mosquitto without our guard, as an operator might run one: lets anybody do anything.
#pragma once

#include "support/process.hpp"
#include "support/socket.hpp"
#include "support/temp_dir.hpp"

namespace gatetorio::testing {

class PlainMosquitto {
 public:
  PlainMosquitto() {
    write_file(folder_ / "mosquitto.conf",
               "listener " + std::to_string(port_) + " 127.0.0.1\nallow_anonymous true\npersistence false\n");
    process_ = std::make_unique<Process>(
        std::vector<std::string>{"/usr/sbin/mosquitto", "-c", (folder_ / "mosquitto.conf").string()},
        ProcessFiles{folder_ / "stdout", folder_ / "stderr"});
    if (!eventually([this] { return is_listening(port_); })) throw std::runtime_error("mosquitto does not start");
  }
  std::uint16_t port() const { return port_; }

 private:
  const TempDir folder_;
  const std::uint16_t port_ = free_port();
  std::unique_ptr<Process> process_;
};

}  // namespace gatetorio::testing
