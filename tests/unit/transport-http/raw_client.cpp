#include "raw_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <thread>

namespace gatetorio::transport_http::test {
namespace {

constexpr int kPatienceMs = 5'000;

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  return text;
}

}  // namespace

std::string Response::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

struct RawClient::Tls {
  explicit Tls(int socket) : context(SSL_CTX_new(TLS_client_method())), stream(SSL_new(context)) {
    SSL_set_fd(stream, socket);
    REQUIRE(SSL_connect(stream) == 1);
  }
  ~Tls() {
    SSL_free(stream);
    SSL_CTX_free(context);
  }
  // False where what is there is TLS's own, such as the tickets behind a handshake.
  bool has_text(int socket) const {
    const int flags = fcntl(socket, F_GETFL);
    fcntl(socket, F_SETFL, flags | O_NONBLOCK);
    char byte = 0;
    const int size = SSL_peek(stream, &byte, 1);
    const bool waits = size <= 0 && SSL_get_error(stream, size) == SSL_ERROR_WANT_READ;
    fcntl(socket, F_SETFL, flags);
    return !waits;
  }
  SSL_CTX* context;
  SSL* stream;
};

RawClient::RawClient(std::uint16_t port, Over over) : RawClient(port) {
  std::signal(SIGPIPE, SIG_IGN);  // of a server that has gone, OpenSSL learns by an error
  if (over == Over::kTls) tls_ = std::make_unique<Tls>(socket_);
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_buffer_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

RawClient::~RawClient() { close(socket_); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ ? SSL_write(tls_->stream, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::finish_sending() {
  if (tls_)
    SSL_shutdown(tls_->stream);
  else
    shutdown(socket_, SHUT_WR);
}

bool RawClient::fill() {
  pollfd wanted{socket_, POLLIN, 0};
  const bool has_more = tls_ && SSL_pending(tls_->stream) > 0;
  if (ended_ || (!has_more && poll(&wanted, 1, kPatienceMs) != 1)) return false;
  char bytes[4096];
  const auto size = tls_ ? SSL_read(tls_->stream, bytes, sizeof bytes) : recv(socket_, bytes, sizeof bytes, 0);
  ended_ = size <= 0;
  ended_well_ = tls_ ? SSL_get_error(tls_->stream, static_cast<int>(size)) == SSL_ERROR_ZERO_RETURN : size == 0;
  if (!ended_) buffer_.append(bytes, static_cast<std::size_t>(size));
  return !ended_;
}

Response RawClient::read(bool to_head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  Response response;
  response.status = std::stoi(buffer_.substr(9, 3));
  for (auto at = buffer_.find("\r\n"); at < end;) {
    const auto next = buffer_.find("\r\n", at + 2);
    const auto line = buffer_.substr(at + 2, next - at - 2);
    const auto colon = line.find(": ");
    const auto name = lower(line.substr(0, colon));
    CHECK_FALSE(response.has(name));
    response.headers[name] = line.substr(colon + 2);
    at = next;
  }
  buffer_.erase(0, end + 4);
  const std::size_t length =
      to_head || !response.has("content-length") ? 0 : std::stoul(response.header("content-length"));
  while (buffer_.size() < length) {
    if (!fill()) return {};
  }
  response.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return response;
}

std::optional<std::string> RawClient::read_until(std::string_view text) {
  while (buffer_.find(text) == std::string::npos) {
    if (fill()) continue;
    if (!ended_) return std::nullopt;
    break;
  }
  return buffer_;
}

bool RawClient::has_answer(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (buffer_.empty()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd wanted{socket_, POLLIN, 0};
    if (left.count() <= 0 || poll(&wanted, 1, static_cast<int>(left.count())) != 1) return false;
    if (!tls_ || tls_->has_text(socket_)) return true;
  }
  return true;
}

bool RawClient::is_closed_by_server() {
  while (fill()) buffer_.clear();
  return ended_;
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace gatetorio::transport_http::test
