// A server on a free port with a handler of the test's choice.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "raw_client.hpp"
#include "server.hpp"

namespace gatetorio::transport_http::test {

class TestServer final : public RequestHandler {
 public:
  using Handle = std::function<void(Exchange&)>;

  explicit TestServer(Handle handle = echo, Settings settings = {}, std::function<void()> tick = {})
      : handle_(std::move(handle)), server_(on_free_port(std::move(settings)), *this) {
    server_.on_fault([this](std::string_view what) {
      const std::lock_guard lock(mutex_);
      faults_.emplace_back(what);
    });
    server_.on_tick(std::move(tick));
    wrong_ = server_.start();
  }
  ~TestServer() override { server_.stop(); }

  std::uint16_t port() const { return server_.port(); }
  Server& server() { return server_; }
  const std::string& wrong() const { return wrong_; }
  std::vector<std::string> faults() const {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

  // Answers with "METHOD PATH BODY".
  static void echo(Exchange& exchange) {
    std::string body(method_name(exchange.request().method));
    body.append(" ").append(exchange.target().raw_path()).append(" ").append(exchange.request().body);
    exchange.respond({200, "text/plain", body, {}});
  }

 private:
  void handle(Exchange& exchange) override { handle_(exchange); }
  bool streams_body(const Request& request) override {
    if (request.target == "/throws-before-its-body") throw std::runtime_error("before its body");
    return false;
  }
  static Settings on_free_port(Settings settings) {
    settings.listen.port = 0;
    return settings;
  }

  Handle handle_;
  mutable std::mutex mutex_;
  std::vector<std::string> faults_;
  Server server_;
  std::string wrong_;
};

// An empty file of `size` bytes that has no name. On the server's threads too, where no test may assert.
inline Descriptor unnamed_file(std::uint64_t size = 0) {
  char name[] = "/tmp/gatetorio-test-XXXXXX";
  Descriptor file(::mkstemp(name));
  ::unlink(name);
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) throw std::runtime_error("no file can be made");
  return file;
}

// A GET of `path`.
inline std::string get(std::string_view path, std::string_view more_headers = {}) {
  return std::string("GET ").append(path).append(" HTTP/1.1\r\nHost: hub\r\n").append(more_headers).append("\r\n");
}

// A POST of `body`, as JSON unless another type is given.
inline std::string post(std::string_view path, std::string_view body, std::string_view type = "application/json") {
  std::string text = "POST ";
  text.append(path).append(" HTTP/1.1\r\nHost: hub\r\nContent-Type: ").append(type);
  text.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

}  // namespace gatetorio::transport_http::test
