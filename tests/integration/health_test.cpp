// /health before all is connected.
#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "support/files.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("a hub that cannot reach its broker says that it is unwell from its first answer on") {
  TempDir folder;
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  write_file(folder / "secret", "gtb_of-the-tests-0123456789abcdefghijklmnop");
  write_file(folder / "password", "password-of-the-hub");
  const auto file = [&folder](const char* name) { return "{ file = \"" + (folder / name).string() + "\" }\n"; };
  write_file(folder / "hub.toml",
             "[hub]\ndata_dir = \"" + (folder / "data").string() +
                 "\"\nplugins = [\"transport-http\", \"transport-mqtt\", \"storage-sqlite\", \"registration\", "
                 "\"auth\", \"commands\"]\n"
                 "[plugins.transport-http]\nlisten = \"" +
                 address + "\"\n[plugins.transport-mqtt]\nbroker = \"external\"\nexternal_url = \"tcp://127.0.0.1:" +
                 std::to_string(free_port()) + "\"\nexternal_username = \"hub\"\nexternal_password = " +
                 file("password") + "broker_secret = " + file("secret"));
  Process hub({hub_program(), "--config", (folder / "hub.toml").string()}, {folder / "stdout", folder / "stderr"});
  REQUIRE(eventually([&] { return is_listening(port_of(address)); }));
  const auto has_all_but_broker = [&] {
    const auto health = HttpClient(address).root("/health");
    CHECK(health.status == 503);
    CHECK(health.text("status") == "degraded");
    CHECK_FALSE(health.at("mqtt_connected").as_bool());
    return health.at("database_connected").as_bool();
  };
  CHECK(eventually(has_all_but_broker));
  hub.signal(SIGTERM);
  hub.wait();
}

TEST_CASE("a hub that has no broker to reach is well without one") {
  TempDir folder;
  const std::string address = "127.0.0.1:" + std::to_string(free_port());
  write_file(folder / "hub.toml",
             "[hub]\ndata_dir = \"" + (folder / "data").string() +
                 "\"\nplugins = [\"transport-http\", \"storage-sqlite\", \"registration\", \"auth\"]\n"
                 "[plugins.transport-http]\nlisten = \"" +
                 address + "\"\n");
  Process hub({hub_program(), "--config", (folder / "hub.toml").string()}, {folder / "stdout", folder / "stderr"});
  REQUIRE(eventually([&] { return is_listening(port_of(address)); }));
  CHECK(eventually([&] { return HttpClient(address).root("/health").status == 200; }));
  const auto health = HttpClient(address).root("/health");
  CHECK(health.text("status") == "healthy");
  CHECK_FALSE(health.at("mqtt_connected").as_bool());
  hub.signal(SIGTERM);
  hub.wait();
}

}  // namespace
}  // namespace gatetorio::testing
