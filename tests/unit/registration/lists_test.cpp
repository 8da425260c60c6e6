// What admins see of the fleet: lists, edits that meet, and the history of presence. Registration alone, on real
// storage; the broker is the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/device_link.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::registration {
namespace {

using boost::json::array;
using boost::json::object;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Ask;
using testing::Moments;
using testing::Outcome;

const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};
constexpr std::int64_t kSecond = kMicrosecondsPerSecond;

struct FleetRules : testing::PluginRules {
  explicit FleetRules(const std::string& data_dir = "", const object& options = {{"enrolment", "open"}})
      : PluginRules(data_dir) {
    host.load("registration", options);
    host.start();
  }

  void add(std::int64_t id, const std::string& name, const std::string& label = "", const std::string& firmware = "",
           std::int64_t last_seen = 0, std::int64_t online_until = 0) {
    query(
        "INSERT INTO devices (id, hardware_id, controller_id, device_name, firmware_version, token_hash,"
        " mqtt_password_hash, reenrol_until, online_until, last_seen, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, 'a', 'b', 0, $6, $7, $8, 1)",
        id, "HW-" + std::to_string(id), name, label, firmware, online_until, last_seen, id / 3);
  }
  Outcome devices(object input) {
    return host.invoke("registration.devices", {.principal = kAdmin, .body = std::move(input)});
  }
  std::vector<std::string> names(object input) {
    std::vector<std::string> list;
    const Outcome answer = devices(std::move(input));
    for (const auto& each : answer.body.at("devices").as_array()) {
      list.emplace_back(each.as_object().at("controller_id").as_string());
    }
    return list;
  }
  std::string wrong_field(object input) { return devices(std::move(input)).error().fields.at(0).pointer; }

