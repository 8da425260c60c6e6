// A plugin that fails while the hub starts or runs: the others go on, and the hub says so.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "fixture_hub.hpp"

namespace gatetorio::testing {
namespace {

constexpr milliseconds kQuick(1500);

bool echoes(const FixtureHub& hub) {
  return hub.client().post("/echo", {{"text", "hello"}}).body == R"({"text":"hello"})";
}

}  // namespace

TEST_CASE("a plugin that cannot start leaves the others serving, and the hub not ready") {
  struct Row {
    const char *fault, *why;
  };
  const Row table[] = {{"configure throws", "configure: it threw: configure threw"},
                       {"configure throws a number", "configure: it threw something that is no std::exception"},
                       {"configure fails", "configure: configure() failed without a reason"},
                       {"start throws", "it threw: start threw"},
                       {"start fails", "the disk is full"}};
  for (const Row& row : table) {
    CAPTURE(row.fault);
    FixtureHub hub({"misbehaves", "echo"}, row.fault);
    hub.start();
    CHECK_FALSE(hub.is_ready());
    CHECK(hub.logs("plugin=misbehaves why=\"" + std::string(row.why) + "\""));
    CHECK(echoes(hub));
    CHECK(hub.state_of("misbehaves") == "failed");
    CHECK(hub.state_of("echo") == "started");
    const HttpResponse health = hub.client().root("/health");
    CHECK(health.status == 503);
    CHECK(health.text("status") == "degraded");
    CHECK(hub.client().root("/ready").status == 503);
    const HttpResponse refused = hub.client().post("/misbehave", {});
    CHECK(refused.status == (std::string_view(row.fault).starts_with("configure") ? 404 : 503));
    CHECK(hub.stop() == 0);
  }
}

TEST_CASE("a plugin that throws while it is made leaves the others serving") {
  FixtureHub hub({"throws-in-create", "echo"});
  hub.start();
  CHECK_FALSE(hub.is_ready());
  CHECK(hub.logs("plugin=throws-in-create why=\"configure: it threw: no room for me\""));
  CHECK(echoes(hub));
  CHECK(hub.stop() == 0);
}

TEST_CASE("what is provided already stays with the first, the second has failed") {
  FixtureHub hub({"echo", "provides-too"});
  hub.start();
  CHECK_FALSE(hub.is_ready());
  CHECK(hub.logs("plugin=provides-too why=\"configure: cannot provide test.echo/1: another plugin does\""));
  CHECK(echoes(hub));
  CHECK(hub.stop() == 0);
}

TEST_CASE("a plugin that answers its start twice, or throws after it, is started") {
  for (const char* fault : {"start ends twice", "start ends and throws"}) {
    CAPTURE(fault);
    FixtureHub hub({"misbehaves", "echo"}, fault);
    hub.start();
    CHECK(hub.is_ready());
    CHECK(hub.client().post("/misbehave", {}).text("text") == "once");
    CHECK(hub.stop() == 0);
  }
}

TEST_CASE("an operation handler that throws is a 500 at once, and the plugin serves on") {
  FixtureHub hub({"misbehaves", "echo"}, "operation throws");
  hub.start();
  REQUIRE(hub.is_ready());
  for (int i = 0; i < 3; ++i) CHECK(hub.client().post("/misbehave", {}).status == 500);
  CHECK(hub.logs("a task threw plugin=misbehaves exception=\"operation threw\""));
  CHECK(echoes(hub));
  CHECK(hub.client().root("/health").status == 200);
  CHECK(hub.stop() == 0);
}

TEST_CASE("an operation that answers twice is answered once") {
  FixtureHub hub({"misbehaves"}, "answers twice");
  hub.start();
  REQUIRE(hub.is_ready());
  auto client = hub.client();  // one connection: a second answer would be taken for that of the next call
  for (int i = 0; i < 20; ++i) CHECK(client.post("/misbehave", {}).body == R"({"text":"once"})");
  CHECK(client.root("/ready").status == 200);
  CHECK(hub.stop() == 0);
}

TEST_CASE("an event handler that throws harms neither its publisher nor its plugin") {
  FixtureHub hub({"misbehaves", "echo"}, "event throws");
  hub.start();
  REQUIRE(hub.is_ready());
  for (int i = 0; i < 3; ++i) CHECK(echoes(hub));
  CHECK(hub.logs("a task threw plugin=misbehaves exception=\"event handler threw\""));
  CHECK(hub.client().post("/misbehave", {}).status == 200);
  CHECK(hub.stop() == 0);
}

TEST_CASE("a slow subscriber slows nobody, and what it loses is counted") {
  FixtureHub hub({"misbehaves", "echo"}, "hears slowly");
  hub.start();
  REQUIRE(hub.is_ready());
  CHECK(time_of([&] {
          for (int i = 0; i < 20; ++i) CHECK(echoes(hub));
        }) < 10 * kQuick);
  const std::string metrics = hub.client().root("/metrics").body;
  const auto at = metrics.find("gatetorio_events_lost_total{plugin=\"misbehaves\",topic=\"echo.said\"} ");
  REQUIRE(at != std::string::npos);
  CHECK(metrics.substr(metrics.find("} ", at) + 2, 2) != "0\n");
  CHECK(hub.stop() == 0);
}

TEST_CASE("a service that answers after the deadline, or throws, is an error for its caller alone") {
  for (const char* fault : {"answers late", "service throws"}) {
    CAPTURE(fault);
    FixtureHub hub({"misbehaves", "echo"}, fault);
    hub.start();
    REQUIRE(hub.is_ready());
    for (int i = 0; i < 2; ++i) CHECK(hub.client().post("/echo/ask", {{"text", "x"}}).status >= 500);
    CHECK(echoes(hub));
    CHECK(hub.client().root("/health").status == 200);
    CHECK(hub.stop() == 0);
  }
}

TEST_CASE("a plugin that blocks its lane blocks only itself") {
  FixtureHub hub({"misbehaves", "echo"}, "blocks its lane");
  hub.start();
  REQUIRE(hub.is_ready());
  bool answered = false;
  std::thread blocked([&] { answered = hub.client().post("/misbehave", {}).status == 200; });
  for (int i = 0; i < 20; ++i) CHECK(time_of([&] { CHECK(echoes(hub)); }) < kQuick);
  blocked.join();
  CHECK(answered);
  CHECK(hub.stop() == 0);
}

}  // namespace gatetorio::testing
