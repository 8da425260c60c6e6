// One credential cannot use up what all share: logins, transfers, streams, room for files. And no list ends in silence.
#include <list>

#include "files_steps.hpp"
#include "support/socket.hpp"

namespace gatetorio::testing {
namespace {

constexpr std::int64_t kMib = 1024 * 1024;

HttpResponse ask_for_room(const HubProcess& hub, const TestDevice& device, std::int64_t size,
                          const std::string& bearer = {}) {
  return HttpClient(hub.http(), bearer.empty() ? device.token : bearer)
      .post(files_path(device), {{"name", "a"}, {"kind", "other"}, {"size", size}});
}

// What the hub keeps in rows must be what adding up the table gives.
void check_totals(const HubProcess& hub) {
  CHECK(ask_database(hub, "SELECT COALESCE((SELECT bytes FROM file_totals WHERE owner = 'hub'), 0)") ==
        ask_database(hub, "SELECT COALESCE(SUM(charged), 0) FROM files"));
  CHECK(ask_database(hub, "SELECT COALESCE(SUM(bytes), 0) FROM file_totals WHERE owner LIKE 'device:%'") ==
        ask_database(hub, "SELECT COALESCE(SUM(charged), 0) FROM files"));
  CHECK(ask_database(hub, "SELECT COALESCE(SUM(bytes), 0) FROM file_totals WHERE owner LIKE 'announced:%'") ==
        ask_database(hub, "SELECT COALESCE(SUM(announced), 0) FROM files"));
}

std::string upload_head(const std::string& url, std::size_t length) {
  return "PUT /api/v1" + path_of(url) + " HTTP/1.1\r\nHost: hub\r\nContent-Length: " + std::to_string(length) +
         "\r\n\r\nx";
}

TEST_CASE("guessed user tokens are failed logins, in the head and in the body, whatever they are answered") {
  const std::pair<const char*, HttpRequest> table[] = {{"head", {.method = "GET", .path = "/users/me/devices"}},
                                                       {"body", {.method = "POST", .path = "/users/discover"}},
                                                       {"a command", {.method = "POST", .path = "/commands/send"}}};
  for (const auto& [where, request] : table) {
    CAPTURE(where);
    HubProcess hub({.sets = {"plugins.transport-http.rate_limit=true",
                             "plugins.transport-http.rate_limit_failed_login_per_second=1",
                             "plugins.transport-http.rate_limit_failed_login_burst=5"}});
    const TestDevice device = make_device(hub.http());
    const TestUser user = make_user(hub.http(), device, "owner");
    HttpClient http(hub.http());
    CHECK(http.request({.method = "GET", .path = "/users/me/devices", .bearer = user.token}).status == 200);
    int limited = 0;
    for (int i = 0; i < 20; ++i) {
      HttpRequest guess = request;
      const std::string token = "guess-of-a-user-token-" + std::to_string(i);
      if (request.method == "GET") {
        guess.bearer = token;
      } else {
        guess.body =
            "{\"controller_id\":\"" + device.controller_id + "\",\"command\":{},\"user_token\":\"" + token + "\"}";
      }
      limited += http.request(guess).status == 429 ? 1 : 0;
    }
    CHECK(limited >= 12);
  }
}

TEST_CASE("announced uploads of one device leave the others their room") {
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nmax_file_mib = 4\nmax_device_mib = 16\nmax_hub_mib = 24\n"
                               "max_announced_mib = 4\n"});
  const TestDevice greedy = make_device(hub.http()), other = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), greedy, "owner");
  const auto first = ask_for_room(hub, greedy, 4 * kMib);
  CHECK(first.status == 201);
  const auto refused = ask_for_room(hub, greedy, 1);
  CHECK(refused.status == 507);
  CHECK(refused.text("detail").find("announced") != std::string::npos);
  CHECK(ask_for_room(hub, greedy, kMib, owner.token).status == 201);  // another one's share
  CHECK(ask_for_room(hub, other, 4 * kMib).status == 201);
  check_totals(hub);
  // What has come is announced no more.
  const std::string bytes(4 * kMib, 'x');
  CHECK(HttpClient(hub.http()).request(put(first.text("upload_url"), bytes)).status == 204);
  const auto second = ask_for_room(hub, greedy, 4 * kMib);
  CHECK(second.status == 201);
  check_totals(hub);
  CHECK(HttpClient(hub.http()).request(tus("DELETE", second.text("upload_url"))).status == 204);
  CHECK(ask_for_room(hub, greedy, 4 * kMib).status == 201);
  CHECK(HttpClient(hub.http(), owner.token)
            .del(files_path(greedy) + "/" + std::to_string(first.number("file_id")))
            .status == 204);
  check_totals(hub);
  CHECK(HttpClient(hub.http(), owner.token).del(device_path(greedy)).status == 204);
  CHECK(eventually([&] { return ask_database(hub, "SELECT COUNT(*) FROM files") == 1; }));
  check_totals(hub);
}

