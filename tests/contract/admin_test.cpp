// Section 7: who is an admin, what an admin sees, and what is written down of it.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <catch2/catch_test_macros.hpp>
#include <ctime>

#include "shared_hub.hpp"
#include "support/event_reader.hpp"
#include "support/mqtt_client.hpp"

namespace gatetorio::testing {
namespace {

constexpr const char* kPassword = "night gate 42";

std::string setup_token(const HubProcess& hub) {
  const std::string said = hub.said();
  const auto at = said.find("/admin#setup=");
  REQUIRE(at != std::string::npos);
  const auto begin = at + 13;
  return said.substr(begin, said.find_first_of(" \n", begin) - begin);
}

// A browser: the cookie that it was given, and the page's CSRF token.
struct Browser {
  std::string address, cookie, csrf;

  HttpResponse send(const std::string& method, const std::string& path, JsonObject body = {},
                    std::vector<std::string> headers = {}) {
    HttpRequest request{.method = method, .path = path, .headers = std::move(headers)};
    if (method != "GET") request.headers.push_back("X-CSRF-Token: " + csrf);
    if (!cookie.empty()) request.headers.push_back("Cookie: gatetorio_session=" + cookie);
    if (method != "GET" && method != "DELETE") request.body = boost::json::serialize(body);
    HttpResponse response = HttpClient(address).request(request);
    const std::string set = response.header("set-cookie");
    if (set.starts_with("gatetorio_session=")) cookie = set.substr(18, set.find(';') - 18);
    if (response.status < 300 && response.body.find("\"csrf_token\":\"") != std::string::npos)
      csrf = response.text("csrf_token");
    return response;
  }
};

// The first admin of a hub of its own.
struct FirstAdmin {
  HubProcess hub;
  Browser anna{hub.http(), {}, {}};
  FirstAdmin() {
    const auto made = anna.send("POST", "/admin/setup",
                                {{"setup_token", setup_token(hub)}, {"name", "anna"}, {"password", kPassword}});
    REQUIRE(made.status == 201);
  }
  Browser log_in(const std::string& name, const std::string& password) {
    Browser browser{hub.http(), {}, {}};
    REQUIRE(browser.send("POST", "/admin/session", {{"name", name}, {"password", password}}).status == 200);
    return browser;
  }
};

// What an authenticator app shows (RFC 6238), `steps` of 30 seconds from now.
std::string code_of(const std::string& base32, int steps = 0) {
  std::string secret;
  unsigned bits = 0, count = 0;
  for (const char c : base32) {
    bits = bits << 5 | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((count += 5) < 8) continue;
    secret.push_back(static_cast<char>(bits >> (count -= 8) & 0xff));
  }
  std::uint64_t step = static_cast<std::uint64_t>(std::time(nullptr)) / 30 + static_cast<std::uint64_t>(steps);
  unsigned char counter[8], mac[20];
  for (int i = 7; i >= 0; --i, step >>= 8) counter[i] = static_cast<unsigned char>(step & 0xff);
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter, sizeof counter, mac, nullptr);
  const unsigned at = mac[19] & 15;
  const unsigned number = ((mac[at] & 0x7fu) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3]) % 1'000'000;
  const std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

std::vector<std::string> audited(const HubProcess& hub, const std::string& query) {
  std::vector<std::string> list;
  const JsonObject page = HttpClient(hub.http(), kViewerToken).get("/admin/audit?limit=500&" + query).json();
  for (const auto& entry : page.at("entries").as_array()) {
    list.push_back(std::string(entry.at("action").as_string()) + " " + std::string(entry.at("outcome").as_string()));
  }
  return list;
}

TEST_CASE("the first start prints a one-time link, which makes one admin") {
  HubProcess hub;
  const std::string token = setup_token(hub);
  CHECK(hub.said().find("admin: open http://" + hub.http() + "/admin#setup=" + token) != std::string::npos);
  CHECK(hub.log().find(token) == std::string::npos);
  Browser anna{hub.http(), {}, {}}, bert{hub.http(), {}, {}};
  const auto use = [&](Browser& who, const std::string& link, const std::string& password) {
    return who.send("POST", "/admin/setup", {{"setup_token", link}, {"name", "anna"}, {"password", password}});
  };
  CHECK(use(anna, token, "short").status == 422);
  CHECK(use(anna, token + "x", kPassword).status == 401);
  const auto made = use(anna, token, kPassword);
  REQUIRE(made.status == 201);
  CHECK(made.text("name") == "anna");
  CHECK(made.text("role") == "admin");
  CHECK(is_timestamp(made.text("expires_at")));
  const std::string cookie = made.header("set-cookie");
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="}) {
    CHECK(cookie.find(part) != std::string::npos);
  }
  const auto again = use(bert, token, kPassword);
  CHECK(again.status == 410);
  CHECK(again.text("detail").find("gatetorio-hub admin create") != std::string::npos);
  CHECK(anna.send("GET", "/admin/session").text("csrf_token") == made.text("csrf_token"));
  hub.stop();
  hub.start();
  CHECK(hub.said().find("#setup=") == std::string::npos);
}

