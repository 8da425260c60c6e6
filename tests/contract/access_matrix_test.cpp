// Every principal x every declared operation x its own device, a foreign one and one that does not exist: nobody gets
// through who must not. Generated from GET /openapi.json, so a new operation is covered without a word here.
#include <catch2/catch_test_macros.hpp>
#include <iostream>

#include "shared_hub.hpp"
#include "support/event_reader.hpp"

namespace gatetorio::testing {
namespace {

struct Endpoint {
  std::string method, path;
  bool is_stream = false;
};

struct Caller {
  std::string name, bearer;
};

std::string with_parameter(std::string path, const std::string& name, const std::string& value) {
  const auto at = path.find("{" + name + "}");
  return at == std::string::npos ? path : path.replace(at, name.size() + 2, value);
}

std::vector<Endpoint> all_endpoints() {
  std::vector<Endpoint> list;
  const JsonObject document = client().root("/openapi.json").json();
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, declaration] : methods.as_object()) {
      if (method == "parameters") continue;
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      const bool is_stream = boost::json::serialize(declaration).find("text/event-stream") != std::string::npos;
      list.push_back({upper, std::string(path), is_stream});
    }
  }
  return list;
}

// What the contract's tables allow: "METHOD path" -> callers, for the caller's own device. Nothing is allowed on a
// foreign one. Operations without a device in them are in the second table.
const std::map<std::string, std::string> kOnOwnDevice = {
    {"GET /devices/{controller_id}", "device owner engineer readonly admin viewer"},
    {"PATCH /devices/{controller_id}", "device owner admin"},
    {"POST /devices/{controller_id}/heartbeat", "device"},
    {"DELETE /devices/{controller_id}", "owner admin"},
    {"GET /devices/{controller_id}/users", "device owner admin viewer"},
    {"DELETE /devices/{controller_id}/users/{user_id}", "device owner admin"},
    {"POST /commands/send", "owner engineer"},
    {"GET /commands/status/{controller_id}", "device owner engineer readonly admin viewer"},
    {"GET /devices/{controller_id}/events", "owner engineer readonly admin viewer"},
    {"GET /devices/{controller_id}/activity", "owner admin viewer"},
    {"GET /devices/{controller_id}/access/explain", "device owner engineer readonly admin viewer"},
    {"GET /devices/{controller_id}/rules", "device owner engineer readonly admin viewer"},
    {"PUT /devices/{controller_id}/policy", "owner admin"},
    {"PUT /devices/{controller_id}/lockdown", "owner admin"},
    {"DELETE /devices/{controller_id}/lockdown", "owner admin"},
    {"PUT /devices/{controller_id}/hold-open", "owner admin"},
    {"DELETE /devices/{controller_id}/hold-open", "owner admin"},
    {"GET /users/access/{controller_id}", "owner engineer readonly stranger foreign_owner"},
    {"POST /admin/devices/{controller_id}/release", "admin"},
    {"GET /admin/devices/{controller_id}/presence", "admin viewer"},
    {"POST /admin/devices/{controller_id}/commands", "admin"},
    {"POST /sharing/create", "owner"},
    {"POST /admin/devices/{controller_id}/sharing-tokens", "admin"},
    {"POST /files/{controller_id}", "device owner engineer admin"},
    {"GET /files/{controller_id}", "device owner engineer admin viewer"},
    {"GET /files/{controller_id}/{file_id}", "device owner engineer admin"},
    {"DELETE /files/{controller_id}/{file_id}", "owner admin"},
    {"GET /files/{controller_id}/{file_id}/diff", "device owner engineer admin"},
    {"POST /files/{controller_id}/{file_id}/restore", "device owner engineer admin"},
    {"GET /sharing/tokens/{controller_id}", "owner admin viewer"},
    {"POST /devices/{controller_id}/visits", "owner admin"},
    {"GET /devices/{controller_id}/visits", "owner admin viewer"},
    {"DELETE /devices/{controller_id}/visits/{visit_id}", "owner admin"},
};
const std::map<std::string, std::string> kWithoutDevice = {
    {"POST /devices/register",
     "anonymous device foreign_device owner engineer readonly stranger foreign_owner admin viewer wrong "
     "misspelt_device"},
    {"POST /users/authorize", "device foreign_device"},
    {"POST /users/discover", "owner engineer readonly stranger foreign_owner"},
    {"GET /users/me/devices", "owner engineer readonly stranger foreign_owner"},
    {"POST /users/mqtt-credentials", "owner engineer readonly foreign_owner"},
    {"GET /sites", "owner engineer readonly stranger foreign_owner admin viewer"},
    {"POST /sites", "owner engineer readonly foreign_owner"},
    // Of a site of the foreign owner's.
    {"PATCH /sites/{site_id}", "foreign_owner admin"},
    {"DELETE /sites/{site_id}", "foreign_owner admin"},
    {"GET /sites/{site_id}/devices", "foreign_owner admin viewer"},
    {"POST /sites/{site_id}/devices", "admin"},  // the device is not its
    {"DELETE /sites/{site_id}/devices/{controller_id}", "foreign_owner admin"},
    {"PUT /sites/{site_id}/lockdown", "foreign_owner admin"},
    {"DELETE /sites/{site_id}/lockdown", "foreign_owner admin"},
    {"PUT /sites/{site_id}/hold-open", "foreign_owner admin"},
    {"DELETE /sites/{site_id}/hold-open", "foreign_owner admin"},
    {"GET /sites/{site_id}/users", "foreign_owner admin viewer"},
    {"POST /sites/{site_id}/users", "foreign_owner admin"},
    {"DELETE /sites/{site_id}/users/{user_id}", "foreign_owner admin"},
    {"GET /commands/{command_id}", ""},  // of a command that is nobody's: commands_test.cpp has the others
    // What opens these is a signature: files_test.cpp.
    {"OPTIONS /uploads/{file_id}",
     "anonymous device foreign_device owner engineer readonly stranger foreign_owner admin viewer wrong "
     "misspelt_device"},
    {"HEAD /uploads/{file_id}", ""},
    {"PATCH /uploads/{file_id}", ""},
    {"PUT /uploads/{file_id}", ""},
    {"DELETE /uploads/{file_id}", ""},
    {"GET /downloads/{file_id}", ""},
    // Of a token that is not there: sharing_test.cpp has the others.
    {"POST /sharing/redeem", ""},
    {"DELETE /sharing/tokens/{token_id}", ""},
    {"GET /sharing/tokens/{token_id}/qr", ""},
    {"POST /broker/rabbitmq/user", ""},  // of an external broker only: broker_questions_test.cpp
    {"POST /broker/rabbitmq/vhost", ""},
    {"POST /broker/rabbitmq/resource", ""},
    {"POST /broker/rabbitmq/topic", ""},
    {"POST /broker/emqx/authenticate", ""},
    {"POST /broker/emqx/authorize", ""},
    {"GET /admin/pending-devices", "admin viewer"},
    {"POST /admin/pending-devices/{pending_id}/approve", "admin"},
    {"DELETE /admin/pending-devices/{pending_id}", "admin"},
    {"GET /admin/devices", "admin viewer"},
    {"GET /admin/files", "admin viewer"},
    {"GET /admin/sharing-tokens", "admin viewer"},
    {"GET /admin/users", "admin viewer"},
    {"DELETE /admin/users/{user_id}", "admin"},
    {"GET /admin/grants", "admin viewer"},
    {"GET /admin/commands", "admin viewer"},
    {"POST /admin/enrolment-keys", "admin"},
    {"POST /admin/import/devices", "admin"},
    {"POST /admin/setup",  // what opens it is the link: admin_test.cpp
     "anonymous device foreign_device owner engineer readonly stranger foreign_owner admin viewer wrong "
     "misspelt_device"},
    {"POST /admin/session",
     "anonymous device foreign_device owner engineer readonly stranger foreign_owner admin viewer wrong "
     "misspelt_device"},
    {"GET /admin/session", "admin viewer"},
    {"DELETE /admin/session", "admin viewer"},
    {"GET /admin/sessions", "admin viewer"},
    {"DELETE /admin/sessions/{session_id}", "admin"},
    {"GET /admin/tokens", "admin viewer"},
    {"POST /admin/tokens", "admin"},
    {"DELETE /admin/tokens/{token_id}", "admin"},
    {"GET /admin/admins", "admin viewer"},
    {"POST /admin/admins", "admin"},
    {"PATCH /admin/admins/{name}", "admin"},
    {"DELETE /admin/admins/{name}", "admin"},
    {"POST /admin/totp", "admin viewer"},
    {"POST /admin/totp/confirm", "admin viewer"},
    {"DELETE /admin/totp", "admin viewer"},
    {"GET /admin/overview", "admin viewer"},
    {"GET /admin/plugins", "admin viewer"},
    {"POST /admin/plugins/{id}/enable", "admin"},
    {"POST /admin/plugins/{id}/disable", "admin"},
    {"POST /admin/plugins/{id}/reload", "admin"},
    {"GET /admin/menu", "admin viewer"},
    {"GET /admin/audit", "admin viewer"},
    {"GET /admin/events", "admin viewer"},
    {"GET /admin/export/{list}", "admin viewer"},
    {"GET /admin/jobs", "admin viewer"},
    {"POST /admin/jobs", "admin"},
    {"GET /admin/jobs/{job_id}", "admin viewer"},
    {"DELETE /admin/jobs/{job_id}", "admin"},
    {"GET /admin/enrolment-keys", "admin viewer"},
    {"DELETE /admin/enrolment-keys/{key_id}", "admin"},
};

