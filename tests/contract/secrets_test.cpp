// Section 1: secrets never reach a log line, a metric, an error or the disk in the clear.
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "shared_hub.hpp"
#include "support/event_reader.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {
namespace {

// Every kind of secret, used rightly and wrongly, by HTTP and MQTT. Those that were used: the program has seen
// thousands of other hubs' by now.
std::vector<std::string> use_every_secret(const HubProcess& hub) {
  const auto before = static_cast<std::ptrdiff_t>(secrets_seen().size());
  HttpClient admin(hub.http(), kAdminToken), anyone(hub.http());
  const std::string key = admin.post("/admin/enrolment-keys", {}).text("enrolment_key");
  const TestDevice device = make_device(hub.http(), {}, key);
  anyone.post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", "g"}, {"enrolment_key", key}});
  const TestUser user = make_user(hub.http(), device, "owner");
  const MqttLogin app = login_of(hub.http(), user);
  const auto mqtt = go_online(hub, device);
  for (MqttLogin login : {app, login_of(device)}) {
    MqttClient client;
    login.client_id = login.password;  // a careless client
    client.connect(hub.mqtt_port(), login);
    login.username = "nobody";
    client.connect(hub.mqtt_port(), login);
    login.username = login.password;
    client.connect(hub.mqtt_port(), login);
  }
  HttpClient device_http(hub.http(), device.token), user_http(hub.http(), user.token);
  device_http.post("/devices/register", {{"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}});
  user_http.post("/commands/send", {{"controller_id", device.controller_id}, {"command", {{"action", "x"}}}});
  const auto shared = user_http.post("/sharing/create", {{"controller_id", device.controller_id}});
  const std::string share = shared.text("token");
  user_http.get("/sharing/tokens/" + std::to_string(shared.number("token_id")) + "/qr");
  HttpClient(hub.http(), unique("user-token-of-an-app")).post("/sharing/redeem", {{"token", share}});
  anyone.post("/sharing/redeem", {{"token", share}, {"user_token", unique("user-token-of-an-app")}});
  user_http.post("/sharing/redeem", {{"token", share + "x"}});
  EventReader(hub.http(), "/devices/" + device.controller_id + "/events", user.token).next();
  // Where a secret does not belong.
  for (const std::string& secret : {device.token, user.token, key, device.mqtt_password, share}) {
    anyone.request({.method = "GET", .path = "/users/me/devices", .bearer = secret + "x"});
    anyone.request({.method = "POST", .path = "/users/discover", .body = "{\"user_token\":\"" + secret + "\""});
    anyone.post("/users/discover", {{"user_token", " " + secret}});
    device_http.post("/users/authorize", {{"user_token", secret}, {"access_level", secret}, {"name", secret + "\n"}});
    anyone.post("/devices/register", {{"hardware_id", secret + "/"}, {"controller_id", secret + "/"}});
  }
  const std::string release = admin.post("/admin/devices/" + device.controller_id + "/release").text("enrolment_key");
  anyone.post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", "g"}, {"enrolment_key", release}});
  anyone.post("/devices/register", {{"hardware_id", device.hardware_id},
                                    {"controller_id", device.controller_id},
                                    {"enrolment_key", release},
                                    {"claim_token", "gtc_" + std::string(43, 'c')}});
  device_http.del("/devices/" + device.controller_id + "/users/" + std::to_string(user.id));
  admin.del("/devices/" + device.controller_id);
  const std::vector<std::string> seen = secrets_seen();
  std::vector<std::string> used(seen.begin() + before, seen.end());
  // Those that are answered many at once.
  const TestDevice gate = make_device(hub.http(), {}, admin.post("/admin/enrolment-keys", {}).text("enrolment_key"));
  const auto job = admin.post("/admin/jobs", {{"kind", "release-devices"}, {"items", {gate.controller_id}}});
  used.emplace_back(job.at("secrets").at(0).at("secret").as_string());
  const std::string path = "/admin/jobs/" + std::to_string(job.number("job_id"));
  if (!eventually([&] { return admin.get(path).at("job").at("done") == 1; })) throw std::runtime_error("no release");
  const auto fleet = admin.request({.method = "POST",
                                    .path = "/admin/import/devices",
                                    .body = "hardware_id\nfleet-1\n",
                                    .content_type = "text/csv"});
  used.emplace_back(fleet.at("devices").at(0).at("enrolment_key").as_string());
  for (const char* hardware : {"fleet-2", "fleet-1"}) {
    anyone.post("/devices/register",
                {{"hardware_id", hardware}, {"controller_id", "fleet"}, {"enrolment_key", used.back()}});
  }
  return used;
}

TEST_CASE("no secret turns up in the log, in metrics, in health, or in an answer to a wrong one") {
  HubProcess hub({.enrolment = "key"});
  const std::vector<std::string> secrets = use_every_secret(hub);
  CHECK(secrets.size() >= 8);
  HttpClient http(hub.http());
  std::string seen = http.root("/metrics").body + http.root("/health").body;
  for (const std::string& secret : secrets) {
    seen += http.request({.method = "GET", .path = "/users/me/devices", .bearer = "gtd_" + secret}).body;
  }
  CHECK(hub.stop() == 0);
  seen += hub.log();
  CHECK(hub.log().find("request") != std::string::npos);  // debug lines are there
  for (const std::string& secret : secrets) {
    CAPTURE(secret);
    CHECK(seen.find(secret) == std::string::npos);
  }
}

TEST_CASE("no secret is on the disk in the clear") {
  HubProcess hub({.enrolment = "key"});
  const std::vector<std::string> secrets = use_every_secret(hub);
  CHECK(hub.stop() == 0);
  std::string disk;
  std::vector<std::filesystem::path> folders{hub.data_dir()};
  if (!hub.database_url().empty()) {
    change_database(hub, "CHECKPOINT");  // what the server has in memory, onto the disk
    folders.push_back(shared_postgres().folder() / "data" / "base");
  }
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) disk += read_file(entry.path());
    }
  }
  CHECK(disk.size() > 10'000);
  for (const std::string& secret : secrets) {
    CAPTURE(secret);
    CHECK(disk.find(secret) == std::string::npos);
  }
}

TEST_CASE("log lines cannot be forged") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  HttpClient(hub.http(), device.token).patch("/devices/" + device.controller_id, {{"device_name", "x"}});
  Socket socket(port_of(hub.http()));
  socket.send(
      "GET /api/v1/devices/a%0a%1b[31mforged HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\x1b[31m\r\nConnection: "
      "close\r\n\r\n");
  socket.read_all();
  CHECK(hub.stop() == 0);
  const std::string log = hub.log();
  CHECK(log.find('\x1b') == std::string::npos);
  CHECK(log.find("\n[31mforged") == std::string::npos);
}

}  // namespace
}  // namespace gatetorio::testing
