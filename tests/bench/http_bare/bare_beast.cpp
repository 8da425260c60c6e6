// The yardstick: the Beast coroutine server that one would write first, with keep-alive, one thread and a small JSON
// body. Prints its port and serves until it is killed.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using TcpStream = asio::use_awaitable_t<>::as_default_on_t<beast::tcp_stream>;

http::response<http::string_body> respond(const http::request<http::string_body>& request) {
  http::response<http::string_body> response{http::status::ok, request.version()};
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = R"({"status":"ok","last_seen":"2026-11-23T07:00:00.000Z"})";
  response.prepare_payload();
  return response;
}

asio::awaitable<void> serve(TcpStream stream) {
  beast::flat_buffer buffer;
  bool keep_alive = true;
  while (keep_alive) {
    stream.expires_after(std::chrono::seconds(30));
    http::request<http::string_body> request;
    co_await http::async_read(stream, buffer, request);
    auto response = respond(request);
    keep_alive = response.keep_alive();
    co_await http::async_write(stream, response);
  }
  beast::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> listen(tcp::acceptor acceptor) {
  const auto executor = acceptor.get_executor();
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(executor, serve(TcpStream(std::move(socket))), asio::detached);
  }
}

}  // namespace

int main() {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
  std::printf("%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, listen(std::move(acceptor)), asio::detached);
  context.run();
}
