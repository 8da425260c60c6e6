#include "support/rabbitmq.hpp"

#include <signal.h>

#include <stdexcept>
#include <vector>

#include "support/socket.hpp"

namespace gatetorio::testing {

namespace fs = std::filesystem;

namespace {

constexpr milliseconds kStart{300'000};
constexpr const char* kServer = "/usr/lib/rabbitmq/bin/rabbitmq-server";

std::string text(std::uint16_t port) { return std::to_string(port); }

}  // namespace

bool RabbitMq::is_new(int wanted_major, int wanted_minor) {
  int major = 0, minor = 0;
  for (const auto& entry : fs::directory_iterator("/usr/lib/rabbitmq/lib")) {
    const std::string name = entry.path().filename();
    if (std::sscanf(name.c_str(), "rabbitmq_server-%d.%d", &major, &minor) == 2) break;
  }
  return std::pair(major, minor) >= std::pair(wanted_major, wanted_minor);
}

RabbitMq::RabbitMq(const std::string& config, RabbitMqPorts ports) : ports_(ports) {
  write_file(folder_ / "rabbitmq.conf", config);
  write_file(folder_ / "enabled_plugins", "[rabbitmq_mqtt,rabbitmq_auth_backend_http,rabbitmq_management].\n");
  names_port_ = free_port();
  names_ = std::make_unique<Process>(
      std::vector<std::string>{"/usr/bin/epmd", "-port", text(names_port_), "-address", "127.0.0.1"},
      ProcessFiles{folder_ / "epmd", folder_ / "epmd"});
  if (!eventually([&] { return is_listening(names_port_); })) throw std::runtime_error("epmd does not start");
  start();
}

void RabbitMq::start() {
  const std::string folder = folder_.path().string();
  process_ = std::make_unique<Process>(
      std::vector<std::string>{
          "/usr/bin/env", "HOME=" + folder, "ERL_EPMD_PORT=" + text(names_port_),
          "RUNNING_UNDER_SYSTEMD=true",  // no shell script around it that would outlive it
          "RABBITMQ_NODENAME=test-" + text(names_port_) + "@localhost", "RABBITMQ_MNESIA_BASE=" + folder + "/data",
          "RABBITMQ_LOG_BASE=" + folder + "/log", "RABBITMQ_LOGS=-",
          "RABBITMQ_CONFIG_FILE=" + folder + "/rabbitmq.conf",
          "RABBITMQ_ENABLED_PLUGINS_FILE=" + folder + "/enabled_plugins", "RABBITMQ_CONF_ENV_FILE=" + folder + "/none",
          "RABBITMQ_PID_FILE=" + folder + "/pid", "RABBITMQ_DIST_PORT=" + text(free_port()),
          "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +sbwt none", kServer},
      ProcessFiles{folder_ / "stdout", folder_ / "stderr"});
}

void RabbitMq::wait() {
  const auto serves = [this] {
    return !process_->is_running() || (is_listening(ports_.mqtt) && is_listening(ports_.management));
  };
  if (!eventually(serves, kStart) || !process_->is_running()) {
    throw std::runtime_error("RabbitMQ does not start:\n" + log());
  }
}

void RabbitMq::restart() {
  process_->signal(SIGKILL);
  process_->wait();
  start();
  wait();
}

}  // namespace gatetorio::testing
