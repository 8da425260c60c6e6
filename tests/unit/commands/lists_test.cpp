// What admins send, and see of what was sent. Commands on real storage; rights, registry and broker are the test's.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::commands {
namespace {

using boost::json::object;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Ask;
using Answer = testing::Outcome;
using Words = std::vector<std::string>;

const Principal kAdmin{.kind = "admin", .id = 3, .role = "admin"};
const Principal kAnna{.kind = "user", .id = 1};

struct AdminRules : testing::PluginRules {
  AdminRules() {
    host.provide<DeviceLink::State>(DeviceLink::kId,
                                    [this](LinkQuery) -> Result<LinkState> { return LinkState{is_connected}; });
    host.provide<DeviceLink::PublishCommand>(DeviceLink::kId, [this](Publish message) -> Result<Published> {
      published.push_back(message);
      return Published{true};
    });
    host.provide<AccessControl::Check>(AccessControl::kId, [this](AccessQuery query) -> Result<Decision> {
      needs.push_back(query.need);
      return Decision{may, {.resource_id = query.resource_id}};
    });
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [](DeviceIds asked) -> Result<DeviceList> {
      DeviceList list;
      for (const std::int64_t id : asked.ids) {
        if (id < 100) list.devices.push_back({.id = id, .controller_id = "gate-" + std::to_string(id)});
      }
      return list;
    });
    host.provide<DeviceRegistry::FindByName>(DeviceRegistry::kId, [](DeviceName name) -> Result<Device> {
      if (name.controller_id == "gate-7") return Device{.id = 7, .controller_id = "gate-7"};
      return Error{.status = Status::kNotFound, .detail = "There is no such device."};
    });
    host.load("commands");
    host.start();
  }
  ~AdminRules() { host.stop(); }  // until then it asks members of this

  Answer send(const Principal& who, std::int64_t device, const std::string& key = "", const char* action = "open") {
    Ask ask{.principal = who,
            .body = {{"controller_id", "gate-" + std::to_string(device)}, {"command", {{"action", action}}}},
            .access = {.resource_id = device}};
    if (!key.empty()) ask.body["idempotency_key"] = key;
    return host.invoke(who.kind == "admin" ? "commands.send-as-admin" : "commands.send", ask);
  }
  Answer list(object input = {}) {
    return host.invoke("commands.list", {.principal = kAdmin, .body = std::move(input)});
  }
  // "<device> <sender> <state>" of each.
  Words listed(object input = {}) {
    Words words;
    const Answer answer = list(std::move(input));
    for (const auto& each : answer.body.at("commands").as_array()) {
      const object& command = each.as_object();
      words.push_back(std::to_string(command.at("device_id").as_int64()) + " " +
                      std::string(command.at("sender").as_string()) + " " +
                      std::string(command.at("state").as_string()));
    }
    return words;
  }
  void say(std::int64_t device_id, object status) {
    host.publish(DeviceMessage{device_id, boost::json::serialize(status), 1}, std::to_string(device_id));
    host.advance(seconds(2));
  }

  bool is_connected = true, may = true;
  std::vector<Publish> published;
  Words needs;
};

}  // namespace

TEST_CASE_METHOD(AdminRules, "an admin's command goes out as a user's does, with its own name on it") {
  const Answer sent = send(kAdmin, 7);
  CHECK(sent.status == Status::kAccepted);
  CHECK(published.size() == 1);
  CHECK(audited("command.send") == 1);
  CHECK(query("SELECT principal FROM gatetorio_audit WHERE action = 'command.send'")[0].text(0, 0) == "admin:3");
  CHECK(listed() == Words{"7 admin:3 sent"});
  is_connected = false;
  CHECK(send(kAdmin, 7).status == Status::kUnavailable);
  CHECK(published.size() == 1);
}

TEST_CASE_METHOD(AdminRules, "an admin's key sends once, and is none of a user's") {
  const Answer first = send(kAdmin, 7, "key"), again = send(kAdmin, 7, "key");
  CHECK(again.word("command_id") == first.word("command_id"));
  CHECK(send(kAdmin, 7, "key", "close").error().fields.at(0).pointer == "/idempotency_key");
  CHECK(published.size() == 1);
  CHECK(send(kAnna, 7, "key").word("command_id") != first.word("command_id"));
  CHECK(published.size() == 2);
}

