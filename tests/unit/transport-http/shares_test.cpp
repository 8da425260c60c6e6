// What clients share is shared out: who has used up its own part is refused alone.
#include "shares.hpp"

#include <catch2/catch_test_macros.hpp>

#include "stream_text.hpp"
#include "test_server.hpp"

namespace gatetorio::transport_http::test {
namespace {

Shares made(PoolLimits streams) { return Shares({PoolLimits{}, PoolLimits{}, streams, PoolLimits{}}); }

constexpr Pool kPool = Pool::kStreams;

std::uint64_t refusals(Server& server, Refusal why) {
  return server.counters().refusals[static_cast<std::size_t>(why)].load();
}

}  // namespace

TEST_CASE("a pool is shared out by address and by credential") {
  Shares shares = made({5, 3, 2});
  CHECK(shares.enter(kPool, {1, 7}) == Full::kNo);
  CHECK(shares.enter(kPool, {1, 7}) == Full::kNo);
  CHECK(shares.enter(kPool, {1, 7}) == Full::kCredential);
  CHECK(shares.enter(kPool, {2, 7}) == Full::kCredential);  // from wherever
  CHECK(shares.enter(kPool, {1, 8}) == Full::kNo);
  CHECK(shares.enter(kPool, {1, 9}) == Full::kAddress);
  CHECK(shares.enter(kPool, {1, 0}) == Full::kAddress);
  CHECK(shares.enter(kPool, {2, 0}) == Full::kNo);  // without a credential the address alone counts
  CHECK(shares.enter(kPool, {1, 9, true}) == Full::kNo);
  CHECK(shares.enter(kPool, {3, 9}) == Full::kTotal);
  shares.leave(kPool, {1, 7});
  CHECK(shares.enter(kPool, {3, 7}) == Full::kNo);
  CHECK(shares.enter(Pool::kRequests, {3, 7}) == Full::kNo);  // another pool
}

TEST_CASE("a refusal takes nothing of any share") {
  Shares shares = made({100, 2, 1});
  for (int i = 0; i < 50; ++i) shares.enter(kPool, {1, 7});
  CHECK(shares.enter(kPool, {1, 8}) == Full::kNo);
  CHECK(shares.enter(kPool, {1, 9}) == Full::kAddress);
  for (int i = 0; i < 96; ++i) CHECK(shares.enter(kPool, {static_cast<std::uint64_t>(100 + i), 0}) == Full::kNo);
}

TEST_CASE("a credential has a name for as long as something is held with it") {
  Shares shares = made({});
  shares.set_name(7, "user:17");
  CHECK(shares.name_of(7).empty());
  shares.enter(kPool, {1, 7});
  shares.set_name(7, "user:17");
  CHECK(shares.name_of(7) == "user:17");
  shares.leave(kPool, {1, 7});
  CHECK(shares.name_of(7).empty());
}

TEST_CASE("a client is complained about once in a while, and not too many are") {
  Complaints complaints;
  CHECK(complaints.is_due("streams", "user:17"));
  CHECK_FALSE(complaints.is_due("streams", "user:17"));
  CHECK(complaints.is_due("transfers", "user:17"));
  int due = 0;
  for (int i = 0; i < 10'000; ++i) due += complaints.is_due("streams", std::to_string(i)) ? 1 : 0;
  CHECK(due < 100);
}

TEST_CASE("an event that waits for many readers is kept once") {
  StreamTexts texts;
  const std::string event = "data: " + std::string(1000, 'x') + "\n\n";
  const auto first = texts.share(event), other = texts.share("data: other"), again = texts.share(event);
  CHECK(first == again);
  CHECK(first->plain() == event);
  CHECK(first->as_chunk() == "3f0\r\n" + event + "\r\n");
  CHECK(other->plain() == "data: other\n\n");
  CHECK(texts.share("data: other") == other);
  CHECK(texts.share("data: othe") != other);
  CHECK(texts.bytes() > 1000);
}

TEST_CASE("what waits for readers is counted until the last has it") {
  StreamTexts texts;
  auto one = texts.share("data: 1\n\n");
  auto two = texts.share("data: 1\n\n");
  const auto bytes = texts.bytes();
  one.reset();
  CHECK(texts.bytes() == bytes);
  two.reset();
  CHECK(texts.bytes() == 0);
}

TEST_CASE("too many connections with one credential are refused and end, whoever else comes is served") {
  Settings settings;
  settings.max_connections_per_credential = 2;
  const auto handle = [](Exchange& exchange) {
    const auto path = exchange.target().raw_path();
    const bool may = exchange.count_connection(std::stoull(std::string(path.substr(1))));
    exchange.respond({may ? 200u : 429u, {}, {}, {}});
  };
  TestServer server(handle, settings);
  const auto ask = [](RawClient& client, int credential) {
    client.send(get("/" + std::to_string(credential)));
    return client.read().status;
  };
  RawClient other(server.port()), last(server.port());
  {
    RawClient first(server.port()), second(server.port()), third(server.port());
    CHECK(ask(first, 7) == 200);
    CHECK(ask(first, 7) == 200);
    CHECK(ask(second, 7) == 200);
    CHECK(ask(third, 7) == 429);
    CHECK(third.is_closed_by_server());
    CHECK(ask(other, 8) == 200);
    CHECK(ask(second, 9) == 200);  // now it is one of another
    CHECK(ask(other, 7) == 200);
  }
  CHECK(eventually([&] { return ask(last, 7) == 200; }));
}

TEST_CASE("whoever is refused a connection can read why") {
  Settings settings;
  settings.max_connections = 1;
  TestServer server(TestServer::echo, settings);
  RawClient first(server.port());
  first.send(get("/"));
  CHECK(first.read().status == 200);
  for (int i = 0; i < 20; ++i) {
    RawClient second(server.port());
    REQUIRE(second.has_answer(std::chrono::seconds(5)));
    for (int piece = 0; piece < 10; ++piece) CHECK(second.send(post("/", std::string(10'000, 'x'))));
    const auto refused = second.read();
    CHECK(refused.status == 503);
    CHECK(refused.has("retry-after"));
    second.finish_sending();
    CHECK(second.is_ended_by_server());
  }
  CHECK(refusals(server.server(), Refusal::kConnections) == 20);
}

}  // namespace gatetorio::transport_http::test
