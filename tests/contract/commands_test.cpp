// Section 5, by REST: commands to a gate and what it answers.
#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

JsonObject command_to(const TestDevice& device, const std::string& action = "open_gate") {
  return {{"controller_id", device.controller_id}, {"command", {{"action", action}, {"gate_number", 1}}}};
}

template <class Value>
JsonObject with(JsonObject body, std::string_view name, const Value& value) {
  body[name] = boost::json::value_from(value);
  return body;
}

JsonObject payload_of(const std::optional<MqttMessage>& message) {
  REQUIRE(message);
  return boost::json::parse(message->payload).as_object();
}

TEST_CASE("owners and engineers send a command and the device gets it as given, with its time to live") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  for (const char* level : {"owner", "engineer"}) {
    const auto sent = client(new_user(device, level).token).post("/commands/send", command_to(device));
    REQUIRE(sent.status == 202);
    CHECK(sent.at("success").as_bool());
    CHECK_FALSE(sent.text("message").empty());
    const auto message = mqtt->receive();
    const JsonObject payload = payload_of(message);
    CHECK(message->topic == device.commands);
    CHECK(message->qos == 1);
    CHECK_FALSE(message->retained);
    CHECK(payload.size() == 5);
    CHECK(payload.at("action") == "open_gate");
    CHECK(payload.at("gate_number") == 1);
    CHECK(payload.at("command_id") == sent.text("command_id").c_str());
    CHECK(payload.at("expires_at") == sent.text("expires_at").c_str());
    CHECK(is_timestamp(std::string(payload.at("issued_at").as_string())));
  }
}

// A command as text: what a JSON library would write in another form.
HttpResponse send_text(HttpClient& http, const TestDevice& device, const std::string& command,
                       const std::string& more = {}) {
  return http.request(
      {.method = "POST",
       .path = "/commands/send",
       .body = R"({"controller_id":")" + device.controller_id + R"(","command":)" + command + more + "}"});
}

TEST_CASE("the device gets the text of the command, and users the text of its status and its answer") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  const std::string text =
      R"({"run_time":12.0,"pause":0.5,"serial":12345678901234567890,"long":123456789012345678901234567890,"neg":-0.0,)"
      R"("e":1.5E1, "list":[15.0, 100.0,2.50],"s":"\u00e9\/é"})";
  const auto sent = send_text(http, device, "  " + text + " ");
  REQUIRE(sent.status == 202);
  const auto message = mqtt->receive();
  REQUIRE(message);
  CHECK(message->payload.starts_with(text.substr(0, text.size() - 1) + ",\"command_id\":\""));
  CHECK(boost::json::parse(message->payload).at("command_id") == sent.text("command_id").c_str());
  const std::string answer = R"({"command_id":")" + sent.text("command_id") +
                             R"(","result":"success","took":12.0,"n":123456789012345678901234567890})";
  CHECK(mqtt->publish(device.status, answer) == kMqttOk);
  CHECK(eventually([&] {
    return http.get("/commands/" + sent.text("command_id")).body.find("\"result\":" + answer) != std::string::npos;
  }));
  CHECK(http.get("/commands/status/" + device.controller_id).body.find("\"status\":" + answer) != std::string::npos);
}

TEST_CASE("a command that two readers could understand as two is refused") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  CHECK(send_text(http, device, R"({"gate":1,"gate":2})").wrong_fields() == "/command/gate");
  CHECK(send_text(http, device, R"({"gate":1,"\u0067ate":1})").wrong_fields() == "/command/gate");
  CHECK(send_text(http, device, R"({"args":[{"gate":1,"gate":2}]})").wrong_fields() == "/command/args/0/gate");
  CHECK(send_text(http, device, R"({"command\u005fid":"mine"})").wrong_fields() == "/command/command_id");
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("the user token may come in the body") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const TestUser owner = new_user(device, "owner");
  auto http = client();
  CHECK(http.post("/commands/send", with(command_to(device), "user_token", owner.token)).status == 202);
  CHECK(http.post("/commands/send", with(command_to(device), "user_token", unique("a-strange-token"))).status == 403);
  CHECK(http.post("/commands/send", command_to(device)).status == 401);
  CHECK(http.post("/commands/send", with(command_to(device), "user_token", 5)).status == 401);
}

