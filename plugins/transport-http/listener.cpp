#include "listener.hpp"

#include <boost/asio/post.hpp>
#include <gatetorio/contain.hpp>

#include "problem.hpp"

namespace gatetorio::transport_http {
namespace {

using boost::asio::ip::tcp;

constexpr std::chrono::milliseconds kPauseWithoutDescriptors{50};
constexpr std::uint32_t kMostRefused = 64;  // that are kept until their peers have read why

// Fixed, since a refusal must stay cheap.
const std::string& too_many_connections() {
  static const std::string response = [] {
    const auto problem = make_problem(503, "Too many connections; try again later.", 5);
    std::string text = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nCache-Control: no-store\r\n";
    text.append("X-Content-Type-Options: nosniff\r\nX-Request-Id: none\r\nContent-Type: ").append(kProblemType);
    text.append("\r\nContent-Length: ").append(std::to_string(problem.body.size())).append("\r\n");
    return text.append(problem.headers).append("\r\n").append(problem.body);
  }();
  return response;
}

// One that has its answer: what still comes is read and dropped until the peer closes, or for a moment.
class RefusedConnection : public std::enable_shared_from_this<RefusedConnection> {
 public:
  RefusedConnection(Socket socket, std::shared_ptr<Worker> worker)
      : worker_(std::move(worker)), socket_(std::move(socket)), timer_(worker_->context()) {}
  ~RefusedConnection() { worker_->shared().refused_connections.fetch_sub(1, std::memory_order_relaxed); }

  void begin() {
    timer_.expires_after(worker_->shared().settings.deadlines.linger);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code) { self->end(); });
    read();
  }

 private:
  void read() {
    auto& scratch = worker_->scratch();
    socket_.async_read_some(boost::asio::buffer(scratch),
                            [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                              error ? self->end() : self->read();
                            });
  }
  void end() {
    boost::system::error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
  }

  const std::shared_ptr<Worker> worker_;  // whose thread all this is on
  Socket socket_;
  boost::asio::steady_timer timer_;
};

}  // namespace

Listener::Listener(std::vector<std::shared_ptr<Worker>> workers, TlsContext* tls)
    : workers_(std::move(workers)),
      tls_(tls),
      acceptor_(workers_.front()->context().get_executor()),
      pause_(workers_.front()->context()) {}

std::string Listener::open(const ListenAddress& address) {
  boost::system::error_code error;
  const tcp::endpoint endpoint(boost::asio::ip::make_address(address.host, error), address.port);
  if (!error) acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(4096, error);
  is_taken_ = error == boost::asio::error::address_in_use || error == boost::system::errc::address_not_available;
  if (error) return "cannot listen on " + address.text() + ": " + error.message();
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

void Listener::accept_next() {
  auto worker = workers_[turn_++ % workers_.size()];
  auto& context = worker->context();
  acceptor_.async_accept(context.get_executor(),
                         [this, worker = std::move(worker)](boost::system::error_code error, Socket socket) mutable {
                           on_accept(error, std::move(socket), std::move(worker));
                         });
}

void Listener::on_accept(boost::system::error_code error, Socket socket, std::shared_ptr<Worker> worker) {
  if (!acceptor_.is_open()) return;
  const auto& fault = worker->shared().on_fault;
  if (!error) {
    contain([&] { take(std::move(socket), worker); }, fault);
    if (contain([this] { accept_next(); }, fault)) return;
  }
  // Out of descriptors, most likely: some connection will end soon, and trying at once would only burn the processor.
  pause_.expires_after(kPauseWithoutDescriptors);
  pause_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled && acceptor_.is_open()) accept_next();
  });
}

void Listener::take(Socket socket, std::shared_ptr<Worker> worker) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;
  auto peer = parse_peer(endpoint.address().to_string());
  if (!peer) return;
  auto& shared = worker->shared();
  if (!shared.table.enter(peer->prefix, shared.settings.trusted_proxies.contains(peer->text))) {
    shared.complain(Refusal::kConnections, peer->text);
    return refuse(std::move(socket), worker);
  }
  const auto prefix = peer->prefix;
  std::shared_ptr<Session> session;
  const bool is_made = contain(
      [&] {
        session = tls_ != nullptr ? new_tls_session(worker, std::move(*peer), std::move(socket), *tls_)
                                  : new_plain_session(worker, std::move(*peer), std::move(socket));
      },
      shared.on_fault);
  if (!is_made) return shared.table.leave(prefix);
  const auto start = [session] { session->guarded([&session] { session->start(); }); };
  if (worker->is_current()) return start();
  boost::asio::post(worker->context(), start);
}

// Closing with unread bytes in the kernel would reset the connection, and the peer might never see the answer: so the
// connection is kept for a moment, unless too many are.
void Listener::refuse(Socket socket, const std::shared_ptr<Worker>& worker) {
  if (tls_ != nullptr) return;  // nothing can be said without a handshake
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(too_many_connections()), ignored);
  socket.shutdown(Socket::shutdown_send, ignored);
  auto& waiting = worker->shared().refused_connections;
  if (waiting.fetch_add(1, std::memory_order_relaxed) >= kMostRefused) {
    waiting.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  const auto refused = std::make_shared<RefusedConnection>(std::move(socket), worker);
  boost::asio::post(worker->context(), [refused] { refused->begin(); });
}

void Listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace gatetorio::transport_http
