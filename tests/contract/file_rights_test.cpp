// Sections 3 and 6: rights to files are judged when something happens, and files are the device's, not its name's.
#include <functional>

#include "files_steps.hpp"
#include "support/event_reader.hpp"

namespace gatetorio::testing {
namespace {

constexpr milliseconds kWithinASecond{1'000};
constexpr std::size_t kLarge = 48 * 1024 * 1024;  // more than sockets hold

void revoke(const TestUser& owner, const TestDevice& device, const TestUser& user) {
  REQUIRE(client(owner.token).del(device_path(device) + "/users/" + std::to_string(user.id)).status == 204);
}

bool is_news(const MqttMessage& message) { return message.payload.find("file_available") != std::string::npos; }

bool is_logged(const std::string& text) { return shared_hub().log().find(text) != std::string::npos; }

// A download that has begun and is not read any further.
std::unique_ptr<Socket> begin_download(const std::string& url) {
  auto socket = std::make_unique<Socket>(port_of(shared_hub().http()));
  socket->send("GET /api/v1" + path_of(url) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = socket->read_some();
  REQUIRE(head);
  REQUIRE(head->starts_with("HTTP/1.1 200 "));
  return socket;
}

// A PUT of 200,000 bytes of which 1,000 are sent.
std::unique_ptr<Socket> begin_upload(const std::string& url, const std::string& bytes) {
  auto socket = std::make_unique<Socket>(port_of(shared_hub().http()));
  socket->send("PUT /api/v1" + path_of(url) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" +
               bytes.substr(0, 1'000));
  REQUIRE(eventually([&] { return client().request(tus("HEAD", url)).header("upload-offset") == "1000"; }));
  return socket;
}

TEST_CASE("a download is cut off in the middle within a second of its holder losing access") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const std::int64_t id = upload(owner.token, device, random_bytes(kLarge));
  const auto mine = begin_download(download_url(engineer.token, device, id));
  const auto others = begin_download(download_url(owner.token, device, id));
  revoke(owner, device, engineer);
  CHECK(eventually([&] { return is_logged("a transfer is cut off holder=user:" + std::to_string(engineer.id) + " "); },
                   kWithinASecond));
  CHECK(mine->read_all().size() < kLarge);
  std::size_t size = 0;
  while (size < kLarge) {
    const auto more = others->read_some();
    if (!more || more->empty()) break;
    size += more->size();
  }
  CHECK(size >= kLarge - 256 * 1024);  // but for what came with the head
}

TEST_CASE("an upload is cut off within a second of its holder losing access, and never becomes complete") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const auto mqtt = go_online(shared_hub(), device);
  const std::string bytes = random_bytes(200'000, 5);
  const auto made = announce(engineer.token, device, bytes);
  const auto socket = begin_upload(made.text("upload_url"), bytes);
  revoke(owner, device, engineer);
  CHECK(socket->is_closed_by_peer(kWithinASecond));
  socket->send(bytes.substr(1'000));
  CHECK(client().request(put(made.text("upload_url"), bytes)).status == 403);
  CHECK(show(owner.token, device, made.number("file_id")).text("state") == "uploading");
  CHECK_FALSE(wait_for(*mqtt, is_news, milliseconds(500)));
}

// The same hardware again, by a release's key.
TestDevice enrol_again(const TestDevice& device) {
  const auto released = client(kAdminToken).post("/admin/devices/" + device.controller_id + "/release");
  const auto again = client().post("/devices/register", {{"hardware_id", device.hardware_id},
                                                         {"controller_id", device.controller_id},
                                                         {"enrolment_key", released.text("enrolment_key")}});
  REQUIRE(again.status == 200);
  return device_from(again, device.hardware_id);
}

TEST_CASE("what a device's old token was given ends with it: URLs at once, transfers within a second") {
  const TestDevice before = new_device();
  const TestUser owner = new_user(before, "owner");
  const std::int64_t id = upload(before.token, before, random_bytes(kLarge));
  const std::string bytes = random_bytes(200'000, 7), old_download = download_url(before.token, before, id);
  const std::string old_upload = announce(before.token, before, bytes).text("upload_url");
  const std::string users = download_url(owner.token, before, id);
  const auto uploading = begin_upload(old_upload, bytes);
  const auto downloading = begin_download(old_download);
  const TestDevice after = enrol_again(before);
  CHECK(uploading->is_closed_by_peer(kWithinASecond));
  CHECK(downloading->read_all().size() < kLarge);
  CHECK(fetch(old_download, {}, "HEAD").status == 403);
  CHECK(client().request(tus("HEAD", old_upload)).status == 403);
  CHECK(client().request(put(old_upload, bytes)).status == 403);
  CHECK(fetch(users, {}, "HEAD").status == 200);
  CHECK(fetch(download_url(after.token, after, id), {}, "HEAD").status == 200);
  CHECK(client().request(put(announce(after.token, after, bytes).text("upload_url"), bytes)).status == 204);
}

TEST_CASE("an upload goes on when somebody else loses access, or its holder loses and keeps enough") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const TestUser other = new_user(device, "engineer");
  const std::string bytes = random_bytes(200'000, 6);
  const auto made = announce(owner.token, device, bytes);
  const auto socket = begin_upload(made.text("upload_url"), bytes);
  revoke(owner, device, engineer);
  give_access(shared_hub().http(), device, owner.token, "engineer");
  CHECK_FALSE(socket->is_closed_by_peer(milliseconds(700)));
  socket->send(bytes.substr(1'000));
  const auto answer = socket->read_some();
  REQUIRE(answer);
  CHECK(answer->find(" 204 ") != std::string::npos);
}

TEST_CASE(
    "an upload whose creator has lost access is refused at its end and leaves nothing, whoever brings the last byte") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const auto made = announce(engineer.token, device, "12345");
  REQUIRE(client().request(tus_patch(made.text("upload_url"), 0, "123")).status == 204);
  const std::string url = show(owner.token, device, made.number("file_id")).text("upload_url");
  revoke(owner, device, engineer);
  CHECK(client().request(tus_patch(url, 3, "45")).status == 403);
  CHECK(show(owner.token, device, made.number("file_id")).status == 404);
}

TEST_CASE(
    "a file is not announced on behalf of somebody who has lost access, and an owner can announce it all the same") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), engineer = new_user(device, "engineer");
  const std::int64_t id = upload(engineer.token, device, "by a stranger by now");
  const std::int64_t restored = upload(owner.token, device, "restored by one");
  {
    const auto mqtt = go_online(shared_hub(), device);
    for (int i = 0; i < 2; ++i) CHECK(wait_for(*mqtt, is_news));  // while both may
  }
  REQUIRE(eventually([&] { return !client(owner.token).get(device_path(device)).at("is_online").as_bool(); }));
  REQUIRE(client(engineer.token).post(files_path(device) + "/" + std::to_string(restored) + "/restore").status == 202);
  const std::int64_t unsaid = upload(engineer.token, device, "never said");
  revoke(owner, device, engineer);
  const auto mqtt = go_online(shared_hub(), device);
  CHECK(eventually([&] {
    return is_logged("a file is not announced: on whose behalf it would be has lost access file=" +
                     std::to_string(unsaid));
  }));
  CHECK_FALSE(wait_for(*mqtt, is_news, milliseconds(700)));
  REQUIRE(client(owner.token).post(files_path(device) + "/" + std::to_string(id) + "/restore").status == 202);
  const auto told = wait_for(*mqtt, is_news);
  REQUIRE(told);
  CHECK(boost::json::parse(told->payload).as_object().at("file_id") == id);
}

TEST_CASE("what moves for a device that is deleted is cut off within a second, and nothing of it stays") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::int64_t id = upload(owner.token, device, random_bytes(kLarge));
  const std::string bytes = random_bytes(200'000, 7);
  const auto made = announce(device.token, device, bytes);
  const auto up = begin_upload(made.text("upload_url"), bytes);
  const std::string url = download_url(owner.token, device, id);
  const auto down = begin_download(url);
  REQUIRE(client(owner.token).del(device_path(device)).status == 204);
  CHECK(up->is_closed_by_peer(kWithinASecond));
  CHECK(eventually([&] { return is_logged("a transfer is cut off holder=user:" + std::to_string(owner.id) + " "); },
                   kWithinASecond));
  CHECK(down->read_all().size() < kLarge);
  CHECK(eventually([&] { return fetch(url).status == 404 || fetch(url).status == 403; }));
  CHECK(eventually([&] {
    return ask_database(shared_hub(), "SELECT COUNT(*) FROM files WHERE device_id = " + std::to_string(device.id)) == 0;
  }));
}

TEST_CASE("files and small data stay with a device that is renamed; the next holder of its name has none") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const std::int64_t id = upload(owner.token, device, "for the first");
  REQUIRE(client(owner.token).patch(device_path(device), {{"controller_id", unique("gate")}}).status == 200);
  const TestDevice next = make_device(shared_hub().http(), device.controller_id);
  REQUIRE(next.id != device.id);
  const auto other = go_online(shared_hub(), next);
  CHECK_FALSE(wait_for(*other, is_news, milliseconds(700)));
  REQUIRE(other->publish(next.status, R"({"type":"config","data":{"of":"the next"}})") == kMqttOk);
  REQUIRE(eventually([&] { return client(next.token).get(files_path(next)).at("files").as_array().size() == 1; }));
  CHECK(client(next.token).get(files_path(next)).at("files").as_array()[0].at("created_by") ==
        ("device:" + std::to_string(next.id)).c_str());
  const auto count = [](const TestDevice& whose) {
    return ask_database(shared_hub(), "SELECT COUNT(*) FROM files WHERE device_id = " + std::to_string(whose.id));
  };
  CHECK(count(device) == 1);
  CHECK(count(next) == 1);
  CHECK(show(next.token, next, id).status == 404);
}

TEST_CASE("a configuration is kept as the text that the device wrote") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner");
  const auto mqtt = go_online(shared_hub(), device);
  const std::string data = R"({"speed":12.0, "id":123456789012345678901234567890,"e":1e2})";
  REQUIRE(mqtt->publish(device.status, "{\"type\":\"config\",\"data\":" + data + "}") == kMqttOk);
  const auto files = [&] { return client(owner.token).get(files_path(device)).at("files").as_array(); };
  REQUIRE(eventually([&] { return files().size() == 1 && files()[0].at("state") == "complete"; }));
  CHECK(fetch(download_url(owner.token, device, files()[0].at("file_id").as_int64())).body == data);
}

// The kinds of the files that are announced before the gate says that it is open, by MQTT or on a stream.
std::string kinds_before_open(const std::function<std::string()>& next_status) {
  std::string kinds;
  for (std::string status = next_status(); !status.empty(); status = next_status()) {
    const auto said = boost::json::parse(status).as_object();
    if (said.contains("state")) return kinds;
    kinds += std::string(said.at("kind").as_string()) + " ";
  }
  return "the gate did not say it";
}

TEST_CASE("what announces a file is heard by those who may have it, and by nobody else") {
  const TestDevice device = new_device();
  const TestUser owner = new_user(device, "owner"), reader = new_user(device, "readonly");
  const TestUser visitor{.token = unique("user-token-of-an-installer")};
  const auto visit =
      client(owner.token).post(device_path(device) + "/visits", {{"ends_at", in_hours(1)}, {"files", {"config"}}});
  REQUIRE(client(visitor.token).post("/sharing/redeem", {{"token", visit.text("token")}}).status == 200);
  struct Listener {
    Listener(const TestUser& user, const TestDevice& device)
        : token(user.token),
          events(shared_hub().http(), device_path(device) + "/events", user.token),
          mqtt(go_online(shared_hub(), user, device)) {}
    std::string token;
    EventReader events;
    std::unique_ptr<MqttClient> mqtt;
  };
  Listener all(owner, device), state_only(reader, device), config_only(visitor, device);
  const auto begun = state_only.events.next_of("state");
  REQUIRE(begun);
  const auto gate = go_online(shared_hub(), device);
  upload(device.token, device, "a log", {{"kind", "log"}});
  REQUIRE(all.events.next_of("status"));
  upload(device.token, device, "a configuration", {{"kind", "config"}});
  REQUIRE(all.events.next_of("status"));
  REQUIRE(wait_for(*all.mqtt, [](const MqttMessage& m) { return m.payload.find("\"log\"") != std::string::npos; }));
  REQUIRE(wait_for(*all.mqtt, [](const MqttMessage& m) { return m.payload.find("\"config\"") != std::string::npos; }));
  REQUIRE(gate->publish(device.status, R"({"state":"OPEN"})") == kMqttOk);
  const auto by_mqtt = [](Listener& listener) {
    return kinds_before_open([&] {
      const auto message = listener.mqtt->receive();
      return message ? message->payload : std::string();
    });
  };
  const auto by_stream = [](EventReader& events) {
    return kinds_before_open([&] {
      const auto event = events.next_of("status");
      return event ? event->data : std::string();
    });
  };
  CHECK(by_mqtt(state_only) == "");
  CHECK(by_mqtt(config_only) == "config ");
  CHECK(by_stream(state_only.events) == "");
  CHECK(by_stream(config_only.events) == "config ");
  EventReader resumed(shared_hub().http(), device_path(device) + "/events", reader.token, begun->id);
  CHECK(by_stream(resumed) == "");
}

}  // namespace
}  // namespace gatetorio::testing
