// The main job from end to end, as README's quick start tells it, with mosquitto's own clients in place of ours.
#include <catch2/catch_test_macros.hpp>

#include "support/paths.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

std::vector<std::string> mosquitto(const std::string& program, const HubProcess& hub, const std::string& username,
                                   const std::string& password, std::vector<std::string> more) {
  std::vector<std::string> arguments{
      "/usr/bin/" + program, "-h", "127.0.0.1", "-p", std::to_string(hub.mqtt_port()), "-u", username, "-P", password};
  arguments.insert(arguments.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return arguments;
}

TEST_CASE("a Pi registers, an app pairs and opens the gate, and sees it open") {
  HubProcess hub({.with_admin = false});
  const TestDevice pi = make_device(hub.http(), "front-gate");
  HttpClient device(hub.http(), pi.token);
  const std::string app_token = "app-token-captured-over-bluetooth";
  REQUIRE(device.post("/users/authorize", {{"user_token", app_token}, {"name", "Anna's phone"}}).status == 200);

  HttpClient app(hub.http());
  const auto devices = app.post("/users/discover", {{"user_token", app_token}}).at("devices").as_array();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].at("controller_id") == "front-gate");
  CHECK(devices[0].at("access_level") == "owner");

  const TempDir folder;
  Process listener(
      mosquitto("mosquitto_sub", hub, pi.mqtt_username, pi.mqtt_password, {"-t", pi.commands, "-q", "1", "-C", "1"}),
      {folder / "commands", folder / "errors"});
  const auto status = [&] {
    return app.request({.method = "GET", .path = "/commands/status/front-gate", .bearer = app_token});
  };
  REQUIRE(eventually([&] { return status().at("is_online").as_bool(); }));
  HttpResponse sent;
  CHECK(eventually([&] {
    sent = app.post("/commands/send", {{"controller_id", "front-gate"},
                                       {"user_token", app_token},
                                       {"command", {{"action", "open_gate"}, {"gate_number", 1}}}});
    return sent.status == 202;  // 503 until mosquitto_sub has subscribed
  }));
  REQUIRE(listener.wait() == 0);
  const auto command = boost::json::parse(read_file(folder / "commands"));
  CHECK(command.at("action") == "open_gate");
  CHECK(command.at("command_id") == sent.text("command_id").c_str());

  const std::string answer = boost::json::serialize(
      JsonObject{{"state", "OPEN"}, {"command_id", sent.text("command_id")}, {"result", "success"}});
  CHECK(run(mosquitto("mosquitto_pub", hub, pi.mqtt_username, pi.mqtt_password,
                      {"-t", pi.status, "-q", "1", "-m", answer}))
            .code == 0);
  CHECK(eventually([&] { return status().at("status").is_object(); }));
  CHECK(status().at("status").at("state") == "OPEN");
  CHECK(eventually([&] {
    const auto shown =
        app.request({.method = "GET", .path = "/commands/" + sent.text("command_id"), .bearer = app_token});
    return shown.text("state") == "acknowledged";
  }));

  const auto login = app.post("/users/mqtt-credentials", {{"user_token", app_token}});
  CHECK(run(mosquitto("mosquitto_pub", hub, login.text("mqtt_username"), login.text("mqtt_password"),
                      {"-V", "5", "-t", pi.commands, "-q", "1", "-r", "-m", "{}"}))
            .err.find("Not authorized") != std::string::npos);
  CHECK(hub.stop() == 0);
}

// The commands of README's section "First success", one string for each block.
std::vector<std::string> readme_blocks() {
  const std::string readme = read_file(std::filesystem::path(GATETORIO_SOURCE_DIR) / "README.md");
  const auto begin = readme.find("## First success");
  const std::string section = readme.substr(begin, readme.find("\n## ", begin + 1) - begin);
  constexpr std::string_view kOpen = "```sh\n", kClose = "```";
  std::vector<std::string> blocks;
  for (auto at = section.find(kOpen); at != std::string::npos; at = section.find(kOpen, at)) {
    at += kOpen.size();
    const auto end = section.find(kClose, at);
    blocks.push_back(section.substr(at, end - at));
    at = end;
  }
  return blocks;
}

// Where a person would wait a moment before typing on, the block is run again until `sign` is in what it prints.
std::string until(const std::string& block, const std::string& sign, const std::string& file) {
  return "for i in $(seq 200); do\n{\n" + block + "} > " + file + "; grep -q '" + sign + "' " + file +
         " && break\ndone\n";
}

TEST_CASE("README's first success works as it is printed") {
  HubProcess hub({.with_admin = false});
  std::vector<std::string> blocks = readme_blocks();
  REQUIRE(blocks.size() == 4);
  const std::string address = "http://127.0.0.1:8080";
  const auto at = blocks[0].find(address);
  REQUIRE(at != std::string::npos);
  blocks[0].replace(at, address.size(), "http://" + hub.http());
  const TempDir folder;
  write_file(folder / "script", "set -eu\ncd " + folder.path().string() + "\n" + blocks[0] + blocks[1] +
                                    until(blocks[2], "command_id", "app.json") +
                                    until(blocks[3], "OPENING", "status.json") + "kill $(jobs -p)\n");
  const RunResult result = run({"/bin/bash", (folder / "script").string()}, milliseconds(30'000));
  CAPTURE(result.out, result.err);
  CHECK(result.code == 0);
  CHECK(result.out.find(R"("action":"open_gate")") != std::string::npos);
  CHECK(read_file(folder / "app.json").find("front-gate") != std::string::npos);
  CHECK(read_file(folder / "status.json").find(R"("m1_percent":12)") != std::string::npos);
}

}  // namespace
}  // namespace gatetorio::testing
