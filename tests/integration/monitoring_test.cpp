// What docs/ops/monitoring names is what the hub tells, and the alerts fire when they should.
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <set>

#include "support/certificate.hpp"
#include "support/paths.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

const std::string kFolder = GATETORIO_SOURCE_DIR "/docs/ops/monitoring/";

std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  const std::regex name("gatetorio_[a-z0-9_]+");
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
    std::string found = at->str();
    if (found.ends_with("_bucket")) found.resize(found.size() - std::string("_bucket").size());
    names.insert(found);
  }
  return names;
}

// The value of a series, written as the page has it; nothing where there is none.
std::optional<double> value_of(const std::string& page, const std::string& series) {
  const auto at = page.find("\n" + series + " ");
  if (at == std::string::npos) return std::nullopt;
  return std::stod(page.substr(at + series.size() + 2));
}

std::string metrics_of(const HubProcess& hub) { return HttpClient(hub.http()).root("/metrics").body; }

TEST_CASE("every metric that alerts and the dashboard name is one that the hub tells") {
  const Certificate certificate;
  HubProcess hub({.sets = {"plugins.transport-mqtt.tls_listen=127.0.0.1:0",
                           "plugins.transport-mqtt.tls_certificate=" + certificate.file(),
                           "plugins.transport-mqtt.tls_key=" + certificate.key()}});
  make_device(hub.http());
  const std::string page = metrics_of(hub);
  const std::string dashboard = read_file(kFolder + "gatetorio-dashboard.json");
  const auto names = names_in(read_file(kFolder + "gatetorio.rules.yml") + dashboard);
  CHECK(names.size() > 15);
  for (const std::string& name : names) {
    CAPTURE(name);
    const bool is_counted_later = name == "gatetorio_commands_total";  // with the first command
    CHECK((is_counted_later || page.find("# TYPE " + name + " ") != std::string::npos));
  }
  CHECK(boost::json::parse(dashboard).as_object().at("panels").as_array().size() > 10);
  const auto expires = value_of(page, "gatetorio_transport_mqtt_certificate_expires_seconds");
  REQUIRE(expires);
  CHECK(*expires > 1.7e9);
}

TEST_CASE("the hub's own state is in its metrics") {
  HubProcess hub({.storage = "storage-sqlite"});
  make_device(hub.http());
  const std::string page = metrics_of(hub);
  CHECK(page.find("\ngatetorio_build_info{version=\"") != std::string::npos);
  CHECK(value_of(page, "gatetorio_healthy") == 1);
  CHECK(value_of(page, "gatetorio_ready") == 1);
  CHECK(value_of(page, "gatetorio_plugin_up{plugin=\"auth\"}") == 1);
  CHECK(value_of(page, "gatetorio_fact{fact=\"mqtt_connected\"}") == 1);
  CHECK(value_of(page, "gatetorio_last_backup_seconds") == 0);
  CHECK(*value_of(page, "gatetorio_database_bytes{plugin=\"storage-sqlite\"}") > 4'000);
  CHECK(value_of(page, "gatetorio_devices"));
  const std::string refusals = "gatetorio_refusals_total{reason=\"unauthenticated\"}";
  const double before = *value_of(page, refusals);
  CHECK(HttpClient(hub.http(), "gtd_nobody").get("/users/me/devices").status == 401);
  CHECK(*value_of(metrics_of(hub), refusals) == before + 1);
  const TempDir out;
  CHECK(run_hub({"backup", "--config", hub.config().string(), "--to", (out / "backup").string()}).code == 0);
  CHECK(*value_of(metrics_of(hub), "gatetorio_last_backup_seconds") > 1.7e9);
}

TEST_CASE("commands are counted by verb and by what became of them") {
  HubProcess hub({.sets = {"plugins.commands.motion_seconds=60"}});
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient app(hub.http(), owner.token);
  const auto send = [&](const std::string& verb) {
    return app.post("/commands/send", {{"controller_id", device.controller_id},
                                       {"command", JsonObject{{"cmd", "pulse"}, {"key", "cmd_" + verb}}}});
  };
  const auto count = [&](const std::string& verb, const std::string& outcome) {
    return value_of(metrics_of(hub), "gatetorio_commands_total{outcome=\"" + outcome + "\",verb=\"" + verb + "\"}")
        .value_or(0);
  };
  CHECK(send("open").status == 503);  // it is not there
  CHECK(count("open", "sent") == 0);
  const auto gate = go_online(hub, device);
  const HttpResponse open = send("open");
  REQUIRE(open.status == 202);
  CHECK(send("open").at("merged").as_bool());
  CHECK(send("stop").status == 202);
  CHECK(count("open", "sent") == 1);
  CHECK(count("open", "merged") == 1);
  CHECK(count("stop", "sent") == 1);
  REQUIRE(gate->publish(device.status, R"({"command_id":")" + open.text("command_id") + R"(","result":"success"})") ==
          kMqttOk);
  CHECK(eventually([&] { return count("open", "acknowledged") == 1; }));
  CHECK(count("open", "failed") + count("stop", "failed") == 0);
}

}  // namespace
}  // namespace gatetorio::testing
