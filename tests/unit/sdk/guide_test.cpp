// The plugin guide quotes code that is built and run; a quotation that has gone stale fails here.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/paths.hpp"

namespace {

namespace fs = std::filesystem;
const fs::path kSource = GATETORIO_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Without white space: a quotation may be indented and broken otherwise.
std::string squeezed(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  return text;
}

std::vector<std::string> blocks(const std::string& page, const std::string& language) {
  std::vector<std::string> found;
  const std::string begin = "```" + language + "\n";
  for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    found.push_back(page.substr(at, page.find("```", at) - at));
  }
  return found;
}

}  // namespace

TEST_CASE("every example in the plugin guide is a quotation of code that is built") {
  std::string code;
  for (const char* file :
       {"sdk/template/plugin.cpp", "sdk/template/CMakeLists.txt", "tests/sdk_consumer/boot-counter/plugin.cpp",
        "tests/fixtures/plugins/echo/plugin.cpp", "tests/fixtures/plugins/greeter/plugin.cpp",
        "tests/fixtures/plugins/option-error/plugin.cpp", "tests/unit/core/host_test.cpp",
        "sdk/template/hello_test.cpp", "tests/unit/sdk/fake_host_test.cpp", "tests/unit/auth/rules_test.cpp",
        "tests/unit/sharing/rules_test.cpp", "tests/support/job_worker.hpp", "tests/unit/sdk/ticker_test.cpp",
        "tests/unit/sdk/jobs_test.cpp"}) {
    code += squeezed(read(kSource / file)) + "\n";
  }
  int quotations = 0;
  for (const auto& entry : fs::directory_iterator(kSource / "docs/plugin-guide")) {
    const std::string page = read(entry.path());
    for (const char* language : {"cpp", "cmake", "c"}) {
      for (const std::string& block : blocks(page, language)) {
        CAPTURE(entry.path().filename(), block);
        CHECK(code.find(squeezed(block)) != std::string::npos);
        ++quotations;
      }
    }
  }
  CHECK(quotations >= 15);
}