TEST_CASE("a link that is too old makes nobody an admin, and the next start prints another") {
  HubProcess hub;
  const std::string token = setup_token(hub);
  change_database(hub, "UPDATE admin_links SET expires_at = 1");
  Browser anna{hub.http(), {}, {}};
  const auto use = [&](const std::string& link) {
    return anna.send("POST", "/admin/setup", {{"setup_token", link}, {"name", "anna"}, {"password", kPassword}}).status;
  };
  CHECK(use(token) == 410);
  CHECK(ask_database(hub, "SELECT COUNT(*) FROM admins") == 0);
  hub.stop();
  hub.start();
  anna.address = hub.http();
  CHECK(setup_token(hub) != token);
  CHECK(use(setup_token(hub)) == 201);
}

TEST_CASE("a session is a cookie; a write with it needs its CSRF token, and a page of another site has none") {
  FirstAdmin world;
  Browser& anna = world.anna;
  const JsonObject token{{"name", "ci"}, {"role", "viewer"}};
  REQUIRE(anna.send("POST", "/admin/tokens", token).status == 201);
  Browser forger = anna;
  for (const std::string& csrf : {std::string(), std::string("x"), std::string(43, 'A')}) {
    forger.csrf = csrf;
    CHECK(forger.send("POST", "/admin/tokens", token).status == 403);
    CHECK(forger.send("DELETE", "/admin/tokens/1").status == 403);
  }
  CHECK(anna.send("POST", "/admin/tokens", token, {"Origin: https://evil.example"}).status == 403);
  CHECK(anna.send("POST", "/admin/tokens", token, {"Origin: http://" + world.hub.http()}).status == 201);
  CHECK(forger.send("GET", "/admin/tokens").status == 200);
  // A method in a header does not make a write of a read.
  HttpRequest tricked{.method = "GET", .path = "/admin/session", .headers = {"X-HTTP-Method-Override: DELETE"}};
  tricked.headers.push_back("Cookie: gatetorio_session=" + anna.cookie);
  CHECK(HttpClient(world.hub.http()).request(tricked).status == 403);
  CHECK(anna.send("DELETE", "/admin/session").status == 204);
  CHECK(anna.send("GET", "/admin/session").status == 401);
}

TEST_CASE("a wrong name and a wrong password look the same; a name is one in any case") {
  FirstAdmin world;
  Browser nobody{world.hub.http(), {}, {}};
  const auto log_in = [&](const std::string& name, const std::string& password) {
    return nobody.send("POST", "/admin/session", {{"name", name}, {"password", password}});
  };
  const auto wrong_name = log_in("nobody", kPassword), wrong_password = log_in("anna", "night gate 43");
  CHECK(wrong_name.status == 401);
  CHECK(wrong_password.status == 401);
  CHECK(wrong_name.body == wrong_password.body);
  CHECK(log_in("ANNA", kPassword).status == 200);
  CHECK(eventually([&] { return audited(world.hub, "action=admin.login&outcome=refused").size() == 2; }));
  // A cookie that is none, or has ended, is not in the way of a login.
  nobody.cookie = "x";
  nobody.csrf = "";
  CHECK(log_in("anna", kPassword).status == 200);
}

