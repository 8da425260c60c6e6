// `gatetorio-hub admin create | reset`: on the hub's machine, beside a hub that runs or before its next start.
#include <catch2/catch_test_macros.hpp>

#include "support/http_client.hpp"
#include "support/hub_process.hpp"

namespace gatetorio::testing {
namespace {

// The command with this line on its stdin.
RunResult admin_command(const HubProcess& hub, const std::string& command, const std::string& line = "") {
  const std::string script =
      "printf '%s\\n' '" + line + "' | " + hub_program() + " admin " + command + " --config " + hub.config().string();
  return run({"/bin/sh", "-c", script});
}

int log_in(const HubProcess& hub, const std::string& name, const std::string& password) {
  return HttpClient(hub.http()).post("/admin/session", {{"name", name}, {"password", password}}).status;
}

int use_link(const HubProcess& hub, const std::string& link, const std::string& name) {
  const std::string token = link.substr(link.find("#setup=") + 7, 43);
  return HttpClient(hub.http())
      .post("/admin/setup", {{"setup_token", token}, {"name", name}, {"password", "night gate 42"}})
      .status;
}

TEST_CASE("an admin is created beside a hub that runs") {
  HubProcess hub;
  const auto made = admin_command(hub, "create --name anna --password-stdin", "night gate 42");
  REQUIRE(made.code == 0);
  CHECK(log_in(hub, "anna", "night gate 42") == 200);
  CHECK(admin_command(hub, "create --name Anna --password-stdin", "night gate 42").code == 1);
  const auto link = admin_command(hub, "create");
  REQUIRE(link.code == 0);
  CHECK(link.out.find("http://" + hub.http() + "/admin#setup=") != std::string::npos);
  CHECK(use_link(hub, link.out, "bert") == 201);
  CHECK(use_link(hub, link.out, "carl") == 410);
}

TEST_CASE("a password that was lost is set anew, by the command or by a link") {
  HubProcess hub;
  REQUIRE(admin_command(hub, "create --name anna --password-stdin", "night gate 42").code == 0);
  REQUIRE(admin_command(hub, "reset --name anna --password-stdin", "morning gate 43").code == 0);
  CHECK(log_in(hub, "anna", "night gate 42") == 401);
  CHECK(log_in(hub, "anna", "morning gate 43") == 200);
  const auto link = admin_command(hub, "reset --name anna");
  REQUIRE(link.code == 0);
  CHECK(use_link(hub, link.out, "bert") == 422);
  CHECK(use_link(hub, link.out, "anna") == 201);
  CHECK(log_in(hub, "anna", "night gate 42") == 200);
  CHECK(admin_command(hub, "reset --name nobody").code == 1);
}

TEST_CASE("an admin that was created before the hub's start is there when it is ready") {
  HubProcess hub;
  hub.stop();
  const auto made = admin_command(hub, "create --name anna --password-stdin", "night gate 42");
  REQUIRE(made.code == 0);
  CHECK(made.out.find("next start") != std::string::npos);
  hub.start();
  CHECK(log_in(hub, "anna", "night gate 42") == 200);
  CHECK(hub.said().find("#setup=") == std::string::npos);
}

TEST_CASE("an admin command says what is wrong with it and changes nothing") {
  HubProcess hub;
  CHECK(admin_command(hub, "create --name anna --password-stdin", "short").err.find("8 to 256") != std::string::npos);
  CHECK(admin_command(hub, "create --name 'an na' --password-stdin", "night gate 42").code == 1);
  CHECK(admin_command(hub, "create --name anna").err.find("--password-stdin") != std::string::npos);
  CHECK(admin_command(hub, "create --password-stdin", "night gate 42").code == 1);
  CHECK(admin_command(hub, "reset").err.find("--name") != std::string::npos);
  CHECK(admin_command(hub, "create --role owner").code != 0);
  CHECK(log_in(hub, "anna", "night gate 42") == 401);
}

TEST_CASE("an admin of the configuration is made at the first start, unattended") {
  TempDir folder;
  write_file(folder / "password", "night gate 42\n");
  HubProcess hub({.more_toml = "[plugins.admin]\nfirst_admin = \"anna\"\nfirst_password = { file = \"" +
                               (folder / "password").string() + "\" }\n"});
  CHECK(log_in(hub, "anna", "night gate 42") == 200);
  CHECK(hub.said().find("#setup=") == std::string::npos);
  REQUIRE(admin_command(hub, "reset --name anna --password-stdin", "morning gate 43").code == 0);
  hub.stop();
  hub.start();
  CHECK(log_in(hub, "anna", "morning gate 43") == 200);  // the configuration does not take it back
}

}  // namespace
}  // namespace gatetorio::testing
