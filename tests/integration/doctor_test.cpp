// `gatetorio-hub doctor`: the machine below a hub, before it starts and while it runs.
#include <pwd.h>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "hub_folder.hpp"
#include "support/http_client.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

struct Said {
  std::string level, detail, mend, at;
};

// What it says of this key; the one whose detail has `part`. Empty where there is none.
Said find(const RunResult& result, std::string_view key, std::string_view part) {
  const boost::json::value report = boost::json::parse(result.out);
  const auto text = [](const boost::json::object& from, const char* name) {
    return std::string(from.at(name).as_string());
  };
  for (const auto& entry : report.as_object().at("findings").as_array()) {
    const auto& finding = entry.as_object();
    Said said{text(finding, "level"), text(finding, "detail"), text(finding, "mend"), text(finding, "at")};
    if (text(finding, "key") == key && said.detail.find(part) != std::string::npos) return said;
  }
  return {};
}

TEST_CASE("doctor is content with a hub that runs, and tells which ports are its own") {
  HubFolder hub;
  Process process = hub.start();
  REQUIRE(eventually([&] { return hub.said().find("ready") != std::string::npos; }, kPatienceToStart));
  const RunResult result = hub.run({"doctor", "--json"});
  CAPTURE(result.out, result.err);
  CHECK(result.code == 0);
  CHECK(boost::json::parse(result.out).as_object().at("healthy").as_bool());
  CHECK(find(result, "plugins.transport-http.listen", "in use by the hub that runs").level == "ok");
  CHECK(find(result, "plugins.transport-mqtt.listen", "in use by the hub that runs").level == "ok");
  CHECK(find(result, "hub.data_dir", "a hub runs on").detail.ends_with("process " + std::to_string(process.pid())));
  CHECK(find(result, "hub.data_dir", "are free for").level != "error");
  CHECK(find(result, "plugins.storage-sqlite.path", "can be read").level == "ok");
  CHECK(find(result, "plugins.transport-mqtt.mosquitto", "is Mosquitto 2.").level == "ok");
  const Said no_backup = find(result, "hub.data_dir", "no backup was made");
  CHECK(no_backup.level == "warning");
  CHECK(no_backup.mend.find("gatetorio-hub backup") != std::string::npos);
  CHECK(hub.run({"backup", "--to", (hub / "backup").string()}).code == 0);
  const RunResult later = hub.run({"doctor", "--json"});
  CHECK(find(later, "hub.data_dir", "the last backup was made at").level == "ok");
  CHECK(find(later, "hub.data_dir", "the last backup was made at").detail.ends_with((hub / "backup").string()));
  // For people.
  const RunResult text = hub.run({"doctor"});
  CHECK(text.code == 0);
  CHECK(text.out.find("ok      plugins.transport-http.listen: ") != std::string::npos);
  process.signal(SIGTERM);
  CHECK(process.wait() == 0);
}

TEST_CASE("doctor names whoever has a port, and how to end that") {
  HubFolder hub;
  const TakenPort taken(hub.mqtt_port());
  const RunResult result = hub.run({"doctor", "--json"});
  CAPTURE(result.out);
  CHECK(result.code == 1);
  CHECK(find(result, "plugins.transport-http.listen", "is free").level == "ok");
  const Said said = find(result, "plugins.transport-mqtt.listen", "is in use by integration_tes");
  CHECK(said.level == "error");
  CHECK(said.detail.find("(process " + std::to_string(::getpid()) + ")") != std::string::npos);
  CHECK(said.mend.find("sudo kill " + std::to_string(::getpid())) != std::string::npos);
  CHECK(said.at.starts_with(hub.config() + ":"));
  CHECK(fs::is_directory(hub.data()) == false);  // it looks only
  CHECK(find(result, "hub.data_dir", "the next start makes a new, empty hub in it").level == "warning");
  const RunResult text = hub.run({"doctor"});
  CHECK(text.code == 1);
  CHECK(text.out.find("error   plugins.transport-mqtt.listen: ") != std::string::npos);
  CHECK(text.out.find("        mend it: stop it") != std::string::npos);
}

