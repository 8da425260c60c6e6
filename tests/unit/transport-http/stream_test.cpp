#include <catch2/catch_test_macros.hpp>

#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

// A handler that opens a stream for every request and lets the test feed it.
struct Streaming {
  std::atomic<Exchange*> exchange{nullptr};
  std::atomic<bool> gone{false};

  TestServer::Handle handler() {
    return [this](Exchange& opened) {
      if (opened.start_stream([this] { gone = true; })) exchange = &opened;
    };
  }
  Exchange& wait() {
    REQUIRE(eventually([this] { return exchange.load() != nullptr; }));
    return *exchange;
  }
};

}  // namespace

TEST_CASE("events arrive as they happen, and the end ends the response") {
  Streaming streaming;
  TestServer server(streaming.handler());
  RawClient client(server.port());
  client.send(get("/events", "Last-Event-ID: 41\r\n"));
  auto& exchange = streaming.wait();
  CHECK(exchange.request().last_event_id == "41");
  const auto head = client.read();
  CHECK(head.status == 200);
  CHECK(head.header("content-type") == "text/event-stream");
  CHECK(head.header("transfer-encoding") == "chunked");
  CHECK(head.header("cache-control") == "no-store");
  exchange.write_event("id: 42\nevent: status\ndata: {}\n\n");
  CHECK(client.read_until("data: {}\n\n\r\n") == "1f\r\nid: 42\nevent: status\ndata: {}\n\n\r\n");
  exchange.write_event("data: unfinished");
  CHECK(client.read_until("data: unfinished\n\n"));
  exchange.end_stream();
  CHECK(client.read_until("0\r\n\r\n"));
  client.finish_sending();
  CHECK(client.is_closed_by_server());
  CHECK_FALSE(streaming.gone);
}

TEST_CASE("a stream to HTTP/1.0 is plain and ends with the connection") {
  Streaming streaming;
  TestServer server(streaming.handler());
  RawClient client(server.port());
  client.send("GET / HTTP/1.0\r\n\r\n");
  auto& exchange = streaming.wait();
  CHECK_FALSE(client.read().has("transfer-encoding"));
  exchange.write_event("data: 1\n\n");
  exchange.end_stream();
  CHECK(client.read_until("\n\n") == "data: 1\n\n");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a quiet stream carries heartbeats") {
  Settings settings;
  settings.deadlines.heartbeat = std::chrono::milliseconds(50);
  Streaming streaming;
  TestServer server(streaming.handler(), settings);
  RawClient client(server.port());
  client.send(get("/"));
  auto& exchange = streaming.wait();
  CHECK(client.read_until("3\r\n:\n\n\r\n3\r\n:\n\n\r\n"));
  exchange.end_stream();
}

TEST_CASE("the feature learns that the reader has gone") {
  Streaming streaming;
  TestServer server(streaming.handler());
  {
    RawClient client(server.port());
    client.send(get("/"));
    CHECK(client.read().status == 200);
  }
  CHECK(eventually([&streaming] { return streaming.gone.load(); }));
  auto& exchange = streaming.wait();
  exchange.write_event("data: nobody\n\n");
  exchange.end_stream();
  CHECK(eventually([&server] { return server.server().counters().streams.load() == 0; }));
}

TEST_CASE("a reader that does not keep up is dropped with a bounded buffer") {
  Settings settings;
  settings.max_stream_bytes = 64 * 1024;
  Streaming streaming;
  TestServer server(streaming.handler(), settings);
  RawClient client(server.port(), 4096);
  client.send(get("/"));
  auto& exchange = streaming.wait();
  const auto event = "data: " + std::string(8 * 1024, 'x') + "\n\n";
  CHECK(eventually([&] {
    exchange.write_event(event);
    return streaming.gone.load();
  }));
  exchange.end_stream();
  const auto& counters = server.server().counters();
  CHECK(counters.refusals[static_cast<std::size_t>(Refusal::kSlowReader)].load() == 1);
}

TEST_CASE("large and small events reach a reader in order, of each all") {
  Streaming streaming;
  TestServer server(streaming.handler());
  RawClient client(server.port(), 32 * 1024);
  client.send(get("/"));
  auto& exchange = streaming.wait();
  std::string expected;
  for (int i = 0; i < 12; ++i) {
    const std::string event = "data: " + std::string(i % 3 == 0 ? 15'000 : 10, static_cast<char>('a' + i)) + "\n\n";
    exchange.write_event(event);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", event.size());
    expected += size + event + "\r\n";
  }
  exchange.end_stream();
  expected += "0\r\n\r\n";
  const auto all = client.read_until("\r\n0\r\n\r\n");
  REQUIRE(all);
  CHECK(all->substr(all->find("\r\n\r\n") + 4) == expected);
}

TEST_CASE("when too much waits for readers in all, those that are behind are dropped and the others go on") {
  Settings settings;
  settings.max_streams_waiting_bytes = 1024 * 1024;
  settings.max_stream_bytes = 64 * 1024 * 1024;
  Streaming streaming;
  TestServer server(streaming.handler(), settings);
  RawClient slow(server.port(), 4096);
  slow.send(get("/"));
  auto& exchange = streaming.wait();
  for (int i = 0; i < 300 && !streaming.gone; ++i) {
    exchange.write_event("data: " + std::to_string(i) + std::string(60'000, 'x') + "\n\n");
  }
  CHECK(eventually([&] { return streaming.gone.load(); }));
  exchange.end_stream();
  streaming.exchange = nullptr;
  RawClient quick(server.port());
  quick.send(get("/"));
  auto& next = streaming.wait();
  for (int i = 0; i < 50; ++i) {
    const std::string end = "x" + std::to_string(i) + "\n\n";
    next.write_event("data: " + std::string(60'000, 'x') + end);
    REQUIRE(quick.read_until(end));
  }
  next.end_stream();
}

TEST_CASE("draining tells the feature and ends the stream well") {
  Streaming streaming;
  TestServer server(streaming.handler());
  RawClient client(server.port());
  client.send(get("/"));
  auto& exchange = streaming.wait();
  CHECK(client.read().status == 200);
  std::atomic<bool> drained{false};
  server.server().drain(std::chrono::seconds(5), [&drained] { drained = true; });
  REQUIRE(eventually([&streaming] { return streaming.gone.load(); }));
  exchange.end_stream();
  CHECK(client.read_until("0\r\n\r\n"));
  client.finish_sending();
  CHECK(eventually([&drained] { return drained.load(); }));
}

TEST_CASE("a stream that comes too late is refused") {
  Settings settings;
  settings.deadlines.reply = std::chrono::milliseconds(50);
  std::atomic<Exchange*> held{nullptr};
  TestServer server([&held](Exchange& exchange) { held = &exchange; }, settings);
  RawClient client(server.port());
  client.send(get("/"));
  CHECK(client.read().status == 504);
  CHECK_FALSE((*held).start_stream([] {}));
  (*held).end_stream();
}

}  // namespace gatetorio::transport_http::test
