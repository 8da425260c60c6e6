// Every file of tests/golden/config: what an operator may write, and what the hub says to it.
#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "support/paths.hpp"

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> set_arguments(const fs::path& path) {
  constexpr std::string_view kMark = "# set: ";
  std::vector<std::string> sets;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(kMark, 0) == 0) sets.push_back(line.substr(kMark.size()));
  }
  return sets;
}

void append_options(std::string& out, const std::string& table, const json::object& options) {
  for (const auto& [name, value] : options) {
    out += table + "." + std::string(name) + " = " + json::serialize(value) + "\n";
  }
}

std::string hub_options_text(const HubOptions& hub) {
  json::object options;
  options["data_dir"] = hub.data_dir;
  options["plugins"] = json::value_from(hub.plugins);
  options["plugin_dir"] = hub.plugin_dir;
  options["migrations_dir"] = json::value_from(hub.migrations_dir);
  options["log_level"] = hub.log_level;
  options["log_format"] = hub.log_format;
  options["worker_threads"] = hub.worker_threads;
  options["stop_timeout"] = hub.stop_timeout.count();
  options["plugin_stop_timeout"] = hub.plugin_stop_timeout.count();
  options["plugin_sha256"] = json::value_from(hub.plugin_sha256);
  std::string out;
  append_options(out, "hub", options);
  return out;
}

// The library's words differ from version to version; the place is ours.
std::string without_library_words(std::string line) {
  constexpr std::string_view kOurs = "not valid TOML: ";
  const std::size_t at = line.find(kOurs);
  return at == std::string::npos ? line : line.substr(0, at + kOurs.size()) + "...";
}

// What the hub makes of one file.
std::string outcome(const std::string& path, const json::object& schemas) {
  Config config = Config::load(path, set_arguments(path));
  std::string options;
  for (const std::string& id : config.hub().plugins) {
    if (!schemas.contains(id)) continue;
    const Result<Schema> schema = parse_schema(json::serialize(schemas.at(id)));
    REQUIRE(schema);
    append_options(options, "plugins." + id, config.plugin_options(id, *schema));
  }
  std::string out;
  for (const Problem& problem : config.problems().errors) {
    out += "error: " + without_library_words(problem.to_line()) + "\n";
  }
  for (const Problem& problem : config.problems().warnings) out += "warning: " + problem.to_line() + "\n";
  return config.ok() ? out + hub_options_text(config.hub()) + options : out;
}

std::vector<std::string> cases() {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(".")) {
    const fs::path path = entry.path().lexically_normal();
    if (path.extension() == ".toml" && path.parent_path().filename() != "conf.d") found.push_back(path.string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

TEST_CASE("every golden configuration gives its expected options, errors and warnings", "[golden]") {
  fs::current_path(GATETORIO_SOURCE_DIR "/tests/golden/config");
  ::setenv("GATETORIO_TEST_SECRET", "  canary-from-env\n", 1);
  ::setenv("GATETORIO_TEST_SHORT_SECRET", "canary", 1);
  const json::value schemas = json::parse(read_text("schemas.json"));
  const std::vector<std::string> files = cases();
  REQUIRE(files.size() > 20);
  for (const std::string& file : files) {
    const fs::path expected = fs::path(file).replace_extension(".expected");
    const std::string got = outcome(file, schemas.as_object());
    if (std::getenv("GATETORIO_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << got;
    INFO(file);
    CHECK(got == read_text(expected));
    CHECK(got.find('\x1b') == std::string::npos);
    if (got.rfind("error", 0) == 0) CHECK(got.find("canary") == std::string::npos);
  }
}

}  // namespace gatetorio::core
