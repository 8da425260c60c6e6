// Section 2, a fleet that is to come: keys for one device each, by a file, and what becomes of them. And section 7,
// keys for many devices that are here.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

// A hub with a fleet to come, and who calls it.
struct FleetHub {
  explicit FleetHub(const std::string& policy = "key") : hub({.enrolment = policy}) {}

  HttpResponse import(const std::string& csv, const std::string& query = "", const std::string& accept = "*/*") {
    return admin.request({.method = "POST",
                          .path = "/admin/import/devices" + query,
                          .body = csv,
                          .content_type = "text/csv",
                          .headers = {"Accept: " + accept}});
  }
  // The key of one device, whose import must go well.
  std::string key(const std::string& hardware_id, const std::string& controller_id = {}) {
    const HttpResponse made = import("hardware_id,controller_id\n" + hardware_id + "," + controller_id + "\n");
    REQUIRE(made.status == 201);
    return std::string(made.at("devices").at(0).at("enrolment_key").as_string());
  }
  HttpResponse boot(const std::string& hardware_id, const std::string& controller_id, const std::string& key,
                    JsonObject more = {}) {
    more["hardware_id"] = hardware_id;
    more["controller_id"] = controller_id;
    if (!key.empty()) more["enrolment_key"] = key;
    return anyone.post("/devices/register", more);
  }
  std::int64_t keys() { return ask_database(hub, "SELECT COUNT(*) FROM enrolment_keys"); }
  std::int64_t audits() {
    return ask_database(hub, "SELECT COUNT(*) FROM gatetorio_audit WHERE action = 'enrolment_key.import'");
  }

  HubProcess hub;
  HttpClient anyone{hub.http()}, admin{hub.http(), kAdminToken}, viewer{hub.http(), kViewerToken};
};

std::string wrong_details(const HttpResponse& response) {
  std::string list;
  const Json errors = response.at("errors");
  for (const auto& error : errors.as_array()) list += std::string(error.at("detail").as_string()) + "\n";
  return list;
}

TEST_CASE("a fleet is imported with its columns in any order, and each key lets its own hardware in once") {
  const std::string file = GENERATE("hardware_id,controller_id,device_name\nhw-1,gate-1,North\nhw-2,,\n",
                                    "\xef\xbb\xbf"
                                    "device_name;hardware_id;controller_id\r\nNorth;hw-1;gate-1\r\n;hw-2;\r\n");
  FleetHub at;
  const HttpResponse made = at.import(file);
  REQUIRE(made.status == 201);
  CHECK(hours_ahead(made.text("expires_at")) == 30 * 24);
  CHECK(made.at("dry_run") == false);
  const auto devices = made.at("devices").as_array();
  REQUIRE(devices.size() == 2);
  CHECK(devices[0].at("line") == 2);
  CHECK(devices[0].at("hardware_id") == "hw-1");
  CHECK(devices[0].at("controller_id") == "gate-1");
  CHECK(devices[0].at("device_name") == "North");
  CHECK(devices[1].at("controller_id").is_null());
  const std::string first(devices[0].at("enrolment_key").as_string()),
      second(devices[1].at("enrolment_key").as_string());
  CHECK(first.starts_with("gte_"));
  CHECK(first.size() == 4 + 43);

  CHECK(at.boot("hw-1", "gate-1", "").status == 403);
  CHECK(at.boot("hw-2", "gate-1", first).status == 403);     // other hardware of the same file
  CHECK(at.boot("hw-none", "gate-1", first).status == 403);  // hardware of nobody
  CHECK(at.boot("hw-1", "gate-9", first).status == 403);     // not the name that the file says
  CHECK(at.boot("hw-1", "gate-1", second).status == 403);
  const HttpResponse registered = at.boot("hw-1", "gate-1", first);
  REQUIRE(registered.status == 201);
  HttpClient gate(at.hub.http(), registered.text("device_token"));
  CHECK(gate.get("/devices/gate-1").text("device_name") == "North");
  CHECK(at.boot("hw-1", "gate-1", first).status == 401);
  CHECK(at.boot("hw-2", "any-name", second, {{"device_name", "its own"}}).status == 201);
  CHECK(at.admin.get("/devices/any-name").text("device_name") == "its own");
}

