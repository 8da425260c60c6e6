#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/secret.hpp"
#include "core/config/toml_reader.hpp"

namespace gatetorio::core {
namespace {

namespace fs = std::filesystem;

class SecretFolder {
 public:
  SecretFolder() {
    std::string pattern = (fs::temp_directory_path() / "gatetorio-secret-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~SecretFolder() { fs::remove_all(path_); }
  SecretFolder(const SecretFolder&) = delete;
  SecretFolder& operator=(const SecretFolder&) = delete;

  std::string write(std::string_view content, int mode = 0600) const {
    const std::string path = path_ / "secret";
    fs::remove(path);
    std::ofstream(path, std::ios::binary) << content;
    REQUIRE(::chmod(path.c_str(), static_cast<mode_t>(mode)) == 0);
    return path;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::optional<std::string> resolve(const std::string& toml, Problems& problems) {
  const NodeTable table = parse_toml("s = " + toml, "hub.toml", problems);
  REQUIRE(table.size() == 1);
  return resolve_secret(table[0].node, "plugins.x.s", problems);
}

}  // namespace

TEST_CASE("a secret is the text of its file without the white space around it", "[config]") {
  const SecretFolder folder;
  Problems problems;
  const std::string path = folder.write(" \n s3cret with space \r\n\n");
  CHECK(resolve("{ file = \"" + path + "\" }", problems) == "s3cret with space");
  CHECK(problems.errors.empty());
  CHECK(problems.warnings.empty());
}

TEST_CASE("a secret file that others may read is used with a warning", "[config]") {
  const SecretFolder folder;
  for (const int mode : {0640, 0604, 0620}) {
    Problems problems;
    const std::string path = folder.write("canary", mode);
    CHECK(resolve("{ file = \"" + path + "\" }", problems) == "canary");
    REQUIRE(problems.warnings.size() == 1);
    CHECK(problems.warnings[0].message.find("use chmod 600") != std::string::npos);
    CHECK(problems.warnings[0].message.find("canary") == std::string::npos);
  }
}

TEST_CASE("a secret file that holds no secret is an error that shows nothing of it", "[config]") {
  const SecretFolder folder;
  const std::string contents[] = {"", " \n\t", std::string(64 * 1024 + 1, 'c'), "canary\xff",
                                  std::string("canary\0x", 8)};
  for (const std::string& content : contents) {
    Problems problems;
    const std::string path = folder.write(content);
    CHECK_FALSE(resolve("{ file = \"" + path + "\" }", problems));
    REQUIRE(problems.errors.size() == 1);
    CHECK(problems.errors[0].to_line().find("canary") == std::string::npos);
    CHECK(problems.errors[0].to_line().rfind("hub.toml:1:", 0) == 0);
  }
}

TEST_CASE("a folder or a pipe in place of a secret file is refused at once", "[config]") {
  const SecretFolder folder;
  const std::string pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const std::string& path : {folder.path().string(), pipe}) {
    Problems problems;
    CHECK_FALSE(resolve("{ file = \"" + path + "\" }", problems));
    REQUIRE(problems.errors.size() == 1);
    CHECK(problems.errors[0].message.find("is not a regular file") != std::string::npos);
  }
}

TEST_CASE("a secret in any other form is refused with the two that are right", "[config]") {
  for (const char* toml : {"\"canary\"", "5", "{}", "{ file = 1 }", "{ env = [] }", "{ path = \"canary\" }",
                           "{ file = \"a\", env = \"B\" }", "{ file = \"a\", mode = \"canary\" }", "[\"canary\"]"}) {
    INFO(toml);
    Problems problems;
    CHECK_FALSE(resolve(toml, problems));
    REQUIRE(problems.errors.size() == 1);
    CHECK(problems.errors[0].message.find(R"(expected { file = "path" } or { env = "NAME" })") == 0);
    CHECK(problems.errors[0].message.find("canary") == std::string::npos);
  }
}

}  // namespace gatetorio::core
