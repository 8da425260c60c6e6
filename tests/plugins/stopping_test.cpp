// SIGTERM ends the hub within 10 s with exit code 0, whatever a plugin does.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "fixture_hub.hpp"

namespace gatetorio::testing {

TEST_CASE("a plugin that does not stop as it should is named, and the hub ends all the same") {
  struct Row {
    const char *fault, *log;
  };
  const Row table[] = {{"drain throws", "plugin=misbehaves in=drain why=\"it threw: drain threw\""},
                       {"drain never ends", "plugin=misbehaves in=drain why=\"it is too slow\""},
                       {"stop throws", "plugin=misbehaves in=stop why=\"it threw: stop threw\""},
                       {"stop never ends", "plugin=misbehaves in=stop why=\"it is too slow\""},
                       {"stop blocks", "plugin=misbehaves in=stop why=\"it is too slow\""},
                       {"destroy throws", "a plugin threw in destroy plugin=misbehaves"}};
  for (const Row& row : table) {
    CAPTURE(row.fault);
    FixtureHub hub({"misbehaves", "echo"}, row.fault, "", "plugin_stop_timeout_seconds = 1\n");
    hub.start();
    REQUIRE(hub.is_ready());
    CHECK(hub.stop() == 0);
    CAPTURE(hub.log());
    CHECK(hub.log().find(row.log) != std::string::npos);
  }
}

TEST_CASE("a plugin that never gets started does not keep the hub from ending") {
  FixtureHub hub({"misbehaves", "echo"}, "start never ends");
  hub.launch();
  REQUIRE(hub.logs("starting for ever"));
  CHECK(hub.stop() == 0);
  CHECK(hub.log().find("why=\"the hub was told to stop\"") != std::string::npos);
}

TEST_CASE("a call that is under way does not keep the hub from ending") {
  FixtureHub hub({"misbehaves", "echo"}, "blocks its lane", "", "plugin_stop_timeout_seconds = 3\n");
  hub.start();
  REQUIRE(hub.is_ready());
  int status = 0;
  std::thread asking([&] {
    try {
      status = hub.client().post("/misbehave", {}).status;
    } catch (const std::exception&) {
      status = -1;
    }
  });
  CHECK(hub.stop() == 0);
  asking.join();
  CHECK(status != 0);
}

TEST_CASE("a stop waits for regular work that is under way, and lets it sleep no more") {
  FixtureHub hub({"greeter", "echo"});
  hub.start();
  REQUIRE(hub.is_ready());
  REQUIRE(hub.logs("dozing"));
  CHECK(hub.stop() == 0);
  CAPTURE(hub.log());
  CHECK(hub.log().find("dozed to the end") != std::string::npos);
  CHECK(hub.log().find("too slow") == std::string::npos);
}

}  // namespace gatetorio::testing
