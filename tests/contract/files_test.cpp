// Section 6: files between people and devices, over signed URLs.
#include "files_steps.hpp"
#include "support/event_reader.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("who watches a device's events hears of a file that it has uploaded, and it moves no command's state") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  EventReader events(shared_hub().http(), device_path(device) + "/events", owner.token);
  REQUIRE(events.next_of("state"));
  const auto gate = go_online(shared_hub(), device);
  const JsonObject command{{"controller_id", device.controller_id}, {"command", JsonObject{{"action", "open"}}}};
  const auto sent = client(owner.token).post("/commands/send", command);
  REQUIRE(sent.status == 202);
  REQUIRE(gate->receive());
  upload(device.token, device, "a log");
  const auto news = events.next_of("status");
  REQUIRE(news);
  CHECK(boost::json::parse(news->data).at("type") == "file_available");
  CHECK(client(owner.token).get("/commands/" + sent.text("command_id")).text("state") == "sent");
  CHECK(client(owner.token).get("/commands/status/" + device.controller_id).is_null("status"));
}

TEST_CASE("a user uploads a file, the device is told of it and downloads it") {
  const TestDevice device = new_device();
  const TestUser engineer = new_user(device, "engineer");
  const auto mqtt = go_online(shared_hub(), device);
  const std::string bytes = random_bytes(300'000);
  const auto made = announce(engineer.token, device, bytes, {{"sha256", hex_sha256(bytes)}});
  CHECK(is_timestamp(made.text("expires_at")));
  CHECK(show(engineer.token, device, made.number("file_id")).text("state") == "uploading");
  REQUIRE(client().request(put(made.text("upload_url"), bytes)).status == 204);

  const auto told = wait_for(*mqtt, [](const MqttMessage& m) { return m.topic.ends_with("/commands"); });
  REQUIRE(told);
  const JsonObject news = boost::json::parse(told->payload).as_object();
  CHECK(news.at("type") == "file_available");
  CHECK(news.at("file_id") == made.number("file_id"));
  CHECK(news.at("name") == "firmware.bin");
  CHECK(news.at("kind") == "firmware");
  CHECK(news.at("size") == bytes.size());
  CHECK(news.at("sha256") == hex_sha256(bytes).c_str());
  CHECK(is_timestamp(std::string(news.at("expires_at").as_string())));
  const auto got = fetch(std::string(news.at("url").as_string()));
  CHECK(got.status == 200);
  CHECK(got.body == bytes);
  const auto shown = show(device.token, device, made.number("file_id"));
  CHECK(shown.text("state") == "complete");
  CHECK(shown.text("sha256") == hex_sha256(bytes));
  CHECK(shown.text("created_by") == "user:" + std::to_string(engineer.id));
  CHECK_FALSE(wait_for(
      *mqtt, [](const MqttMessage& m) { return m.topic.ends_with("/commands"); }, milliseconds(700)));
}

TEST_CASE("a device uploads a file and its watchers are told on its status topic") {
  const TestDevice device = new_device();
  const TestUser engineer = new_user(device, "engineer");
  const auto mqtt = go_online(shared_hub(), device), app = go_online(shared_hub(), engineer, device);
  REQUIRE(mqtt->publish(device.status, R"({"state":"OPEN"})") == kMqttOk);
  const std::int64_t file_id = upload(device.token, device, "what the gate has to say", {{"kind", "log"}});
  const auto told =
      wait_for(*app, [](const MqttMessage& m) { return m.payload.find("file_available") != std::string::npos; });
  REQUIRE(told);
  const JsonObject news = boost::json::parse(told->payload).as_object();
  CHECK(news.at("file_id") == file_id);
  CHECK(news.at("kind") == "log");
  // It is news of a file, not the gate's state.
  CHECK(eventually([&] {
    const auto status = client(engineer.token).get("/commands/status/" + device.controller_id).at("status");
    return status.is_object() && status.as_object().contains("state");
  }));
}

TEST_CASE("a download answers ranges, conditions and digests") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::string bytes = random_bytes(100'000, 2);
  const std::int64_t id = upload(owner.token, device, bytes, {{"name", "\xC3\xBC \"x\"; y.bin"}});
  const std::string url = download_url(owner.token, device, id);
  const auto whole = fetch(url);
  CHECK(whole.status == 200);
  CHECK(whole.body == bytes);
  CHECK(whole.header("content-type") == "application/octet-stream");
  CHECK(whole.header("x-content-type-options") == "nosniff");
  CHECK(whole.header("content-disposition") ==
        "attachment; filename=\"__ _x_; y.bin\"; filename*=UTF-8''%C3%BC%20%22x%22%3B%20y.bin");
  CHECK(whole.header("repr-digest").starts_with("sha-256=:"));
  CHECK(whole.header("accept-ranges") == "bytes");
  const std::string etag = whole.header("etag");
  CHECK(etag == "\"" + hex_sha256(bytes) + "\"");

  const auto part = [&](const std::string& range, std::vector<std::string> more = {}) {
    more.push_back("Range: " + range);
    return fetch(url, std::move(more));
  };
  const auto middle = part("bytes=1000-1999");
  CHECK(middle.status == 206);
  CHECK(middle.body == bytes.substr(1000, 1000));
  CHECK(middle.header("content-range") == "bytes 1000-1999/100000");
  CHECK(part("bytes=99990-").body == bytes.substr(99'990));
  CHECK(part("bytes=-10").body == bytes.substr(99'990));
  CHECK(part("bytes=0-", {"If-Range: " + etag}).status == 206);
  CHECK(part("bytes=0-9", {"If-Range: \"another\""}).status == 200);
  CHECK(part("bytes=5-1").status == 200);
  CHECK(part("bytes=0-1,5-6").status == 200);
  const auto beyond = part("bytes=100000-");
  CHECK(beyond.status == 416);
  CHECK(beyond.header("content-range") == "bytes */100000");
  const auto same = fetch(url, {"If-None-Match: \"x\", " + etag});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  const auto head = fetch(url, {}, "HEAD");
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == "100000");
}

TEST_CASE("an altered, foreign or expired URL opens nothing") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::int64_t first = upload(owner.token, device, "first"), second = upload(owner.token, device, "second");
  const std::string url = download_url(owner.token, device, first);
  REQUIRE(fetch(url).status == 200);
  const auto replaced = [&](const std::string& what, const std::string& with) {
    std::string changed = url;
    const auto at = changed.find(what);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, what.size(), with);
  };
  const std::string id = "/" + std::to_string(first) + "?", expires = url.substr(url.find("expires=") + 8, 10);
  for (const std::string& bad :
       {replaced(id, "/" + std::to_string(second) + "?"), replaced(expires, std::to_string(std::stoll(expires) + 1)),
        replaced("holder=user-", "holder=admin-"), replaced("key=", "key=9"), replaced("signature=", "signature=A"),
        replaced("/downloads/", "/uploads/"), url.substr(0, url.find('?')), url.substr(0, url.find("&signature")),
        replaced(id, "/" + std::to_string(first) + "x?")}) {
    CAPTURE(bad);
    CHECK(client()
              .request(
                  {.method = bad.find("/uploads/") == std::string::npos ? "GET" : "PUT",
                   .path = path_of(bad),
                   .body = bad.find("/uploads/") == std::string::npos ? std::nullopt : std::optional<std::string>("x")})
              .status == 403);
  }
}

TEST_CASE("who loses access loses its URLs") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const std::int64_t id = upload(owner.token, device, "bytes");
  const std::string url = download_url(engineer.token, device, id);
  const auto open = announce(engineer.token, device, "bytes");
  REQUIRE(fetch(url).status == 200);
  REQUIRE(client(owner.token).del(device_path(device) + "/users/" + std::to_string(engineer.id)).status == 204);
  CHECK(fetch(url).status == 403);
  CHECK(client().request(put(open.text("upload_url"), "bytes")).status == 403);
}

TEST_CASE("files are for engineers of that very device") {
  const TestDevice device = new_device(), other = new_device();
  const TestUser owner = new_user(device, "owner"), reader = new_user(device, "readonly");
  const TestUser foreign = new_user(other, "owner");
  const std::int64_t id = upload(owner.token, device, "bytes");
  const JsonObject body{{"name", "a"}, {"kind", "other"}, {"size", 1}};
  CHECK(client(reader.token).get(files_path(device)).status == 403);
  CHECK(client(reader.token).post(files_path(device), body).status == 403);
  CHECK(show(reader.token, device, id).status == 403);
  CHECK(client(foreign.token).get(files_path(device)).status == 404);
  CHECK(client(foreign.token).post(files_path(device), body).status == 404);
  CHECK(show(foreign.token, other, id).status == 404);  // a foreign file under one's own device
  CHECK(client(foreign.token).del(files_path(other) + "/" + std::to_string(id)).status == 404);
  CHECK(client(owner.token).del(files_path(device) + "/" + std::to_string(id)).status == 204);
  CHECK(show(owner.token, device, id).status == 404);
}

TEST_CASE("names that mean something in a path or a header are refused by their field") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  for (const char* name : {"../../etc/passwd", "..", ".", "a/b", "a\\b", "a\r\nX: y", "", "a\x7f"}) {
    CAPTURE(name);
    const auto refused = client(owner.token).post(files_path(device), {{"name", name}, {"kind", "other"}, {"size", 1}});
    CHECK(refused.status == 422);
    CHECK(refused.wrong_fields() == "/name");
  }
  const auto wrong =
      client(owner.token).post(files_path(device), {{"name", "a"}, {"kind", "virus"}, {"size", -1}, {"sha256", "abc"}});
  CHECK(wrong.wrong_fields() == "/kind /size /sha256");
}

