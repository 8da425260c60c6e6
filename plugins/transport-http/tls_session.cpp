#include <sys/stat.h>

#include <boost/asio/ssl.hpp>

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

namespace {

// Changes with each of the two files; 0 where one cannot be looked at.
std::uint64_t stamp_of(const std::string& certificate_file, const std::string& key_file) {
  std::uint64_t stamp = 0;  // wraps
  for (const std::string& file : {certificate_file, key_file}) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return 0;
    const auto changed = static_cast<std::uint64_t>(info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec);
    stamp = stamp * 31 + changed + static_cast<std::uint64_t>(info.st_ino);
  }
  return stamp;
}

}  // namespace

std::string TlsContext::reload_if_changed() {
  const std::uint64_t stamp = stamp_of(certificate_file, key_file);
  if (stamp == 0 || stamp == loaded_stamp || stamp == refused_stamp) return {};
  TlsContext fresh;
  std::string wrong = fresh.load(certificate_file, key_file);
  refused_stamp = wrong.empty() ? 0 : stamp;  // said once; half of a renewal may have happened
  if (!wrong.empty()) return wrong;
  impl.swap(fresh.impl);
  loaded_stamp = stamp;
  return {};
}

std::string TlsContext::load(const std::string& certificate, const std::string& key) {
  certificate_file = certificate;
  key_file = key;
  loaded_stamp = stamp_of(certificate, key);
  auto& context = impl->context;
  boost::system::error_code error;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                          ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                      error);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle TLS connection should not hold two record buffers.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  context.use_certificate_chain_file(certificate_file, error);
  if (error) return "cannot use the certificate " + certificate_file + ": " + error.message();
  context.use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return "cannot use the key " + key_file + ": " + error.message();
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) return "the key does not belong to the certificate";
  return {};
}

std::shared_ptr<Session> new_tls_session(std::shared_ptr<Worker> worker, PeerAddress peer, Socket socket,
                                         TlsContext& tls) {
  return std::make_shared<StreamSession<TlsStream>>(std::move(worker), std::move(peer), std::move(socket),
                                                    tls.impl->context);
}

}  // namespace gatetorio::transport_http
