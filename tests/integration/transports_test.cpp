// MQTT over TCP, TLS and WebSocket has the same rights; certificates are renewed without ending connections.
#include <mqtt/async_client.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "support/certificate.hpp"
#include "support/files.hpp"

namespace gatetorio::testing {
namespace {

HubSetup with_tls(const Certificate& certificate) {
  return {.sets = {"plugins.transport-mqtt.tls_listen=127.0.0.1:0",
                   "plugins.transport-mqtt.tls_certificate=" + certificate.file(),
                   "plugins.transport-mqtt.tls_key=" + certificate.key(),
                   "plugins.transport-mqtt.websocket_listen=127.0.0.1:0"}};
}

// A client of the Paho library, as many devices and apps have it.
class Paho {
 public:
  explicit Paho(const std::string& uri) : client_(uri, unique("paho"), mqtt::create_options(MQTTVERSION_5)) {
    client_.start_consuming();
  }
  bool connect(const std::string& username, const std::string& password, const std::string& authority,
               const std::string& forwarded_for = {}) {
    mqtt::connect_options options(username, password);
    if (!forwarded_for.empty()) options.set_http_headers({{"X-Forwarded-For", forwarded_for}});
    options.set_mqtt_version(MQTTVERSION_5);
    options.set_clean_start(true);
    mqtt::ssl_options tls;
    tls.set_trust_store(authority);
    options.set_ssl(tls);
    try {
      return client_.connect(options)->wait_for(kPatience);
    } catch (const mqtt::exception&) {
      return false;
    }
  }
  bool subscribe(const std::string& topic) {
    const auto token = client_.subscribe(topic, 1);
    try {
      return token->wait_for(kPatience) && token->get_reason_code() < 0x80;
    } catch (const mqtt::exception&) {
      return false;
    }
  }
  bool publish(const std::string& topic, const std::string& payload) {
    const auto token = client_.publish(topic, payload, 1, false);
    try {
      return token->wait_for(kPatience) && token->get_reason_code() < 0x80;
    } catch (const mqtt::exception&) {
      return false;
    }
  }
  // Does the broker end the connection over it?
  bool is_ended_by(const std::string& topic, const std::string& payload) {
    client_.publish(topic, payload, 1, false);
    return eventually([&] { return !client_.is_connected(); });
  }
  std::string next() {
    mqtt::const_message_ptr message;
    return client_.try_consume_message_for(&message, kPatience) && message ? message->to_string() : std::string();
  }

 private:
  mqtt::async_client client_;
};

TEST_CASE("rights are the same over TCP, TLS and WebSocket") {
  const Certificate certificate;
  HubProcess hub(with_tls(certificate));
  HttpClient http(hub.http());
  const TestDevice other = make_device(hub.http());
  const TestUser watcher = make_user(hub.http(), other, "owner");
  const std::string websocket =
      HttpClient(hub.http(), watcher.token).post("/users/mqtt-credentials").text("mqtt_websocket_url");
  for (const std::string kind : {"tcp", "ssl", "ws"}) {
    CAPTURE(kind);
    const auto registered =
        http.post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}});
    const TestDevice device = device_from(registered, "");
    CHECK(registered.at("mqtt_tls") == true);
    const std::string uri = kind == "ws"    ? websocket
                            : kind == "ssl" ? "ssl://127.0.0.1:" + std::to_string(registered.number("mqtt_broker_port"))
                                            : "tcp://127.0.0.1:" + std::to_string(hub.mqtt_port());
    CHECK_FALSE(Paho(uri).connect(device.mqtt_username, "wrong", certificate.file()));
    CHECK_FALSE(Paho(uri).connect("", "", certificate.file()));
    Paho gate(uri);
    REQUIRE(gate.connect(device.mqtt_username, device.mqtt_password, certificate.file()));
    CHECK_FALSE(gate.subscribe(other.commands));
    CHECK_FALSE(gate.subscribe("$SYS/#"));
    CHECK_FALSE(gate.subscribe("$share/all/" + device.commands));
    CHECK_FALSE(gate.publish(other.status, "{}"));
    CHECK_FALSE(gate.publish("$CONTROL/dynamic-security/v1", "{}"));
    CHECK(gate.publish(device.status, "{}"));
    REQUIRE(gate.subscribe(device.commands));
    const TestUser owner = make_user(hub.http(), device, "owner");
    const JsonObject body{{"controller_id", device.controller_id}, {"command", {{"action", kind}}}};
    HttpClient app(hub.http(), owner.token);
    REQUIRE(eventually([&] { return app.post("/commands/send", body).status == 202; }));
    CHECK(boost::json::parse(gate.next()).at("action").as_string() == kind);
  }
}

std::string websocket_of(const HubProcess& hub, const TestUser& user) {
  return HttpClient(hub.http(), user.token).post("/users/mqtt-credentials").text("mqtt_websocket_url");
}

