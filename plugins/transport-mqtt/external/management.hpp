// RabbitMQ's management: one HTTP request at a time over a connection of its own, never longer than a deadline.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/result.hpp"

namespace gatetorio::transport_mqtt {

struct ManagementAddress {
  bool tls = false;
  std::string host;
  std::string port;
  // "http://127.0.0.1:15672" or "https://..."; nothing where the text is no such URL, or has a path.
  static std::optional<ManagementAddress> parse(std::string_view url);
};

struct ManagementRequest {
  std::string method;     // "GET", "PUT", "DELETE"
  std::string target;     // path and query, escaped
  std::string body = {};  // JSON; empty: none
  std::chrono::milliseconds deadline{2'000};
};

struct ManagementAnswer {
  unsigned status = 0;
  std::string body;
};

// Usable from any thread; a request runs on the executor of the coroutine that awaits it.
class Management {
 public:
  struct Settings {
    std::string url;  // empty: there is none
    std::string username;
    std::string password;
    std::string ca_file;  // PEM, for https; empty: the system's
    std::string vhost = "/";
  };

  explicit Management(Settings settings) : settings_(std::move(settings)) {}
  bool is_known() const { return !settings_.url.empty(); }
  const Settings& settings() const { return settings_; }

  // Any status is an answer. Errors: kUnavailable where there is none, kTimeout after the request's deadline.
  boost::asio::awaitable<Result<ManagementAnswer>> ask(ManagementRequest request) const;

 private:
  const Settings settings_;
};

// What an operator can do about a status (0: no answer), as a command where there is one.
std::string remedy_for(unsigned status, const Management::Settings& settings);

}  // namespace gatetorio::transport_mqtt
