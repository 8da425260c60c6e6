#include <catch2/catch_test_macros.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "test_server.hpp"

namespace gatetorio::transport_http::test {

TEST_CASE("a request is answered with the headers that every response carries") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/a?b=c"));
  const auto response = client.read();
  CHECK(response.status == 200);
  CHECK(response.body == "GET /a ");
  CHECK(response.header("content-type") == "text/plain");
  CHECK(response.header("cache-control") == "no-store");
  CHECK(response.header("x-content-type-options") == "nosniff");
  CHECK(response.header("x-request-id").size() == 16);
  CHECK(response.has("date"));
  CHECK_FALSE(response.has("connection"));
}

TEST_CASE("a good request id of the client is kept and a bad one replaced") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/", "X-Request-Id: boot-17\r\n") + get("/", "X-Request-Id: a b\r\n"));
  CHECK(client.read().header("x-request-id") == "boot-17");
  CHECK(client.read().header("x-request-id").size() == 16);
}

TEST_CASE("pipelined requests are answered in order") {
  TestServer server;
  RawClient client(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += i % 2 ? post("/p", std::to_string(i)) : get("/" + std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    CHECK(client.read().body == (i % 2 ? "POST /p " + std::to_string(i) : "GET /" + std::to_string(i) + " "));
  }
}

TEST_CASE("a request that comes byte by byte is answered") {
  TestServer server;
  RawClient client(server.port());
  for (const char byte : "\r\n" + post("/slow", "hello")) client.send({&byte, 1});
  CHECK(client.read().body == "POST /slow hello");
}

TEST_CASE("bodies up to the limit are taken, by length and in chunks") {
  TestServer server;
  RawClient client(server.port());
  const std::string body(64 * 1024, 'x');
  client.send(post("/", body));
  CHECK(client.read().body == "POST / " + body);
  client.send("POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n" + body.substr(0, 0x8000) +
              "\r\n8000\r\n" + body.substr(0, 0x8000) + "\r\n0\r\n\r\n");
  CHECK(client.read().body == "POST / " + body);
}

TEST_CASE("HEAD is answered without a body") {
  TestServer server;
  RawClient client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: hub\r\n\r\n" + get("/b"));
  const auto response = client.read(true);
  CHECK(response.status == 200);
  CHECK(response.header("content-length") == "8");
  CHECK(client.read().body == "GET /b ");
}

TEST_CASE("a client that has sent all it has still gets its answer") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/last"));
  client.finish_sending();
  CHECK(client.read().body == "GET /last ");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection, keep-alive does not") {
  TestServer server;
  for (const auto& request : {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    RawClient client(server.port());
    client.send(request);
    CHECK(client.read().header("connection") == "close");
    CHECK(client.is_closed_by_server());
  }
  RawClient client(server.port());
  client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(client.read().header("connection") == "keep-alive");
  client.send(get("/2"));
  CHECK(client.read().body == "GET /2 ");
}

TEST_CASE("a client that asks first is told to send its body") {
  TestServer server;
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: hub\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read().status == 100);
  client.send("ok");
  CHECK(client.read().body == "POST /a ok");
}

TEST_CASE("answers come from any thread and reach their own connection") {
  std::mutex mutex;
  std::vector<std::thread> threads;
  Settings settings;
  settings.io_threads = 2;
  TestServer server(
      [&](Exchange& exchange) {
        const std::lock_guard lock(mutex);
        threads.emplace_back([&exchange] { TestServer::echo(exchange); });
      },
      settings);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 8; ++i) clients[i]->send(get("/" + std::to_string(i) + "/" + std::to_string(round)));
    for (int i = 0; i < 8; ++i) {
      CHECK(clients[i]->read().body == "GET /" + std::to_string(i) + "/" + std::to_string(round) + " ");
    }
  }
  const std::lock_guard lock(mutex);
  for (auto& thread : threads) thread.join();
}

TEST_CASE("a large answer reaches a slow reader whole") {
  const std::string body(4 * 1024 * 1024, 'y');
  TestServer server([&body](Exchange& exchange) { exchange.respond({200, "text/plain", body, {}}); });
  RawClient client(server.port(), 4096);
  client.send(get("/") + get("/"));
  CHECK(client.read().body == body);
  CHECK(client.read().body == body);
}