// A frame of RFC 6455, section 5.2, of fewer than 126 bytes; the mask is zero.
std::string frame(int opcode, bool is_masked, const std::string& payload) {
  std::string out{static_cast<char>(0x80 | opcode), static_cast<char>((is_masked ? 0x80 : 0) | payload.size())};
  if (is_masked) out.append(4, '\0');
  return out + payload;
}

TEST_CASE("MQTT over WebSocket comes in binary and masked frames, and a packet has its limit there, too") {
  const Certificate certificate;
  HubProcess hub(with_tls(certificate));
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const std::string websocket = websocket_of(hub, owner);
  const auto port = port_of(websocket.substr(5, websocket.size() - 6));
  const auto open = [&](const std::string& protocol) {
    auto socket = std::make_unique<Socket>(port);
    socket->send(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: " +
        protocol + "\r\n\r\n");
    return socket;
  };
  const auto answer = open("chat, mqtt")->read_some();
  REQUIRE(answer);
  CHECK(answer->starts_with("HTTP/1.1 101 "));
  CHECK(answer->find("\r\nSec-WebSocket-Protocol: mqtt\r\n") != std::string::npos);
  const std::string ping("\xc0\0", 2), huge("\x10\xff\xff\xff\x7f", 5);
  for (const std::string& bytes : {frame(1, true, ping), frame(2, false, ping), frame(2, true, huge)}) {
    const auto socket = open("mqtt");
    REQUIRE(socket->read_some());
    socket->send(bytes);
    CHECK(socket->is_closed_by_peer());
  }
  Socket plain(port);
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(plain.read_all().starts_with("HTTP/1.1 426 "));
  Paho gate(websocket);
  REQUIRE(gate.connect(device.mqtt_username, device.mqtt_password, certificate.file()));
  CHECK(gate.publish(device.status, "{\"text\":\"" + std::string(60'000, 'x') + "\"}"));
  CHECK(gate.is_ended_by(device.status, std::string(1'000'000, 'x')));
}

TEST_CASE("over WebSocket the address is the client's, which a proxy on this machine tells") {
  const Certificate certificate;
  HubProcess hub(with_tls(certificate));
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const auto gate = go_online(hub, device);
  const MqttLogin login = login_of(hub.http(), owner);
  Paho app(websocket_of(hub, owner));
  REQUIRE(app.connect(login.username, login.password, certificate.file(), "198.51.100.7, 203.0.113.9"));
  CHECK(app.publish(device.commands, R"({"action":"open"})"));
  REQUIRE(gate->receive());
  CHECK(eventually([&] {
    return ask_database(
               hub, "SELECT COUNT(*) FROM gatetorio_audit WHERE action LIKE 'command%' AND peer = '203.0.113.9'") == 1;
  }));
}

TEST_CASE("a renewed certificate serves new MQTT connections while the old ones go on") {
  Certificate certificate;
  HubProcess hub(with_tls(certificate));
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), owner.token);
  const auto port = http.post("/users/mqtt-credentials").number("mqtt_broker_port");
  const std::string uri = "ssl://127.0.0.1:" + std::to_string(port);
  Paho gate(uri);
  REQUIRE(gate.connect(device.mqtt_username, device.mqtt_password, certificate.file()));
  REQUIRE(gate.subscribe(device.commands));
  const pid_t broker = hub.broker_pid();
  certificate.renew();
  // Only the new certificate's holder is trusted here.
  CHECK(eventually([&] { return Paho(uri).connect(device.mqtt_username, device.mqtt_password, certificate.file()); }));
  CHECK(hub.broker_pid() == broker);
  const JsonObject body{{"controller_id", device.controller_id}, {"command", {{"action", "open"}}}};
  REQUIRE(eventually([&] { return http.post("/commands/send", body).status == 202; }));
  CHECK_FALSE(gate.next().empty());
}

TEST_CASE(
    "a renewed MQTT certificate that cannot be used is not taken, and the one before serves on, after a restart too") {
  Certificate certificate, other;
  HubProcess hub(with_tls(certificate));
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const auto port = HttpClient(hub.http(), owner.token).post("/users/mqtt-credentials").number("mqtt_broker_port");
  const std::string uri = "ssl://127.0.0.1:" + std::to_string(port);
  const auto is_served = [&](const std::string& authority) {
    return Paho(uri).connect(device.mqtt_username, device.mqtt_password, authority);
  };
  const auto usable = [&] { return HttpClient(hub.http()).root("/health").at("mqtt_certificate_usable").as_bool(); };
  CHECK(usable());
  const std::string authority = certificate.file() + ".good";
  const std::string good = read_file(certificate.file()), key = read_file(certificate.key());
  write_file(authority, good);
  write_file(certificate.key(), read_file(other.key()));
  REQUIRE(eventually([&] { return hub.log().find("the key is not that of the certificate") != std::string::npos; }));
  CHECK_FALSE(usable());
  CHECK(is_served(authority));
  ::kill(hub.broker_pid(), SIGKILL);
  CHECK(eventually([&] { return is_served(authority); }));
  write_file(certificate.file(), "no certificate");
  REQUIRE(eventually([&] { return hub.log().find("no certificate in PEM can be read") != std::string::npos; }));
  CHECK(is_served(authority));
  write_file(certificate.file(), good);
  write_file(certificate.key(), key);
  CHECK(eventually(usable));
  CHECK(is_served(authority));
}

TEST_CASE("connections that never log in are closed, and clients come in all the same") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  std::vector<std::unique_ptr<Socket>> silent;
  for (int i = 0; i < 400; ++i) silent.push_back(std::make_unique<Socket>(hub.mqtt_port()));
  const auto gate = go_online(hub, device);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (const auto& socket : silent) {
    CHECK(socket->is_closed_by_peer(
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now())));
  }
  CHECK(gate->publish(device.status, "{}") == kMqttOk);
  CHECK(eventually([&] { return hub.log().find("budget=silent_sockets") != std::string::npos; }));
}

