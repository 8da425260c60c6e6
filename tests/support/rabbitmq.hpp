// Debian's RabbitMQ with MQTT, run by a test with a configuration, ports and data of its own.
#pragma once

#include <memory>
#include <string>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace gatetorio::testing {

struct RabbitMqPorts {
  std::uint16_t mqtt = 0;
  std::uint16_t management = 0;
};

class RabbitMq {
 public:
  // `config`: rabbitmq.conf, which names the ports. Starts it; `wait` says when it serves.
  RabbitMq(const std::string& config, RabbitMqPorts ports);

  // Throws, with what it said, where it does not serve MQTT and its management in time: Erlang takes half a minute.
  void wait();
  // Kills it and starts it again with the same data. Waits as `wait`.
  void restart();
  std::string log() const { return read_file(folder_ / "stdout") + read_file(folder_ / "stderr"); }

  // Whether this RabbitMQ is of that version or a newer one: 3.13 brought MQTT 5 and another option against sessions.
  static bool is_new(int major, int minor);

 private:
  void start();

  const TempDir folder_;
  const RabbitMqPorts ports_;
  std::uint16_t names_port_ = 0;
  std::unique_ptr<Process> names_;  // epmd: ends with the test, as one that RabbitMQ starts would not
  std::unique_ptr<Process> process_;
};

}  // namespace gatetorio::testing
