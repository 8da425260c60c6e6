// A floor for the rate of transfers, in both directions.
#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "certificate.hpp"
#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kLarge = 64 * 1024 * 1024;  // more than sockets hold

// Takes the bodies of PUTs into files, answering 200 whatever came, and serves a large file.
class TransferServer final : public RequestHandler {
 public:
  explicit TransferServer(Settings settings) : server_(on_free_port(std::move(settings)), *this) {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE(server_.start().empty());
  }
  ~TransferServer() override { server_.stop(); }
  std::uint16_t port() const { return server_.port(); }
  std::uint64_t refusals(Refusal why) { return server_.counters().refusals[static_cast<std::size_t>(why)].load(); }
  std::atomic<gtr_status> received{-1};
  std::atomic<std::int64_t> bytes{0};

 private:
  static Settings on_free_port(Settings settings) {
    settings.listen.port = 0;
    return settings;
  }
  bool streams_body(const Request& request) override { return request.method == Method::kPut; }
  void handle(Exchange& exchange) override {
    if (exchange.request().method != Method::kPut) {
      return exchange.respond_file({200, "application/octet-stream", {}, {}}, unnamed_file(kLarge), 0, kLarge, nullptr);
    }
    const auto done = [this, &exchange](gtr_status status, const Received& body) {
      received = status;
      bytes = body.bytes;
      exchange.respond({200, {}, {}, {}});
    };
    exchange.receive_body(std::make_unique<Receipt>(unnamed_file(), 0, kLarge, "sha256", done));
  }
  Server server_;
};

// 1,000 bytes a second, judged over 200 ms.
Settings with_floor() {
  Settings settings;
  settings.min_transfer_rate = 1'000;
  settings.deadlines.pace = milliseconds(200);
  settings.deadlines.body = std::chrono::minutes(5);
  settings.deadlines.write = std::chrono::minutes(5);
  return settings;
}

constexpr std::string_view kUpload = "PUT / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n";

// Sends pieces of `size` bytes, one every 20 ms, until there is an answer or `most` have gone.
int drip(RawClient& client, std::size_t size, int most) {
  int sent = 0;
  while (sent < most && !client.has_answer(milliseconds(20))) {
    client.send(std::string(size, 'x'));
    ++sent;
  }
  return sent;
}

}  // namespace

TEST_CASE("an upload that drips is answered 408 and closed, and what came is kept") {
  TransferServer server(with_floor());
  RawClient client(server.port());
  client.send(kUpload);
  CHECK(drip(client, 1, 500) < 500);  // every byte would begin a clock of pauses anew
  const auto response = client.read();
  CHECK(response.status == 408);
  CHECK(response.header("content-type") == "application/problem+json");
  client.finish_sending();
  CHECK(client.is_ended_by_server());
  CHECK(server.received == GTR_CANCELLED);
  CHECK(server.bytes > 0);
  CHECK(server.refusals(Refusal::kSlowBody) == 1);
}

TEST_CASE("a drip in chunks, and one after a good beginning, are too slow as well") {
  TransferServer server(with_floor());
  RawClient chunked(server.port()), fast_first(server.port());
  chunked.send("PUT / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n");
  while (!chunked.has_answer(milliseconds(20)) && chunked.send("1\r\nx\r\n")) {
  }
  CHECK(chunked.read().status == 408);
  fast_first.send(kUpload);
  fast_first.send(std::string(500'000, 'x'));
  CHECK(drip(fast_first, 1, 500) < 500);
  CHECK(fast_first.read().status == 408);
}

TEST_CASE("an upload above the floor goes on") {
  TransferServer server(with_floor());
  RawClient client(server.port());
  client.send("PUT / HTTP/1.1\r\nHost: hub\r\nContent-Length: 20000\r\n\r\n");
  CHECK(drip(client, 400, 50) == 50);  // four windows long
  CHECK(client.read().status == 200);
  CHECK(server.received == GTR_OK);
}

TEST_CASE("an upload that stalls is answered 408, over plain TCP and over TLS") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    const Certificate certificate;
    Settings settings = tls ? certificate.settings() : Settings{};
    settings.deadlines.body = milliseconds(150);
    TransferServer server(settings);
    RawClient client(server.port(), tls ? Over::kTls : Over::kPlain);
    client.send(std::string(kUpload) + "only a part");
    const auto response = client.read();
    CHECK(response.status == 408);
    CHECK(response.header("connection") == "close");
    CHECK(client.is_closed_by_server());
    CHECK(server.received == GTR_CANCELLED);
    CHECK(server.bytes == 11);
    CHECK(server.refusals(Refusal::kTimeout) == 1);
  }
}

TEST_CASE("a download that is taken too slowly is ended") {
  TransferServer server(with_floor());
  RawClient client(server.port(), 4096);
  client.send(get("/large"));
  REQUIRE(client.read_until("\r\n\r\n"));
  CHECK(eventually([&] { return server.refusals(Refusal::kSlowReader) == 1; }));
  CHECK(client.is_closed_by_server());
}

TEST_CASE("without a floor any rate will do") {
  auto settings = with_floor();
  settings.min_transfer_rate = 0;
  TransferServer server(settings);
  RawClient client(server.port());
  client.send(kUpload);
  CHECK(drip(client, 1, 40) == 40);
  CHECK(server.refusals(Refusal::kSlowBody) == 0);
}

}  // namespace gatetorio::transport_http::test