TEST_CASE("a renewed certificate serves new HTTPS connections; a wrong one is not taken") {
  Certificate certificate;
  HubProcess hub({.sets = {"plugins.transport-http.tls_certificate=" + certificate.file(),
                           "plugins.transport-http.tls_key=" + certificate.key()}});
  const auto is_served = [&] {
    return run({"/usr/bin/curl", "-sf", "--cacert", certificate.file(), "https://" + hub.http() + "/health"}).code == 0;
  };
  CHECK(is_served());
  certificate.renew();
  CHECK(eventually(is_served));
  const std::string good = read_file(certificate.file());
  write_file(certificate.file(), "no certificate");
  CHECK(eventually([&] { return hub.log().find("a renewed certificate is not used") != std::string::npos; }));
  write_file(certificate.file() + ".good", good);
  const auto health =
      run({"/usr/bin/curl", "-s", "--cacert", certificate.file() + ".good", "https://" + hub.http() + "/health"});
  CHECK(health.code == 0);
  CHECK(health.out.find("\"http_certificate_usable\":false") != std::string::npos);
}

// curl, as a script on a Pi has it: what it answered, or nothing where it failed.
std::string curl(const Certificate& certificate, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/curl", "-sSf", "--cacert", certificate.file()});
  const RunResult ran = run(arguments);
  UNSCOPED_INFO(ran.err);
  return ran.code == 0 ? ran.out : std::string();
}

TEST_CASE("files go up and come down over HTTPS, cut and resumed, byte for byte") {
  const Certificate certificate;
  HubProcess hub({.sets = {"plugins.transport-http.tls_certificate=" + certificate.file(),
                           "plugins.transport-http.tls_key=" + certificate.key()}});
  const std::string api = "https://" + hub.http() + "/api/v1";
  const auto asked = [&](const std::string& path, const std::string& token, const std::string& body) {
    std::vector<std::string> arguments{"-H", "Authorization: Bearer " + token, api + path};
    if (!body.empty()) arguments.insert(arguments.end(), {"-H", "Content-Type: application/json", "-d", body});
    return boost::json::parse(curl(certificate, arguments));
  };
  const auto text = [](const boost::json::value& from, const char* name) {
    return std::string(from.at(name).as_string());
  };
  const auto device = asked("/devices/register", "", R"({"hardware_id":"tls-hw","controller_id":"tls-gate"})");
  const std::string token = text(device, "device_token");
  const std::string bytes = random_bytes(5'000'001);
  const TempDir folder;
  const std::string source = (folder / "source").string(), target = (folder / "target").string();
  write_file(source, bytes);

  const auto file = asked("/files/tls-gate", token, R"({"name":"log","kind":"log","size":5000001})");
  const std::string url = text(file, "upload_url");
  REQUIRE(url.starts_with(api + "/"));
  // The first part, then the rest, as tus has it.
  const auto patch = [&](const std::string& part, std::size_t offset) {
    const std::string path = (folder / "part").string();
    write_file(path, part);
    return curl(certificate, {"-X", "PATCH", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Tus-Resumable: 1.0.0",
                              "-H", "Upload-Offset: " + std::to_string(offset), "-H",
                              "Content-Type: application/offset+octet-stream", "--data-binary", "@" + path, url});
  };
  CHECK(patch(bytes.substr(0, 1'234'567), 0) == "204");
  CHECK(patch(bytes.substr(1'234'567), 1'234'567) == "204");

  const auto shown = asked("/files/tls-gate/" + std::to_string(file.at("file_id").as_int64()), token, "");
  const std::string download = text(shown, "download_url");
  CHECK(curl(certificate, {"-r", "0-999999", "-o", target, "-w", "%{http_code}", download}) == "206");
  CHECK(curl(certificate, {"-C", "-", "-o", target, "-w", "%{http_code}", download}) == "206");
  CHECK(read_file(target) == bytes);
  CHECK(curl(certificate,
             {"-T", source,
              text(asked("/files/tls-gate", token, R"({"name":"b","kind":"log","size":5000001})"), "upload_url"), "-o",
              "/dev/null", "-w", "%{http_code}"}) == "204");
}

}  // namespace
}  // namespace gatetorio::testing
