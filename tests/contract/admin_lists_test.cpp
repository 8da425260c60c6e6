// The lists of admins as they see them over HTTP: pages to the end, filters, what is refused, and who may not.
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

HttpClient admin() { return client(kAdminToken); }
HttpClient viewer() { return client(kViewerToken); }

// All entries of a list, page by page; `between` two pages something may happen.
std::vector<JsonObject> walk(
    const std::string& path, const std::string& items, const std::function<void()>& between = [] {}) {
  std::vector<JsonObject> list;
  const std::string joint = path.find('?') == std::string::npos ? "?" : "&";
  std::string next;
  while (true) {
    const HttpResponse page = viewer().get(path + (next.empty() ? "" : joint + "cursor=" + next));
    if (page.status != 200) throw std::runtime_error(path + ": " + page.body);
    const Json entries = page.at(items);
    for (const Json& each : entries.as_array()) list.push_back(each.as_object());
    if (page.is_null("next_cursor")) return list;
    next = page.text("next_cursor");
    between();
  }
}

std::string word(const JsonObject& object, std::string_view member) {
  return std::string(object.at(member).as_string());
}

TEST_CASE("an admin walks the fleet in pages and finds each device once, while others come and go") {
  const std::string prefix = unique("fleet");
  std::set<std::string> stays;
  std::vector<TestDevice> goes;
  for (int i = 0; i < 9; ++i) {
    const TestDevice device = make_device(shared_hub().http(), prefix + "-m" + std::to_string(i));
    i % 3 == 1 ? goes.push_back(device) : void(stays.insert(device.controller_id));
  }
  for (const char* sort :
       {"controller_id", "-controller_id", "created_at", "-created_at", "last_seen", "device_name"}) {
    CAPTURE(sort);
    std::multiset<std::string> seen;
    int added = 0;
    const auto between = [&] {
      make_device(shared_hub().http(), prefix + (added % 2 == 0 ? "-a" : "-z") + unique("x"));
      if (++added == 2 && !goes.empty()) {
        CHECK(admin().del(device_path(goes.back())).status == 204);
        goes.pop_back();
      }
    };
    for (const JsonObject& device :
         walk("/admin/devices?limit=2&query=" + prefix + "-m&sort=" + sort, "devices", between)) {
      seen.insert(word(device, "controller_id"));
    }
    for (const std::string& name : seen) CHECK(seen.count(name) == 1);
    for (const std::string& name : stays) CHECK(seen.count(name) == 1);
  }
}

TEST_CASE("the list of devices and a device agree about who is online") {
  const std::string prefix = unique("online");
  const TestDevice there = make_device(shared_hub().http(), prefix + "-1");
  const TestDevice beating = make_device(shared_hub().http(), prefix + "-2");
  const TestDevice away = make_device(shared_hub().http(), prefix + "-3");
  auto connected = go_online(shared_hub(), there);
  CHECK(client(beating.token).post(device_path(beating) + "/heartbeat").status == 200);
  const auto names = [&](const std::string& online) {
    std::set<std::string> list;
    for (const JsonObject& device : walk("/admin/devices?online=" + online + "&query=" + prefix, "devices")) {
      list.insert(word(device, "controller_id"));
      CHECK(device.at("is_online").as_bool() == (online == "true"));
    }
    return list;
  };
  CHECK(names("true") == std::set<std::string>{there.controller_id, beating.controller_id});
  CHECK(names("false") == std::set<std::string>{away.controller_id});
  connected->disconnect();
  CHECK(eventually([&] { return !viewer().get(device_path(there)).at("is_online").as_bool(); }));
  CHECK(names("false") == std::set<std::string>{there.controller_id, away.controller_id});
  const auto longest = viewer().get("/admin/devices?sort=last_seen&offline_for_seconds=0&query=" + prefix);
  CHECK(word(longest.at("devices").as_array().at(0).as_object(), "controller_id") == away.controller_id);

  CHECK(eventually([&] {
    const auto sessions = viewer().get("/admin" + device_path(there) + "/presence").at("sessions");
    return sessions.as_array().size() == 1 && !sessions.at(0).at("until").is_null();
  }));
  const auto session = viewer().get("/admin" + device_path(there) + "/presence").at("sessions").at(0).as_object();
  CHECK(word(session, "via") == "mqtt");
  CHECK(word(session, "ended_by") == "closed");
  CHECK(is_timestamp(word(session, "from")));
  CHECK(eventually([&] {
    const auto sessions = viewer().get("/admin" + device_path(beating) + "/presence").at("sessions");
    return sessions.as_array().size() == 1 && sessions.at(0).at("via") == "heartbeat";
  }));
  CHECK(viewer().get("/admin/devices/" + unique("none") + "/presence").status == 404);
}