TEST_CASE("what is too large or has no room is refused before a byte is sent") {
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nmax_file_mib = 1\nmax_device_mib = 2\nmax_hub_mib = 3\n"});
  const TestDevice device = make_device(hub.http()), other = make_device(hub.http());
  const auto ask = [&](const TestDevice& whose, std::int64_t size) {
    return HttpClient(hub.http(), whose.token)
        .post(files_path(whose), {{"name", "a"}, {"kind", "other"}, {"size", size}})
        .status;
  };
  constexpr std::int64_t kMib = 1024 * 1024;
  CHECK(ask(device, kMib + 1) == 413);
  CHECK(ask(device, kMib) == 201);
  CHECK(ask(device, kMib) == 201);
  CHECK(ask(device, 1) == 507);
  CHECK(ask(other, kMib) == 201);
  CHECK(ask(other, 1) == 507);  // the hub's limit
}

TEST_CASE("an upload leaves the disk its free space") {
  HubProcess hub({.more_toml = "[plugins.file-transfer]\nmin_free_mib = 1000000\n"});
  const TestDevice device = make_device(hub.http());
  CHECK(HttpClient(hub.http(), device.token)
            .post(files_path(device), {{"name", "a"}, {"kind", "other"}, {"size", 1}})
            .status == 507);
}

