// The hub from a page of another origin, in a real browser. Built where there is a Chromium.
#include <catch2/catch_test_macros.hpp>

#include "support/files.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(GATETORIO_SOURCE_DIR) / "tests" / "tus";
const std::string kChromium = CHROMIUM;

TEST_CASE("a page of an allowed origin uses the hub and uploads by tus, one of another origin does not") {
  if (!std::filesystem::exists(kFolder / "node_modules")) SKIP("tests/tus is not installed: npm ci");
  const std::string port = std::to_string(free_port());
  HubProcess hub({.sets = {"plugins.transport-http.allowed_origins=[\"http://127.0.0.1:" + port + "\"]"}});
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), device.token);
  TempDir folder;
  const std::string bytes = random_bytes(1'000'000);
  write_file(folder / "file", bytes);
  const auto visit = [&](const std::string& page_port, std::int64_t* file_id) {
    const auto made =
        http.post("/files/" + device.controller_id, {{"name", "a"}, {"kind", "log"}, {"size", bytes.size()}});
    *file_id = made.number("file_id");
    const RunResult result =
        run({"/usr/bin/env", "node", (kFolder / "browser.mjs").string(), kChromium, page_port, "http://" + hub.http(),
             made.text("upload_url"), owner.token, (folder / "file").string()},
            milliseconds(90'000));
    CAPTURE(result.err);
    REQUIRE(result.code == 0);
    return result.out;
  };
  std::int64_t file_id = 0;
  CHECK(visit(port, &file_id) == "read: 200\nheader: seen\npost: 200\nrefusal: 404\nupload: complete\n");
  CHECK(http.get("/files/" + device.controller_id + "/" + std::to_string(file_id)).text("state") == "complete");
  const std::string stranger = visit(std::to_string(free_port()), &file_id);
  for (const char* name : {"read", "header", "post", "refusal", "upload"}) {
    CAPTURE(name, stranger);
    CHECK(stranger.find(std::string(name) + ": blocked") != std::string::npos);
  }
  CHECK(http.get("/files/" + device.controller_id + "/" + std::to_string(file_id)).text("state") == "uploading");
}

}  // namespace
}  // namespace gatetorio::testing
