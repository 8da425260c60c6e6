// What cannot be loaded or configured: the operator learns what and why, with exit code 78.
#include <catch2/catch_test_macros.hpp>

#include "fixture_hub.hpp"

namespace gatetorio::testing {
namespace {

constexpr int kBadConfiguration = 78;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a file that is no fit plugin is named, with its fault, and nothing starts") {
  struct Row {
    const char *id, *why;
  };
  const Row table[] = {{"missing", "does not exist"},
                       {"no-entry", "is no plugin: it does not export gtr_plugin_entry"},
                       {"wrong-abi", "was built for plugin ABI 2.4; this hub has 1.4"},
                       {"newer-abi", "was built for plugin ABI 1.5; this hub has 1.4"},
                       {"refuses-abi", "says that it cannot run under plugin ABI 1.4"},
                       {"wrong-id", "calls itself 'somebody-else', not 'wrong-id'"},
                       {"null-part", "lacks a part of its descriptor"},
                       {"bad-options", "declares its options wrongly: option 'colour': "}};
  for (const Row& row : table) {
    CAPTURE(row.id);
    const FixtureHub hub({"echo", row.id});
    for (const std::vector<std::string>& command : {std::vector<std::string>{}, std::vector<std::string>{"check"}}) {
      const RunResult result = hub.run_to_end(command);
      CHECK(result.code == kBadConfiguration);
      CHECK(result.out.empty());
      CAPTURE(result.err);
      CHECK(contains(result.err, row.why));
      CHECK(contains(result.err, "hub.toml:4:"));  // where the plugin is named
      CHECK(contains(result.err, std::string("gatetorio-") + row.id + ".so") !=
            contains(result.err, "options wrongly"));
    }
  }
}

TEST_CASE("needs that cannot be met are told before anything starts") {
  struct Row {
    std::vector<std::string> plugins;
    const char* why;
  };
  const Row table[] = {
      {{"echo", "needs-unknown"}, "plugin 'needs-unknown' requires test.unknown/1, which no enabled plugin provides"},
      {{"circle-b", "echo", "circle-a"}, "these plugins require each other in a circle: circle-b, circle-a"}};
  for (const Row& row : table) {
    const RunResult result = FixtureHub(row.plugins).run_to_end();
    CAPTURE(result.err);
    CHECK(result.code == kBadConfiguration);
    CHECK(contains(result.err, row.why));
    CHECK(result.out.empty());
  }
}

TEST_CASE("options that do not fit together are told where they stand") {
  const FixtureHub hub({"option-error"}, "", "\n[plugins.option-error]\nfirst = \"a\"\nsecond = \"a\"\n");
  const RunResult result = hub.run_to_end({"check"});
  CAPTURE(result.err);
  CHECK(result.code == kBadConfiguration);
  CHECK(contains(result.err, "hub.toml:11:"));
  CHECK(contains(result.err, "plugins.option-error.second: must differ from 'first'"));
  CHECK(FixtureHub({"option-error"}, "", "\n[plugins.option-error]\nfirst = \"b\"\n").run_to_end({"check"}).code == 0);
}

TEST_CASE("a check refuses a plugin that cannot be configured, and leaves nothing behind") {
  for (const char* fault : {"configure throws", "configure fails", "configure throws a number"}) {
    CAPTURE(fault);
    const FixtureHub hub({"echo", "misbehaves"}, fault);
    const RunResult result = hub.run_to_end({"check"});
    CHECK(result.code == kBadConfiguration);
    CHECK(contains(result.err, "plugin=misbehaves"));
    CHECK(contains(result.err, "configure: "));
  }
  const RunResult good = FixtureHub({"echo", "misbehaves"}).run_to_end({"check"});
  CHECK(good.code == 0);
  CHECK(contains(good.out, "the configuration is valid"));
}

TEST_CASE("a plugin whose file is not the pinned one is not loaded") {
  const FixtureHub hub({"echo"}, "", "", "plugin_sha256 = { echo = \"" + std::string(64, '0') + "\" }\n");
  const RunResult result = hub.run_to_end({"check"});
  CHECK(result.code == kBadConfiguration);
  CHECK(contains(result.err, "is not the file that hub.plugin_sha256 names"));
}

TEST_CASE("a plugin in plain C is a plugin like any other") {
  FixtureHub hub({"c-only"});
  hub.start();
  REQUIRE(hub.is_ready());
  const HttpResponse response = hub.client().get("/c/hello");
  CHECK(response.status == 200);
  CHECK(response.body == R"({"hello":"from C"})");
  CHECK(hub.stop() == 0);
}

}  // namespace gatetorio::testing
