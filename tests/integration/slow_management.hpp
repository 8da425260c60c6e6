// A management like RabbitMQ's that answers what it likes and hangs where a test wants: the real one cannot be made to.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/eventually.hpp"

namespace gatetorio::testing {

class SlowManagement {
 public:
  SlowManagement() {
    acceptor_.listen();
    thread_ = std::thread([this] { run(); });
  }
  ~SlowManagement() {
    stopping_ = true;
    boost::system::error_code ignored;
    boost::asio::ip::tcp::socket wake(io_);
    wake.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

  // Requests whose path ends so get no answer, until `answer`.
  void hang(const std::string& end) {
    const std::lock_guard lock(mutex_);
    hanging_.insert(end);
  }
  // Somebody waits for such an answer, or has given up.
  bool is_asked_in_vain() const {
    const std::lock_guard lock(mutex_);
    return !kept_.empty();
  }
  void answer() {
    const std::lock_guard lock(mutex_);
    hanging_.clear();
  }
  // A user name with a connection, until somebody deletes it.
  void connect(const std::string& username) {
    const std::lock_guard lock(mutex_);
    connected_.insert(username);
  }
  bool is_connected(const std::string& username) const {
    const std::lock_guard lock(mutex_);
    return connected_.contains(username);
  }

 private:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  void run() {
    while (!stopping_) {
      boost::asio::ip::tcp::socket socket(io_);
      acceptor_.accept(socket);
      if (!stopping_) serve(std::move(socket));
    }
  }
  void serve(boost::asio::ip::tcp::socket socket) {
    boost::system::error_code wrong;
    boost::beast::flat_buffer buffer;
    Request request;
    boost::beast::http::read(socket, buffer, request, wrong);
    if (wrong) return;
    const std::lock_guard lock(mutex_);
    for (const std::string& end : hanging_) {
      if (std::string(request.target()).ends_with(end)) return kept_.push_back(std::move(socket));
    }
    Response response = reply_to(request);
    response.prepare_payload();
    boost::beast::http::write(socket, response, wrong);
  }
  Response reply_to(const Request& request) {
    namespace http = boost::beast::http;
    const std::string target(request.target());
    const std::string begin = "/api/connections/username/";
    Response response(http::status::ok, 11);
    response.body() = "[]";
    if (target.starts_with("/api/queues/")) response.body() = R"({"items":[]})";
    if (request.method() == http::verb::put || request.method() == http::verb::delete_) {
      response.result(http::status::no_content);
      response.body().clear();
    }
    if (!target.starts_with(begin)) return response;
    const std::string username = target.substr(begin.size());
    if (request.method() == http::verb::delete_)
      connected_.erase(username);
    else if (connected_.contains(username))
      response.body() = R"([{"name":"x"}])";
    return response;
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  mutable std::mutex mutex_;  // guards what follows
  std::set<std::string> hanging_, connected_;
  std::vector<boost::asio::ip::tcp::socket> kept_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace gatetorio::testing
