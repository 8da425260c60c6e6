#include "core/app/plugin_choices.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "gatetorio/testing/temporary_folder.hpp"

namespace gatetorio::core {
namespace {

using Ids = std::vector<std::string>;

TEST_CASE("choices are laid on the configuration and outlive the process", "[plugins]") {
  const testing::TemporaryFolder folder;
  const std::string file = folder.path() + "/plugins.json";
  {
    PluginChoices choices(file);
    REQUIRE(choices.read());
    CHECK(choices.applied({"a", "b"}) == Ids{"a", "b"});
    REQUIRE(choices.set("b", false));
    REQUIRE(choices.set("c", true));
    CHECK(choices.applied({"a", "b"}) == Ids{"a", "c"});
  }
  PluginChoices later(file);
  REQUIRE(later.read());
  CHECK(later.applied({"a", "b"}) == Ids{"a", "c"});
  CHECK(later.applied({"c", "d"}) == Ids{"c", "d"});
  REQUIRE(later.set("b", true));
  CHECK(later.applied({"a", "b"}) == Ids{"a", "b", "c"});
}

TEST_CASE("a file that is no list of choices chooses nothing, and says so", "[plugins]") {
  const testing::TemporaryFolder folder;
  const std::string file = folder.path() + "/plugins.json";
  for (const char* text : {"", "[]", "{\"a\":1}", "{\"../x\":true}", "{"}) {
    std::ofstream(file) << text;
    PluginChoices choices(file);
    const Result<void> read = choices.read();
    REQUIRE_FALSE(read);
    CHECK(read.error().detail.find("plugins.json") != std::string::npos);
    CHECK(choices.applied({"a"}) == Ids{"a"});
  }
}

TEST_CASE("what cannot be kept is not chosen", "[plugins]") {
  PluginChoices choices("/nowhere/plugins.json");
  CHECK_FALSE(choices.set("a", false));
  CHECK(choices.applied({"a"}) == Ids{"a"});
}

}  // namespace
}  // namespace gatetorio::core
