// The command line and the configuration file, as an operator meets them.
#include <signal.h>

#include <catch2/catch_test_macros.hpp>

#include "support/http_client.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

// The smallest configuration of the contract.
constexpr const char* kSmallest = R"([hub]
data_dir = "data"                 # everything the hub writes
plugins  = ["storage-sqlite", "transport-http", "transport-mqtt", "registration", "auth", "commands"]

[plugins.transport-http]
listen = "127.0.0.1:8080"
rate_limit = true                 # the default; false switches the limits off (load tests)

[plugins.transport-mqtt]
broker = "managed"                # or "external"
listen = "127.0.0.1:1883"
topic_prefix = "gatetorio"

[plugins.registration]
enrolment = "open"                # the quick start's; the default is "key"

[plugins.commands]
ttl_seconds = 10                  # the default time to live of a command, 1 to 300
)";

struct BadConfig {
  const char* name;
  std::string toml;
  const char* says;  // after FILE
};

std::string smallest_with(const std::string& from, const std::string& to) {
  std::string text = kSmallest;
  return text.replace(text.find(from), from.size(), to);
}

TEST_CASE("the version is told") {
  const RunResult result = run_hub({"--version"});
  CHECK(result.code == 0);
  CHECK(result.out.starts_with("gatetorio-hub "));
}

TEST_CASE("a good configuration is checked without starting anything") {
  const TempDir folder;
  write_file(folder / "hub.toml", kSmallest);
  const RunResult result = run_hub({"check", "--config", (folder / "hub.toml").string()});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK_FALSE(std::filesystem::exists("data"));
}

TEST_CASE("a bad configuration exits 78 and says where and what") {
  const BadConfig cases[] = {
      {"no TOML", "[hub\n", ":1:"},
      {"an unknown key", smallest_with("ttl_seconds", "ttl_second"), ":18:1: plugins.commands.ttl_second: "},
      {"an unknown table", std::string(kSmallest) + "[plugin.x]\n", ":19:2: plugin: "},
      {"a table of a plugin that is not enabled", smallest_with(", \"commands\"", ""), ""},
      {"out of range", smallest_with("ttl_seconds = 10", "ttl_seconds = 301"),
       ":18:15: plugins.commands.ttl_seconds: "},
      {"a wrong type", smallest_with("rate_limit = true", "rate_limit = \"yes\""),
       ":7:14: plugins.transport-http.rate_limit: "},
      {"no such choice", smallest_with("\"open\"", "\"opened\""), ":15:13: plugins.registration.enrolment: "},
      {"an address that is none", smallest_with("127.0.0.1:8080", "nowhere"), ":6:10: plugins.transport-http.listen: "},
      {"open to others without saying so", smallest_with("127.0.0.1:8080", "0.0.0.0:8080"),
       ":6:10: plugins.transport-http.listen: "},
      {"MQTT open to others without saying so", smallest_with("127.0.0.1:1883", "0.0.0.0:1883"),
       ":11:10: plugins.transport-mqtt.listen: "},
      {"a plugin that is not there", smallest_with("\"auth\"", "\"author\""), ""},
      {"a service that nobody provides", smallest_with("\"storage-sqlite\", ", ""), ""},
      {"no plugins", "[hub]\ndata_dir = \"data\"\n", ""},
  };
  const TempDir folder;
  const std::string file = (folder / "hub.toml").string();
  for (const BadConfig& bad : cases) {
    CAPTURE(bad.name);
    write_file(file, bad.toml);
    for (const auto& arguments :
         {std::vector<std::string>{"check", "--config", file}, std::vector<std::string>{"--config", file}}) {
      const RunResult result = run_hub(arguments);
      CAPTURE(result.err);
      const bool is_warning = std::string(bad.name) == "a table of a plugin that is not enabled";
      if (is_warning) {
        if (arguments.size() == 3) CHECK((result.code == 0 || result.code == 78));
        break;
      }
      CHECK(result.code == 78);
      CHECK(result.out.empty());
      CHECK(result.err.find(file + bad.says) != std::string::npos);
    }
  }
}

TEST_CASE("a configuration file that is not there exits 78") {
  const RunResult result = run_hub({"--config", "/nonexistent/hub.toml"});
  CHECK(result.code == 78);
  CHECK(result.err.find("/nonexistent/hub.toml") != std::string::npos);
}