  Ask about(std::int64_t device_id, object body = {}, const Principal& by = kAdmin) {
    body["controller_id"] = "gate";
    return {.principal = by, .body = std::move(body), .access = {.resource_id = device_id}};
  }
  bool is_online(std::int64_t id) { return host.invoke("registration.get", about(id)).body.at("is_online").as_bool(); }
  void session(std::int64_t id, bool connected, LinkSession more = {}) {
    more.kind = "device";
    more.id = id;
    more.connected = connected;
    host.publish(more, "device:" + std::to_string(id));
    host.run();
  }
  void beat(std::int64_t id) {
    CHECK(host.invoke("registration.heartbeat", about(id, {}, {.kind = "device", .id = id})).is_ok());
  }
  // "via:ended_by" of each, the newest first; "via" of one that has not ended.
  std::vector<std::string> history(std::int64_t id) {
    std::vector<std::string> list;
    const Outcome listed = host.invoke("registration.presence", about(id));
    for (const auto& each : listed.body.at("sessions").as_array()) {
      const object& session = each.as_object();
      std::string& text = list.emplace_back(session.at("via").as_string());
      CHECK(session.at("until").is_null() == session.at("ended_by").is_null());
      if (!session.at("ended_by").is_null()) text += ":" + std::string(session.at("ended_by").as_string());
    }
    return list;
  }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("pages of devices in every order show each device once, while others come and go") {
  for (const std::string field : {"controller_id", "device_name", "firmware_version", "last_seen", "created_at"}) {
    for (const std::string sign : {"", "-"}) {
      CAPTURE(sign + field);
      FleetRules rules;
      std::set<std::string> stays;
      const auto name_of = [](std::int64_t id) { return "gate-" + std::to_string(id * 7919 % 1000); };
      for (std::int64_t id = 1; id <= 60; ++id) {
        rules.add(id, name_of(id), "label " + std::to_string(id % 4), "1." + std::to_string(id % 3), id % 5 * kSecond);
        if (id % 6 != 0) stays.insert(name_of(id));
      }
      std::multiset<std::string> seen;
      object input{{"sort", sign + field}, {"limit", 7}};
      std::int64_t next_new = 101, next_gone = 6;
      while (true) {
        const Outcome page = rules.devices(input);
        REQUIRE(page.is_ok());
        CHECK(page.number("total") == 60);
        for (const auto& each : page.body.at("devices").as_array()) {
          seen.emplace(each.as_object().at("controller_id").as_string());
        }
        if (page.body.at("next_cursor").is_null()) break;
        input["cursor"] = page.body.at("next_cursor");
        rules.query("DELETE FROM devices WHERE id = $1", next_gone);
        next_gone += 6;
        for (const std::string label : {"", "zzz"}) {
          rules.add(next_new, (label.empty() ? "A" : "zz") + std::to_string(next_new), label, label, next_new);
          ++next_new;
        }
      }
      for (const std::string& name : seen) CHECK(seen.count(name) == 1);
      for (const std::string& name : stays) CHECK(seen.count(name) == 1);
    }
  }
}

TEST_CASE_METHOD(FleetRules, "devices are found by a piece of what they are called, in any case and as it is written") {
  add(1, "north-gate", "Main 100%");
  add(2, "south_gate", "Garage");
  add(3, "southXgate", "main");
  CHECK(names({{"query", "NORTH"}}) == Words{"north-gate"});
  CHECK(names({{"query", "main"}}) == Words{"north-gate", "southXgate"});
  CHECK(names({{"query", "0%"}}) == Words{"north-gate"});
  CHECK(names({{"query", "h_g"}}) == Words{"south_gate"});
  CHECK(names({{"query", "hw-2"}}) == Words{"south_gate"});
  CHECK(names({{"query", "!"}}).empty());
  CHECK(names({{"query", ""}}).size() == 3);
  CHECK(devices({{"query", "main"}, {"limit", 1}}).number("total") == 2);
}

TEST_CASE_METHOD(
    FleetRules,
    "a search of a large fleet goes on piece by piece in every order, and finds each that is called so once") {
  query(
      "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 45000)"
      " INSERT INTO devices (id, hardware_id, controller_id, device_name, firmware_version, token_hash,"
      " mqtt_password_hash, reenrol_until, online_until, last_seen, created_at, updated_at)"
      " SELECT n, 'HW-' || n, 'gate-' || n, CASE WHEN n % 9000 = 7 THEN 'Rare' ELSE 'Gate' END, '1', 'a', 'b', 0, 0,"
      " n % 3, 1, 1 FROM many");
  for (const std::string sort : {"controller_id", "-controller_id", "device_name", "last_seen", "-last_seen"}) {
    CAPTURE(sort);
    object input{{"query", "rare"}, {"sort", sort}, {"limit", 2}};
    std::multiset<std::string> found;
    int pages = 0;
    for (bool is_last = false; !is_last; ++pages) {
      const Outcome page = devices(input);
      REQUIRE(page.is_ok());
      CHECK(page.body.at("total").is_null());
      for (const auto& each : page.body.at("devices").as_array()) {
        found.emplace(each.as_object().at("controller_id").as_string());
      }
      is_last = page.body.at("next_cursor").is_null();
      input["cursor"] = page.body.at("next_cursor");
    }
    CHECK(found == std::multiset<std::string>{"gate-7", "gate-9007", "gate-18007", "gate-27007", "gate-36007"});
    CHECK(pages >= 3);
  }
  const Outcome few = devices({{"query", "rare"}, {"firmware", "none"}});
  CHECK(few.number("total") == 0);
  CHECK(few.body.at("next_cursor").is_null());
}

TEST_CASE_METHOD(FleetRules, "the hardware of an imported device that has not registered is neither shown nor found") {
  add(1, "gate");
  query("UPDATE devices SET token_hash = $1 WHERE id = 1", sql::Blob{""});
  CHECK(names({{"query", "hw-1"}}).empty());
  CHECK(devices({}).body.at("devices").as_array().at(0).at("hardware_id").as_string().empty());
}

TEST_CASE_METHOD(FleetRules, "a list says what of its sort or cursor is wrong") {
  add(1, "a", "", "1.0");
  add(2, "b", "", "1.0");
  add(3, "c", "", "2.0");
  CHECK(wrong_field({{"sort", "token_hash"}}) == "/sort");
  CHECK(wrong_field({{"sort", ""}}) == "/sort");
  CHECK(wrong_field({{"cursor", "x"}}) == "/cursor");
  CHECK(wrong_field({{"limit", 0}}) == "/limit");
  CHECK(wrong_field({{"limit", 501}}) == "/limit");
  const object one{{"firmware", "1.0"}, {"limit", 1}};
  object next = one;
  next["cursor"] = devices(one).body.at("next_cursor");
  CHECK(names(next) == Words{"b"});
  next["firmware"] = "2.0";
  CHECK(wrong_field(next) == "/cursor");
  next["firmware"] = "1.0";
  next["sort"] = "-controller_id";
  CHECK(wrong_field(next) == "/cursor");
}

TEST_CASE_METHOD(FleetRules, "who is online in a list is who is online, whatever is on the disk by then") {
  for (std::int64_t id = 1; id <= 5; ++id) add(id, "gate-" + std::to_string(id));
  session(1, true);
  session(2, true);
  beat(3);
  beat(4);
  session(2, false);
  host.advance(seconds(60));
  beat(4);
  host.advance(seconds(31));
  for (std::int64_t id = 1; id <= 5; ++id) CHECK(is_online(id) == (id == 1 || id == 4));
  CHECK(names({{"online", true}}) == Words{"gate-1", "gate-4"});
  CHECK(names({{"online", false}}) == Words{"gate-2", "gate-3", "gate-5"});
  // The write of the next ones is late: the list waits for it.
  host.hold(sql::kServiceId, "UPDATE devices SET online_until");
  session(5, true);
  session(1, false);
  auto listing = host.begin("registration.devices", {.principal = kAdmin, .body = {{"online", true}}});
  host.release();
  const Outcome listed = listing.take();
  CHECK(listed.number("total") == 2);
  CHECK(listed.body.at("devices").as_array().at(1).at("controller_id") == "gate-5");
}

TEST_CASE_METHOD(FleetRules,
                 "a list of who is online does not wait for a storage that cannot write, nor say what is wrong") {
  add(1, "gate-1");
  add(2, "gate-2");
  session(1, true);
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "UPDATE devices SET online_until", 2);
  session(1, false);
  session(2, true);
  CHECK(names({{"online", true}}).empty());
  CHECK(names({{"online", false}}).empty());
  CHECK(names({}) == Words{"gate-1", "gate-2"});
  host.advance(seconds(5));
  CHECK(host.faults_left() == 0);
  CHECK(names({{"online", true}}) == Words{"gate-2"});
}