TEST_CASE("a key of a fleet admits at once under every policy, and never other hardware") {
  FleetHub at(GENERATE("open", "key", "approval"));
  const std::string key = at.key("hw-1");
  CHECK(at.boot("hw-2", "gate-2", key).status == 403);
  CHECK(at.admin.get("/admin/pending-devices").number("total") == 0);
  REQUIRE(at.boot("hw-1", "gate-1", key).status == 201);
  CHECK(at.admin.get("/admin/pending-devices").number("total") == 0);
  CHECK(at.boot("hw-2", "gate-2", key).status == 403);  // it is used up, for everybody
  CHECK(at.boot("hw-1", "gate-1", key).status == 401);
  CHECK(at.admin.get("/admin/enrolment-keys").at("keys").at(0).at("uses") == 1);
}

TEST_CASE("a key of a fleet ends with its time, and where it is deleted") {
  FleetHub at;
  const std::string first = at.key("hw-1"), second = at.key("hw-2"), third = at.key("hw-3");
  change_database(at.hub, "UPDATE enrolment_keys SET expires_at = 1 WHERE hardware_id = 'hw-1'");
  CHECK(at.boot("hw-1", "gate-1", first).status == 403);
  const auto keys = at.viewer.get("/admin/enrolment-keys?sort=expires_at").at("keys").as_array();
  REQUIRE(keys.size() == 3);
  CHECK(keys[0].at("hardware_id") == "hw-1");
  CHECK(keys[0].at("controller_id").is_null());
  for (const auto& key : keys) {
    if (key.at("hardware_id") != "hw-2") continue;
    CHECK(at.admin.del("/admin/enrolment-keys/" + std::to_string(key.at("key_id").as_int64())).status == 204);
  }
  CHECK(at.boot("hw-2", "gate-2", second).status == 403);
  CHECK(at.boot("hw-3", "gate-3", third).status == 201);
  // What has ended is no hindrance.
  CHECK(at.boot("hw-1", "gate-1", at.key("hw-1")).status == 201);
}

TEST_CASE("a dry run says what would happen, with the same errors, and changes nothing") {
  FleetHub at;
  at.key("hw-3");
  const HttpResponse dry = at.import("hardware_id,controller_id\nhw-1,gate-1\nhw-2,\n", "?dry_run=true");
  REQUIRE(dry.status == 200);
  CHECK(dry.at("dry_run") == true);
  REQUIRE(dry.at("devices").as_array().size() == 2);
  CHECK(dry.at("devices").at(0).at("line") == 2);
  CHECK(dry.at("devices").at(0).at("enrolment_key").is_null());
  const HttpResponse wrong = at.import("hardware_id\nhw-1\nhw-3\nhw 4\n", "?dry_run=true");
  CHECK(wrong.status == 422);
  CHECK(wrong.wrong_fields() == "/lines/4/hardware_id /lines/3/hardware_id");
  const HttpResponse over = at.import("hardware_id\nhw-1\nhw-3\n", "?dry_run=true&replace=true");
  REQUIRE(over.status == 200);
  CHECK(over.at("devices").at(0).at("replaces_key") == false);
  CHECK(over.at("devices").at(1).at("replaces_key") == true);
  CHECK(at.keys() == 1);
  CHECK(at.audits() == 1);
}

TEST_CASE("a file with one wrong line is not imported at all, and every fault is named by line and column") {
  FleetHub at;
  const std::string taken = at.key("hw-taken");
  REQUIRE(at.boot("hw-taken", "gate-taken", taken).status == 201);
  at.key("hw-open", "gate-open");
  const HttpResponse wrong = at.import(
      "hardware_id,controller_id,device_name\n"
      "hw-1,gate-1,fine\n"
      "hw-taken,gate-2,\n"
      "hw-3,gate-taken,\n"
      "hw-open,,\n"
      "hw-4,gate-open,\n"
      "hw-1,gate-5,\n"
      "hw-6,gate-1,\n"
      "hw 7,gate/7,two\x01\n"
      "hw-8\n"
      "hw-9,,caf\xe9\n");
  CHECK(wrong.status == 422);
  CHECK(wrong.wrong_fields() ==
        "/lines/7/hardware_id /lines/8/controller_id /lines/9/hardware_id /lines/9/controller_id /lines/9/device_name "
        "/lines/10 /lines/11/device_name /lines/3/hardware_id /lines/4/controller_id /lines/5/hardware_id "
        "/lines/6/controller_id");
  CHECK(wrong_details(wrong).find("is in line 2, too") != std::string::npos);
  CHECK(wrong_details(wrong).find("is registered already") != std::string::npos);
  CHECK(wrong_details(wrong).find("has 1 columns, the first line has 3") != std::string::npos);
  CHECK(at.import("hardware_id,serial\nhw,1\n").wrong_fields() == "/lines/1");
  CHECK(wrong_details(at.import("hardware_id,serial\nhw,1\n")).find("\"serial\"") != std::string::npos);
  CHECK(at.import("").wrong_fields() == "/lines/1");
  std::string many = "hardware_id\n";
  for (int i = 0; i < 500; ++i) many += "hw " + std::to_string(i) + "\n";
  const HttpResponse long_list = at.import(many);
  CHECK(long_list.at("errors").as_array().size() == 100);
  CHECK(long_list.text("detail").find("500 things") != std::string::npos);
  CHECK(at.import("hardware_id\nhw-1\n", "?expires_in_hours=0").wrong_fields() == "/expires_in_hours");
  CHECK(at.keys() == 2);
  CHECK(at.audits() == 2);
}