TEST_CASE("room that was kept for an upload of which no byte comes is given back, and the upload can go on") {
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nmax_device_mib = 4\nmax_announced_mib = 4\n"});
  const TestDevice device = make_device(hub.http());
  const auto made = ask_for_room(hub, device, 4 * kMib);
  REQUIRE(made.status == 201);
  const std::string url = made.text("upload_url");
  const std::string bytes(4 * kMib, 'x');
  CHECK(HttpClient(hub.http()).request(tus_patch(url, 0, bytes.substr(0, 1000))).status == 204);
  CHECK(ask_for_room(hub, device, 1).status == 507);
  change_database(hub, "UPDATE files SET reserved_until = 1");  // a while ago
  CHECK(hub.stop() == 0);
  hub.start();  // the sweep runs at the start
  CHECK(eventually([&] { return ask_database(hub, "SELECT charged FROM files") == 1000; }));
  check_totals(hub);
  const auto small = ask_for_room(hub, device, kMib);
  CHECK(small.status == 201);
  const auto full = HttpClient(hub.http()).request(tus_patch(url, 1000, bytes.substr(1000)));
  CHECK(full.status == 507);
  CHECK(HttpClient(hub.http()).request(tus("DELETE", small.text("upload_url"))).status == 204);
  CHECK(HttpClient(hub.http()).request(tus_patch(url, 1000, bytes.substr(1000))).status == 204);
  CHECK(ask_database(hub, "SELECT charged FROM files") == 4 * kMib);
  check_totals(hub);
}

TEST_CASE("slow uploads of one user leave everybody else the hub") {
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nmax_transfers_per_holder = 2\n",
                  .sets = {"plugins.transport-http.max_in_flight=4"}});
  const TestDevice device = make_device(hub.http());
  const TestUser greedy = make_user(hub.http(), device, "owner"), other = make_user(hub.http(), device, "engineer");
  std::list<Socket> slow;
  const auto begin = [&](const TestUser& user) {
    const auto made = ask_for_room(hub, device, 1000, user.token);
    REQUIRE(made.status == 201);
    slow.emplace_back(port_of(hub.http())).send(upload_head(made.text("upload_url"), 1000));
  };
  begin(greedy);
  REQUIRE(eventually([&] {
    begin(greedy);  // anew: on a slow machine the hub has ended those that sent nothing for so long
    const auto made = ask_for_room(hub, device, 10, greedy.token);
    return HttpClient(hub.http()).request(put(made.text("upload_url"), "0123456789")).status == 429;
  }));
  const auto made = ask_for_room(hub, device, 10, other.token);
  CHECK(HttpClient(hub.http()).request(put(made.text("upload_url"), "0123456789")).status == 204);
  for (int i = 0; i < 10; ++i) {
    CHECK(HttpClient(hub.http(), greedy.token).get("/users/me/devices").status == 200);
  }
  CHECK(hub.log().find("too many transfers") != std::string::npos);
  slow.clear();
  CHECK(eventually([&] {
    const auto again = ask_for_room(hub, device, 10, greedy.token);
    return HttpClient(hub.http()).request(put(again.text("upload_url"), "0123456789")).status == 204;
  }));
}