TEST_CASE_METHOD(FleetRules, "devices that have been offline for a time come the longest first") {
  const std::int64_t at = host.now().us;
  add(1, "b", "", "", at - 3600 * kSecond);
  add(2, "a", "", "", at - 7200 * kSecond);
  add(3, "c", "", "", at - 60 * kSecond);
  add(4, "d", "", "", at - 7200 * kSecond, kForeverUs);
  add(5, "never");
  CHECK(names({{"offline_for_seconds", 600}, {"sort", "last_seen"}}) == Words{"never", "a", "b"});
  CHECK(names({{"offline_for_seconds", 0}}).size() == 4);
  CHECK(names({{"offline_for_seconds", 600}, {"online", true}}).empty());
}

TEST_CASE("after a restart the end of a heartbeat is noticed, told of, and written") {
  const testing::TemporaryFolder folder;
  {
    FleetRules rules(folder.path());
    const std::int64_t at = rules.host.now().us;
    rules.add(1, "gate-1", "", "", at, at + 60 * kSecond);
    rules.add(2, "gate-2", "", "", at, at - 60 * kSecond);
  }
  FleetRules again(folder.path());
  again.host.advance(seconds(2));
  CHECK(again.names({{"online", true}}) == Words{"gate-1"});
  CHECK(again.history(1) == Words{"heartbeat"});
  again.host.advance(seconds(62));
  CHECK(again.names({{"online", true}}).empty());
  CHECK(again.count("SELECT COUNT(*) FROM devices WHERE online_until = 0") == 2);
  CHECK(again.host.published<DevicePresence>().back().device_id == 1);
  CHECK(again.history(1) == Words{"heartbeat:timeout"});
}

TEST_CASE_METHOD(FleetRules, "an edit of what has changed meanwhile is refused, and changes nothing") {
  add(1, "gate", "Gate");
  const auto edit = [this](const std::string& tag, const std::string& label) {
    Ask ask{.principal = kAdmin, .body = {{"device_name", label}}, .access = {.resource_id = 1}};
    ask.params["if_match"] = tag;
    return host.invoke("registration.update", ask);
  };
  const std::string first = host.invoke("registration.get", about(1)).headers.at("ETag");
  session(1, true);
  CHECK(host.invoke("registration.get", about(1)).headers.at("ETag") == first);
  const Outcome edited = edit("\"x\" , " + first, "North");
  CHECK(edited.is_ok());
  const std::string second = edited.headers.at("ETag");
  CHECK(second == host.invoke("registration.get", about(1)).headers.at("ETag"));
  CHECK(second != first);
  for (const std::string& tag : {first, "W/" + second, std::string("\"\""), std::string(), std::string(",")}) {
    CAPTURE(tag);
    CHECK(edit(tag, "South").status == Status::kPrecondition);
  }
  CHECK(host.invoke("registration.get", about(1)).word("device_name") == "North");
  CHECK(audited("device.update") == 1);
  CHECK(edit("*", "East").is_ok());
  CHECK(host.invoke("registration.delete", about(1)).is_ok());
  CHECK(edit("*", "West").status == Status::kNotFound);
}