TEST_CASE("keys whose answer was lost are replaced where that is asked for, and the earlier ones end") {
  FleetHub at;
  const std::string lost = at.key("hw-1", "gate-1");
  CHECK(at.import("hardware_id\nhw-1\n").wrong_fields() == "/lines/2/hardware_id");
  const HttpResponse again = at.import("hardware_id,controller_id\nhw-1,gate-1\n", "?replace=true&name=second%20try");
  REQUIRE(again.status == 201);
  CHECK(again.at("devices").at(0).at("replaces_key") == true);
  CHECK(at.keys() == 1);
  CHECK(at.viewer.get("/admin/enrolment-keys").at("keys").at(0).at("name") == "second try");
  CHECK(at.boot("hw-1", "gate-1", lost).status == 403);
  const std::string key(again.at("devices").at(0).at("enrolment_key").as_string());
  REQUIRE(at.boot("hw-1", "gate-1", key).status == 201);
  // One that is registered is never replaced.
  CHECK(at.import("hardware_id\nhw-1\n", "?replace=true").wrong_fields() == "/lines/2/hardware_id");
}

TEST_CASE("only admins import, and only CSV of a size that can be") {
  FleetHub at;
  const HttpRequest request{
      .method = "POST", .path = "/admin/import/devices", .body = "hardware_id\nhw-1\n", .content_type = "text/csv"};
  CHECK(at.anyone.request(request).status == 401);
  CHECK(at.viewer.request(request).status == 403);
  HttpRequest dry = request;
  dry.path += "?dry_run=true";
  CHECK(at.viewer.request(dry).status == 403);
  const std::string key = at.key("hw-gate");
  HttpClient device(at.hub.http(), at.boot("hw-gate", "gate", key).text("device_token"));
  CHECK(device.request(request).status == 403);
  HttpRequest json = request;
  json.content_type = "application/json";
  CHECK(at.admin.request(json).status == 415);
  HttpRequest spreadsheet = request;
  spreadsheet.content_type = "text/csv; charset=utf-8; header=present";
  CHECK(at.admin.request(spreadsheet).status == 201);
  CHECK(at.import("hardware_id\n" + std::string(1024 * 1024, '\n')).status == 413);
  CHECK(at.keys() == 2);
}

TEST_CASE("the keys of a fleet are told once, as JSON or CSV, and the hub keeps their hashes") {
  FleetHub at;
  const HttpResponse csv = at.import("hardware_id,controller_id\nhw-1,gate-1\nhw-2,\n", "", "text/csv");
  REQUIRE(csv.status == 201);
  CHECK(csv.header("content-type").starts_with("text/csv"));
  REQUIRE(csv.body.starts_with("line,hardware_id,controller_id,enrolment_key,expires_at\r\n2,hw-1,gate-1,gte_"));
  CHECK(std::count(csv.body.begin(), csv.body.end(), '\r') == 3);
  const std::string key = csv.body.substr(csv.body.find("gte_"), 4 + 43);
  CHECK(at.viewer.get("/admin/enrolment-keys").body.find("gte_") == std::string::npos);
  CHECK(at.viewer.get("/admin/audit?limit=500").body.find(key) == std::string::npos);
  CHECK(at.import("hardware_id\nhw-1\n").body.find("gte_") == std::string::npos);
  CHECK(at.audits() == 1);
  CHECK(at.boot("hw-1", "gate-1", key).status == 201);
}

TEST_CASE("of several imports of one device at once one is done as a whole, and the others not at all") {
  FleetHub at;
  for (int round = 0; round < 5; ++round) {
    const std::string hardware = unique("hw");
    std::atomic<int> done{0}, refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        const std::string own = hardware + "-" + std::to_string(i);
        HttpClient admin(at.hub.http(), kAdminToken);
        const int status = admin
                               .request({.method = "POST",
                                         .path = "/admin/import/devices",
                                         .body = "hardware_id\n" + own + "\n" + hardware + "\n",
                                         .content_type = "text/csv"})
                               .status;
        done += status == 201 ? 1 : 0;
        refused += status == 409 || status == 422 ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(done == 1);
    CHECK(refused == 5);
    CHECK(at.keys() == 2 * (round + 1));
  }
}

