#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>

#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;

// A key and a self-signed certificate in a folder of their own.
class Certificate {
 public:
  Certificate()
      : folder_(std::filesystem::temp_directory_path() / ("tls-test-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directory(folder_);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    const auto* name = reinterpret_cast<const unsigned char*>("hub");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC, name, -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
    REQUIRE(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
    write("cert.pem", [&](FILE* file) { PEM_write_X509(file, made.get()); });
    write("key.pem", [&](FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }
  Settings settings() const {
    Settings settings;
    settings.tls_certificate = file("cert.pem");
    settings.tls_key = file("key.pem");
    return settings;
  }

 private:
  template <typename Write>
  void write(const char* name, Write content) {
    FILE* file_handle = std::fopen(file(name).c_str(), "w");
    REQUIRE(file_handle != nullptr);
    content(file_handle);
    std::fclose(file_handle);
  }
  std::filesystem::path folder_;
};

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
  CHECK(TestServer(TestServer::echo, settings).wrong().find("cannot use the key") == 0);
}

}  // namespace gatetorio::transport_http::test
