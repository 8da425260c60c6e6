// Closes connections at RabbitMQ through the HTTP API of its management plugin.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "gatetorio/host.hpp"

namespace gatetorio::transport_mqtt {

struct ManagementAddress {
  bool tls = false;
  std::string host;
  std::string port;
  // "http://127.0.0.1:15672" or "https://..."; nothing where the text is no such URL, or has a path.
  static std::optional<ManagementAddress> parse(std::string_view url);
};

class Management {
 public:
  struct Settings {
    std::string url;  // empty: nothing is ever closed
    std::string username;
    std::string password;
    std::string ca_file;  // PEM, for https; empty: the system's
  };

  Management(Host& host, Settings settings) : host_(host), settings_(std::move(settings)) {}
  // As `stop`.
  ~Management() { stop(); }

  void start();
  // Ends the thread. Blocks for up to 5 s where the broker does not answer.
  void stop();
  // Ends all connections of a user name, and tries until the broker has taken it. From any thread; returns at once.
  void close(const std::string& username);

 private:
  void run();
  bool request_close(const std::string& username);

  Host& host_;
  const Settings settings_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatetorio::transport_mqtt