TEST_CASE("who may not command is refused and nothing is sent") {
  const TestDevice device = new_device(), other = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const auto status_for = [&](const std::string& bearer) {
    return client(bearer).post("/commands/send", command_to(device)).status;
  };
  CHECK(status_for(new_user(device, "readonly").token) == 403);
  CHECK(status_for(new_user(other, "owner").token) == 403);
  CHECK(status_for(unique("a-strange-token")) == 403);
  CHECK(status_for(device.token) == 403);
  CHECK(status_for(kAdminToken) == 403);
  CHECK(status_for("gtd_x") == 401);
  CHECK(mqtt->received_so_far().empty());
  JsonObject unknown = command_to(device);
  unknown["controller_id"] = unique("none");
  CHECK(client(new_user(device, "owner").token).post("/commands/send", unknown).status == 404);
}

TEST_CASE("a command that is none is refused, naming the field") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  const JsonObject good = command_to(device);
  const auto wrong_in = [&](const char* name, const auto& value) {
    return http.post("/commands/send", with(good, name, value)).wrong_fields();
  };
  CHECK(http.post("/commands/send", {{"controller_id", device.controller_id}}).wrong_fields() == "/command");
  CHECK(http.post("/commands/send", {{"command", JsonObject{}}}).wrong_fields() == "/controller_id");
  CHECK(wrong_in("command", "open") == "/command");
  CHECK(wrong_in("command", boost::json::array{}) == "/command");
  CHECK(wrong_in("command", nullptr) == "/command");
  CHECK(wrong_in("ttl_seconds", 0) == "/ttl_seconds");
  CHECK(wrong_in("ttl_seconds", 301) == "/ttl_seconds");
  CHECK(wrong_in("ttl_seconds", "10") == "/ttl_seconds");
  CHECK(wrong_in("ttl_seconds", 2.5) == "/ttl_seconds");
  CHECK(wrong_in("idempotency_key", "") == "/idempotency_key");
  CHECK(wrong_in("idempotency_key", std::string(129, 'k')) == "/idempotency_key");
  for (const char* name : {"command_id", "issued_at", "expires_at", "boot_nonce"}) {
    CHECK(wrong_in("command", JsonObject{{name, "x"}}) == std::string("/command/") + name);
  }
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("a device that is not connected gets nothing and the sender learns so") {
  const TestDevice device = new_device();
  auto http = client(new_user(device, "owner").token);
  const auto never_there = http.post("/commands/send", command_to(device));
  CHECK(never_there.status == 503);
  auto mqtt = go_online(shared_hub(), device);
  CHECK(http.post("/commands/send", command_to(device)).status == 202);
  REQUIRE(mqtt->receive());
  mqtt->disconnect();
  CHECK(eventually([&] { return http.post("/commands/send", command_to(device)).status == 503; }));
  mqtt = go_online(shared_hub(), device);
  CHECK(mqtt->received_so_far().empty());
}

TEST_CASE("a device with a heartbeat but no connection gets nothing") {
  const TestDevice device = new_device();
  auto http = client(new_user(device, "owner").token);
  REQUIRE(client(device.token).post(device_path(device) + "/heartbeat").status == 200);
  CHECK(http.post("/commands/send", command_to(device)).status == 503);
  // Connected, but hearing nothing.
  MqttClient mqtt;
  REQUIRE(mqtt.connect(shared_hub().mqtt_port(), login_of(device)) == kMqttOk);
  CHECK(http.post("/commands/send", command_to(device)).status == 503);
  REQUIRE(mqtt.subscribe(device.commands) == kGrantedQos1);
  CHECK(mqtt.received_so_far().empty());
}

TEST_CASE("the same idempotency key sends once and gets the first answer") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  const JsonObject body = with(command_to(device), "idempotency_key", unique("key"));
  const auto first = http.post("/commands/send", body);
  REQUIRE(first.status == 202);
  for (int i = 0; i < 3; ++i) {
    const auto again = http.post("/commands/send", body);
    CHECK(again.status == 202);
    CHECK(again.body == first.body);
  }
  CHECK(mqtt->received_so_far().size() == 1);
  CHECK(http.post("/commands/send", with(body, "idempotency_key", unique("key"))).text("command_id") !=
        first.text("command_id"));
  CHECK(mqtt->received_so_far().size() == 1);
  // A key belongs to its sender: another one's command is another.
  CHECK(client(new_user(device, "owner").token).post("/commands/send", body).text("command_id") !=
        first.text("command_id"));
  CHECK(mqtt->received_so_far().size() == 1);
}

