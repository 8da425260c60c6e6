#include <boost/asio/ssl.hpp>

#include "gatetorio/time.hpp"
#include "new_session.hpp"

namespace gatetorio::transport_http {

namespace ssl = boost::asio::ssl;
using TlsStream = ssl::stream<Socket>;

template <>
void StreamSession<TlsStream>::start_handshake() {
  Error ignored;
  socket().set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  stream_.async_handshake(ssl::stream_base::server,
                          [self = self()](const Error& error) { self->guarded([&] { self->on_handshake(!error); }); });
}

template <>
void StreamSession<TlsStream>::start_goodbye() {
  stream_.async_shutdown([self = self()](const Error& error) {
    // With the peer's own goodbye all is said. Else it was still sending when ours went out, and goes on with that: TLS
    // is over, and what comes is read as plain TCP does it.
    if (!error || error == boost::asio::error::eof) return self->close();
    Error ignored;
    self->socket().shutdown(Socket::shutdown_send, ignored);
    self->read_to_discard();
  });
}

template class StreamSession<TlsStream>;

struct TlsContext::Impl {
  ssl::context context{ssl::context::tls_server};
};

TlsContext::TlsContext() : impl(std::make_unique<Impl>()) {}
TlsContext::~TlsContext() = default;

std::optional<TlsFiles::State> TlsContext::reload_if_changed() {
  const std::uint64_t stamp = files_.stamp();
  if (stamp == 0 || stamp == stamp_) return std::nullopt;
  stamp_ = stamp;  // half of a renewal may have happened: the other half changes it again
  TlsContext fresh;
  TlsFiles::State state = fresh.load(files_);
  if (state.wrong.empty()) impl.swap(fresh.impl);
  return state;
}

TlsFiles::State TlsContext::load(const TlsFiles& files) {
  files_ = files;
  stamp_ = files.stamp();
  TlsFiles::State state = files.check(now());
  if (!state.wrong.empty()) return state;
  auto& context = impl->context;
  boost::system::error_code error;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                          ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                      error);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle TLS connection should not hold two record buffers.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  context.use_certificate_chain_file(files.certificate(), error);
  if (!error) context.use_private_key_file(files.key(), ssl::context::pem, error);
  if (error) state.wrong = files.certificate() + ": " + error.message();
  return state;
}

std::shared_ptr<Session> new_tls_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket,
                                         TlsContext& tls) {
  return std::make_shared<StreamSession<TlsStream>>(std::move(worker), std::move(peer), std::move(socket),
                                                    tls.impl->context);
}

}  // namespace gatetorio::transport_http
