// Tools that the operator runs as root, on the folder of a hub that runs as another user.
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "support/hub_process.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "nobody";

// A data_dir that belongs to another user, in a folder that this user can look into.
class ServiceFolder {
 public:
  ServiceFolder() {
    const passwd* user = ::getpwnam(kUser);
    REQUIRE(user != nullptr);
    user_ = user->pw_uid;
    fs::permissions(folder_.path(), fs::perms(0755));
    fs::create_directory(data());
    REQUIRE(::chown(data().c_str(), user->pw_uid, user->pw_gid) == 0);
    write_file(config(), "[hub]\ndata_dir = \"" + data().string() +
                             "\"\nplugins = [\"storage-sqlite\", "
                             "\"transport-http\", \"transport-mqtt\", \"registration\", \"auth\", \"import-fastapi\"]\n"
                             "[plugins.transport-http]\nlisten = \"127.0.0.1:0\"\n"
                             "[plugins.transport-mqtt]\nlisten = \"127.0.0.1:0\"\n"
                             "[plugins.registration]\nenrolment = \"open\"\n");
  }
  fs::path data() const { return folder_ / "data"; }
  std::string config() const { return (folder_ / "hub.toml").string(); }
  std::vector<std::string> command(std::vector<std::string> words) const {
    words.insert(words.begin(), hub_program());
    words.insert(words.end(), {"--config", config()});
    return words;
  }
  std::size_t files() const {
    return entries([](const struct stat&) { return true; });
  }
  std::size_t files_of_others() const {
    return entries([this](const struct stat& status) { return status.st_uid != user_; });
  }

 private:
  template <class Which>
  std::size_t entries(Which which) const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(data())) {
      struct stat status {};
      REQUIRE(::lstat(entry.path().c_str(), &status) == 0);
      count += which(status) ? 1 : 0;
    }
    return count;
  }
  TempDir folder_;
  uid_t user_ = 0;
};

TEST_CASE("what a tool makes that root runs belongs to the user whose data_dir it is") {
  if (::geteuid() != 0) SKIP("only root can become another user");
  const ServiceFolder service;
  const std::string copy = (service.data() / "copy.db").string();
  const std::vector<std::vector<std::string>> commands = {
      {"migrate"}, {"backup", "--to", copy}, {"restore", "--from", copy}, {"restore", "--from", copy}};
  for (const auto& words : commands) {
    const RunResult ran = run(service.command(words));
    CAPTURE(words.front(), ran.err);
    CHECK(ran.code == 0);
    CHECK(ran.err.find(kUser) != std::string::npos);
    CHECK(service.files_of_others() == 0);
  }
  // It starts plugins before it sees that there is nothing to import.
  CHECK(run(service.command({"import", "fastapi", "--from", "/dev/null"})).code == 1);
  CHECK(service.files_of_others() == 0);
  CHECK(service.files() > 4);
}

TEST_CASE("a tool that cannot become the user whose data_dir it is says so, and makes nothing") {
  if (::geteuid() != 0) SKIP("only root can become another user");
  const ServiceFolder service;
  std::vector<std::string> arguments{"/usr/bin/setpriv", "--bounding-set=-setuid,-setgid",
                                     "--inh-caps=-setuid,-setgid"};
  const auto words = service.command({"migrate"});
  arguments.insert(arguments.end(), words.begin(), words.end());
  const RunResult ran = run(arguments);
  CAPTURE(ran.err);
  CHECK(ran.code == 1);
  CHECK(ran.err.find(service.data().string() + " belongs to the user " + kUser) != std::string::npos);
  CHECK(service.files() == 0);
}

TEST_CASE("the lock of a hub that root runs can be taken by the folder's owner afterwards") {
  if (::geteuid() != 0) SKIP("only root can run a hub for another user");
  const ServiceFolder service;
  // It gets as far as the lock, and then waits for a signal.
  const TempDir out;
  Process hub(service.command({"--set", "hub.plugins=[\"transport-http\"]", "--set", "hub.stop_timeout_seconds=1"}),
              {out / "out", out / "err"});
  REQUIRE(eventually([&] { return read_file(out / "out").find("ready") != std::string::npos; }));
  CHECK(service.files() == 1);
  CHECK(service.files_of_others() == 0);
}

}  // namespace
}  // namespace gatetorio::testing
