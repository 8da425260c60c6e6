#include "external/management.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace gatetorio::transport_mqtt {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using Request = http::request<http::empty_body>;

constexpr std::chrono::seconds kDeadline{5};
constexpr std::chrono::milliseconds kPause{500};  // before it tries again

std::string basic(const std::string& username, const std::string& password) {
  const std::string pair = username + ":" + password;
  std::string text((pair.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(pair.data()),
                  static_cast<int>(pair.size()));
  text.pop_back();  // the terminating zero
  return "Basic " + text;
}

template <class Stream>
asio::awaitable<unsigned> send_over(Stream& stream, const Request& request) {
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return response.result_int();
}

asio::awaitable<unsigned> ask(ManagementAddress address, std::string ca_file, Request request) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto found = co_await resolver.async_resolve(address.host, address.port, asio::use_awaitable);
  if (!address.tls) {
    beast::tcp_stream stream(executor);
    stream.expires_after(kDeadline);
    co_await stream.async_connect(found, asio::use_awaitable);
    const unsigned status = co_await send_over(stream, request);
    co_return status;
  }
  ssl::context context(ssl::context::tls_client);
  if (ca_file.empty()) context.set_default_verify_paths();
  else context.load_verify_file(ca_file);
  beast::ssl_stream<beast::tcp_stream> stream(executor, context);
  stream.set_verify_mode(ssl::verify_peer);
  stream.set_verify_callback(ssl::host_name_verification(address.host));
  SSL_set_tlsext_host_name(stream.native_handle(), address.host.c_str());
  beast::get_lowest_layer(stream).expires_after(kDeadline);
  co_await beast::get_lowest_layer(stream).async_connect(found, asio::use_awaitable);
  co_await stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  const unsigned status = co_await send_over(stream, request);
  co_return status;
}

}  // namespace

std::optional<ManagementAddress> ManagementAddress::parse(std::string_view url) {
  ManagementAddress address;
  address.tls = url.starts_with("https://");
  if (!address.tls && !url.starts_with("http://")) return std::nullopt;
  url.remove_prefix(address.tls ? 8 : 7);
  if (url.ends_with('/')) url.remove_suffix(1);
  const auto colon = url.rfind(':');
  if (colon == std::string_view::npos || url.find_first_of("/@?#") != std::string_view::npos) return std::nullopt;
  address.host = url.substr(0, colon);
  address.port = url.substr(colon + 1);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  const bool is_port = !address.port.empty() && address.port.size() <= 5 &&
                       std::all_of(address.port.begin(), address.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (address.host.empty() || !is_port) return std::nullopt;
  return address;
}

void Management::start() {
  if (!settings_.url.empty()) thread_ = std::thread([this] { run(); });
}

void Management::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Management::close(const std::string& username) {
  if (settings_.url.empty()) return;
  const std::lock_guard lock(mutex_);
  if (std::find(waiting_.begin(), waiting_.end(), username) == waiting_.end()) waiting_.push_back(username);
  changed_.notify_all();
}

void Management::run() {
  std::unique_lock lock(mutex_);
  bool has_warned = false;
  while (!stopping_) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const std::string username = waiting_.front();
    lock.unlock();
    const bool is_done = request_close(username);
    if (!is_done && !has_warned) {
      host_.warn("the broker does not close connections for us; revoked ones live on", {{"url", settings_.url}});
    }
    has_warned = !is_done;
    lock.lock();
    if (is_done) waiting_.pop_front();
    else changed_.wait_for(lock, kPause, [this] { return stopping_; });
  }
}

// True also where there was none.
bool Management::request_close(const std::string& username) {
  const auto address = ManagementAddress::parse(settings_.url);
  Request request(http::verb::delete_, "/api/connections/username/" + username, 11);  // "device-17": safe in a URL
  request.set(http::field::host, address->host);
  request.set(http::field::authorization, basic(settings_.username, settings_.password));
  request.set("X-Reason", "access has changed");
  try {
    asio::io_context io;
    auto answer = asio::co_spawn(io, ask(*address, settings_.ca_file, request), asio::use_future);
    io.run_for(kDeadline);
    if (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
    const unsigned status = answer.get();
    return status == 204 || status == 404;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace gatetorio::transport_mqtt