TEST_CASE("presence is told of across a kill: it ended because the hub restarted") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const auto connected = go_online(hub, device);
  const auto sessions = [&] {
    return HttpClient(hub.http(), kViewerToken).get("/admin" + device_path(device) + "/presence").at("sessions");
  };
  CHECK(eventually([&] { return sessions().as_array().size() == 1; }));
  hub.kill();
  hub.start();
  CHECK(eventually([&] { return !sessions().at(0).at("until").is_null(); }));
  CHECK(sessions().at(0).at("ended_by") == "hub restarted");
}

TEST_CASE("a list answers 422 at what is wrong, and takes a cursor for its own list, sort and filters alone") {
  const std::string prefix = unique("wrong");
  for (const char* name : {"-1", "-2", "-3"}) make_device(shared_hub().http(), prefix + name);
  const std::string list = "/admin/devices?limit=1&query=" + prefix;
  const std::string cursor = viewer().get(list).text("next_cursor");
  const auto wrong = [](const std::string& path) {
    const HttpResponse answer = viewer().get(path);
    return std::to_string(answer.status) + answer.wrong_fields();
  };
  CHECK(viewer().get(list + "&cursor=" + cursor).at("devices").as_array().size() == 1);
  CHECK(wrong(list + "&sort=secret") == "422/sort");
  CHECK(wrong(list + "&cursor=abc") == "422/cursor");
  CHECK(wrong(list + "&sort=-controller_id&cursor=" + cursor) == "422/cursor");
  CHECK(wrong(list + "&online=true&cursor=" + cursor) == "422/cursor");
  CHECK(wrong("/admin/enrolment-keys?cursor=" + cursor) == "422/cursor");
  CHECK(wrong("/admin/devices?limit=0") == "422/limit");
  CHECK(wrong("/admin/devices?limit=501") == "422/limit");
  CHECK(wrong("/admin/devices?online=maybe") == "422/online");
}

TEST_CASE("an edit with If-Match is done where nothing has changed since, else 412 and nothing is changed") {
  const TestDevice device = new_device();
  const auto edit = [&](const std::string& tag, const std::string& label) {
    return admin().request({.method = "PATCH",
                            .path = device_path(device),
                            .body = R"({"device_name":")" + label + "\"}",
                            .headers = {"If-Match: " + tag}});
  };
  const std::string first = viewer().get(device_path(device)).header("etag");
  CHECK(first.starts_with('"'));
  const HttpResponse edited = edit(first, "North");
  CHECK(edited.status == 200);
  CHECK(edited.header("etag") == viewer().get(device_path(device)).header("etag"));
  CHECK(edit(first, "South").status == 412);
  CHECK(viewer().get(device_path(device)).text("device_name") == "North");
  CHECK(edit("*", "East").status == 200);
  CHECK(admin().patch(device_path(device), {{"device_name", "West"}}).status == 200);
  CHECK(admin().patch(device_path(device), {{"device_name", "X"}, {"if_match", "\"no\""}}).status != 500);
}

TEST_CASE("enrolment keys are listed without what they are, and ended by admins alone") {
  const std::string name = unique("key");
  const HttpResponse made = admin().post("/admin/enrolment-keys", {{"name", name}, {"max_uses", 3}});
  const std::string path = "/admin/enrolment-keys/" + std::to_string(made.number("key_id"));
  const auto listed = [&] {
    for (const JsonObject& key : walk("/admin/enrolment-keys?limit=2", "keys")) {
      if (word(key, "name") == name) return key;
    }
    return JsonObject{};
  };
  CHECK(listed().at("max_uses").as_int64() == 3);
  CHECK(listed().at("uses").as_int64() == 0);
  CHECK(viewer().get("/admin/enrolment-keys?limit=500").body.find(made.text("enrolment_key")) == std::string::npos);
  CHECK(viewer().del(path).status == 403);
  CHECK(admin().del(path).status == 204);
  CHECK(admin().del(path).status == 404);
  CHECK(listed().empty());
}

