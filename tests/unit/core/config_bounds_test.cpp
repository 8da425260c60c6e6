// Configurations that are no accident any more: very deep, very large, or with bytes that cut a path short.
#include <stdlib.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/config/config.hpp"
#include "core/config/toml_depth.hpp"

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;

std::string times(int count, const std::string& text) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

// The errors, each from the name of the file on.
std::vector<std::string> errors_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  std::string folder = (fs::temp_directory_path() / "gatetorio-config-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string file = folder + "/hub.toml";
  std::ofstream(file, std::ios::binary) << text;
  const Config config = Config::load(file, sets);
  fs::remove_all(folder);
  std::vector<std::string> errors;
  for (const Problem& problem : config.problems().errors) {
    const std::string line = problem.to_line();
    errors.push_back(line.substr(line.find("hub.toml") == std::string::npos ? 0 : line.find("hub.toml")));
  }
  return errors;
}

std::string first_error(const std::string& text) {
  const auto errors = errors_of(text);
  return errors.empty() ? "" : errors.front();
}

}  // namespace

TEST_CASE("what nests too deep is an error with its place, whatever its form", "[config]") {
  constexpr int kMany = 100'000;
  const std::string words = "nested deeper than 32 levels";
  CHECK(first_error("[hub]\n[a" + times(kMany, ".a") + "]\n") == "hub.toml:2:65: " + words);
  CHECK(first_error("a" + times(kMany, ".a") + " = 1\n") == "hub.toml:1:64: " + words);
  CHECK(first_error("[[a" + times(kMany, " . a") + "]]\n").find(words) != std::string::npos);
  CHECK(first_error("a = " + times(kMany, "[") + times(kMany, "]") + "\n") == "hub.toml:1:37: " + words);
  CHECK(first_error("a = " + times(kMany, "{a=") + "1" + times(kMany, "}") + "\n").find(words) != std::string::npos);
  CHECK(first_error("a = {" + times(kMany, "b.") + "c = 1}\n").find(words) != std::string::npos);
  CHECK(first_error(times(kMany, "[")).find(words) != std::string::npos);
  CHECK(first_error("a = \"\xc3\xa4\"\nb = " + times(40, "[")) == "hub.toml:2:37: " + words);
}

TEST_CASE("dots and brackets in texts and comments do not nest", "[config]") {
  const std::string many = times(200, ".[{");
  for (const std::string& text : {"a = \"" + many + "\\\"" + many + "\"", "a = '" + many + "\\'",
                                  "# " + many + "\na = 1", "a = \"\"\"\n" + many + "\"\"" + many + "\"\"\"\"\"",
                                  "a = '''\n" + many + "'" + many + "'''", "a = [" + times(200, "1.5, ") + "]",
                                  times(200, "[a.b.c]\n"), "a = [\n" + times(200, "  { b = [1] }, # [\n") + "]"}) {
    CAPTURE(text);
    CHECK_FALSE(too_deep_in_toml(text));
  }
}

TEST_CASE("a key of --set has a bounded depth too", "[config]") {
  const auto errors = errors_of("[hub]\nplugins = []\n", {"a" + times(10'000, ".a") + "=1"});
  REQUIRE_FALSE(errors.empty());
  CHECK(errors.front().find("has too many parts") != std::string::npos);
  // A value that nests too deep is no TOML value, but a string.
  CHECK_FALSE(errors_of("[hub]\nplugins = []\n", {"hub.plugins=" + times(10'000, "[")}).empty());
}

TEST_CASE("a file that is too large is not read", "[config]") {
  CHECK(first_error("# " + std::string(5 << 20, 'x')) == "hub.toml: is larger than 4 MiB");
  CHECK(first_error("# " + std::string(3 << 20, 'x') + "\n[hub]\nplugins = [1]\n").find("hub.plugins") !=
        std::string::npos);
}

TEST_CASE("no text of an option has a control character", "[config]") {
  for (const char* bad : {"\\u0000", "\\n", "\\t", "\\u001b", "\\u007f", "\\u009b"}) {
    CAPTURE(bad);
    const std::string words = std::string(bad) == "\\u0000" ? "must not hold a NUL character"
                                                            : "must be text in UTF-8 without control characters";
    const std::string text = std::string("a") + bad + "b";
    CHECK(first_error("[hub]\ndata_dir = \"" + text + "\"\nplugins = []\n") == "hub.toml:2:12: hub.data_dir: " + words);
    CHECK(first_error("[hub]\nplugins = []\nmigrations_dir = [\"x\", \"" + text + "\"]\n") ==
          "hub.toml:3:24: hub.migrations_dir: " + words);
    const auto errors = errors_of("[hub]\nplugins = []\n", {"hub.data_dir=\"" + text + "\""});
    REQUIRE_FALSE(errors.empty());
    CHECK(errors.front().find(words) != std::string::npos);
  }
  CHECK_FALSE(errors_of("[hub]\nplugins = []\n", {"hub.data_dir=a\x1b"}).empty());
  CHECK_FALSE(errors_of("[hub]\nplugins = []\n", {"hub.data_dir=7\n"}).empty());
}

TEST_CASE("what is no TOML cannot command the terminal that shows the complaint", "[config]") {
  for (const char* bad : {"in\x01", "in\x1b[31m", "na\x7f", "tru\xe2\x80\xae", "0x\x08"}) {
    CAPTURE(bad);
    const std::string error = first_error(std::string("a = ") + bad + "\n");
    CHECK(error.starts_with("hub.toml:1:"));
    CHECK(error.find("not valid TOML: ") != std::string::npos);
    CHECK(std::all_of(error.begin(), error.end(), [](char c) { return c >= ' ' && c < '\x7f'; }));
  }
}

TEST_CASE("a NUL is an error wherever it stands, also where nobody looks", "[config]") {
  CHECK(first_error("[hub]\nplugins = []\n[plugins.x]\na.b = {c = [\"d\", \"e\\u0000\"]}\n") ==
        "hub.toml:4:18: plugins.x.a.b.c: must not hold a NUL character");
  CHECK(first_error("[hub]\nplugins = []\n[plugins.x]\n\"a\\u0000b\" = 1\n").find("must not hold a NUL") !=
        std::string::npos);
}

}  // namespace gatetorio::core