TEST_CASE("connections over the limit are told to come back later") {
  Settings settings;
  settings.max_connections_per_address = 2;
  TestServer server(TestServer::echo, settings);
  {
    RawClient first(server.port());
    RawClient second(server.port());
    first.send(get("/"));
    second.send(get("/"));
    CHECK(first.read().status == 200);
    CHECK(second.read().status == 200);
    RawClient third(server.port());
    const auto response = third.read();
    CHECK(response.status == 503);
    CHECK(response.has("retry-after"));
    CHECK(third.is_closed_by_server());
  }
  const auto& counters = server.server().counters();
  CHECK(eventually([&counters] { return counters.connections.load() == 0; }));
  RawClient fourth(server.port());
  fourth.send(get("/"));
  CHECK(fourth.read().status == 200);
}

TEST_CASE("a port that is taken is an error") {
  TestServer server;
  Settings settings;
  settings.listen.port = server.port();
  Server second(settings, server);
  CHECK(second.start().find("cannot listen on 127.0.0.1:") == 0);
}

TEST_CASE("draining closes idle connections and finishes the request that is under way") {
  std::atomic<Exchange*> held{nullptr};
  TestServer server([&held](Exchange& exchange) {
    if (exchange.target().raw_path() == "/held") {
      held = &exchange;
    } else {
      TestServer::echo(exchange);
    }
  });
  RawClient idle(server.port());
  RawClient busy(server.port());
  idle.send(get("/"));
  CHECK(idle.read().status == 200);
  busy.send(get("/held"));
  REQUIRE(eventually([&held] { return held.load() != nullptr; }));
  std::atomic<bool> drained{false};
  server.server().drain(std::chrono::seconds(5), [&drained] { drained = true; });
  CHECK(idle.is_closed_by_server());
  CHECK_FALSE(drained);
  TestServer::echo(*held);
  const auto response = busy.read();
  CHECK(response.body == "GET /held ");
  CHECK(response.header("connection") == "close");
  CHECK(busy.is_closed_by_server());
  busy.finish_sending();
  CHECK(eventually([&drained] { return drained.load(); }));
}

TEST_CASE("draining ends at its bound, and an answer after the end does no harm") {
  std::atomic<Exchange*> held{nullptr};
  TestServer server([&held](Exchange& exchange) { held = &exchange; });
  RawClient client(server.port());
  client.send(get("/"));
  REQUIRE(eventually([&held] { return held.load() != nullptr; }));
  std::atomic<bool> drained{false};
  server.server().drain(std::chrono::milliseconds(100), [&drained] { drained = true; });
  CHECK(eventually([&drained] { return drained.load(); }));
  server.server().stop();
  CHECK(client.is_closed_by_server());
  TestServer::echo(*held);
}

TEST_CASE("what a handler throws is told and ends its own connection, and the thread serves the others") {
  TestServer server([](Exchange& exchange) {
    const auto path = exchange.target().raw_path();
    if (path == "/odd") throw 17;
    if (path == "/throws") throw std::runtime_error("a fault");
    TestServer::echo(exchange);
    if (path == "/throws-afterwards") throw std::runtime_error("too late");
  });  // one I/O thread
  RawClient neighbour(server.port());
  neighbour.send(get("/first"));
  CHECK(neighbour.read().status == 200);
  for (const char* path : {"/throws", "/odd", "/throws", "/throws-afterwards"}) {
    CAPTURE(path);
    RawClient client(server.port());
    client.send(get(path));
    CHECK(client.read().status == (std::string(path) == "/throws-afterwards" ? 200 : 500));
  }
  RawClient early(server.port());
  early.send(post("/throws-before-its-body", "x"));
  CHECK(early.is_closed_by_server());
  neighbour.send(get("/still"));
  CHECK(neighbour.read().body == "GET /still ");
  CHECK(server.faults() == std::vector<std::string>{"a fault", "an exception that is no std::exception", "a fault",
                                                    "too late", "before its body"});
}

TEST_CASE("a tick that throws does not stop the deadlines") {
  Settings settings;
  settings.deadlines.head = std::chrono::milliseconds(40);
  TestServer server(TestServer::echo, settings, [] { throw std::runtime_error("tick"); });
  RawClient silent(server.port());
  CHECK(silent.is_closed_by_server());
  CHECK_FALSE(server.faults().empty());
}

}  // namespace gatetorio::transport_http::test