TEST_CASE(
    "hardware that came in otherwise leaves no open key behind, by which it would come back after it was deleted") {
  FleetHub at;
  const std::string unused = at.key("hw-1");
  const std::string other = at.admin.post("/admin/enrolment-keys", {}).text("enrolment_key");
  REQUIRE(at.boot("hw-1", "gate-1", other).status == 201);
  CHECK(at.boot("hw-1", "gate-1", unused).status == 401);
  REQUIRE(at.admin.del("/devices/gate-1").status == 204);
  CHECK(at.boot("hw-1", "gate-1", unused).status == 403);
  CHECK(at.boot("hw-1", "gate-1", at.key("hw-1")).status == 201);
}

TEST_CASE("a fleet of ten thousand is imported by one file") {
  FleetHub at;
  std::string file = "hardware_id,controller_id,device_name\n";
  for (int i = 0; i < 10'000; ++i) {
    const std::string number = std::to_string(i);
    file += "hw-" + number + ",gate-" + number + ",Gate number " + number + "\n";
  }
  CHECK(at.import(file, "?dry_run=true").at("devices").as_array().size() == 10'000);
  const HttpResponse made = at.import(file);
  REQUIRE(made.status == 201);
  CHECK(at.keys() == 10'000);
  CHECK(at.audits() == 1);
  const std::string last(made.at("devices").at(9'999).at("enrolment_key").as_string());
  CHECK(at.boot("hw-9999", "gate-9999", last).status == 201);
  CHECK(at.import(file, "?replace=true").wrong_fields() == "/lines/10001/hardware_id /lines/10001/controller_id");
  CHECK(at.import(file + "one-more,,\n").wrong_fields().find("/lines/10002") == 0);
  REQUIRE(at.admin.del("/devices/gate-9999").status == 204);
  CHECK(at.import(file, "?replace=true").status == 201);
  CHECK(at.keys() == 10'000);
}

TEST_CASE("a job releases devices: each key is told once, to who made the job, and is good for its device alone") {
  const TestDevice first = new_device(), second = new_device();
  const std::string none = unique("none");
  HttpClient admin = client(kAdminToken);
  const JsonObject body{{"kind", "release-devices"}, {"items", {first.controller_id, second.controller_id, none}}};
  CHECK(client(kViewerToken).post("/admin/jobs", body).status == 403);
  CHECK(admin.post("/admin/jobs", {{"kind", "release-devices"}, {"items", {"a", "b", "a"}}}).wrong_fields() ==
        "/items/2");
  const HttpResponse made = admin.post("/admin/jobs", body);
  REQUIRE(made.status == 202);
  const auto secrets = made.at("secrets").as_array();
  REQUIRE(secrets.size() == 3);
  CHECK(secrets[1].at("item") == second.controller_id.c_str());
  const std::string path = "/admin/jobs/" + std::to_string(made.number("job_id"));
  REQUIRE(eventually([&] { return admin.get(path).at("job").at("state") == "done"; }));
  CHECK(admin.get(path).at("job").at("done") == 2);
  CHECK(admin.get(path).at("job").at("failed") == 1);
  CHECK(admin.get(path).body.find("gte_") == std::string::npos);
  CHECK(admin.get("/admin/jobs").body.find("gte_") == std::string::npos);

  const auto key = [&](std::size_t row) { return std::string(secrets[row].at("secret").as_string()); };
  const auto boot = [&](const TestDevice& device, const std::string& by) {
    return client().post(
        "/devices/register",
        {{"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}, {"enrolment_key", by}});
  };
  CHECK(key(0) != key(1));
  CHECK(boot(first, key(1)).status == 401);
  CHECK(boot(first, key(2)).status == 401);  // its row failed
  const HttpResponse again = boot(first, key(0));
  REQUIRE(again.status == 200);
  CHECK(client(first.token).get(device_path(first)).status == 401);
  CHECK(boot(first, key(0)).status == 401);
  CHECK(client(second.token).get(device_path(second)).status == 200);  // until its key is used
  CHECK(boot(second, key(1)).status == 200);
  CHECK(admin.post("/admin/devices/" + first.controller_id + "/release", {{"key_hash", "short"}}).wrong_fields() ==
        "/key_hash");
}

}  // namespace
}  // namespace gatetorio::testing