const JsonObject kVisit{{"ends_at", in_hours(24)}};

bool contains_word(const std::string& words, const std::string& word) {
  return (" " + words + " ").find(" " + word + " ") != std::string::npos;
}

// A body that lets the call through to its end where the caller may.
JsonObject body_for(const std::string& key, const std::string& controller_id) {
  if (key == "POST /devices/register") return {{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}};
  if (key == "POST /users/authorize") return {{"user_token", unique("user-token-of-an-app")}};
  if (key == "POST /commands/send") return {{"controller_id", controller_id}, {"command", {{"action", "x"}}}};
  if (key == "POST /admin/devices/{controller_id}/commands") return {{"command", {{"action", "x"}}}};
  if (key == "POST /files/{controller_id}") return {{"name", "a.bin"}, {"kind", "other"}, {"size", 1}};
  if (key == "POST /devices/{controller_id}/visits") return kVisit;
  if (key == "POST /sharing/create") return {{"controller_id", controller_id}};
  if (key == "POST /sites" || key == "PATCH /sites/{site_id}") return {{"name", "Elm Road"}};
  if (key == "POST /sites/{site_id}/devices") return {{"controller_id", controller_id}};
  if (key == "POST /sites/{site_id}/users") return {{"user_id", 0}};
  if (key == "POST /sharing/redeem") return {{"token", "gts_of-nobody"}};
  return {};
}

