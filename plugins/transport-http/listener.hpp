// Accepts connections on the first thread and deals them out to all of them in turn.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "new_session.hpp"
#include "worker.hpp"

namespace gatetorio::transport_http {

// One acceptor rather than one for each thread: connections spread evenly, and a second hub on the same port is an
// error instead of a silent sharer. Lives on the first worker's thread, and must end before that worker.
class Listener {
 public:
  // `tls` may be null.
  Listener(std::vector<std::shared_ptr<Worker>> workers, TlsContext* tls);

  // Binds and listens. Returns an empty string, or why it cannot. Before the workers run.
  std::string open(const ListenAddress& address);
  // Whether open() failed for what may pass: somebody else has the port, or the machine does not have the address yet.
  bool is_taken() const { return is_taken_; }
  std::uint16_t port() const { return port_; }

  void accept_next();  // on the first worker's thread from now on
  void close();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  void on_accept(boost::system::error_code error, Socket socket, std::shared_ptr<Worker> worker);
  void take(Socket socket, std::shared_ptr<Worker> worker);
  void refuse(Socket socket, const std::shared_ptr<Worker>& worker);

  std::vector<std::shared_ptr<Worker>> workers_;
  TlsContext* tls_;
  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::size_t turn_ = 0;
  std::uint16_t port_ = 0;
  bool is_taken_ = false;
};

}  // namespace gatetorio::transport_http