TEST_CASE("an override with --set is checked like the file") {
  const TempDir folder;
  const std::string file = (folder / "hub.toml").string();
  write_file(file, kSmallest);
  const auto check = [&](const std::string& set) { return run_hub({"check", "--config", file, "--set", set}); };
  CHECK(check("plugins.commands.ttl_seconds=300").code == 0);
  CHECK(check("plugins.transport-http.listen=127.0.0.1:0").code == 0);
  for (const char* bad : {"plugins.commands.ttl_seconds=0", "plugins.commands.ttl=5",
                          "plugins.commands.ttl_seconds=soon", "nothing", "=", "plugins.transport-http.listen=here"}) {
    CAPTURE(bad);
    const RunResult result = check(bad);
    CHECK(result.code == 78);
    CHECK_FALSE(result.err.empty());
  }
}

TEST_CASE("wrong arguments are refused with words") {
  for (const auto& arguments : {std::vector<std::string>{}, {"--colour"}, {"start"}, {"check"}}) {
    const RunResult result = run_hub(arguments);
    CHECK(result.code == 64);
    CHECK_FALSE((result.err + result.out).empty());
  }
}

TEST_CASE("the ready line tells the ports that were taken") {
  HubProcess hub;
  CHECK(hub.http().starts_with("127.0.0.1:"));
  CHECK(HttpClient(hub.http()).root("/ready").status == 200);
  HubProcess second;  // beside it, on other ports
  CHECK(second.http() != hub.http());
  CHECK(second.mqtt_port() != hub.mqtt_port());
}

TEST_CASE("two hubs do not share a data folder, whatever their storage") {
  HubProcess hub;
  const pid_t broker = hub.broker_pid();
  const std::string config = hub.config().string();
  for (const std::string plugins : {"\"storage-sqlite\"", "\"transport-http\"", ""}) {
    std::vector<std::string> arguments{"--config", config};
    if (!plugins.empty()) arguments.insert(arguments.end(), {"--set", "hub.plugins=[" + plugins + "]"});
    const RunResult second = run_hub(arguments);
    CAPTURE(plugins, second.err);
    CHECK(second.code == 1);
    CHECK(second.out.empty());
    CHECK(second.err.find("the folder " + hub.data_dir().string() + " is in use by process " +
                          std::to_string(hub.pid())) != std::string::npos);
  }
  const TempDir elsewhere;
  std::filesystem::create_directory_symlink(hub.data_dir(), elsewhere / "link");
  std::filesystem::create_directory(elsewhere / "bind");
  const bool is_bound = run({"mount", "--bind", hub.data_dir().string(), (elsewhere / "bind").string()}).code == 0;
  for (const char* name : {"link", "bind"}) {
    if (name == std::string("bind") && !is_bound) continue;  // only root may
    const std::string folder = (elsewhere / name).string();
    const RunResult second = run_hub({"--config", config, "--set", "hub.data_dir=" + folder});
    CAPTURE(folder, second.err);
    CHECK(second.code == 1);
    CHECK(second.err.find("the folder " + folder + " is in use by process " + std::to_string(hub.pid())) !=
          std::string::npos);
  }
  if (is_bound) CHECK(run({"umount", (elsewhere / "bind").string()}).code == 0);
  CHECK(hub.broker_pid() == broker);
  CHECK(run_hub({"check", "--config", config}).code == 0);
  hub.kill();
  hub.start();  // a lock ends with its process
}

TEST_CASE("two hubs with folders of their own do not share a database file, whatever leads to it") {
  HubProcess hub({.storage = "storage-sqlite"});
  HubProcess other({.storage = "storage-sqlite"});
  CHECK(other.stop() == 0);
  const std::filesystem::path file = hub.data_dir() / "storage-sqlite" / "hub.db";
  const TempDir folder;
  std::filesystem::create_symlink(file, folder / "file.db");
  std::filesystem::create_directory_symlink(file.parent_path(), folder / "folder");
  int number = 0;
  for (const std::filesystem::path& path : {file, folder / "file.db", folder / "folder" / "hub.db"}) {
    const std::filesystem::path out = folder / ("out" + std::to_string(++number)), err = out.string() + ".err";
    Process second(
        {hub_program(), "--config", other.config().string(), "--set", "plugins.storage-sqlite.path=" + path.string()},
        {out, err});
    const std::string words = "the database " + file.string() + " is in use by process " + std::to_string(hub.pid());
    CHECK(eventually([&] { return read_file(err).find(words) != std::string::npos; }));
    CHECK(read_file(out).find("ready") == std::string::npos);
    second.signal(SIGTERM);
    second.wait();
  }
  make_device(hub.http());
}

}  // namespace
}  // namespace gatetorio::testing
