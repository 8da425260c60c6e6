// What a hostile or broken client sends.
#include <catch2/catch_test_macros.hpp>
#include <future>

#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

Settings hasty() {
  Settings settings;
  settings.deadlines.head = std::chrono::milliseconds(150);
  settings.deadlines.body = std::chrono::milliseconds(150);
  settings.deadlines.idle = std::chrono::milliseconds(150);
  settings.deadlines.reply = std::chrono::milliseconds(150);
  settings.deadlines.write = std::chrono::milliseconds(150);
  settings.deadlines.linger = std::chrono::milliseconds(150);
  return settings;
}

// The answer to `bytes`, after which the connection must end: whatever else was in it is not served.
Response refusal(TestServer& server, const std::string& bytes) {
  RawClient client(server.port());
  client.send(bytes);
  client.finish_sending();
  const auto response = client.read();
  CHECK(response.header("connection") == "close");
  CHECK(response.header("content-type") == "application/problem+json");
  CHECK(response.has("x-request-id"));
  CHECK(client.read().status == 0);
  CHECK(client.is_closed_by_server());
  return response;
}

}  // namespace

TEST_CASE("requests with two readings of their length are refused and nothing behind them is served") {
  TestServer server;
  const std::string smuggled = get("/admin");
  CHECK(refusal(server,
                "POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                    smuggled)
            .status == 400);
  CHECK(refusal(server,
                "POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" +
                    smuggled)
            .status == 400);
  CHECK(refusal(server, "POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: xchunked\r\n\r\n" + smuggled).status ==
        501);
  CHECK(refusal(server, "POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1\r\nContent-Length: 30\r\n\r\n" + smuggled)
            .status == 400);
  CHECK(refusal(server, "GET / HTTP/1.1\r\nHost: hub\r\nHost: other\r\n\r\n" + smuggled).status == 400);
}

TEST_CASE("oversize heads are refused, in one piece or many") {
  TestServer server;
  CHECK(refusal(server, get("/" + std::string(9000, 'a'))).status == 431);
  CHECK(refusal(server, get("/", "X: " + std::string(9000, 'a') + "\r\n")).status == 431);
  CHECK(refusal(server, "GET / HTTP/1.1\r\nHost: hub\r\nX: " + std::string(20'000, 'a')).status == 431);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: hub\r\n");
  for (int i = 0; i < 1000; ++i) client.send("X-Filler: " + std::to_string(i) + "\r\n");
  CHECK(client.read().status == 431);
}

TEST_CASE("a head of exactly the limit passes") {
  TestServer server;
  const auto base = get("/", "X: \r\n").size();
  RawClient client(server.port());
  client.send(get("/", "X: " + std::string(8192 - base, 'a') + "\r\n"));
  CHECK(client.read().status == 200);
  client.send(get("/", "X: " + std::string(8193 - base, 'a') + "\r\n"));
  CHECK(client.read().status == 431);
}

TEST_CASE("oversize bodies are refused before they are read") {
  TestServer server;
  CHECK(refusal(server, "POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 65537\r\n\r\n").status == 413);
  CHECK(refusal(server, "POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n").status == 413);
  // The client is still sending when it is refused, and must see the answer rather than a reset.
  CHECK(refusal(server, post("/", std::string(200'000, 'x'))).status == 413);
}

TEST_CASE("a chunk header without end is refused") {
  TestServer server;
  CHECK(
      refusal(server, "POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(20'000, 'x'))
          .status == 400);
}

TEST_CASE("what is not HTTP is refused at its first byte") {
  TestServer server;
  CHECK(refusal(server, "\x16\x03\x01\x02").status == 400);
  CHECK(refusal(server, std::string("\0\0\0", 3)).status == 400);
  CHECK(refusal(server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status == 505);
}

TEST_CASE("doubtful targets end the connection") {
  TestServer server;
  for (const auto* target : {"/%zz", "/..", "/a/%2e%2e/b", "/%00", "hub:443", "/a?b=1&b=2"}) {
    CAPTURE(target);
    CHECK(refusal(server, get(target)).status == 400);
  }
}

TEST_CASE("a head that trickles in is cut off at its deadline, however busy it is") {
  TestServer server(TestServer::echo, hasty());
  RawClient silent(server.port());
  CHECK(silent.is_closed_by_server());
  RawClient slow(server.port());
  slow.send("GET / HTTP/1.1\r\n");
  CHECK(slow.read().status == 408);
  CHECK(slow.is_closed_by_server());
  RawClient drip(server.port());
  drip.send("GET / HTTP/1.1\r\nX: ");
  CHECK(eventually([&drip] {
    drip.send("a");
    return drip.has_answer(std::chrono::milliseconds(10));
  }));
  CHECK(drip.read().status == 408);
}

TEST_CASE("a body that does not come is cut off at its deadline") {
  TestServer server(TestServer::echo, hasty());
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(client.read().status == 408);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("an idle connection is closed without a word") {
  TestServer server(TestServer::echo, hasty());
  RawClient client(server.port());
  client.send(get("/"));
  CHECK(client.read().status == 200);
  CHECK(client.read().status == 0);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("an operation that never answers ends in 504, and its late answer is dropped") {
  std::atomic<Exchange*> held{nullptr};
  TestServer server([&held](Exchange& exchange) { held = &exchange; }, hasty());
  RawClient client(server.port());
  client.send(get("/"));
  CHECK(client.read().status == 504);
  CHECK(client.is_closed_by_server());
  TestServer::echo(*held);
}

TEST_CASE("a client that does not take its answer is cut off") {
  const std::string body(16 * 1024 * 1024, 'y');
  TestServer server([&body](Exchange& exchange) { exchange.respond({200, "text/plain", body, {}}); }, hasty());
  RawClient client(server.port(), 4096);
  client.send(get("/"));
  const auto& counters = server.server().counters();
  CHECK(eventually([&counters] { return counters.refusals[static_cast<std::size_t>(Refusal::kTimeout)].load() == 1; }));
  CHECK(eventually([&counters] { return counters.connections.load() == 0; }));
}

TEST_CASE("a server stops although a handler held its thread beyond a tick") {
  static constexpr auto kBeyondATick = std::chrono::milliseconds(60);
  std::promise<void> entered;
  const auto hold = [&entered](Exchange& exchange) {
    entered.set_value();
    for (const auto until = std::chrono::steady_clock::now() + kBeyondATick;
         std::chrono::steady_clock::now() < until;) {
    }
    TestServer::echo(exchange);
  };
  TestServer server(hold, hasty());
  RawClient client(server.port());
  client.send(get("/"));
  entered.get_future().wait();
  server.server().stop();  // joins the thread, whose timer has run out meanwhile
  CHECK(server.server().counters().connections == 0);
}

TEST_CASE("clients that vanish at any point leave nothing behind") {
  TestServer server;
  const auto request = post("/a", std::string(5000, 'x'));
  for (std::size_t cut = 0; cut < request.size(); cut += 97) {
    RawClient client(server.port());
    client.send(request.substr(0, cut));
  }
  const auto& counters = server.server().counters();
  CHECK(eventually([&counters] { return counters.connections.load() == 0; }));
}

}  // namespace gatetorio::transport_http::test
