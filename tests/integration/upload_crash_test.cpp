// Uploads survive what lines and machines do: broken connections, killed hubs, full disks.
#include <sys/mount.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "uploads.hpp"

namespace gatetorio::testing {
namespace {

// Begins a PATCH and sends `count` bytes of its body.
std::unique_ptr<Socket> begin_patch(const HubProcess& hub, const std::string& url, const std::string& bytes,
                                    std::size_t offset, std::size_t count) {
  auto socket = std::make_unique<Socket>(port_of(hub.http()));
  socket->send("PATCH /api/v1" + path_of(url) + " HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " +
               std::to_string(offset) + "\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: " +
               std::to_string(bytes.size() - offset) + "\r\n\r\n");
  socket->send(std::string_view(bytes).substr(offset, count));
  return socket;
}

TEST_CASE("an upload whose connection is cut 200 times anywhere arrives byte for byte") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(8'000'000);
  const auto [url, id] = announce(hub, device, bytes.size());
  std::mt19937 random(7);
  std::size_t offset = 0, sent = 0;
  int cuts = 0;
  while (cuts < 200) {
    const std::size_t count = std::uniform_int_distribution<std::size_t>(0, 70'000)(random);
    if (offset + count >= bytes.size()) break;
    begin_patch(hub, url, bytes, offset, count).reset();
    ++cuts;
    sent = std::max(sent, offset + count);  // the hub may come to an earlier one's bytes after a later one's
    // Gone now; what has arrived by then is kept, once nobody writes it any more.
    const std::size_t before = offset;
    REQUIRE(eventually([&] {
      offset = offset_of(hub, url);
      return HttpClient(hub.http()).request(tus_patch(url, offset, "")).status == 204;
    }));
    CHECK(offset >= before);
    CHECK(offset <= sent);
  }
  CHECK(cuts == 200);
  finish(hub, url, bytes);
  check_content(hub, device, id, bytes);
}

TEST_CASE("whoever asks how far an upload is while it is being completed is not told that it is lost") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(2'000'000);
  for (int i = 0; i < 10; ++i) {
    const auto [url, id] = announce(hub, device, bytes.size());
    std::atomic<bool> is_done = false;
    std::thread sender([&] {
      finish(hub, url, bytes);
      is_done = true;
    });
    std::set<int> answers;
    HttpClient client(hub.http());
    while (!is_done) answers.insert(client.request(tus("HEAD", url)).status);
    sender.join();
    answers.insert(client.request(tus("HEAD", url)).status);
    CHECK(answers.contains(200));
    answers.erase(200);
    answers.erase(503);  // try again
    CHECK(answers.empty());
    check_content(hub, device, id, bytes);
  }
}

TEST_CASE("a hub that is killed at any moment of an upload has a whole file or a part to go on with") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(3'000'000, 9);
  std::mt19937 random(11);
  for (int round = 0; round < 8; ++round) {
    const auto [url, id] = announce(hub, device, bytes.size());
    const auto delay = milliseconds(std::uniform_int_distribution<>(0, 60)(random));
    std::thread client([&, address = hub.http()] {
      try {
        HttpClient(address).request(round % 2 == 0 ? put(url, bytes) : tus_patch(url, 0, bytes));
      } catch (const std::exception&) {  // the hub was killed
      }
    });
    std::this_thread::sleep_for(delay);  // the moment of the kill, not a wait for something
    hub.kill();
    client.join();
    hub.start();
    CAPTURE(round, delay.count());
    const std::string fresh = [&] {
      const auto shown = show(hub, device, id);
      return shown.text("state") == "complete" ? std::string() : shown.text("upload_url");
    }();
    if (!fresh.empty()) finish(hub, fresh, bytes);
    check_content(hub, device, id, bytes);
  }
  CHECK(hub.stop() == 0);
  CHECK(files_in(hub.data_dir() / "file-transfer" / "blobs") == 8);
}

TEST_CASE("the sweep removes what has ended, what is too old, and content that belongs to nothing") {
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nkeep_count = 2\nsweep_grace_minutes = 0\n"});
  const TestDevice device = make_device(hub.http());
  const std::filesystem::path folder = hub.data_dir() / "file-transfer" / "blobs";
  for (int i = 0; i < 3; ++i) {
    const auto [url, id] = announce(hub, device, 5);
    REQUIRE(HttpClient(hub.http()).request(put(url, "12345")).status == 204);
  }
  const auto ended = announce(hub, device, 5), open = announce(hub, device, 5);
  write_file(folder / "orphan-of-a-crash.part", "x");
  write_file(folder / "young-orphan.part", "x");
  std::filesystem::last_write_time(folder / "orphan-of-a-crash.part",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  change_database(hub, "UPDATE files SET upload_until = 1 WHERE id = " + std::to_string(ended.id));
  CHECK(HttpClient(hub.http()).request(tus("HEAD", ended.url)).status == 410);
  CHECK(hub.stop() == 0);
  hub.start();
  CHECK(eventually([&] { return files_in(folder) == 2 + 1 + 1; }));
  CHECK(std::filesystem::exists(folder / "young-orphan.part"));
  CHECK(show(hub, device, ended.id).status == 404);
  CHECK(show(hub, device, open.id).status == 200);
}

TEST_CASE("a full disk is 507, and the upload goes on when there is room again") {
  TempDir mount_point;
  if (::mount("tmpfs", mount_point.path().c_str(), "tmpfs", 0, "size=6m") != 0) SKIP("mounting needs root");
  struct Unmount {
    std::string path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } const unmount{mount_point.path().string()};
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nmin_free_mib = 0\n"});
  const std::filesystem::path folder = hub.data_dir() / "file-transfer" / "blobs";
  CHECK(hub.stop() == 0);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory_symlink(mount_point.path(), folder);
  hub.start();
  const TestDevice device = make_device(hub.http());
  const std::string bytes = random_bytes(4'000'000);
  const auto [url, id] = announce(hub, device, bytes.size());
  write_file(mount_point / "filler", std::string(4'000'000, 'x'));  // somebody else fills the disk meanwhile
  CHECK(HttpClient(hub.http()).request(tus_patch(url, 0, bytes)).status == 507);
  const std::size_t reached = offset_of(hub, url);
  CHECK(reached < bytes.size());
  std::filesystem::remove(mount_point / "filler");
  finish(hub, url, bytes);
  check_content(hub, device, id, bytes);
}

}  // namespace
}  // namespace gatetorio::testing