TEST_CASE("of two edits of the same state one is done, at whatever moment the other comes") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    FleetRules rules;
    rules.add(1, "gate", "Gate");
    const std::string tag = rules.host.invoke("registration.get", rules.about(1)).headers.at("ETag");
    const auto edit = [&tag](const std::string& label) {
      Ask ask{.principal = kAdmin, .body = {{"device_name", label}}, .access = {.resource_id = 1}};
      ask.params["if_match"] = tag;
      return ask;
    };
    auto first = moments.begin(rules.host, "registration.update", edit("One"));
    const Outcome second = rules.host.invoke("registration.update", edit("Two"));
    rules.host.release();
    const Outcome outcome = first.take();
    CHECK(outcome.is_ok() != second.is_ok());
    CHECK((outcome.is_ok() ? second : outcome).status == Status::kPrecondition);
    CHECK(rules.audited("device.update") == 1);
  }
}

TEST_CASE_METHOD(FleetRules, "the history of a device says when it was online, why, and why it ended") {
  add(1, "gate");
  session(1, true);
  host.advance(minutes(5));
  CHECK(history(1) == Words{"mqtt"});
  session(1, false);
  host.advance(milliseconds(1));
  beat(1);
  host.advance(seconds(100));
  session(1, true, {.via = "status"});
  host.advance(milliseconds(1));
  session(1, false, {.reason = "timeout"});
  host.advance(milliseconds(1));
  session(1, true);
  host.advance(milliseconds(1));
  host.publish(LinkReset{"the broker died"}, "");
  host.run();
  host.advance(seconds(2));
  CHECK(history(1) == Words{"mqtt:broker died", "status:timeout", "heartbeat:timeout", "mqtt:closed"});
  CHECK(history(2).empty());

  const Outcome page = host.invoke("registration.presence", about(1, {{"limit", 3}}));
  const Outcome rest =
      host.invoke("registration.presence", about(1, {{"limit", 3}, {"cursor", page.body.at("next_cursor")}}));
  CHECK(rest.body.at("sessions").as_array().size() == 1);
  CHECK(rest.body.at("next_cursor").is_null());
  const object& first = rest.body.at("sessions").as_array().at(0).as_object();
  CHECK(first.at("from").as_string() < first.at("until").as_string());
  CHECK_FALSE(host.invoke("registration.presence", about(1)).body.contains("total"));
}

TEST_CASE_METHOD(FleetRules, "what devices send writes no history, and one that is online all the time has one row") {
  add(1, "gate");
  session(1, true);
  for (int i = 0; i < 20; ++i) {
    host.publish(DeviceMessage{1, "{}"}, "1");
    beat(1);
    session(1, true);
    host.advance(seconds(1));
  }
  CHECK(history(1) == Words{"mqtt"});
  CHECK(count("SELECT COUNT(*) FROM presence_periods") == 1);
}

TEST_CASE("what a hub left open when it ended has ended when it was last known to live") {
  const testing::TemporaryFolder folder;
  {
    FleetRules rules(folder.path());
    for (std::int64_t id = 1; id <= 700; ++id) rules.add(id, "gate-" + std::to_string(id));
    for (std::int64_t id = 1; id <= 700; ++id) rules.session(id, true);
    rules.host.advance(minutes(10));
    CHECK(rules.count("SELECT COUNT(*) FROM presence_periods WHERE ended_at = 9223372036854775807") == 700);
  }
  {
    testing::PluginRules killed(folder.path());
    killed.host.start();
    killed.query("UPDATE presence_clock SET alive_at = 5");
    killed.query("UPDATE presence_periods SET begun_at = 3 WHERE device_id = 1");
    killed.query("UPDATE presence_periods SET begun_at = 7 WHERE device_id = 2");
  }
  FleetRules again(folder.path());
  again.host.set_clock(hours(1));
  again.session(3, true);
  again.host.advance(seconds(3));
  CHECK(again.history(1) == Words{"mqtt:hub restarted"});
  CHECK(again.history(3) == Words{"mqtt", "mqtt:hub restarted"});
  CHECK(again.count("SELECT ended_at FROM presence_periods WHERE device_id = 1") == 5);
  CHECK(again.count("SELECT ended_at FROM presence_periods WHERE device_id = 2") == 7);
  CHECK(again.count("SELECT COUNT(*) FROM presence_periods WHERE ended_at = 9223372036854775807") == 1);
}

