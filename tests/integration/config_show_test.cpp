// `gatetorio-hub config show`: what is in force, and where it was written.
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "hub_folder.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

const boost::json::object& option_of(const boost::json::value& shown, std::string_view key) {
  for (const auto& entry : shown.as_object().at("options").as_array()) {
    if (entry.as_object().at("key").as_string() == key) return entry.as_object();
  }
  throw std::runtime_error("there is no option " + std::string(key));
}

TEST_CASE("config show tells each value in force and the file, line, argument or default that it comes from") {
  HubFolder hub;
  hub.set("plugins.registration", "enrolment_key = { file = \"" + (hub / "key").string() + "\" }");
  write_file(hub / "key", "a-very-secret-key");
  fs::permissions(hub / "key", fs::perms(0600));
  fs::create_directory(hub / "conf.d");
  const std::string site = (hub / "conf.d").string() + "/10-site.toml";
  write_file(site, "[plugins.auth]\nended_keep_days = 7\n[hub]\nlog_level = \"warn\"\n");
  const RunResult result = hub.run({"config", "show", "--json", "--set", "plugins.transport-http.max_connections=77"});
  CAPTURE(result.out, result.err);
  REQUIRE(result.code == 0);
  const boost::json::value shown = boost::json::parse(result.out);
  const auto check = [&shown](const char* key, const boost::json::value& value, const std::string& source) {
    CAPTURE(key);
    CHECK(option_of(shown, key).at("value") == value);
    CHECK(option_of(shown, key).at("source").as_string() == source);
  };
  check("hub.data_dir", hub.data().string().c_str(), hub.config() + ":2");
  check("hub.log_level", "warn", site + ":4");
  check("hub.log_format", "text", "default");
  check("plugins.auth.ended_keep_days", 7, site + ":2");
  check("plugins.transport-http.max_connections", 77, "--set");
  check("plugins.transport-http.rate_limit", true, "default");
  const auto& key = option_of(shown, "plugins.registration.enrolment_key");
  CHECK(key.at("is_secret").as_bool());
  CHECK(key.at("value").as_object().at("file").as_string() == (hub / "key").string());
  CHECK(result.out.find("a-very-secret-key") == std::string::npos);
  CHECK_FALSE(fs::exists(hub.data()));
}

TEST_CASE("config show for people is a configuration that the hub reads as the same") {
  HubFolder hub;
  write_file(hub / "key", "a-very-secret-key");
  fs::permissions(hub / "key", fs::perms(0600));
  hub.set("plugins.registration", "enrolment_key = { file = \"" + (hub / "key").string() + "\" }");
  const RunResult result = hub.run({"config", "show"});
  CAPTURE(result.out, result.err);
  REQUIRE(result.code == 0);
  CHECK(result.out.find("listen = \"" + hub.http() + "\"  # " + hub.config() + ":") != std::string::npos);
  CHECK(result.out.find("rate_limit = true  # default\n") != std::string::npos);
  CHECK(result.out.find("a-very-secret-key") == std::string::npos);
  write_file(hub / "again.toml", result.out);
  const auto values = [](const RunResult& shown) {
    boost::json::object list;
    const boost::json::value all = boost::json::parse(shown.out);
    for (const auto& entry : all.as_object().at("options").as_array()) {
      list[entry.as_object().at("key").as_string()] = entry.as_object().at("value");
    }
    return list;
  };
  const RunResult again = run_hub({"config", "show", "--json", "--config", (hub / "again.toml").string()});
  CAPTURE(again.err);
  REQUIRE(again.code == 0);
  CHECK(values(again) == values(hub.run({"config", "show", "--json"})));
}

TEST_CASE("config show hides the password of a URL") {
  HubFolder hub;
  hub.plugins("\"storage-postgres\"")
      .set("plugins.storage-postgres", "url = \"postgresql://hub:hunter2@db.example.org/gates?password=hunter3\"");
  const RunResult result = hub.run({"config", "show"});
  CAPTURE(result.out);
  CHECK(result.code == 0);
  CHECK(result.out.find("\"postgresql://hub:***@db.example.org/gates?password=***\"") != std::string::npos);
  CHECK(result.out.find("hunter") == std::string::npos);
}

TEST_CASE("config needs to be told what to do") {
  HubFolder hub;
  CHECK(hub.run({"config"}).code == 64);
  CHECK(hub.run({"config", "hide"}).code == 64);
}

}  // namespace
}  // namespace gatetorio::testing
