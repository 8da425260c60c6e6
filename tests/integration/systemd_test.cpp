// The hub as a service: what it tells the service manager, what its broker does not inherit, and how shut the unit is.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "hub_folder.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {
namespace {

constexpr const char* kUnit = GATETORIO_SOURCE_DIR "/config/gatetorio-hub.service";
constexpr const char* kAnalyze = "/usr/bin/systemd-analyze";

// Where a service manager listens for notices.
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path)
      : path_(path.string()), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("no socket at " + path_);
    }
  }
  ~NotifySocket() { ::close(socket_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  const std::string& path() const { return path_; }
  // Does a notice with this text come?
  bool hears(const std::string& text) {
    return eventually(
        [&] {
          char buffer[4096];
          for (ssize_t size = 0; (size = ::recv(socket_, buffer, sizeof buffer, 0)) >= 0;) {
            heard_ += std::string(buffer, static_cast<std::size_t>(size)) + "\n";
          }
          return heard_.find(text) != std::string::npos;
        },
        kPatienceToStart);
  }
  const std::string& heard() const { return heard_; }

 private:
  const std::string path_;
  const int socket_;
  std::string heard_;
};

std::vector<std::string> with(const NotifySocket& socket) {
  return {"/usr/bin/env", "NOTIFY_SOCKET=" + socket.path(), "WATCHDOG_USEC=30000000"};
}

TEST_CASE("a hub tells its service manager that it is ready, alive and stopping, and its broker cannot") {
  HubFolder hub;
  NotifySocket socket(hub / "notify");
  Process process = hub.start(with(socket));
  CHECK(socket.hears("READY=1\n"));
  CHECK(socket.heard().find("STATUS=degraded") == std::string::npos);
  CHECK(socket.hears("WATCHDOG=1"));
  const auto children = children_of(process.pid());
  REQUIRE(children.size() == 1);
  const std::string environment = read_file("/proc/" + std::to_string(children.front()) + "/environ");
  CHECK(environment.find("PATH=") != std::string::npos);
  CHECK(environment.find("NOTIFY_SOCKET") == std::string::npos);
  CHECK(environment.find("WATCHDOG") == std::string::npos);
  process.signal(SIGTERM);
  CHECK(socket.hears("STOPPING=1"));
  CHECK(process.wait() == 0);
}

TEST_CASE("a hub of which a part has failed is ready for its service manager, with a word about it") {
  HubFolder hub;
  hub.set("plugins.transport-mqtt", "mosquitto = \"/nonexistent\"");
  NotifySocket socket(hub / "notify");
  Process process = hub.start(with(socket));
  CHECK(socket.hears("READY=1\nSTATUS=degraded: a plugin failed"));
  process.signal(SIGTERM);
  CHECK(process.wait() == 0);
}

TEST_CASE("the unit's exposure is at most 1.5, and its type is notify") {
  if (!std::filesystem::exists(kAnalyze)) SKIP("there is no systemd-analyze");
  const RunResult security = run({kAnalyze, "security", "--no-pager", "--offline=true", "--threshold=15", kUnit});
  CAPTURE(security.out, security.err);
  CHECK(security.code == 0);
  CHECK(security.out.find("Overall exposure level for gatetorio-hub.service: 1.") != std::string::npos);
  // The threshold counts: with a stricter one it fails.
  CHECK(run({kAnalyze, "security", "--no-pager", "--offline=true", "--threshold=5", kUnit}).code != 0);
  const std::string unit = read_file(kUnit);
  CHECK(unit.find("\nType=notify\n") != std::string::npos);
  CHECK(unit.find("\nRestartPreventExitStatus=64 78\n") != std::string::npos);
}

}  // namespace
}  // namespace gatetorio::testing