TEST_CASE("configurations in status messages have a history, a diff and a way back") {
  const TestDevice device = new_device();
  const TestUser engineer = new_user(device, "engineer");
  const auto mqtt = go_online(shared_hub(), device);
  const auto configs = [&] {
    return client(engineer.token).get(files_path(device) + "?kind=config").at("files").as_array();
  };
  const auto publish = [&](const std::string& data, const std::string& type = "config") {
    REQUIRE(mqtt->publish(device.status, "{\"type\":\"" + type + "\",\"data\":" + data + "}") == kMqttOk);
  };
  publish(R"({"speed":5,"delay":10})");
  REQUIRE(eventually([&] { return configs().size() == 1; }));
  publish(R"({"speed":5,"delay":10})");  // the same again is no new version
  publish(R"({"speed":9,"delay":10})");
  REQUIRE(eventually([&] { return configs().size() == 2; }));
  publish(R"("line one\nline two")", "log");
  REQUIRE(eventually(
      [&] { return client(engineer.token).get(files_path(device) + "?kind=log").at("files").as_array().size() == 1; }));
  CHECK(client(engineer.token).get(files_path(device)).at("files").as_array().size() == 3);
  const std::int64_t newer = configs()[0].at("file_id").as_int64(), older = configs()[1].at("file_id").as_int64();
  CHECK(configs()[0].at("state") == "complete");
  CHECK(configs()[0].at("created_by") == ("device:" + std::to_string(device.id)).c_str());
  const auto page = client(engineer.token)
                        .get(files_path(device) + "?kind=config&limit=1&before=" + std::to_string(newer))
                        .at("files")
                        .as_array();
  REQUIRE(page.size() == 1);
  CHECK(page[0].at("file_id") == older);
  CHECK(fetch(download_url(engineer.token, device, older)).body == R"({"speed":5,"delay":10})");
  const std::string path = files_path(device) + "/" + std::to_string(newer);
  const auto diff = client(engineer.token).get(path + "/diff?with=" + std::to_string(older));
  CHECK(diff.text("diff") == " {\n   \"delay\": 10,\n-  \"speed\": 5\n+  \"speed\": 9\n }\n");
  CHECK_FALSE(diff.at("is_same").as_bool());
  mqtt->received_so_far();
  const auto restored = client(engineer.token).post(files_path(device) + "/" + std::to_string(older) + "/restore");
  CHECK(restored.status == 202);
  const auto told = wait_for(*mqtt, [](const MqttMessage& m) { return m.topic.ends_with("/commands"); });
  // Of a file that came from the device it is its watchers who are told first; a restored one goes to the device.
  REQUIRE(told);
  CHECK(boost::json::parse(told->payload).as_object().at("file_id") == older);
}

TEST_CASE("a device that is away learns of its file when it connects, once, a restart in between") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), owner.token);
  const auto made = http.post(files_path(device), {{"name", "a.bin"}, {"kind", "firmware"}, {"size", 5}});
  REQUIRE(http.request(put(made.text("upload_url"), "12345")).status == 204);
  CHECK(hub.stop() == 0);
  hub.start();
  const auto is_news = [](const MqttMessage& m) { return m.payload.find("file_available") != std::string::npos; };
  {
    const auto mqtt = go_online(hub, device);
    CHECK(wait_for(*mqtt, is_news));
    CHECK_FALSE(wait_for(*mqtt, is_news, milliseconds(1'000)));
  }
  const auto again = go_online(hub, device);
  CHECK_FALSE(wait_for(*again, is_news, milliseconds(1'500)));
}

}  // namespace
}  // namespace gatetorio::testing
