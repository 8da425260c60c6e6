// tus as its own project's client speaks it (tests/tus, installed by scripts/setup).
#include <catch2/catch_test_macros.hpp>

#include "support/files.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(GATETORIO_SOURCE_DIR) / "tests" / "tus";

TEST_CASE("the tus project's own client uploads at once, and goes on where it was interrupted") {
  if (!std::filesystem::exists(kFolder / "node_modules")) SKIP("tests/tus is not installed: npm ci");
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  HttpClient http(hub.http(), device.token);
  TempDir folder;
  const std::string bytes = random_bytes(5'000'000);
  write_file(folder / "file", bytes);
  for (const char* how : {"whole", "interrupted"}) {
    CAPTURE(how);
    const auto made =
        http.post("/files/" + device.controller_id, {{"name", "a"}, {"kind", "log"}, {"size", bytes.size()}});
    const RunResult result = run({"/usr/bin/env", "node", (kFolder / "upload.mjs").string(), made.text("upload_url"),
                                  (folder / "file").string(), how},
                                 milliseconds(60'000));
    CAPTURE(result.out, result.err);
    REQUIRE(result.code == 0);
    CHECK(result.out.ends_with("complete\n"));
    if (std::string(how) == "interrupted") CHECK(result.out.find("stopped at") != std::string::npos);
    const auto shown = http.get("/files/" + device.controller_id + "/" + std::to_string(made.number("file_id")));
    REQUIRE(shown.text("state") == "complete");
    CHECK(http.request({.method = "GET", .path = path_of(shown.text("download_url"))}).body == bytes);
  }
}

}  // namespace
}  // namespace gatetorio::testing