// Whether the caller got through: refusals are 401, 403 and 404; 404 for a thing in the path that is not there counts
// as through only where nothing was refused before, which the tables decide.
int call(const Endpoint& endpoint, const std::string& key, const Caller& caller, const std::string& controller_id) {
  std::string path = with_parameter(endpoint.path, "controller_id", controller_id);
  path = with_parameter(path, "user_id", "9007199254740991");
  path = with_parameter(path, "command_id", "cmd_none");
  path = with_parameter(path, "file_id", "9007199254740991");
  path = with_parameter(path, "token_id", "9007199254740991");
  path = with_parameter(path, "visit_id", "9007199254740991");
  for (const char* id : {"pending_id", "session_id", "job_id", "key_id"})
    path = with_parameter(path, id, "9007199254740991");
  path = with_parameter(path, "name", "nobody");
  path = with_parameter(path, "id", "none");
  path = with_parameter(path, "list", "users");
  if (endpoint.is_stream) return EventReader(shared_hub().http(), path, caller.bearer).status();
  HttpRequest request{.method = endpoint.method, .path = path, .bearer = caller.bearer};
  if (endpoint.path.ends_with("/diff")) request.path += "?with=9007199254740990";
  if (endpoint.path == "/uploads/{file_id}") {
    request.headers = {"Tus-Resumable: 1.0.0", "Upload-Offset: 0"};
    request.content_type = "application/offset+octet-stream";
    if (endpoint.method == "PATCH" || endpoint.method == "PUT") request.body = "x";
  } else if (endpoint.path == "/admin/import/devices") {
    request.content_type = "text/csv";
    request.body = "hardware_id\n" + unique("hw") + "\n";
  } else if (endpoint.method != "GET" && endpoint.method != "DELETE") {
    request.body = boost::json::serialize(body_for(key, controller_id));
  }
  return client().request(request).status;
}

// "gtd_7.secret" -> "gtd_07.secret": the right secret, another spelling of the number.
std::string misspelt(const std::string& device_token) { return "gtd_0" + device_token.substr(4); }

bool is_refusal(int status) { return status == 401 || status == 403 || status == 404; }

