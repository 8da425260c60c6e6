// A hub that meets trouble at its start: what it says, whether it goes on, with which exit code it ends, and what
// /health tells meanwhile.
#include <sys/mount.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "hub_folder.hpp"
#include "support/http_client.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kFailed = 1;

bool has_said(const HubFolder& hub, const std::string& words) {
  return eventually([&] { return hub.log().find(words) != std::string::npos; }, kPatienceToStart);
}

int status_of(const HubFolder& hub, const char* path) { return HttpClient(hub.http()).root(path).status; }

void end(Process& process) {
  process.signal(SIGTERM);
  CHECK(process.wait() == 0);
}

TEST_CASE("a Mosquitto that is too old is an error with its cure, and the hub is unwell") {
  HubFolder hub;
  hub.set("plugins.transport-mqtt", "mosquitto = \"" + mosquitto_of(hub.path(), "2.0.11") + "\"");
  Process process = hub.start();
  REQUIRE(has_said(hub, "not ready: a plugin failed"));
  CHECK(has_said(hub, "is Mosquitto 2.0.11, and the hub needs 2.0.18 or newer: sudo apt install mosquitto"));
  CHECK(status_of(hub, "/health") == 503);
  CHECK(status_of(hub, "/ready") == 503);
  CHECK(children_of(process.pid()).empty());
  const std::string page = HttpClient(hub.http()).root("/metrics").body;
  for (const char* line :
       {"\ngatetorio_healthy 0\n", "\ngatetorio_ready 0\n", "\ngatetorio_plugin_up{plugin=\"auth\"} 1\n",
        "\ngatetorio_plugin_up{plugin=\"transport-mqtt\"} 0\n"}) {
    CAPTURE(line);
    CHECK(page.find(line) != std::string::npos);
  }
  end(process);
}

TEST_CASE("without an HTTP address the others serve, and HTTP comes when the address is free") {
  HubFolder hub;
  auto taken = std::make_unique<TakenPort>(hub.http_port());
  Process process = hub.start();
  REQUIRE(has_said(hub, "there is no HTTP yet; tried again until the address is free"));
  CHECK(has_said(hub, "cannot listen on " + hub.http() + ": Address already in use"));
  REQUIRE(eventually([&] { return hub.said().find("ready mqtt=") != std::string::npos; }, kPatienceToStart));
  CHECK(is_listening(hub.mqtt_port()));
  taken.reset();
  REQUIRE(has_said(hub, "listening on HTTP now"));
  CHECK(eventually([&] { return status_of(hub, "/health") == 200; }));
  CHECK(HttpClient(hub.http()).root("/health").at("http_listening").as_bool());
  end(process);
}

TEST_CASE("a hub of which nothing can be reached ends with 1 and says why") {
  HubFolder hub;
  hub.plugins("\"storage-sqlite\", \"transport-http\"");
  const TakenPort taken(hub.http_port());
  Process process = hub.start();
  CHECK(process.wait(kPatienceToStart) == kFailed);
  CHECK(hub.said().empty());
  const std::string log = hub.log();
  CAPTURE(log);
  CHECK(log.find("cannot listen on " + hub.http() + ": Address already in use") != std::string::npos);
  CHECK(log.find("cannot start: nothing of the hub can be reached from outside") != std::string::npos);
}

TEST_CASE("the broker's port that somebody else has is waited for, and the hub is unwell meanwhile") {
  HubFolder hub;
  auto taken = std::make_unique<TakenPort>(hub.mqtt_port());
  Process process = hub.start();
  REQUIRE(has_said(hub, "another program has the broker's port; tried again until it is free"));
  CHECK(has_said(hub, "127.0.0.1:" + std::to_string(hub.mqtt_port()) + ": Address already in use"));
  CHECK(status_of(hub, "/health") == 503);
  CHECK_FALSE(HttpClient(hub.http()).root("/health").at("mqtt_connected").as_bool());
  CHECK(status_of(hub, "/ready") == 503);
  taken.reset();
  REQUIRE(eventually([&] { return hub.said().find("ready") != std::string::npos; }, kPatienceToStart));
  CHECK(status_of(hub, "/health") == 200);
  end(process);
}

TEST_CASE("a hub that waits for the broker's port ends when it is told to") {
  HubFolder hub;
  const TakenPort taken(hub.mqtt_port());
  Process process = hub.start();
  REQUIRE(has_said(hub, "another program has the broker's port"));
  end(process);
}

TEST_CASE("a full disk is called one") {
  // With 24 KiB SQLite's shared memory finds no room, which SQLite calls a "disk I/O error"; with 48 the first write.
  for (const std::size_t left : {std::size_t{24}, std::size_t{48}}) {
    HubFolder hub;
    fs::create_directory(hub.data());
    if (::mount("tmpfs", hub.data().c_str(), "tmpfs", 0, "size=256k,mode=0700") != 0) SKIP("mounting needs root");
    struct Unmount {
      std::string path;
      ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
    } const unmount{hub.data().string()};
    hub.plugins("\"storage-sqlite\", \"transport-http\", \"registration\", \"auth\"");
    write_file(hub.data() / "filler", std::string((256 - left) * 1024, 'x'));
    const RunResult doctor = hub.run({"doctor"});
    CHECK(doctor.code == kFailed);
    CHECK(doctor.out.find("the hub cannot write for long") != std::string::npos);
    Process process = hub.start();
    REQUIRE(has_said(hub, "not ready: a plugin failed"));
    const std::string log = hub.log();
    CAPTURE(left, log);
    CHECK(log.find("disk is full") != std::string::npos);
    CHECK(log.find("plugin failed plugin=storage-sqlite why=\"cannot open the database: disk I/O error") ==
          std::string::npos);
    CHECK(status_of(hub, "/health") == 503);
    end(process);
  }
}

TEST_CASE("a new, empty hub is told of at its first start, and at no later one") {
  HubFolder hub;
  const std::string words =
      "a new, empty hub is made; if there was one before, data_dir is wrong in=" + hub.data().string();
  for (const bool is_first : {true, false}) {
    Process process = hub.start();
    REQUIRE(eventually([&] { return hub.said().find("ready") != std::string::npos; }, kPatienceToStart));
    CHECK((hub.log().find(words) != std::string::npos) == is_first);
    end(process);
    fs::remove(hub / "stdout");
    fs::remove(hub / "stderr");
  }
  // The folder is the right one, and the database is gone.
  fs::remove(hub.data() / "storage-sqlite" / "hub.db");
  Process process = hub.start();
  CHECK(has_said(hub, "a new, empty database is made"));
  CHECK(hub.log().find(words) == std::string::npos);
  end(process);
}

}  // namespace
}  // namespace gatetorio::testing
