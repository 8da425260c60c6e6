// Bytes between a connection and a file, and what breaks them off.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <memory>
#include <mutex>

#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

constexpr std::uint64_t kLarge = 64 * 1024 * 1024;  // more than sockets hold

// Serves "/large", "/small" and "/empty" from files and takes the body of a PUT into one.
class ContentServer final : public RequestHandler {
 public:
  ContentServer() : server_(on_free_port(), *this) {
    std::signal(SIGPIPE, SIG_IGN);  // as the hub does: a file may go into a connection that has ended
    REQUIRE(server_.start().empty());
  }
  ~ContentServer() override { server_.stop(); }
  std::uint16_t port() const { return server_.port(); }
  const Counters& counters() { return server_.counters(); }
  bool has_exchange() {
    const std::lock_guard lock(mutex_);
    return cut_ != nullptr;
  }
  // Cuts the last exchange off.
  void cut() {
    std::function<void()> cut;
    {
      const std::lock_guard lock(mutex_);
      cut = cut_;
    }
    REQUIRE(cut);
    cut();
  }
  std::atomic<int> ended{0};  // files of which no more is sent
  std::atomic<gtr_status> received{-1};

 private:
  static Settings on_free_port() {
    Settings settings;
    settings.listen.port = 0;
    return settings;
  }
  bool streams_body(const Request& request) override { return request.method == Method::kPut; }
  void handle(Exchange& exchange) override {
    {
      const std::lock_guard lock(mutex_);
      cut_ = exchange.cutter();
    }
    if (exchange.request().method == Method::kPut) {
      const auto done = [this, &exchange](gtr_status status, const Received&) {
        received = status;
        exchange.respond({200, {}, {}, {}});
      };
      return exchange.receive_body(std::make_unique<Receipt>(unnamed_file(), 0, kLarge, "sha256", done));
    }
    const auto path = exchange.target().raw_path();
    const std::uint64_t size = path == "/large" ? kLarge : path == "/small" ? 100 : 0;
    const std::shared_ptr<const void> kept(this, [this](const void*) { ++ended; });
    exchange.respond_file({200, "application/octet-stream", {}, {}}, unnamed_file(size), 0, size, kept);
  }

  std::mutex mutex_;
  std::function<void()> cut_;
  Server server_;
};

TEST_CASE("a file on its way out is cut off in the middle") {
  ContentServer server;
  RawClient client(server.port(), 4096);
  client.send(get("/large"));
  REQUIRE(client.read_until("\r\n\r\n"));
  CHECK(server.ended == 0);
  server.cut();
  CHECK(client.is_closed_by_server());
  CHECK(eventually([&] { return server.ended == 1; }));
  CHECK(eventually([&] { return server.counters().connections.load() == 0; }));
}

TEST_CASE("a body on its way in is cut off, and whoever takes it learns of that") {
  ContentServer server;
  RawClient client(server.port());
  client.send("PUT / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\nonly a part");
  REQUIRE(eventually([&] { return server.has_exchange(); }));
  server.cut();
  CHECK(client.is_closed_by_server());
  CHECK(eventually([&] { return server.received == GTR_CANCELLED; }));
}

TEST_CASE("a cut that comes after the answer spares the next request of the connection") {
  ContentServer server;
  RawClient client(server.port());
  client.send(get("/small"));
  CHECK(client.read().body.size() == 100);
  CHECK(eventually([&] { return server.ended == 1; }));
  server.cut();
  client.send(get("/small"));
  CHECK(client.read().body.size() == 100);
}

TEST_CASE("a file is let go of when it is out, when nothing of it is sent, and when the client has gone") {
  ContentServer server;
  {
    RawClient client(server.port());
    client.send("HEAD /small HTTP/1.1\r\nHost: hub\r\n\r\n" + get("/empty") + get("/small"));
    CHECK(client.read(true).status == 200);
    CHECK(client.read().body.empty());
    CHECK(client.read().body.size() == 100);
    CHECK(eventually([&] { return server.ended == 3; }));
  }
  {
    RawClient client(server.port(), 4096);
    client.send(get("/large"));
    REQUIRE(client.read_until("\r\n\r\n"));
  }
  CHECK(eventually([&] { return server.ended == 4; }));
}

}  // namespace
}  // namespace gatetorio::transport_http::test