TEST_CASE("a key that comes with another command is refused, whether the device is there or not") {
  const TestDevice device = new_device();
  auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  const std::string key = R"(,"idempotency_key":")" + unique("key") + "\"";
  const auto first = send_text(http, device, R"({"action":"open","for":12.0,"at":[1,2]})", key);
  REQUIRE(first.status == 202);
  const auto answers_hold = [&] {
    CHECK(send_text(http, device, R"( { "at" : [1, 2], "for":12.0, "action":"o\u0070en" } )", key).body == first.body);
    for (const char* other : {R"({"action":"close","for":12.0,"at":[1,2]})", R"({"action":"open","for":12,"at":[1,2]})",
                              R"({"action":"open","for":12.0,"at":[2,1]})", "{}"}) {
      const auto refused = send_text(http, device, other, key);
      CHECK(refused.status == 422);
      CHECK(refused.wrong_fields() == "/idempotency_key");
    }
  };
  answers_hold();
  CHECK(mqtt->received_so_far().size() == 1);
  mqtt->disconnect();
  REQUIRE(eventually([&] { return http.post("/commands/send", command_to(device)).status == 503; }));
  answers_hold();
}

TEST_CASE("a key is forgotten after its window, also where the device is away") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  HttpClient http(hub.http(), make_user(hub.http(), device, "owner").token);
  auto mqtt = go_online(hub, device);
  const JsonObject body = with(command_to(device), "idempotency_key", "tap-1");
  REQUIRE(http.post("/commands/send", body).status == 202);
  mqtt->disconnect();
  REQUIRE(eventually([&] { return http.post("/commands/send", command_to(device)).status == 503; }));
  CHECK(http.post("/commands/send", body).status == 202);
  change_database(hub, "UPDATE commands SET issued_at = issued_at - 3601000000");
  CHECK(http.post("/commands/send", body).status == 503);
}

TEST_CASE("a key whose command was not sent can be used again") {
  const TestDevice device = new_device();
  auto http = client(new_user(device, "owner").token);
  const JsonObject body = with(command_to(device), "idempotency_key", unique("key"));
  CHECK(http.post("/commands/send", body).status == 503);
  const auto mqtt = go_online(shared_hub(), device);
  CHECK(http.post("/commands/send", body).status == 202);
  CHECK(mqtt->received_so_far().size() == 1);
}

TEST_CASE("what became of a command is told to its sender, owners, the device and admins") {
  const TestDevice device = new_device(), other = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  const TestUser owner = new_user(device, "owner"), sender = new_user(device, "engineer"),
                 engineer = new_user(device, "engineer"), reader = new_user(device, "readonly");
  const std::string id = client(sender.token).post("/commands/send", command_to(device)).text("command_id");
  for (const std::string& bearer : {sender.token, owner.token, device.token, std::string(kAdminToken)}) {
    const auto shown = client(bearer).get("/commands/" + id);
    REQUIRE(shown.status == 200);
    CHECK(shown.text("command_id") == id);
    CHECK((shown.text("state") == "sent" || shown.text("state") == "delivered"));
    CHECK(is_timestamp(shown.text("sent_at")));
    CHECK(is_timestamp(shown.text("updated_at")));
    CHECK(shown.is_null("result"));
  }
  for (const std::string& bearer : {engineer.token, reader.token, other.token, unique("a-strange-token")}) {
    CHECK(client(bearer).get("/commands/" + id).status == 404);
  }
  CHECK(client().get("/commands/" + id).status == 401);
  CHECK(client(owner.token).get("/commands/" + unique("cmd_none")).status == 404);
}

TEST_CASE("a device's answer acknowledges or fails its command, and nobody else's") {
  const TestDevice device = new_device(), other = new_device();
  const auto mqtt = go_online(shared_hub(), device), foreign = go_online(shared_hub(), other);
  auto http = client(new_user(device, "owner").token);
  const auto state_of = [&](const std::string& id) { return http.get("/commands/" + id).text("state"); };
  const auto answer = [](const std::string& id, const std::string& result) {
    return boost::json::serialize(JsonObject{{"command_id", id}, {"result", result}, {"message", "m"}});
  };
  const std::string good = http.post("/commands/send", command_to(device)).text("command_id");
  const std::string bad = http.post("/commands/send", command_to(device)).text("command_id");
  const std::string open = http.post("/commands/send", command_to(device)).text("command_id");
  CHECK(foreign->publish(other.status, answer(open, "success")) == kMqttOk);
  CHECK(mqtt->publish(device.status, answer(bad, "error")) == kMqttOk);
  CHECK(mqtt->publish(device.status, answer(good, "success")) == kMqttOk);
  CHECK(eventually([&] { return state_of(good) == "acknowledged"; }));
  CHECK(eventually([&] { return state_of(bad) == "failed"; }));
  CHECK(http.get("/commands/" + bad).at("result").at("message") == "m");
  CHECK(state_of(open) != "acknowledged");
  CHECK(mqtt->publish(device.status, answer(good, "error")) == kMqttOk);
  CHECK(mqtt->publish(device.status, answer(open, "success")) == kMqttOk);
  CHECK(eventually([&] { return state_of(open) == "acknowledged"; }));
  CHECK(state_of(good) == "acknowledged");
}

