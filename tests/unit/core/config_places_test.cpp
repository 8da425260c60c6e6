// Errors that others find later still name the place in the file.
#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/config/config.hpp"

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;

Config load(const std::string& text) {
  std::string folder = (fs::temp_directory_path() / "gatetorio-config-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string file = folder + "/hub.toml";
  std::ofstream(file, std::ios::binary) << text;
  Config config = Config::load(file, {});
  fs::remove_all(folder);
  return config;
}

// The last error without the folder of the file.
std::string last_error(const Config& config) {
  REQUIRE_FALSE(config.problems().errors.empty());
  const std::string line = config.problems().errors.back().to_line();
  return line.substr(line.find("hub.toml"));
}

}  // namespace

TEST_CASE("an error about a plugin stands at its entry in the list", "[config]") {
  Config config = load("[hub]\nplugins = [\n  \"a\",\n  \"b\",\n]\n");
  REQUIRE(config.ok());
  config.plugin_error("b", "has no file");
  CHECK_FALSE(config.ok());
  CHECK(last_error(config) == "hub.toml:4:3: hub.plugins: \"b\": has no file");
  config.plugin_error("c", "is not there");
  CHECK(last_error(config) == "hub.toml:2:11: hub.plugins: \"c\": is not there");
  config.plugin_error("", "nobody provides it");
  CHECK(last_error(config) == "hub.toml:2:11: hub.plugins: nobody provides it");
}

TEST_CASE("an error about an option stands at its value, else at the table, else at the file", "[config]") {
  Config config = load("[hub]\nplugins = [\"a\", \"b\"]\n[plugins.a]\n  folder = \"/no\"\n");
  REQUIRE(config.ok());
  config.option_error("a", "folder", "does not exist");
  CHECK(last_error(config) == "hub.toml:4:12: plugins.a.folder: does not exist");
  config.option_error("a", "other", "is needed with folder");
  CHECK(last_error(config) == "hub.toml:3:1: plugins.a.other: is needed with folder");
  config.option_error("b", "x", "is wrong");
  CHECK(last_error(config) == "hub.toml:1:1: plugins.b.x: is wrong");
  config.option_error("b", "", "is wrong");
  CHECK(last_error(config) == "hub.toml:1:1: plugins.b: is wrong");
}

TEST_CASE("a missing file is one error and nothing else is asked of it", "[config]") {
  const Config config = Config::load("/no/such/hub.toml", {"hub.colour=red"});
  REQUIRE(config.problems().errors.size() == 1);
  CHECK(config.problems().errors[0].to_line() == "/no/such/hub.toml: cannot be read: No such file or directory");
  CHECK(config.hub().plugins.empty());
}

}  // namespace gatetorio::core