TEST_CASE("an admin's command reaches the gate with the admin's name on it, and a viewer's does not") {
  const TestDevice device = new_device();
  const auto gate = go_online(shared_hub(), device);
  const std::string path = "/admin/devices/" + device.controller_id + "/commands";
  const JsonObject body{{"command", {{"action", "open"}}}, {"idempotency_key", unique("key")}};
  CHECK(viewer().post(path, body).status == 403);
  const HttpResponse sent = admin().post(path, body);
  CHECK(sent.status == 202);
  CHECK(admin().post(path, body).text("command_id") == sent.text("command_id"));
  const auto arrived = gate->receive();
  REQUIRE(arrived);
  CHECK(arrived->payload.find(sent.text("command_id")) != std::string::npos);
  const auto listed = walk("/admin/commands?limit=1&controller_id=" + device.controller_id, "commands");
  REQUIRE(listed.size() == 1);
  CHECK(word(listed[0], "sender").starts_with("admin:"));
  CHECK(word(listed[0], "sender_name") == "token tests");
  CHECK(word(listed[0], "command_id") == sent.text("command_id"));
  CHECK(word(listed[0], "controller_id") == device.controller_id);
  CHECK(viewer().get("/admin/commands?from=2000-01-01T00:00:00Z&until=2001-01-01T00:00:00Z").number("total") == 0);
  CHECK(viewer().get("/admin/commands?from=yesterday").wrong_fields() == "/from");
}

TEST_CASE("an admin sees who has access to what, and a user that it removes has none at once") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), reader = new_user(device, "readonly");
  const std::string grants = "/admin/grants?limit=1&controller_id=" + device.controller_id;
  CHECK(walk(grants, "grants").size() == 2);
  CHECK(walk(grants + "&level=readonly", "grants").at(0).at("user_id").as_int64() == reader.id);
  const auto app = go_online(shared_hub(), owner, device);
  const std::string path = "/admin/users/" + std::to_string(owner.id);
  CHECK(walk("/admin/users?query=" + std::to_string(owner.id), "users").at(0).at("devices").as_int64() == 1);
  CHECK(viewer().del(path).status == 403);
  CHECK(client(owner.token).get(device_path(device)).status == 200);
  CHECK(admin().del(path).status == 204);
  CHECK(client(owner.token).get(device_path(device)).status == 404);
  CHECK(client(reader.token).get(device_path(device)).status == 200);
  CHECK(app->is_closed_by_broker());
  CHECK(admin().del(path).status == 404);
  CHECK(walk(grants, "grants").size() == 1);
}

TEST_CASE("an admin sees the tokens of a device by their beginning, and revokes one") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  std::vector<std::string> tokens;
  for (int i = 0; i < 3; ++i) {
    tokens.push_back(
        client(owner.token).post("/sharing/create", {{"controller_id", device.controller_id}}).text("token"));
  }
  const std::string path = "/admin/sharing-tokens?limit=1&controller_id=" + device.controller_id;
  const auto listed = walk(path, "tokens");
  REQUIRE(listed.size() == 3);
  CHECK(word(listed[0], "token").starts_with(tokens[2].substr(0, 8)));
  CHECK(boost::json::serialize(listed[0]).find(tokens[2]) == std::string::npos);
  CHECK(word(listed[0], "created_by") == "user:" + std::to_string(owner.id));
  const std::string id = std::to_string(listed[0].at("token_id").as_int64());
  CHECK(admin().del("/sharing/tokens/" + id).status == 204);
  CHECK(walk(path + "&state=revoked", "tokens").size() == 1);
  CHECK(walk(path + "&state=open", "tokens").size() == 2);
}

TEST_CASE("an admin sees the files of all devices, by device, kind and state") {
  const TestDevice device = new_device();
  for (const char* kind : {"config", "log", "log"}) {
    CHECK(client(device.token)
              .post("/files/" + device.controller_id, {{"name", unique("file")}, {"kind", kind}, {"size", 3}})
              .status == 201);
  }
  const std::string path = "/admin/files?limit=1&controller_id=" + device.controller_id;
  CHECK(walk(path, "files").size() == 3);
  CHECK(walk(path + "&sort=name", "files").size() == 3);
  CHECK(walk(path + "&kind=log&state=uploading", "files").size() == 2);
  CHECK(walk(path + "&state=complete", "files").empty());
  CHECK(word(walk(path, "files").at(0), "created_by") == "device:" + std::to_string(device.id));
}

}  // namespace
}  // namespace gatetorio::testing
