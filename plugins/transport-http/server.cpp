#include "server.hpp"

#include <atomic>
#include <boost/asio/post.hpp>

#include "listener.hpp"

namespace gatetorio::transport_http {

struct Server::Impl {
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Worker>> workers;
  std::unique_ptr<TlsContext> tls;
  Timestamp certificate_ends;
  std::unique_ptr<Listener> listener;
  bool running = false;
};

Server::Server(Settings settings, RequestHandler& handler) : impl_(std::make_unique<Impl>()) {
  impl_->shared = std::make_shared<Shared>(settings, handler);
}

Server::~Server() { stop(); }

void Server::on_tick(std::function<void()> tick) { impl_->shared->on_tick = std::move(tick); }

void Server::on_fault(std::function<void(std::string_view)> fault) { impl_->shared->on_fault = std::move(fault); }

void Server::on_complaint(std::function<void(std::string_view, std::string_view)> complaint) {
  impl_->shared->on_complaint = std::move(complaint);
}

std::optional<TlsFiles::State> Server::reload_certificate() {
  return impl_->tls ? impl_->tls->reload_if_changed() : std::nullopt;
}

Timestamp Server::certificate_ends() const { return impl_->certificate_ends; }

std::string Server::start() {
  const auto& settings = impl_->shared->settings;
  if (settings.tls()) {
    impl_->tls = std::make_unique<TlsContext>();
    const TlsFiles::State state = impl_->tls->load({settings.tls_certificate, settings.tls_key});
    if (!state.wrong.empty()) return state.wrong;
    impl_->certificate_ends = state.expires_at;
  }
  impl_->listener.reset();  // of an attempt before; it lives on the first worker
  impl_->workers.clear();
  for (unsigned i = 0; i < settings.io_threads; ++i) {
    impl_->workers.push_back(std::make_shared<Worker>(impl_->shared, i == 0));
  }
  impl_->listener = std::make_unique<Listener>(impl_->workers, impl_->tls.get());
  if (auto wrong = impl_->listener->open(settings.listen); !wrong.empty()) return wrong;
  impl_->listener->accept_next();
  for (auto& worker : impl_->workers) worker->run();
  impl_->running = true;
  return {};
}

bool Server::is_address_taken() const { return impl_->listener && impl_->listener->is_taken(); }

std::uint16_t Server::port() const { return impl_->listener ? impl_->listener->port() : 0; }

void Server::drain(std::chrono::milliseconds bound, std::function<void()> done) {
  if (!impl_->running) return done();
  boost::asio::post(impl_->workers.front()->context(), [listener = impl_->listener.get()] { listener->close(); });
  auto left = std::make_shared<std::atomic<std::size_t>>(impl_->workers.size());
  for (auto& worker : impl_->workers) {
    worker->drain(bound, [left, done] {
      if (left->fetch_sub(1) == 1) done();
    });
  }
}

void Server::stop() {
  if (!impl_->running) return;
  impl_->running = false;
  boost::asio::post(impl_->workers.front()->context(), [listener = impl_->listener.get()] { listener->close(); });
  for (auto& worker : impl_->workers) worker->stop();
  impl_->shared->files.stop();
}

const Counters& Server::counters() const { return impl_->shared->counters; }
Counters& Server::counters() { return impl_->shared->counters; }

}  // namespace gatetorio::transport_http
