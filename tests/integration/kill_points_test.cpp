// The hub dies before each single step with which it makes something last, or removes it.
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "support/kill_switch.hpp"
#include "uploads.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kMostSteps = 200;
constexpr int kStride = GATETORIO_SANITIZED ? 4 : 1;  // a sanitizer takes its time

// Starts it again where it was killed, which it tells.
bool revive(
    HubProcess& hub, KillSwitch& killing, const std::function<void()>& before = [] {}) {
  if (!killing.disarm()) return false;
  REQUIRE(eventually([&] { return !hub.is_running(); }));
  before();
  hub.start();
  return true;
}

fs::path content_of(const HubProcess& hub) { return hub.data_dir() / "file-transfer" / "blobs"; }

// Content that nobody claims is given an hour; it has passed.
void pass_an_hour(const fs::path& folder) {
  const auto before = fs::file_time_type::clock::now() - std::chrono::hours(2);
  for (const auto& entry : fs::directory_iterator(folder)) fs::last_write_time(entry.path(), before);
}

std::size_t parts_in(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) count += entry.path().extension() == ".part" ? 1 : 0;
  return count;
}

TEST_CASE("a hub that is killed at any step of taking a file has it whole, or a part to go on with") {
  KillSwitch killing;
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(300'000);
  int step = 1, kills = 0, files = 0;
  bool was_acknowledged = false;
  while (!was_acknowledged) {
    REQUIRE(step < kMostSteps);
    const auto [url, id] = announce(hub, device, bytes.size());
    ++files;
    killing.arm(step);
    try {
      was_acknowledged = HttpClient(hub.http()).request(put(url, bytes)).status == 204;
    } catch (const std::exception&) {  // it was killed
    }
    kills += revive(hub, killing) ? 1 : 0;
    CAPTURE(step);
    step += kStride;
    const auto shown = show(hub, device, id);
    if (was_acknowledged) CHECK(shown.text("state") == "complete");
    if (shown.text("state") != "complete") finish(hub, shown.text("upload_url"), bytes);
    check_content(hub, device, id, bytes);
  }
  CHECK(kills * kStride >= 4);  // the content, its name, its folder, its row
  CHECK(files_in(content_of(hub)) == static_cast<std::size_t>(files));
  CHECK(parts_in(content_of(hub)) == 0);
}

TEST_CASE("a hub that is killed at any step of its start and its sweep removes all that it should, and nothing else") {
  KillSwitch killing;
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nkeep_count = 1\nsweep_grace_minutes = 0\n"});
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(30'000);
  int step = 1, kills = 0;
  bool is_through = false;
  while (!is_through) {
    REQUIRE(step < kMostSteps);
    const auto add = [&] {
      const auto made = announce(hub, device, bytes.size());
      REQUIRE(HttpClient(hub.http()).request(put(made.url, bytes)).status == 204);
      return made.id;
    };
    const auto old = add(), kept = add(), ended = announce(hub, device, bytes.size()).id;
    change_database(hub, "UPDATE files SET upload_until = 1 WHERE id = " + std::to_string(ended));
    REQUIRE(hub.stop() == 0);
    write_file(content_of(hub) / "orphan.part", "x");
    pass_an_hour(content_of(hub));
    killing.arm(step);
    try {
      hub.start();
    } catch (const std::exception&) {  // it was killed before it was ready
    }
    const auto is_swept = [&] { return files_in(content_of(hub)) == 1; };
    REQUIRE(eventually([&] { return is_swept() || killing.has_killed(); }));
    is_through = !revive(hub, killing, [&] { pass_an_hour(content_of(hub)); });
    kills += is_through ? 0 : 1;
    CAPTURE(step);
    step += kStride;
    CHECK(eventually(is_swept));
    CHECK(show(hub, device, old).status == 404);
    CHECK(show(hub, device, ended).status == 404);
    check_content(hub, device, kept, bytes);
  }
  CHECK(kills * kStride >= 6);  // rows and contents of three
}

}  // namespace
}  // namespace gatetorio::testing