TEST_CASE("doctor finds an address that the machine does not have, and names that lead nowhere") {
  HubFolder hub;
  hub.set("plugins.transport-mqtt",
          "websocket_listen = \"203.0.113.7:9001\"\nallow_plain_mqtt = true\npublic_host = \"nowhere.invalid\"")
      .set("plugins.transport-http", "public_url = \"https://nobody.invalid:8443/hub\"");
  const RunResult result = hub.run({"doctor", "--json"});
  CAPTURE(result.out, result.err);
  CHECK(result.code == 1);
  CHECK(find(result, "plugins.transport-mqtt.websocket_listen", "does not have the address 203.0.113.7").level ==
        "error");
  CHECK(find(result, "plugins.transport-mqtt.public_host", "the name nowhere.invalid leads nowhere").level == "error");
  const Said url = find(result, "plugins.transport-http.public_url", "the name nobody.invalid leads nowhere");
  CHECK(url.level == "error");
  CHECK(url.mend.starts_with("getent ahosts nobody.invalid"));
  CHECK(hub.run({"check"}).code == 0);  // which asks nobody
}

TEST_CASE("doctor finds what another user has left in the hub's folder") {
  if (::geteuid() != 0) SKIP("only root can become another user");
  HubFolder hub;
  const passwd* user = ::getpwnam("nobody");
  REQUIRE(user != nullptr);
  fs::create_directories(hub.data() / "some" / "where");
  for (const auto& path : {hub.data(), hub.data() / "some", hub.data() / "some" / "where"}) {
    REQUIRE(::chown(path.c_str(), user->pw_uid, user->pw_gid) == 0);
  }
  CHECK(find(hub.run({"doctor", "--json"}), "hub.data_dir", "belongs to another user").level.empty());
  write_file(hub.data() / "some" / "where" / "root-was-here", "");
  const RunResult result = hub.run({"doctor", "--json"});
  const Said said = find(result, "hub.data_dir", "root-was-here belongs to another user than nobody");
  CHECK(result.code == 1);
  CHECK(said.level == "error");
  CHECK(said.mend == "sudo chown -R nobody: " + hub.data().string());
}

TEST_CASE("doctor of a configuration that is wrong says so as check does") {
  HubFolder hub;
  hub.set("plugins.transport-http", "lisen = 1");
  const RunResult result = hub.run({"doctor", "--json"});
  CHECK(result.code == 78);
  CHECK(result.out.empty());
  CHECK(result.err.find("plugins.transport-http.lisen: ") != std::string::npos);
}

TEST_CASE("doctor reaches a PostgreSQL, or says why not") {
  HubFolder hub;
  hub.plugins("\"storage-postgres\", \"transport-http\"").set("plugins.storage-postgres", "connect_timeout_ms = 2000");
  const std::string there = shared_postgres().url(shared_postgres().make_database());
  const auto doctor = [&hub](const std::string& url) {
    return run_hub({"doctor", "--json", "--config", hub.config(), "--set", "plugins.storage-postgres.url=" + url});
  };
  const RunResult good = doctor(there);
  CAPTURE(good.out, good.err);
  CHECK(good.code == 0);
  CHECK(find(good, "plugins.storage-postgres.url", "takes connections").level == "ok");
  const RunResult bad = doctor("postgresql://hub@127.0.0.1:" + std::to_string(free_port()) + "/hub");
  CAPTURE(bad.out);
  CHECK(bad.code == 1);
  const Said said = find(bad, "plugins.storage-postgres.url", "cannot connect");
  CHECK(said.level == "error");
  CHECK(said.at == "--set");
  CHECK(said.mend.starts_with("pg_isready"));
}

}  // namespace
}  // namespace gatetorio::testing
