// The socket's side of a session, for plain TCP and for TLS. Instantiated in plain_session.cpp and tls_session.cpp.
#pragma once

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <type_traits>
#include <utility>

#include "session.hpp"

namespace gatetorio::transport_http {

// The executor's concrete type: the type-erased default costs a tenth of the throughput.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

template <typename Stream>
class StreamSession final : public Session {
 public:
  template <typename... Args>
  StreamSession(std::shared_ptr<Worker> worker, PeerAddress peer, Args&&... stream)
      : Session(std::move(worker), std::move(peer)), stream_(std::forward<Args>(stream)...) {}

 private:
  static constexpr bool kPlain = std::is_same_v<Stream, Socket>;
  using Error = boost::system::error_code;

  std::shared_ptr<StreamSession> self() { return std::static_pointer_cast<StreamSession>(shared_from_this()); }
  Socket& socket() {
    if constexpr (kPlain) {
      return stream_;
    } else {
      return stream_.next_layer();
    }
  }

  void start_handshake() override;
  void start_goodbye() override;

  void start_read(char* into, std::size_t size) override {
    stream_.async_read_some(boost::asio::buffer(into, size), [self = self()](const Error& error, std::size_t read) {
      self->guarded([&] { self->on_read(!error, read); });
    });
  }

  void start_discard(char* into, std::size_t size) override {
    socket().async_read_some(boost::asio::buffer(into, size),
                             [self = self()](const Error& error, std::size_t read) { self->on_read(!error, read); });
  }

  // Most responses fit the socket's buffer: no completion to wait for.
  std::size_t write_now(std::string_view bytes) override {
    if constexpr (kPlain) {
      Error error;
      return stream_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
    } else {
      return 0;
    }
  }

  void start_write(std::string_view bytes) override {
    boost::asio::async_write(
        stream_, boost::asio::buffer(bytes.data(), bytes.size()),
        [self = self()](const Error& error, std::size_t) { self->guarded([&] { self->on_written(!error); }); });
  }

  std::size_t read_now(char* into, std::size_t size) override {
    if constexpr (kPlain) {
      Error error;
      return stream_.read_some(boost::asio::buffer(into, size), error);
    } else {
      return 0;
    }
  }

  Descriptor raw_socket() override {
    if constexpr (kPlain)
      return Descriptor(::dup(stream_.native_handle()));
    else
      return {};
  }

  void wait_writable() override {
    socket().async_wait(Socket::wait_write,
                        [self = self()](const Error& error) { self->guarded([&] { self->on_writable(!error); }); });
  }

  void cancel_read() override {
    Error ignored;
    socket().cancel(ignored);
  }

  std::uint64_t untaken_bytes() override {
    int bytes = 0;
    const bool is_told = ::ioctl(socket().native_handle(), SIOCOUTQ, &bytes) == 0;
    return is_told && bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
  }

  void bound_untaken(int bytes) override {
    Error ignored;
    socket().set_option(boost::asio::socket_base::send_buffer_size(bytes), ignored);
  }

  void close_socket() override {
    Error ignored;
    socket().close(ignored);
  }

  Stream stream_;
};

}  // namespace gatetorio::transport_http