TEST_CASE("event streams of one user are bounded, and it is named") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser greedy = make_user(hub.http(), device, "readonly"), other = make_user(hub.http(), device, "readonly");
  std::list<Socket> streams;
  const auto watch = [&](const TestUser& user) {
    Socket& stream = streams.emplace_back(port_of(hub.http()));
    stream.send("GET /api/v1" + device_path(device) + "/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " +
                user.token + "\r\n\r\n");
    return stream.read_some().value_or("").substr(9, 3);
  };
  HttpClient http(hub.http(), greedy.token);
  REQUIRE(http.get("/users/me/devices").status == 200);
  for (int i = 0; i < 16; ++i) CHECK(watch(greedy) == "200");
  CHECK(watch(greedy) == "429");
  CHECK(watch(other) == "200");
  CHECK(hub.log().find("stream_share") != std::string::npos);
  const auto metrics = HttpClient(hub.http()).root("/metrics").body;
  CHECK(metrics.find("gatetorio_http_rejected_total{reason=\"stream_share\"} 1") != std::string::npos);
  streams.clear();
  CHECK(eventually([&] { return watch(greedy) == "200"; }));
}

TEST_CASE("every list says that there is more, and how to get it") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  struct Row {
    std::string path, list, id, cursor;
  };
  for (int i = 0; i < 4; ++i) {
    new_user(device, "readonly");
    give_access(shared_hub().http(), new_device(), owner.token, "readonly");
    client(owner.token).post("/sharing/create", {{"controller_id", device.controller_id}});
    announce(owner.token, device, "1");
  }
  const Row table[] = {{device_path(device) + "/users", "users", "user_id", "after"},
                       {"/users/me/devices", "devices", "id", "after"},
                       {"/sharing/tokens/" + device.controller_id, "tokens", "token_id", "before"},
                       {files_path(device), "files", "file_id", "before"}};
  for (const Row& row : table) {
    CAPTURE(row.path);
    const auto whole = client(owner.token).get(row.path);
    CHECK(whole.is_null("next"));
    const auto all = whole.at(row.list).as_array();
    boost::json::array pieces;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = client(owner.token).get(row.path + "?limit=2" + cursor);
      const auto entries = page.at(row.list).as_array();
      CHECK(entries.size() <= 2);
      pieces.insert(pieces.end(), entries.begin(), entries.end());
      if (page.is_null("next")) break;
      CHECK(page.number("next") == entries.back().at(row.id).as_int64());
      cursor = "&" + row.cursor + "=" + std::to_string(page.number("next"));
    }
    REQUIRE(pieces.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(pieces[i].at(row.id) == all[i].at(row.id));
    CHECK(client(owner.token).get(row.path + "?limit=0").status == 422);
  }
}

TEST_CASE("a user with more than a thousand devices sees each, in pages") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  if (hub.storage() != "storage-sqlite") SKIP("its rows are written in the words of SQLite");
  for (int at = 0; at < 1100; at += 100) {
    std::string devices, grants;
    for (int i = at; i < at + 100; ++i) {
      const std::string name = "many-" + std::to_string(i);
      devices +=
          std::string(devices.empty() ? "" : ",") + "('" + name + "','" + name + "','','',X'00',X'00',0,0,0,0,0)";
    }
    change_database(hub,
                    "INSERT INTO devices (hardware_id, controller_id, device_name, firmware_version, token_hash,"
                    " mqtt_password_hash, reenrol_until, online_until, last_seen, created_at, updated_at) VALUES " +
                        devices);
  }
  change_database(hub,
                  "INSERT INTO grants (device_id, user_id, level, name, expires_at, source, created_at) SELECT id, " +
                      std::to_string(user.id) +
                      ", 'readonly', '', 9223372036854775807, 'pairing', 1 FROM devices"
                      " WHERE controller_id LIKE 'many-%'");
  const auto first = HttpClient(hub.http(), user.token).get("/users/me/devices");
  CHECK(first.at("devices").as_array().size() == 1000);
  const auto rest =
      HttpClient(hub.http(), user.token).get("/users/me/devices?after=" + std::to_string(first.number("next")));
  CHECK(rest.at("devices").as_array().size() == 101);
  CHECK(rest.is_null("next"));
}

}  // namespace
}  // namespace gatetorio::testing