TEST_CASE("a command counts as delivered when its device has said something after it was handed over") {
  const TestDevice device = new_device(), other = new_device();
  const auto mqtt = go_online(shared_hub(), device), beside = go_online(shared_hub(), other);
  auto http = client(new_user(device, "owner").token);
  auto watcher = client(new_user(other, "owner").token);
  CHECK(mqtt->publish(device.status, R"({"n":1})") == kMqttOk);  // before
  const auto state_of = [](HttpClient& of, const std::string& id) { return of.get("/commands/" + id).text("state"); };
  const std::string hung = http.post("/commands/send", command_to(device)).text("command_id");
  const std::string live = watcher.post("/commands/send", command_to(other)).text("command_id");
  CHECK(beside->publish(other.status, R"({"n":1})") == kMqttOk);
  CHECK(eventually([&] { return state_of(watcher, live) == "delivered"; }));
  CHECK(state_of(http, hung) == "sent");  // the broker wrote it into a connection from which nothing came since
  CHECK(mqtt->publish(device.status, R"({"n":2})") == kMqttOk);
  CHECK(eventually([&] { return state_of(http, hung) == "delivered"; }));
}

TEST_CASE("what a connection swallowed is not delivered because its device comes back") {
  const TestDevice device = new_device();
  auto http = client(new_user(device, "owner").token);
  std::string swallowed;
  {
    MqttClient mqtt;
    MqttLogin login = login_of(device);
    login.will_topic = device.status;
    login.will_payload = R"({"state":"OFFLINE"})";
    REQUIRE(mqtt.connect(shared_hub().mqtt_port(), login) == kMqttOk);
    REQUIRE(mqtt.subscribe(device.commands) == kGrantedQos1);
    REQUIRE(eventually([&] { return http.get(device_path(device)).at("is_online").as_bool(); }));
    swallowed = http.post("/commands/send", command_to(device)).text("command_id");
    mqtt.drop();
  }
  const std::string path = "/commands/status/" + device.controller_id;
  CHECK(eventually([&] { return http.get(path).body.find("OFFLINE") != std::string::npos; }));
  const auto mqtt = go_online(shared_hub(), device);
  const std::string heard = http.post("/commands/send", command_to(device)).text("command_id");
  CHECK(mqtt->publish(device.status, R"({"state":"BACK"})") == kMqttOk);
  CHECK(eventually([&] { return http.get("/commands/" + heard).text("state") == "delivered"; }));
  CHECK(http.get("/commands/" + swallowed).text("state") == "sent");
}

TEST_CASE("nothing is kept of the last status of a deleted device") {
  const TestDevice device = new_device(), other = new_device();
  const auto mqtt = go_online(shared_hub(), device), beside = go_online(shared_hub(), other);
  const auto rows = [&](const TestDevice& of) {
    return ask_database(shared_hub(), "SELECT COUNT(*) FROM device_status WHERE device_id = " + std::to_string(of.id));
  };
  CHECK(mqtt->publish(device.status, R"({"n":1})") == kMqttOk);
  REQUIRE(eventually([&] { return rows(device) == 1; }));
  CHECK(mqtt->publish(device.status, R"({"n":2})") == kMqttOk);  // this one waits
  REQUIRE(client(kAdminToken).del(device_path(device)).status == 204);
  CHECK(beside->publish(other.status, R"({"n":1})") == kMqttOk);
  CHECK(eventually([&] { return rows(device) == 0 && rows(other) == 1; }));
}