TEST_CASE_METHOD(FleetRules, "history that cannot be written waits, and nothing of it is written twice") {
  add(1, "gate-1");
  add(2, "gate-2");
  session(1, true);
  host.lose_answer(sql::kServiceId, "INSERT INTO presence_periods");
  host.advance(seconds(2));
  session(1, false);
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "INSERT INTO presence_periods", 3);
  session(2, true);
  host.advance(seconds(10));
  CHECK(host.faults_left() == 0);
  CHECK(history(1) == Words{"mqtt:closed"});
  CHECK(history(2) == Words{"mqtt"});
  CHECK(host.has_logged("the history of presence is written again"));
}

TEST_CASE_METHOD(FleetRules, "the history of a device goes with it, also what was about to be written") {
  add(1, "gate");
  session(1, true);
  host.advance(seconds(2));
  session(1, false);
  session(1, true);
  CHECK(host.invoke("registration.delete", about(1)).is_ok());
  session(1, false);
  host.advance(seconds(3));
  CHECK(count("SELECT COUNT(*) FROM presence_periods") == 0);
}

TEST_CASE("history that is old is deleted, and what has not ended stays") {
  FleetRules rules("", {{"enrolment", "open"}, {"presence_keep_days", 1}, {"retention_grace_minutes", 0}});
  rules.add(1, "gate-1");
  rules.add(2, "gate-2");
  rules.session(1, true);
  rules.session(2, true);
  rules.session(2, false);
  rules.host.advance(seconds(3));
  rules.host.leap(hours(49));
  rules.host.advance(minutes(7));
  CHECK(rules.history(1) == Words{"mqtt"});
  CHECK(rules.history(2).empty());
}

TEST_CASE_METHOD(FleetRules, "a key that an admin has ended lets nobody in, and is not listed any more") {
  FleetRules keys("", {{"enrolment", "key"}});
  const auto make = [&](const char* name) {
    return keys.host.invoke("registration.make-key", {.principal = kAdmin, .body = {{"name", name}}});
  };
  const Outcome made = make("builder");
  make("other");
  const auto list = [&] { return keys.host.invoke("registration.keys", {.principal = kAdmin}); };
  CHECK(list().number("total") == 2);
  CHECK(list().body.at("keys").as_array().at(0).at("name") == "other");
  CHECK(list().text.find("gte_") == std::string::npos);
  const Ask ending{.principal = kAdmin, .body = {{"key_id", made.number("key_id")}}};
  CHECK(keys.host.invoke("registration.delete-key", ending).is_ok());
  CHECK(keys.host.invoke("registration.delete-key", ending).status == Status::kNotFound);
  CHECK(keys.audited("enrolment_key.delete") == 1);
  CHECK(list().number("total") == 1);
  const Ask enrolling{
      .body = {{"hardware_id", "hw"}, {"controller_id", "gate"}, {"enrolment_key", made.word("enrolment_key")}}};
  CHECK(keys.host.invoke("registration.register", enrolling).status == Status::kForbidden);
}

TEST_CASE("devices that wait for approval come in pages, in the order in which they asked") {
  FleetRules rules("", {{"enrolment", "approval"}});
  for (int i = 0; i < 5; ++i) {
    const std::string name = "gate-" + std::to_string(i);
    rules.host.invoke("registration.register", {.body = {{"hardware_id", "hw-1"}, {"controller_id", name}}});
  }
  object input{{"limit", 2}};
  Words names;
  while (true) {
    const Outcome page = rules.host.invoke("registration.pending", {.principal = kAdmin, .body = input});
    CHECK(page.number("total") == 5);
    for (const auto& each : page.body.at("pending").as_array()) {
      names.emplace_back(each.at("controller_id").as_string());
      CHECK(each.at("pending_for_hardware").as_int64() == 5);
    }
    if (page.body.at("next_cursor").is_null()) break;
    input["cursor"] = page.body.at("next_cursor");
  }
  CHECK(names == Words{"gate-0", "gate-1", "gate-2", "gate-3", "gate-4"});
}

}  // namespace gatetorio::registration