TEST_CASE_METHOD(AdminRules, "an admin who lost the role while the storage took its time moves nothing") {
  host.hold(sql::kServiceId, "INSERT INTO commands");
  auto sending =
      host.begin("commands.send-as-admin", {.principal = kAdmin,
                                            .body = {{"controller_id", "gate-7"}, {"command", {{"action", "open"}}}},
                                            .access = {.resource_id = 7}});
  host.run();
  may = false;
  host.advance(milliseconds(300));
  host.release();
  CHECK(sending.take().status == Status::kForbidden);
  CHECK(published.empty());
  CHECK(needs == Words{"admin"});
}

TEST_CASE_METHOD(AdminRules, "commands are listed by device, sender, state and time, the newest first") {
  const std::string done = send(kAnna, 7).word("command_id");
  host.advance(seconds(1));
  const Timestamp middle = host.now();
  send(kAdmin, 7);
  host.advance(seconds(1));
  send(kAdmin, 8);
  say(7, {{"command_id", done}, {"result", "success"}});
  CHECK(listed() == Words{"8 admin:3 sent", "7 admin:3 sent", "7 user:1 acknowledged"});
  CHECK(listed({{"controller_id", "gate-7"}}) == Words{"7 admin:3 sent", "7 user:1 acknowledged"});
  CHECK(listed({{"controller_id", "nobody"}}).empty());
  CHECK(listed({{"sender", "user:1"}}) == Words{"7 user:1 acknowledged"});
  CHECK(listed({{"from", to_rfc3339(middle)}}).size() == 2);
  CHECK(listed({{"until", to_rfc3339(middle)}}) == Words{"7 user:1 acknowledged"});
  CHECK(listed({{"state", "sent"}}).size() == 2);
  CHECK(listed({{"state", "acknowledged"}}).size() == 1);
  host.advance(seconds(60));
  CHECK(listed({{"state", "sent"}}).empty());
  CHECK(listed({{"state", "expired"}}) == Words{"8 admin:3 expired", "7 admin:3 expired"});
  const Answer acknowledged = list({{"state", "acknowledged"}});
  const object& entry = acknowledged.body.at("commands").as_array().at(0).as_object();
  CHECK(entry.at("controller_id") == "gate-7");
  CHECK(entry.at("command").as_object().at("action") == "open");
  CHECK(entry.at("result").is_object());
}

TEST_CASE_METHOD(AdminRules, "a command of a device that is gone is listed without its name") {
  send(kAdmin, 100);
  CHECK(list().body.at("commands").as_array().at(0).at("controller_id").is_null());
}

TEST_CASE_METHOD(AdminRules, "what is wrong in the filters of commands is told by its field") {
  const auto wrong = [this](object input) { return list(std::move(input)).error().fields.at(0).pointer; };
  CHECK(wrong({{"sender", "user"}}) == "/sender");
  CHECK(wrong({{"sender", "user:01"}}) == "/sender");
  CHECK(wrong({{"from", "yesterday"}}) == "/from");
  CHECK(wrong({{"until", "2026-02-30T00:00:00Z"}}) == "/until");
  CHECK(wrong({{"state", "unconfirmed"}}) == "/state");
  CHECK(wrong({{"cursor", "00"}}) == "/cursor");
}

TEST_CASE_METHOD(AdminRules, "pages of commands show each once, while others are sent and forgotten") {
  std::set<std::string> stays;
  for (int i = 0; i < 12; ++i) stays.insert(send(kAdmin, 7, "k" + std::to_string(i)).word("command_id"));
  std::multiset<std::string> seen;
  object input{{"limit", 5}};
  while (true) {
    const Answer page = list(input);
    for (const auto& each : page.body.at("commands").as_array()) seen.emplace(each.at("command_id").as_string());
    if (page.body.at("next_cursor").is_null()) break;
    CHECK(page.number("total") == 12);
    input["cursor"] = page.body.at("next_cursor");
    host.advance(milliseconds(1));
    send(kAdmin, 7);
  }
  CHECK(seen == std::multiset<std::string>(stays.begin(), stays.end()));
}

}  // namespace gatetorio::commands
