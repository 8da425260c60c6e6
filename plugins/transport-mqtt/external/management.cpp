#include "external/management.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "gatetorio/encoding.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using HttpRequest = http::request<http::string_body>;

constexpr std::uint64_t kLargestAnswer = 256 * 1024 * 1024;  // all bindings of some hundred thousand clients

std::string basic(const std::string& username, const std::string& password) {
  return "Basic " + to_base64(username + ":" + password);
}

HttpRequest to_http(const ManagementRequest& asked, const ManagementAddress& address,
                    const Management::Settings& settings) {
  HttpRequest request(http::string_to_verb(asked.method), asked.target, 11);
  request.set(http::field::host, address.host);
  request.set(http::field::authorization, basic(settings.username, settings.password));
  request.set(http::field::connection, "close");
  request.set("X-Reason", "access has changed");  // which RabbitMQ writes into its log
  if (!asked.body.empty()) {
    request.set(http::field::content_type, "application/json");
    request.body() = asked.body;
  }
  request.prepare_payload();
  return request;
}

template <class Stream>
asio::awaitable<ManagementAnswer> send_over(Stream& stream, const HttpRequest& request) {
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestAnswer);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  ManagementAnswer answer;
  answer.status = parser.get().result_int();
  answer.body = std::move(parser.get().body());
  co_return answer;
}

asio::awaitable<ManagementAnswer> send(const ManagementAddress& address, const std::string& ca_file,
                                       const HttpRequest& request) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto found = co_await resolver.async_resolve(address.host, address.port, asio::use_awaitable);
  if (!address.tls) {
    beast::tcp_stream stream(executor);
    co_await stream.async_connect(found, asio::use_awaitable);
    ManagementAnswer answer = co_await send_over(stream, request);
    co_return answer;
  }
  ssl::context context(ssl::context::tls_client);
  if (ca_file.empty())
    context.set_default_verify_paths();
  else
    context.load_verify_file(ca_file);
  beast::ssl_stream<beast::tcp_stream> stream(executor, context);
  stream.set_verify_mode(ssl::verify_peer);
  stream.set_verify_callback(ssl::host_name_verification(address.host));
  SSL_set_tlsext_host_name(stream.native_handle(), address.host.c_str());
  co_await beast::get_lowest_layer(stream).async_connect(found, asio::use_awaitable);
  co_await stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  ManagementAnswer answer = co_await send_over(stream, request);
  co_return answer;
}

// Never throws: whoever waits for the first of two would wait for the other one.
asio::awaitable<Result<ManagementAnswer>> try_to_send(const ManagementAddress& address, const std::string& ca_file,
                                                      const HttpRequest& request) {
  std::string why;
  try {
    ManagementAnswer answer = co_await send(address, ca_file, request);
    co_return answer;
  } catch (const std::exception& e) {
    why = e.what();
  }
  co_return Error{.status = Status::kUnavailable, .detail = why};
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
  const bool is_port =
      !address.port.empty() && address.port.size() <= 5 &&
      std::all_of(address.port.begin(), address.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (address.host.empty() || !is_port) return std::nullopt;
  return address;
}

asio::awaitable<Result<ManagementAnswer>> Management::ask(ManagementRequest request) const {
  using namespace asio::experimental::awaitable_operators;
  const auto address = ManagementAddress::parse(settings_.url);
  if (!address) co_return Error{.status = Status::kUnavailable, .detail = "external_management_url is not set"};
  const HttpRequest message = to_http(request, *address, settings_);
  asio::steady_timer timer(co_await asio::this_coro::executor, request.deadline);
  auto first = co_await (try_to_send(*address, settings_.ca_file, message) || timer.async_wait(asio::use_awaitable));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return Error{.status = Status::kTimeout,
                  .detail = "no answer within " + std::to_string(request.deadline.count()) + " ms"};
}

std::string remedy_for(unsigned status, const Management::Settings& settings) {
  if (status == 0) return "rabbitmq-plugins enable rabbitmq_management; see external_management_url";
  if (status == 401) return "auth_http.user_path in rabbitmq.conf must ask this hub; see docs/ops/brokers.md";
  if (status == 403) return "rabbitmqctl set_user_tags " + settings.username + " administrator";
  if (status == 404) return "rabbitmqctl list_vhosts; see external_vhost";
  return "rabbitmq-diagnostics check_running";
}

}  // namespace gatetorio::transport_mqtt