TEST_CASE("rows of devices that are no more go at the next start") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const auto rows = [&] { return ask_database(hub, "SELECT COUNT(*) FROM device_status"); };
  {
    const auto mqtt = go_online(hub, device);
    CHECK(mqtt->publish(device.status, R"({"n":1})") == kMqttOk);
    REQUIRE(eventually([&] { return rows() == 1; }));
  }
  hub.stop();
  change_database(hub, "INSERT INTO device_status (device_id, status, status_at) VALUES (4711, '{}', 1)");
  hub.start();
  CHECK(eventually([&] { return rows() == 1; }));
  CHECK(ask_database(hub, "SELECT device_id FROM device_status") == device.id);
}

TEST_CASE("a command that nobody answers expires") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  const auto sent = http.post("/commands/send", with(command_to(device), "ttl_seconds", 3));
  REQUIRE(sent.status == 202);
  const std::string path = "/commands/" + sent.text("command_id");
  CHECK(eventually([&] { return http.get(path).text("state") == "expired"; }));
  CHECK(http.get(path).text("updated_at") == sent.text("expires_at"));
}

TEST_CASE("the last status of a device is told to its users") {
  const TestDevice device = new_device(), other = new_device();
  const std::string path = "/commands/status/" + device.controller_id;
  const TestUser owner = new_user(device, "owner"), reader = new_user(device, "readonly");
  const auto before = client(reader.token).get(path);
  REQUIRE(before.status == 200);
  CHECK(before.text("controller_id") == device.controller_id);
  CHECK_FALSE(before.at("is_online").as_bool());
  CHECK(before.is_null("status"));
  CHECK(before.is_null("status_at"));
  CHECK(before.json().contains("firmware_version"));
  const auto mqtt = go_online(shared_hub(), device);
  const std::string status = R"({"state":"OPENING","m1_percent":12,"auto_close_countdown":0,"timestamp":1763247466})";
  CHECK(mqtt->publish(device.status, status) == kMqttOk);
  CHECK(eventually([&] { return client(reader.token).get(path).at("status").is_object(); }));
  const auto after = client(owner.token).get(path);
  CHECK(after.at("is_online").as_bool());
  CHECK(after.at("status") == boost::json::parse(status));
  CHECK(is_timestamp(after.text("status_at")));
  CHECK(after.text("last_seen") >= after.text("status_at"));
  CHECK(client(unique("a-strange-token")).get(path).status == 404);
  CHECK(client(new_user(other, "owner").token).get(path).status == 404);
  CHECK(client(other.token).get(path).status == 404);
  CHECK(client().get(path).status == 401);
}

TEST_CASE("malformed status changes nothing") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "readonly").token);
  const std::string path = "/commands/status/" + device.controller_id;
  CHECK(mqtt->publish(device.status, R"({"n":1})") == kMqttOk);
  for (const std::string& bad : {std::string("{"), std::string("[]"), std::string("5"), std::string("\xff\xfe"),
                                 std::string(), "{\"x\":\"" + std::string(70'000, 'x') + "\"}"}) {
    mqtt->publish(device.status, bad);
  }
  CHECK(eventually([&] { return http.get(path).at("status").is_object(); }));
  CHECK(http.get(path).at("status").at("n") == 1);
  CHECK(mqtt->publish(device.status, R"({"n":2})") == kMqttOk);
  CHECK(eventually([&] { return http.get(path).at("status").at("n") == 2; }));
}

TEST_CASE("the boot nonce of the last status comes back in commands as it was given") {
  const TestDevice device = new_device();
  const auto mqtt = go_online(shared_hub(), device);
  auto http = client(new_user(device, "owner").token);
  const std::string path = "/commands/status/" + device.controller_id;
  const auto nonce_after = [&](const std::string& status) {
    CHECK(mqtt->publish(device.status, status) == kMqttOk);
    REQUIRE(eventually([&] { return http.get(path).at("status") == boost::json::parse(status); }));
    REQUIRE(http.post("/commands/send", command_to(device)).status == 202);
    const JsonObject payload = payload_of(mqtt->receive());
    const Json* nonce = payload.if_contains("boot_nonce");
    return nonce == nullptr ? std::string("none") : boost::json::serialize(*nonce);
  };
  CHECK(nonce_after(R"({"n":0})") == "none");
  CHECK(nonce_after(R"({"boot_nonce":"n-1"})") == "\"n-1\"");
  CHECK(nonce_after(R"({"boot_nonce":42})") == "42");
  CHECK(nonce_after(R"({"boot_nonce":"n-2"})") == "\"n-2\"");
  CHECK(nonce_after(R"({"n":1})") == "none");
}

}  // namespace
}  // namespace gatetorio::testing
