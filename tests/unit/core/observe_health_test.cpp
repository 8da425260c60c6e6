#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/observe/health.hpp"

namespace gatetorio::core {

TEST_CASE("a hub without facts or plugins is healthy and not ready", "[health]") {
  const Health health("1.2.3");
  CHECK(health.report() ==
        R"({"status":"healthy","healthy":true,"ready":false,"version":"1.2.3","facts":{},"plugins":{}})");
}

TEST_CASE("a false fact makes the hub unhealthy until it is stated true", "[health]") {
  Health health("1");
  health.set_fact("store_connected", true);
  health.set_fact("link_connected", false);
  health.set_ready(true);
  CHECK_FALSE(health.healthy());
  CHECK(health.report() == R"({"status":"degraded","healthy":false,"ready":true,"version":"1",)"
                           R"("facts":{"link_connected":false,"store_connected":true},"plugins":{}})");
  health.set_fact("link_connected", true);
  CHECK(health.healthy());
}

TEST_CASE("a failed plugin makes the hub unhealthy, a stopped one does not", "[health]") {
  Health health("1");
  health.set_plugin("b", "started");
  health.set_plugin("a", "failed");
  CHECK_FALSE(health.healthy());
  CHECK(health.report() == R"({"status":"degraded","healthy":false,"ready":false,"version":"1","facts":{},)"
                           R"("plugins":{"a":"failed","b":"started"}})");
  health.set_plugin("a", "stopped");
  CHECK(health.healthy());
  CHECK(health.report().find(R"("a":"stopped")") != std::string::npos);
}

TEST_CASE("names that are not UTF-8 leave the report valid", "[health]") {
  Health health("1");
  health.set_fact("\xff", true);
  CHECK(health.report().find("{\"\xef\xbf\xbd\":true}") != std::string::npos);
}

}  // namespace gatetorio::core
