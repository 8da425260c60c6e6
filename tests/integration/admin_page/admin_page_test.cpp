// The admin page of a real hub in a real browser: tests/admin-page. Built where there is a Chromium and the page is.
#include <catch2/catch_test_macros.hpp>

#include "integration/pi_agent.hpp"
#include "support/paths.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("the admin page works in a browser, from the first run to two admins at once") {
  HubProcess hub({.with_admin = true});
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const Agent gate(hub);  // one that is there and answers, for the console
  REQUIRE(gate.is_ready());
  const std::string said = hub.said();
  const auto at = said.find("http://");
  const std::string link = said.substr(at, said.find(' ', at) - at);
  const std::filesystem::path folder = std::filesystem::path(GATETORIO_SOURCE_DIR) / "tests" / "admin-page";
  const RunResult result = run({"/usr/bin/env", "HUB_URL=http://" + hub.http(), "SETUP_URL=" + link,
                                "CHROMIUM=" + std::string(CHROMIUM), "LOOKS=desktop-light,phone-dark", "sh", "-c",
                                "exec node --test --test-concurrency=1 \"$1\"/*.test.mjs", "sh", folder.string()},
                               milliseconds(600'000));
  CAPTURE(result.out, result.err);
  CHECK(result.code == 0);
}

}  // namespace
}  // namespace gatetorio::testing