TEST_CASE("with a second factor a password alone is not enough, and no code opens twice") {
  FirstAdmin world;
  const auto begun = world.anna.send("POST", "/admin/totp");
  REQUIRE(begun.status == 200);
  const std::string secret = begun.text("secret");
  CHECK(begun.text("uri").find(secret) != std::string::npos);
  Browser phone{world.hub.http(), {}, {}};
  const auto log_in = [&](const std::string& code, const std::string& password = kPassword) {
    JsonObject body{{"name", "anna"}, {"password", password}};
    if (!code.empty()) body["totp"] = code;
    return phone.send("POST", "/admin/session", body).status;
  };
  CHECK(log_in("") == 200);  // not before it is confirmed
  const std::string code = code_of(secret);
  CHECK(world.anna.send("POST", "/admin/totp/confirm", {{"code", code == "000000" ? "111111" : "000000"}}).status ==
        422);
  const auto confirmed = world.anna.send("POST", "/admin/totp/confirm", {{"code", code}});
  REQUIRE(confirmed.status == 200);
  const auto recovery = confirmed.at("recovery_codes").as_array();
  REQUIRE(recovery.size() == 10);
  CHECK(log_in("") == 401);
  CHECK(log_in(code) == 401);  // it has confirmed, and that was its one use
  const std::string next = code_of(secret, 1);
  CHECK(log_in(next, "night gate 43") == 401);
  CHECK(log_in(next) == 200);
  CHECK(log_in(next) == 401);
  const std::string one(recovery[0].as_string());
  CHECK(log_in(one) == 200);
  CHECK(log_in(one) == 401);
  CHECK(world.anna.send("GET", "/admin/session").at("totp_enabled").as_bool());
  CHECK(world.anna.send("DELETE", "/admin/totp").status == 204);
  CHECK(log_in("") == 200);
}

TEST_CASE("guesses are slowed down and nobody is locked out") {
  FirstAdmin world;
  Browser guesser{world.hub.http(), {}, {}};
  const auto log_in = [&](const std::string& password) {
    return guesser.send("POST", "/admin/session", {{"name", "anna"}, {"password", password}}).status;
  };
  for (int i = 0; i < 5; ++i) CHECK(log_in("wrong") == 401);
  const auto began = std::chrono::steady_clock::now();
  CHECK(log_in(kPassword) == 200);
  CHECK(std::chrono::steady_clock::now() - began > std::chrono::milliseconds(500));
}

TEST_CASE("API tokens have a role and an end, are shown once, and end at once") {
  FirstAdmin world;
  const auto made =
      world.anna.send("POST", "/admin/tokens", {{"name", "ci"}, {"role", "viewer"}, {"expires_in_days", 3}});
  REQUIRE(made.status == 201);
  const std::string token = made.text("token");
  CHECK(token.starts_with("gta_"));
  CHECK(hours_ahead(made.text("expires_at")) == 72);
  HttpClient program(world.hub.http(), token);
  CHECK(program.get("/admin/tokens").status == 200);
  CHECK(program.get("/admin/tokens").body.find(token) == std::string::npos);
  CHECK(program.get("/admin/session").text("role") == "viewer");
  CHECK(program.post("/admin/tokens", {{"name", "x"}, {"role", "viewer"}}).status == 403);
  const std::string path = "/admin/tokens/" + std::to_string(made.number("token_id"));
  CHECK(program.del(path).status == 403);
  CHECK(eventually([&] { return program.get("/admin/tokens").body.find("\"last_used_at\":\"") != std::string::npos; }));
  EventReader events(world.hub.http(), "/admin/events", token);
  REQUIRE(events.status() == 200);
  CHECK(world.anna.send("DELETE", path).status == 204);
  CHECK(program.get("/admin/tokens").status == 401);
  CHECK(events.ends());
  CHECK(world.anna.send("DELETE", path).status == 404);
  for (const JsonObject& wrong : {JsonObject{{"name", "x"}}, JsonObject{{"name", "x"}, {"role", "owner"}},
                                  JsonObject{{"name", "x"}, {"role", "admin"}, {"expires_in_days", 0}}}) {
    CHECK(world.anna.send("POST", "/admin/tokens", wrong).status == 422);
  }
}

TEST_CASE("a token ends with its time") {
  FirstAdmin world;
  HttpClient admin(world.hub.http(), kAdminToken);
  CHECK(admin.get("/admin/tokens").status == 200);
  change_database(world.hub, "UPDATE admin_tokens SET expires_at = 1");
  CHECK(admin.get("/admin/tokens").status == 401);
}

