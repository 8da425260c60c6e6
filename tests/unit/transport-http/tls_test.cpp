#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include "certificate.hpp"
#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;

// What the server sends for `request` until it closes; throws where the handshake fails.
std::string fetch(std::uint16_t port, std::string_view request, ssl::context::method method) {
  boost::asio::io_context io;
  ssl::context context(method);
  ssl::stream<tcp::socket> stream(io, context);
  stream.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), port});
  stream.handshake(ssl::stream_base::client);
  boost::asio::write(stream, boost::asio::buffer(request.data(), request.size()));
  std::string text;
  boost::system::error_code error;
  boost::asio::read(stream, boost::asio::dynamic_buffer(text), error);
  CHECK(error == boost::asio::error::eof);  // with close_notify: not cut off
  return text;
}

}  // namespace

TEST_CASE("requests are served over TLS 1.2 and 1.3") {
  const Certificate certificate;
  TestServer server(TestServer::echo, certificate.settings());
  REQUIRE(server.wrong() == "");
  const std::string body(60'000, 'x');
  for (const auto method : {ssl::context::tlsv12_client, ssl::context::tlsv13_client}) {
    const auto text = fetch(server.port(), post("/a", body) + get("/b", "Connection: close\r\n"), method);
    CHECK(text.find("POST /a " + body) != std::string::npos);
    CHECK(text.ends_with("GET /b "));
  }
}

TEST_CASE("older TLS and plain HTTP get nowhere on a TLS port") {
  const Certificate certificate;
  TestServer server(TestServer::echo, certificate.settings());
  CHECK_THROWS(fetch(server.port(), get("/"), ssl::context::tlsv11_client));
  RawClient plain(server.port());
  plain.send(get("/"));
  CHECK(plain.is_closed_by_server());
}

TEST_CASE("streams and their end work over TLS") {
  const Certificate certificate;
  TestServer server(
      [](Exchange& exchange) {
        exchange.start_stream([] {});
        exchange.write_event("data: 1\n\n");
        exchange.end_stream();
      },
      certificate.settings());
  boost::asio::io_context io;
  ssl::context context(ssl::context::tls_client);
  ssl::stream<tcp::socket> stream(io, context);
  stream.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
  stream.handshake(ssl::stream_base::client);
  boost::asio::write(stream, boost::asio::buffer(get("/")));
  std::string text;
  boost::system::error_code error;
  boost::asio::read(stream, boost::asio::dynamic_buffer(text), error);
  CHECK(text.ends_with("9\r\ndata: 1\n\n\r\n0\r\n\r\n"));
}

TEST_CASE("a certificate that cannot be used is named") {
  const Certificate certificate;
  auto settings = certificate.settings();
  settings.tls_certificate = "/nowhere/cert.pem";
  CHECK(TestServer(TestServer::echo, settings).wrong().find("/nowhere/cert.pem") != std::string::npos);
  settings = certificate.settings();
  settings.tls_key = settings.tls_certificate;
  CHECK(TestServer(TestServer::echo, settings).wrong().find("no private key in PEM") != std::string::npos);
}

}  // namespace gatetorio::transport_http::test