TEST_CASE("the matrix of every principal and operation has no unexpected allow") {
  int cells = 0, unexpected = 0, unlisted = 0;
  const TestDevice foreign = new_device();
  const TestUser foreign_owner = new_user(foreign, "owner");
  for (const Endpoint& endpoint : all_endpoints()) {
    const std::string key = endpoint.method + " " + endpoint.path;
    const auto own_rule = kOnOwnDevice.find(key);
    const auto plain_rule = kWithoutDevice.find(key);
    CAPTURE(key);
    if (own_rule == kOnOwnDevice.end() && plain_rule == kWithoutDevice.end()) {
      ++unlisted;
      FAIL_CHECK("an operation that the tables of this test do not know");
      continue;
    }
    const bool has_device = own_rule != kOnOwnDevice.end();
    const std::string& allowed = has_device ? own_rule->second : plain_rule->second;
    for (const std::string target : {"own", "foreign", "missing"}) {
      const TestDevice own = new_device();  // an allowed DELETE takes it
      const TestUser owner = new_user(own, "owner"), engineer = new_user(own, "engineer"),
                     reader = new_user(own, "readonly");
      const Caller callers[] = {{"anonymous", ""},
                                {"wrong", "gtd_1_" + std::string(43, 'w')},
                                {"misspelt_device", misspelt(own.token)},
                                {"device", own.token},
                                {"foreign_device", foreign.token},
                                {"owner", owner.token},
                                {"engineer", engineer.token},
                                {"readonly", reader.token},
                                {"stranger", unique("token-of-a-stranger")},
                                {"foreign_owner", foreign_owner.token},
                                {"viewer", kViewerToken},
                                {"admin", kAdminToken}};
      if (!has_device && target != "own") continue;
      // One that belongs to nobody among the callers, so that "foreign" is foreign to all of them.
      const std::string name = target == "own"       ? own.controller_id
                               : target == "foreign" ? new_device().controller_id
                                                     : unique("none");
      for (const Caller& caller : callers) {
        CAPTURE(target, caller.name);
        Endpoint asked = endpoint;
        if (endpoint.path.starts_with("/sites/")) {  // an allowed DELETE takes it
          const HttpResponse made = client(foreign_owner.token).post("/sites", {{"name", "Elm Road"}});
          asked.path = with_parameter(asked.path, "site_id", std::to_string(made.number("site_id")));
        }
        if (key == "DELETE /devices/{controller_id}/visits/{visit_id}" && target != "missing") {
          const HttpResponse made = client(kAdminToken).post("/devices/" + name + "/visits", kVisit);
          asked.path = with_parameter(asked.path, "visit_id", std::to_string(made.number("visit_id")));
        }
        const bool is_admin = caller.name == "admin" || caller.name == "viewer";
        const bool is_open_to_all = key == "GET /users/access/{controller_id}";
        const bool may = contains_word(allowed, caller.name) &&
                         (target == "own" || is_open_to_all || (target == "foreign" && is_admin));
        const int status = call(asked, key, caller, name);
        ++cells;
        const bool got_through = !is_refusal(status);
        if (got_through && !may) ++unexpected;
        CAPTURE(status);
        CHECK(status < 600);
        CHECK(status != 500);
        CHECK((may || !got_through));
        // Where the path names a user, command or waiting device that is not there, an allowed call ends in 404.
        const bool ends_in_404 = endpoint.path.find("{user_id}") != std::string::npos ||
                                 endpoint.path.find("{pending_id}") != std::string::npos ||
                                 (endpoint.path.starts_with("/admin/") && !has_device && endpoint.path.ends_with("}") &&
                                  endpoint.path != "/admin/export/{list}") ||
                                 endpoint.path.ends_with("able") ||
                                 key == "DELETE /sites/{site_id}/devices/{controller_id}" ||
                                 key.find(" /files/{controller_id}/{file_id}") != std::string::npos;
        if (may && ends_in_404) CHECK(status == 404);
        if (may && !ends_in_404) CHECK(got_through);
        if (caller.name == "owner" && key == "DELETE /devices/{controller_id}" && got_through) break;  // it is gone
      }
    }
  }
  std::cout << "access matrix: " << cells << " cells, " << unexpected << " unexpected allows\n";
  CHECK(cells > 300);
  CHECK(unexpected == 0);
  CHECK(unlisted == 0);
}

// What proves who a device is, in every spelling but its own.
TEST_CASE("a credential with another spelling of its number is none, for the hub and for the broker") {
  const TestDevice device = new_device();
  const TestUser user = new_user(device, "owner");
  const std::string id = std::to_string(device.id), secret = device.token.substr(4 + id.size());
  REQUIRE(client("gtd_" + id + secret).get(device_path(device)).status == 200);
  for (const std::string& spelling :
       {"0" + id, "00" + id, "+" + id, "-" + id, " " + id, id + " ", "0x" + id, id + ".0"}) {
    CAPTURE(spelling);
    CHECK(client("gtd_" + spelling + secret).get(device_path(device)).status == 401);
    CHECK(client("gtd_" + spelling + secret)
              .post("/devices/register", {{"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}})
              .status == 401);
    MqttClient mqtt;
    MqttLogin login = login_of(device);
    login.username = "device-" + spelling;
    CHECK(mqtt.connect(shared_hub().mqtt_port(), login) == kNotAuthorized);
  }
  MqttLogin app = login_of(shared_hub().http(), user);
  const std::string number = app.username.substr(5);
  for (const std::string& name : {"user-0" + number, "user-+" + number, "User-" + number, "user--" + number,
                                  "user-" + number + " ", "device-" + number, number}) {
    CAPTURE(name);
    MqttClient mqtt;
    app.username = name;
    CHECK(mqtt.connect(shared_hub().mqtt_port(), app) == kNotAuthorized);
  }
}

}  // namespace
}  // namespace gatetorio::testing
