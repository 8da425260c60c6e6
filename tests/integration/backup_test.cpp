// `gatetorio-hub backup` and `restore`: everything that counts is in it, and a restore is all or nothing.
#include <catch2/catch_test_macros.hpp>

#include "support/kill_switch.hpp"
#include "uploads.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kMostSteps = 100;
constexpr int kStride = GATETORIO_SANITIZED ? 4 : 1;

RunResult back_up(const HubProcess& hub, const fs::path& to) {
  return run_hub({"backup", "--to", to.string(), "--config", hub.config().string()});
}
RunResult restore(const HubProcess& hub, const fs::path& from) {
  return run_hub({"restore", "--from", from.string(), "--config", hub.config().string()});
}

std::int64_t upload(const HubProcess& hub, const TestDevice& device, const std::string& bytes) {
  const auto made = announce(hub, device, bytes.size());
  REQUIRE(HttpClient(hub.http()).request(put(made.url, bytes)).status == 204);
  return made.id;
}

std::size_t lines_with(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// What a restore touches: the rest of data_dir is the broker's, with its sockets.
void copy_state(const fs::path& from, const fs::path& to) {
  for (const char* part : {"storage-sqlite", "file-transfer"}) {
    fs::remove_all(to / part);
    fs::create_directories(to / part);
    fs::copy(from / part, to / part, fs::copy_options::recursive);
  }
}

bool is_on_sqlite(const HubProcess& hub) { return hub.storage() == "storage-sqlite"; }

TEST_CASE("a backup of a running hub has the content of its files, and uploads go on after the restore") {
  HubProcess hub;
  if (!is_on_sqlite(hub)) SKIP("PostgreSQL is backed up by its own means");
  const TempDir folder;
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(300'000), later = random_bytes(1'000, 2);
  const auto whole = upload(hub, device, bytes);
  const auto begun = announce(hub, device, bytes.size());
  REQUIRE(HttpClient(hub.http()).request(tus_patch(begun.url, 0, bytes.substr(0, 100'000))).status == 204);

  const fs::path backup = folder / "backup";
  const RunResult made = back_up(hub, backup);
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  CHECK(fs::status(backup).permissions() == fs::perms::owner_all);
  CHECK_FALSE(fs::exists(folder / "backup.part"));
  CHECK(back_up(hub, backup).code == 1);  // it is there already

  const auto after = upload(hub, device, later);
  const std::string path = "/files/" + device.controller_id + "/" + std::to_string(whole);
  REQUIRE(HttpClient(hub.http(), kAdminToken).del(path).status == 204);
  CHECK(restore(hub, backup).err.find("is in use by process") != std::string::npos);
  REQUIRE(hub.stop() == 0);
  SECTION("on another machine") { fs::remove_all(hub.data_dir()); }
  SECTION("where it was made") {}
  const RunResult restored = restore(hub, backup);
  CAPTURE(restored.err);
  REQUIRE(restored.code == 0);
  hub.start();
  check_content(hub, device, whole, bytes);
  CHECK(show(hub, device, after).status == 404);
  CHECK(offset_of(hub, show(hub, device, begun.id).text("upload_url")) == 100'000);
  finish(hub, show(hub, device, begun.id).text("upload_url"), bytes);
  check_content(hub, device, begun.id, bytes);
}

TEST_CASE("a complete file whose content is lost is logged once, and whoever asks is told") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const auto id = upload(hub, device, "the content");
  const std::string url = path_of(show(hub, device, id).text("download_url"));
  for (const auto& entry : fs::directory_iterator(hub.data_dir() / "file-transfer" / "blobs")) fs::remove(entry.path());
  for (int i = 0; i < 3; ++i) {
    const auto answer = HttpClient(hub.http()).request({.method = "GET", .path = url});
    CHECK(answer.status == 410);
    CHECK(answer.text("detail") == "The hub has lost the content of this file. Delete it and upload it again.");
  }
  CHECK(lines_with(hub.log(), "the content of a complete file is missing") == 1);
  REQUIRE(HttpClient(hub.http(), kAdminToken).del("/files/" + device.controller_id + "/" + std::to_string(id)).status ==
          204);
}

TEST_CASE("what is no whole backup, or holds more than the configuration names, is not restored") {
  HubProcess hub;
  if (!is_on_sqlite(hub)) SKIP("PostgreSQL is backed up by its own means");
  const TestDevice device = make_device(hub.http());
  const TempDir folder;
  const fs::path backup = folder / "backup";
  REQUIRE(back_up(hub, backup).code == 0);
  REQUIRE(hub.stop() == 0);
  CHECK(restore(hub, folder / "nothing").err.find("there is no ") != std::string::npos);
  CHECK(restore(hub, folder.path()).err.find("is no backup") != std::string::npos);
  fs::create_directory(backup / "somebodys-plugin");
  const RunResult refused = restore(hub, backup);
  CHECK(refused.code == 1);
  CHECK(refused.err.find("'somebodys-plugin'") != std::string::npos);
  CHECK_FALSE(fs::exists(hub.data_dir() / "storage-sqlite" / "hub.db.replaced"));
  fs::remove(backup / "somebodys-plugin");

  // The database alone, as a copy of it may be all that there is.
  CHECK(restore(hub, backup / "storage-sqlite" / "hub.db").code == 0);
  CHECK(restore(hub, backup).code == 0);
  CHECK(fs::exists(hub.data_dir() / "storage-sqlite" / "hub.db.replaced"));
  CHECK(fs::exists(hub.data_dir() / "storage-sqlite" / "hub.db.replaced-2"));
  hub.start();
  CHECK(HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id).status == 200);
}

TEST_CASE("a restore that is killed at any step leaves the old state or the new one, and can be repeated") {
  KillSwitch killing;
  HubProcess hub;
  if (!is_on_sqlite(hub)) SKIP("PostgreSQL is backed up by its own means");
  const TempDir folder;
  const fs::path backup = folder / "backup", before = folder / "before";
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(20'000);
  const auto id = upload(hub, device, bytes);
  REQUIRE(back_up(hub, backup).code == 0);
  make_device(hub.http());
  hub.kill();  // its log is still to be applied
  copy_state(hub.data_dir(), before);

  int step = 1, kills = 0, old_states = 0;
  for (bool was_killed = true; was_killed; step += kStride) {
    REQUIRE(step < kMostSteps);
    CAPTURE(step);
    copy_state(before, hub.data_dir());
    killing.arm(step);
    const RunResult ran = restore(hub, backup);
    was_killed = killing.disarm();
    CHECK((ran.code == 0) == !was_killed);
    kills += was_killed ? 1 : 0;
    const bool is_repeated = step / kStride % 2 == 0;
    if (is_repeated) {
      REQUIRE(restore(hub, backup).code == 0);
      CHECK(ask_database(hub, "SELECT COUNT(*) FROM devices") == 1);
      continue;
    }
    hub.start();
    const std::int64_t devices = ask_database(hub, "SELECT COUNT(*) FROM devices");
    old_states += devices == 2 ? 1 : 0;
    CHECK((devices == 1 || (devices == 2 && was_killed)));
    check_content(hub, device, id, bytes);
    hub.kill();
  }
  CHECK(kills * kStride >= 8);  // the draft, the note, three names and their folder
  CHECK(old_states > 0);
}

}  // namespace
}  // namespace gatetorio::testing