TEST_CASE("admins are added, changed and removed, but the last one stays") {
  FirstAdmin world;
  Browser& anna = world.anna;
  CHECK(anna.send("DELETE", "/admin/admins/anna").status == 409);
  CHECK(anna.send("PATCH", "/admin/admins/anna", {{"role", "viewer"}}).status == 409);
  const JsonObject bert{{"name", "Bert"}, {"password", kPassword}, {"role", "viewer"}};
  REQUIRE(anna.send("POST", "/admin/admins", bert).status == 201);
  CHECK(anna.send("POST", "/admin/admins", {{"name", "bert"}, {"password", kPassword}, {"role", "admin"}}).status ==
        409);
  Browser viewer = world.log_in("bert", kPassword);
  CHECK(viewer.send("GET", "/admin/admins").number("total") == 2);
  CHECK(viewer.send("POST", "/admin/admins", {{"name", "c"}, {"password", kPassword}, {"role", "admin"}}).status ==
        403);
  // A new role counts for the sessions that there are, a new password ends them.
  CHECK(anna.send("PATCH", "/admin/admins/bert", {{"role", "admin"}}).text("role") == "admin");
  CHECK(viewer.send("POST", "/admin/tokens", {{"name", "x"}, {"role", "viewer"}}).status == 201);
  CHECK(anna.send("PATCH", "/admin/admins/bert", {{"role", "viewer"}}).status == 200);
  CHECK(viewer.send("POST", "/admin/tokens", {{"name", "x"}, {"role", "viewer"}}).status == 403);
  CHECK(anna.send("PATCH", "/admin/admins/bert", {{"password", "another one 77"}}).status == 200);
  CHECK(viewer.send("GET", "/admin/session").status == 401);
  viewer = world.log_in("bert", "another one 77");
  CHECK(anna.send("DELETE", "/admin/admins/bert").status == 204);
  CHECK(viewer.send("GET", "/admin/session").status == 401);
  CHECK(anna.send("DELETE", "/admin/admins/bert").status == 404);
  // A viewer changes its own password, and nothing else.
  const JsonObject carl{{"name", "carl"}, {"password", kPassword}, {"role", "viewer"}};
  REQUIRE(anna.send("POST", "/admin/admins", carl).status == 201);
  viewer = world.log_in("carl", kPassword);
  CHECK(viewer.send("PATCH", "/admin/admins/carl", {{"role", "admin"}}).status == 403);
  const JsonObject mine{{"password", "another one 77"}, {"current_password", kPassword}};
  CHECK(viewer.send("PATCH", "/admin/admins/anna", mine).status == 403);
  CHECK(viewer.send("PATCH", "/admin/admins/carl", {{"password", "another one 77"}}).status == 422);
  CHECK(viewer.send("PATCH", "/admin/admins/carl", mine).status == 200);
  world.log_in("carl", "another one 77");
  // The own password needs the old one.
  CHECK(anna.send("PATCH", "/admin/admins/anna", {{"password", "another one 77"}}).wrong_fields() ==
        "/current_password");
  CHECK(anna.send("PATCH", "/admin/admins/anna", {{"password", "another one 77"}, {"current_password", kPassword}})
            .status == 200);
}

TEST_CASE("sessions are listed and ended, and a stream ends with its session") {
  FirstAdmin world;
  Browser phone = world.log_in("anna", kPassword);
  const JsonObject list = world.anna.send("GET", "/admin/sessions").json();
  REQUIRE(list.at("sessions").as_array().size() == 2);
  CHECK(list.at("sessions").at(0).at("is_current") == false);
  CHECK(list.at("sessions").at(1).at("is_current") == true);
  const TestDevice device = make_device(world.hub.http());
  const std::string cookie = "Cookie: gatetorio_session=" + phone.cookie;
  EventReader all(world.hub.http(), "/admin/events", "", "", {cookie}),
      one(world.hub.http(), "/devices/" + device.controller_id + "/events", "", "", {cookie});
  REQUIRE(all.status() == 200);
  REQUIRE(one.status() == 200);
  const auto id = list.at("sessions").at(0).at("session_id").as_int64();
  CHECK(world.anna.send("DELETE", "/admin/sessions/" + std::to_string(id)).status == 204);
  CHECK(phone.send("GET", "/admin/session").status == 401);
  CHECK((all.ends() && one.ends()));
  CHECK(world.anna.send("DELETE", "/admin/sessions/" + std::to_string(id)).status == 404);
}

TEST_CASE("a stream of the page ends when its session does, by the clock or in the database") {
  FirstAdmin world;
  for (const bool by_clock : {true, false}) {
    Browser phone = world.log_in("anna", kPassword);
    const std::string newest = "(SELECT MAX(id) FROM admin_sessions)";
    const std::string soon = std::to_string((std::time(nullptr) + 2) * 1'000'000);
    if (by_clock)
      change_database(world.hub, "UPDATE admin_sessions SET expires_at = " + soon + " WHERE id = " + newest);
    EventReader all(world.hub.http(), "/admin/events", "", "", {"Cookie: gatetorio_session=" + phone.cookie});
    REQUIRE(all.status() == 200);
    if (!by_clock) change_database(world.hub, "DELETE FROM admin_sessions WHERE id = " + newest);
    CHECK(all.ends(milliseconds(3'500)));
  }
}

TEST_CASE("everything that was tried is in the audit log, with who, from where and what became of it") {
  FirstAdmin world;
  const TestDevice device = make_device(world.hub.http());
  HttpClient admin(world.hub.http(), kAdminToken), viewer(world.hub.http(), kViewerToken);
  CHECK(viewer.del("/devices/" + device.controller_id).status == 403);
  CHECK(admin.del("/devices/" + device.controller_id).status == 204);
  CHECK(admin.del("/devices/" + device.controller_id).status == 404);
  CHECK(eventually([&] { return audited(world.hub, "target=" + device.controller_id).size() == 2; }));
  CHECK(audited(world.hub, "action=device.delete") == std::vector<std::string>{"device.delete ok"});
  CHECK(audited(world.hub, "who=anonymous&action=admin.setup") == std::vector<std::string>{"admin.setup ok"});
  const JsonObject page = viewer.get("/admin/audit?action=device.delete").json();
  const auto& entry = page.at("entries").at(0).as_object();
  CHECK(entry.at("peer") == "127.0.0.1");
  CHECK(entry.at("who_name") == "token tests");
  CHECK(is_timestamp(std::string(entry.at("at").as_string())));
  CHECK(page.at("next_cursor").is_null());
  // Pages hang together.
  const std::size_t all = audited(world.hub, "").size();
  std::size_t seen = 0;
  std::string cursor;
  do {
    const JsonObject part = viewer.get("/admin/audit?limit=2" + cursor).json();
    seen += part.at("entries").as_array().size();
    cursor = part.at("next_cursor").is_null() ? "" : "&cursor=" + std::string(part.at("next_cursor").as_string());
  } while (!cursor.empty());
  CHECK(seen == all);
  CHECK(audited(world.hub, "from=2999-01-01T00:00:00Z").empty());
  CHECK(audited(world.hub, "until=1999-01-01T00:00:00%2B01:00").empty());
  CHECK(viewer.get("/admin/audit?from=yesterday").wrong_fields() == "/from");
  HttpRequest csv{.path = "/admin/audit?limit=1", .bearer = kViewerToken, .headers = {"Accept: text/csv"}};
  const auto table = HttpClient(world.hub.http()).request(csv);
  CHECK(table.header("content-type").starts_with("text/csv"));
  CHECK(table.body.starts_with("id,at,who,"));
}

TEST_CASE("refusals of one source cannot fill the audit log") {
  HubProcess hub;
  HttpClient stranger(hub.http(), kViewerToken);
  for (int i = 0; i < 300; ++i) stranger.post("/admin/tokens", {{"name", "x"}, {"role", "viewer"}});
  CHECK(eventually([&] { return audited(hub, "outcome=refused").size() >= 30; }));
  CHECK(audited(hub, "outcome=refused").size() < 60);
}

TEST_CASE("a job does the same to many, each with its own outcome") {
  FirstAdmin world;
  std::vector<TestDevice> devices;
  boost::json::array names;
  for (int i = 0; i < 30; ++i) {
    devices.push_back(make_device(world.hub.http()));
    names.emplace_back(devices.back().controller_id);
  }
  names.emplace_back("nobody");
  HttpClient admin(world.hub.http(), kAdminToken), viewer(world.hub.http(), kViewerToken);
  CHECK(viewer.post("/admin/jobs", {{"kind", "delete-devices"}, {"items", names}}).status == 403);
  CHECK(admin.post("/admin/jobs", {{"kind", "no-such"}, {"items", names}}).wrong_fields() == "/kind");
  CHECK(admin.post("/admin/jobs", {{"kind", "delete-devices"}, {"items", boost::json::array()}}).wrong_fields() ==
        "/items");
  const auto made = admin.post("/admin/jobs", {{"kind", "delete-devices"}, {"items", names}});
  REQUIRE(made.status == 202);
  const std::string path = "/admin/jobs/" + std::to_string(made.number("job_id"));
  REQUIRE(eventually([&] { return viewer.get(path).at("job").at("state") == "done"; }));
  const JsonObject job = viewer.get(path + "?limit=500").json();
  CHECK(job.at("job").at("done") == 30);
  CHECK(job.at("job").at("failed") == 1);
  CHECK(job.at("rows").as_array().size() == 31);
  CHECK(job.at("rows").at(30).at("state") == "failed");
  CHECK(job.at("rows").at(30).at("detail").as_string().size() > 0);
  for (const TestDevice& device : devices) CHECK(admin.get("/devices/" + device.controller_id).status == 404);
  CHECK(audited(world.hub, "action=device.delete").size() == 30);
  CHECK(viewer.get("/admin/jobs").number("total") == 1);
  CHECK(viewer.get("/admin/jobs/9007199254740991").status == 404);
}

TEST_CASE("a command bears the name that its sender had, also when that admin is gone") {
  FirstAdmin world;
  const TestDevice device = make_device(world.hub.http());
  const auto gate = go_online(world.hub, device);
  REQUIRE(
      world.anna.send("POST", "/admin/admins", {{"name", "bert"}, {"password", kPassword}, {"role", "admin"}}).status ==
      201);
  Browser bert = world.log_in("bert", kPassword);
  CHECK(bert.send("POST", "/admin/devices/" + device.controller_id + "/commands", {{"command", {{"action", "stop"}}}})
            .status == 202);
  REQUIRE(world.anna.send("DELETE", "/admin/admins/bert").status == 204);
  const JsonObject list = world.anna.send("GET", "/admin/commands?controller_id=" + device.controller_id).json();
  CHECK(list.at("commands").at(0).at("sender_name") == "bert");
}

TEST_CASE("a list is exported whole, by its own filters, as JSON or as CSV that is no formula") {
  FirstAdmin world;
  HttpClient viewer(world.hub.http(), kViewerToken);
  const TestDevice device = make_device(world.hub.http(), "first");
  for (int i = 0; i < 510; ++i) make_device(world.hub.http(), "gate-" + std::to_string(i));
  const auto get = [&](const std::string& path, const std::string& accept) {
    return viewer.request({.path = "/admin/export/" + path, .headers = {"Accept: " + accept}});
  };
  HttpClient owner(world.hub.http(), device.token);
  CHECK(owner.get("/admin/export/devices").status == 403);
  REQUIRE(owner.patch("/devices/first", {{"device_name", "=1+1,\"x\""}}).status == 200);
  CHECK(boost::json::parse(get("devices", "application/json").body).as_array().size() == 511);
  const auto csv = get("devices?query=first", "text/csv");
  CHECK(csv.header("content-type").starts_with("text/csv"));
  CHECK(csv.body.starts_with("id,controller_id,hardware_id,device_name,"));
  CHECK(csv.body.find(",\"'=1+1,\"\"x\"\"\",") != std::string::npos);
  CHECK(std::count(csv.body.begin(), csv.body.end(), '\r') == 2);
  CHECK(get("devices?firmware=none", "text/csv").body.find('\r') ==
        get("devices?firmware=none", "text/csv").body.size() - 2);
  CHECK(get("devices?firmware=none", "application/json").body == "[]\n");
  CHECK(get("audit?action=device.update", "text/csv").body.starts_with("id,at,who,who_name,"));
  for (const char* list : {"users", "grants", "commands", "files", "audit"}) {
    CHECK(get(list, "text/csv").status == 200);
    CHECK(boost::json::parse(get(list, "application/json").body).is_array());
  }
  CHECK(get("users?firmware=1", "text/csv").wrong_fields() == "/firmware");
  CHECK(get("devices?sort=nothing", "text/csv").wrong_fields() == "/sort");
  CHECK(get("sessions", "text/csv").wrong_fields() == "/list");
}

TEST_CASE("a job deletes files of several devices; a file without its device is no item") {
  FirstAdmin world;
  HttpClient admin(world.hub.http(), kAdminToken);
  boost::json::array files;
  for (int i = 0; i < 2; ++i) {
    const TestDevice device = make_device(world.hub.http());
    const auto made = admin.post("/files/" + device.controller_id, {{"name", "a"}, {"kind", "other"}, {"size", 1}});
    REQUIRE(made.status == 201);
    files.emplace_back(device.controller_id + "/" + std::to_string(made.number("file_id")));
  }
  CHECK(admin.post("/admin/jobs", {{"kind", "delete-files"}, {"items", {files[0], "7"}}}).wrong_fields() == "/items/1");
  files.emplace_back("nobody/1");
  const auto made = admin.post("/admin/jobs", {{"kind", "delete-files"}, {"items", files}});
  REQUIRE(made.status == 202);
  const std::string path = "/admin/jobs/" + std::to_string(made.number("job_id"));
  REQUIRE(eventually([&] { return admin.get(path).at("job").at("state") == "done"; }));
  CHECK(admin.get(path).at("job").at("done") == 2);
  CHECK(admin.get(path).at("job").at("failed") == 1);
  CHECK(admin.get("/admin/files").number("total") == 0);
}

TEST_CASE("an admin sees what the hub is, and watches what happens") {
  HubProcess hub;
  HttpClient viewer(hub.http(), kViewerToken);
  const JsonObject overview = viewer.get("/admin/overview").json();
  CHECK(overview.at("status") == "healthy");
  CHECK(overview.at("facts").at("mqtt_connected") == true);
  CHECK(overview.at("devices").at("total") == 0);
  CHECK(overview.at("plugins").at("admin") == "started");
  CHECK(overview.at("metrics").at("process_resident_memory_bytes").as_double() > 0);
  const JsonObject list = viewer.get("/admin/plugins").json();
  bool is_mqtt_there = false;
  for (const auto& plugin : list.at("plugins").as_array()) {
    if (plugin.at("id") != "transport-mqtt") continue;
    is_mqtt_there = true;
    for (const auto& option : plugin.at("configuration").as_array()) {
      if (option.at("name") != "listen") continue;
      CHECK(option.at("value") == "127.0.0.1:0");
      CHECK(option.at("source").as_string().find("hub.toml:") != std::string::npos);
      CHECK(option.at("is_default") == false);
    }
  }
  CHECK(is_mqtt_there);
  EventReader events(hub.http(), "/admin/events", kViewerToken);
  const auto first = events.next();
  REQUIRE(first);
  CHECK(first->type == "health");
  const TestDevice device = make_device(hub.http());
  const auto second = events.next_of("registered");
  REQUIRE(second);
  CHECK(second->data.find(device.controller_id) != std::string::npos);
  const TestUser owner = make_user(hub.http(), device, "owner");
  MqttClient gate;
  REQUIRE(gate.connect(hub.mqtt_port(), login_of(device)) == kMqttOk);
  REQUIRE(gate.subscribe(device.commands) == 1);
  REQUIRE(events.next_of("presence"));
  HttpClient app(hub.http(), owner.token);
  const JsonObject command{{"controller_id", device.controller_id}, {"command", {{"action", "open"}}}};
  REQUIRE(eventually([&] { return app.post("/commands/send", command).status == 202; }));
  REQUIRE(gate.receive());
  const auto sent = events.next_of("command");
  REQUIRE(sent);
  CHECK(sent->data.find("\"state\":\"sent\"") != std::string::npos);
  REQUIRE(gate.publish(device.status, R"({"state":"OPENING"})") != -1);
  const auto delivered = events.next_of("command");
  REQUIRE(delivered);
  CHECK(delivered->data.find("\"state\":\"delivered\"") != std::string::npos);
}

TEST_CASE("the page answers below its path, to browsers that must not be fooled") {
  TempDir pages;
  std::filesystem::create_directories(pages / "admin/assets");
  write_file(pages / "admin/index.html", "<p>the page");
  write_file(pages / "admin/assets/app-1.js", "let a;");
  write_file(pages / "admin/assets/app-1.js.gz", "zipped");
  HubProcess hub({.sets = {"hub.pages_dir=[\"" + pages.path().string() + "\"]"}});
  const auto get = [&](const std::string& path, std::vector<std::string> headers = {},
                       const std::string& method = "GET") {
    return HttpClient(hub.http())
        .request({.method = method, .path = path, .headers = std::move(headers), .at_root = true});
  };
  for (const char* path : {"/admin", "/admin/", "/admin/devices/gate-7"}) {
    const auto page = get(path);
    CHECK(page.status == 200);
    CHECK(page.body == "<p>the page");
    CHECK(page.header("content-security-policy").find("script-src 'self'") != std::string::npos);
    CHECK(page.header("content-security-policy").find("unsafe") == std::string::npos);
    CHECK(page.header("x-frame-options") == "DENY");
  }
  const auto script = get("/admin/assets/app-1.js");
  CHECK(script.body == "let a;");
  CHECK(script.header("cache-control").find("immutable") != std::string::npos);
  CHECK(get("/admin/assets/app-1.js", {"If-None-Match: " + script.header("etag")}).status == 304);
  const auto zipped = get("/admin/assets/app-1.js", {"Accept-Encoding: gzip"});
  CHECK(zipped.header("content-encoding") == "gzip");
  CHECK(zipped.body == "zipped");
  CHECK(get("/admin/assets/app-2.js").status == 404);
  CHECK(get("/admin", {}, "POST").status == 405);
  const auto home = get("/");
  CHECK(home.status == 302);
  CHECK(home.header("location") == "/admin");
}

TEST_CASE("sharing brings a page and its entry in the admin's menu, where it is there and its page is on") {
  TempDir pages;
  std::filesystem::create_directories(pages / "sharing");
  write_file(pages / "sharing/index.html", "<p>the tokens");
  const std::string folder = "hub.pages_dir=[\"" + pages.path().string() + "\"]";
  const auto page_of = [](const HubProcess& hub) {
    return HttpClient(hub.http()).request({.path = "/sharing?state=open", .at_root = true});
  };
  const auto menu_of = [](const HubProcess& hub) {
    return boost::json::serialize(HttpClient(hub.http(), kViewerToken).get("/admin/menu").at("entries"));
  };
  {
    HubProcess hub({.sets = {folder}});
    const auto page = page_of(hub);
    CHECK(page.status == 200);
    CHECK(page.body == "<p>the tokens");
    CHECK(page.header("content-security-policy").find("script-src 'self'") != std::string::npos);
    CHECK(page.header("content-security-policy").find("unsafe") == std::string::npos);
    CHECK(page.header("x-frame-options") == "DENY");
    CHECK(menu_of(hub) == R"([{"title":"Sharing tokens","path":"/sharing"}])");
    REQUIRE(HttpClient(hub.http(), kAdminToken).post("/admin/plugins/sharing/disable", JsonObject()).status == 202);
    REQUIRE(hub.stop() == 0);
    hub.start();
    CHECK(page_of(hub).status == 404);
    CHECK(menu_of(hub) == "[]");
  }
  {
    HubProcess hub({.sets = {folder, "plugins.sharing.page=false"}});
    CHECK(page_of(hub).status == 404);
    CHECK(menu_of(hub) == "[]");
  }
  HubProcess hub({.sets = {folder}, .with_admin = false});
  CHECK(page_of(hub).status == 200);
  CHECK(HttpClient(hub.http(), "user-token-of-an-app").post("/sharing/redeem", {{"token", "gts_none"}}).status == 404);
}

TEST_CASE("a hub without the admin says at /admin how to have it") {
  HubProcess hub({.with_admin = false});
  const auto page = HttpClient(hub.http()).request({.path = "/admin", .at_root = true});
  CHECK(page.status == 200);
  CHECK(page.header("content-type").starts_with("text/html"));
  CHECK(page.body.find("hub.plugins") != std::string::npos);
  CHECK(HttpClient(hub.http()).request({.path = "/", .at_root = true}).header("location") == "/docs");
}

TEST_CASE("a plugin is switched off and on from the next start on, where nobody needs it") {
  HubProcess hub;
  const auto post = [&](const std::string& path) {
    return HttpClient(hub.http(), kAdminToken).post("/admin/plugins/" + path, JsonObject());
  };
  const auto entry_of = [&](const std::string& id) {
    const JsonObject page = HttpClient(hub.http(), kViewerToken).get("/admin/plugins").json();
    for (const auto& plugin : page.at("plugins").as_array()) {
      if (plugin.at("id").as_string() == id)
        return std::string(plugin.at("state").as_string()) + (plugin.at("enabled").as_bool() ? " on" : " off");
    }
    return std::string("none");
  };
  CHECK(entry_of("sharing") == "started on");
  CHECK(entry_of(hub.storage() == "storage-sqlite" ? "storage-postgres" : "storage-sqlite") == "off off");
  const auto off = post("sharing/disable");
  REQUIRE(off.status == 202);
  CHECK(off.text("message").find("restart") != std::string::npos);
  CHECK(entry_of("sharing") == "started off");
  const auto needed = post("auth/disable");
  CHECK(needed.status == 409);
  CHECK(needed.text("detail").find("gatetorio.access/1") != std::string::npos);
  CHECK(post("admin/disable").status == 409);
  CHECK(post("nobody/enable").status == 404);
  CHECK(post("sharing/reload").status == 501);
  hub.stop();
  hub.start();
  CHECK(entry_of("sharing") == "off off");
  CHECK(HttpClient(hub.http(), kAdminToken).post("/sharing/create", JsonObject()).status == 404);
  CHECK(hub.log().find("it was switched off while the hub ran") != std::string::npos);
  CHECK(post("sharing/enable").status == 202);
  hub.stop();
  hub.start();
  CHECK(entry_of("sharing") == "started on");
  CHECK(audited(hub, "target=plugin:sharing").size() == 2);
}

}  // namespace
}  // namespace gatetorio::testing
