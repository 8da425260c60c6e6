// Grants that begin later, have windows or a number of uses: what holds at which moment, and who is told.
#include <catch2/catch_test_macros.hpp>

#include "auth_rules.hpp"
#include "gatetorio/time_text.hpp"

namespace gatetorio::auth {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Moments;

const boost::json::object kOffice{
    {"time_zone", "Europe/Berlin"},
    {"windows", {{{"days", {"mon", "tue", "wed", "thu", "fri"}}, {"from", "08:00"}, {"to", "18:00"}}}}};

struct ScheduleRules : AuthRules {
  ScheduleRules() {
    host.provide<DeviceRegistry::FindByName>(DeviceRegistry::kId, [](const DeviceName&) -> Result<Device> {
      return Device{.id = 7, .controller_id = "gate"};
    });
    put_clock("2026-11-23T06:00:00Z");  // a Monday, seven in the morning in Berlin
  }

  void put_clock(std::string_view text) {
    host.set_clock(microseconds(parse_rfc3339(text)->us - host.now().us));
    host.advance(seconds(2));
  }
  Decision decision(const std::string& token) {
    return *host.call<AccessControl::Check>(AccessControl::kId, {user(token), "", "readonly", 7});
  }
  std::string until(const std::string& token) {
    const std::int64_t us = decision(token).access.expires_at_us;
    return us == 0 ? "" : to_rfc3339({us}).substr(0, 16);
  }
  Result<UsedGrant> use(const std::string& token) {
    return host.call<GrantStore::Use>(GrantStore::kId, {.device_id = 7, .user_id = user(token).id, .source = {}});
  }
  void give_back(const std::string& token, const std::string& source) {
    CHECK(host.call<GrantStore::GiveBack>(GrantStore::kId,
                                          {.device_id = 7, .user_id = user(token).id, .source = source}));
  }
  Outcome access(const std::string& token) {
    return host.invoke("auth.access", {.principal = user(token), .body = {{"controller_id", "gate"}}});
  }
  std::vector<std::int64_t> discovered(const std::string& token) {
    std::vector<std::int64_t> ids;
    const Outcome found = host.invoke("auth.my-devices", {.principal = user(token)});
    for (const auto& each : found.body.at("devices").as_array()) ids.push_back(each.at("id").as_int64());
    return ids;
  }
};

}  // namespace

TEST_CASE_METHOD(ScheduleRules, "access by a schedule holds in its windows, wherever it is asked for") {
  const Outcome paired = pair(kAnna, {{"access_level", "engineer"}, {"schedule", kOffice}});
  CHECK(paired.word("message") == "The user will have access when it begins.");
  CHECK(paired.body.at("schedule").at("time_zone") == "Europe/Berlin");
  CHECK(level(kAnna).empty());
  CHECK(discovered(kAnna).empty());
  put_clock("2026-11-23T07:00:00Z");
  CHECK(level(kAnna) == "engineer");
  CHECK(until(kAnna) == "2026-11-23T17:00");
  CHECK(discovered(kAnna) == std::vector<std::int64_t>{7});
  put_clock("2026-11-23T17:00:00Z");
  CHECK(level(kAnna).empty());
  CHECK(host.call<AccessControl::List>(AccessControl::kId, user(kAnna))->grants.empty());
}

TEST_CASE_METHOD(ScheduleRules, "live sessions are told within a second when a window opens and when it closes") {
  pair(kAnna, {{"access_level", "engineer"}, {"schedule", kOffice}});
  host.advance(seconds(3));
  for (const char* moment : {"2026-11-23T06:59:58Z", "2026-11-23T16:59:58Z", "2026-11-24T06:59:58Z",
                             "2026-11-24T16:59:58Z", "2026-11-27T16:59:58Z", "2026-11-30T06:59:58Z"}) {
    CAPTURE(moment);
    put_clock(moment);  // and two seconds on
    host.advance(seconds(1));
    const std::size_t before = told_of(user(kAnna).id);
    put_clock(moment);
    host.advance(microseconds(1));
    CHECK(told_of(user(kAnna).id) >= before);
    host.advance(seconds(1));
    CHECK(told_of(user(kAnna).id) > before);
    host.advance(seconds(30));  // what was planned is planned on
  }
}

TEST_CASE_METHOD(ScheduleRules, "a window's change is told once, and a quiet hour tells nobody anything") {
  pair(kAnna, {{"access_level", "engineer"}, {"schedule", kOffice}});
  host.advance(minutes(30));
  const std::size_t before = told_of(user(kAnna).id);
  host.advance(minutes(29));
  CHECK(told_of(user(kAnna).id) == before);
  host.advance(minutes(2));  // over 07:00
  CHECK(told_of(user(kAnna).id) == before + 1);
}

TEST_CASE_METHOD(ScheduleRules,
                 "where a window closes a lesser grant goes on, and where one opens the better one counts") {
  pair(kAnna, {{"access_level", "readonly"}});
  const std::string office = boost::json::serialize(kOffice);
  const auto given = host.call<GrantStore::Give>(
      GrantStore::kId,
      {.to = user(kAnna), .device_id = 7, .level = "engineer", .source = "sharing:1", .schedule = office});
  CHECK(given->level == "readonly");
  CHECK(given->opens_at_us == 0);
  CHECK(level(kAnna) == "readonly");
  put_clock("2026-11-23T08:00:00Z");
  CHECK(level(kAnna) == "engineer");
  put_clock("2026-11-23T17:00:00Z");
  CHECK(level(kAnna) == "readonly");
  CHECK(until(kAnna).empty());
}

TEST_CASE_METHOD(ScheduleRules, "access that begins later begins then, and tells when that is") {
  pair(kAnna, {{"access_level", "engineer"}, {"valid_from", "2026-11-23T09:00:00+01:00"}});
  CHECK(level(kAnna).empty());
  CHECK_FALSE(access(kAnna).body.at("has_access").as_bool());
  CHECK(access(kAnna).word("opens_at") == "2026-11-23T08:00:00.000Z");
  const std::size_t before = told_of(user(kAnna).id);
  put_clock("2026-11-23T07:59:59Z");
  CHECK(level(kAnna) == "engineer");
  CHECK(told_of(user(kAnna).id) == before + 1);
  CHECK(access(kAnna).body.at("opens_at").is_null());
}

TEST_CASE_METHOD(ScheduleRules, "a clock that is set back opens what had closed and closes what had opened") {
  pair(kAnna, {{"access_level", "engineer"}, {"schedule", kOffice}});
  put_clock("2026-11-23T17:30:00Z");
  host.advance(seconds(30));
  CHECK(level(kAnna).empty());
  const std::size_t before = told_of(user(kAnna).id);
  put_clock("2026-11-23T16:30:00Z");
  CHECK(level(kAnna) == "engineer");
  CHECK(told_of(user(kAnna).id) > before);
  host.advance(minutes(30));
  CHECK(level(kAnna).empty());
  CHECK(told_of(user(kAnna).id) > before + 1);
}

TEST_CASE_METHOD(ScheduleRules, "uses are taken one by one, the last once, and what is given back can be taken again") {
  pair(kAnna, {{"access_level", "engineer"}, {"max_uses", 2}});
  CHECK(decision(kAnna).access.counts_uses);
  CHECK(use(kAnna)->source == "pairing");
  CHECK(use(kAnna)->source == "pairing");
  CHECK(use(kAnna).error().status == Status::kForbidden);
  CHECK(level(kAnna) == "engineer");  // who has opened a gate may still stop it
  CHECK(access(kAnna).number("uses_left") == 0);
  give_back(kAnna, "pairing");
  CHECK(use(kAnna));
  CHECK_FALSE(use(kAnna));
  pair(kAnna, {{"max_uses", 1}});  // named again: they begin anew
  CHECK(use(kAnna));
  CHECK_FALSE(use(kAnna));
}

TEST_CASE_METHOD(ScheduleRules, "of two who want the last use one gets it, whoever comes in between") {
  pair(kAnna, {{"access_level", "engineer"}, {"max_uses", 1}});
  const std::string last = wire::encode(GrantUse{.device_id = 7, .user_id = user(kAnna).id, .source = {}});
  host.hold(sql::kServiceId, "UPDATE grants SET uses");
  auto first = host.begin_call_bytes(GrantStore::kId, GrantStore::Use::kMethod, last);
  host.run();
  const bool second_took = static_cast<bool>(host.call_bytes(GrantStore::kId, GrantStore::Use::kMethod, last));
  host.release();
  const int taken = (first.take() ? 1 : 0) + (second_took ? 1 : 0);
  CHECK(taken == 1);
  CHECK(count("SELECT uses FROM grants") == 1);
}

TEST_CASE_METHOD(ScheduleRules, "access without a number of uses takes none, also beside one that is spent") {
  pair(kAnna, {{"access_level", "owner"}});
  CHECK_FALSE(decision(kAnna).access.counts_uses);
  CHECK(use(kAnna)->source.empty());
  CHECK(host.call<GrantStore::Give>(
      GrantStore::kId, {.to = user(kAnna), .device_id = 7, .level = "owner", .source = "sharing:1", .max_uses = 1}));
  CHECK(use(kAnna)->source.empty());
  CHECK(count("SELECT SUM(uses) FROM grants") == 0);
}

TEST_CASE_METHOD(ScheduleRules, "grants that are open together open the files of both") {
  const auto give = [&](const std::string& source, const std::string& level, FileKinds kinds, Timestamp end = {0}) {
    REQUIRE(host.call<GrantStore::Give>(GrantStore::kId, {.to = user(kAnna),
                                                          .device_id = 7,
                                                          .level = level,
                                                          .expires_at_us = end.us,
                                                          .source = source,
                                                          .file_kinds = std::move(kinds)}));
  };
  const auto kinds = [&] { return decision(kAnna).access.file_kinds; };
  pair(kAnna, {{"access_level", "readonly"}});
  give("sharing:1", "engineer", std::vector<std::string>{"config"});
  CHECK(kinds() == std::vector<std::string>{"config"});  // reading the state opens no file
  give("sharing:2", "readonly", std::nullopt);
  CHECK(kinds() == std::vector<std::string>{"config"});
  give("sharing:3", "engineer", std::vector<std::string>{"config", "log"},
       parse_rfc3339("2026-11-23T08:00:00Z").value());
  CHECK(kinds()->size() == 2);
  put_clock("2026-11-23T08:00:01Z");
  CHECK(kinds() == std::vector<std::string>{"config"});
  give("sharing:4", "engineer", std::vector<std::string>());
  CHECK(kinds() == std::vector<std::string>{"config"});
  give("sharing:5", "engineer", std::nullopt);
  CHECK_FALSE(kinds());
}

TEST_CASE_METHOD(ScheduleRules,
                 "a grant whose uses are spent counts less than a lower one that may act, and more than reading") {
  pair(kAnna, {{"access_level", "owner"}, {"max_uses", 1}});
  CHECK(use(kAnna)->source == "pairing");
  CHECK(level(kAnna) == "owner");
  share(kAnna, "readonly");
  CHECK(level(kAnna) == "owner");  // who may still stop
  CHECK(host.call<GrantStore::Give>(GrantStore::kId,
                                    {.to = user(kAnna), .device_id = 7, .level = "engineer", .source = "sharing:2"}));
  CHECK(level(kAnna) == "engineer");
  CHECK(use(kAnna)->source.empty());
}

TEST_CASE_METHOD(ScheduleRules, "what cannot be kept is refused and changes nothing") {
  const auto refused = [&](boost::json::object more) {
    return pair(kBert, std::move(more)).error().fields.at(0).pointer;
  };
  boost::json::object nowhere = kOffice;
  nowhere["time_zone"] = "Europe/Atlantis";
  CHECK(refused({{"schedule", nowhere}}) == "/schedule/time_zone");
  CHECK(refused({{"valid_from", "soon"}}) == "/valid_from");
  CHECK(refused({{"valid_from", "2027-01-01T00:00:00Z"}, {"expires_in_hours", 1}}) == "/valid_from");
  CHECK(refused({{"max_uses", 0}}) == "/max_uses");
  CHECK(grants() == 0);
}

TEST_CASE_METHOD(ScheduleRules, "an owner with windows or uses is no reason to let the last full owner go") {
  pair(kAnna, {{"access_level", "owner"}});
  pair(kBert, {{"access_level", "owner"}, {"schedule", kOffice}});
  pair(kCora, {{"access_level", "owner"}, {"max_uses", 5}});
  const Principal anna = user(kAnna);
  CHECK(host.invoke("auth.remove", removal(anna, anna.id)).status == Status::kConflict);
  CHECK(level(kAnna) == "owner");
}

TEST_CASE_METHOD(ScheduleRules, "a schedule without windows takes the windows away") {
  pair(kAnna, {{"access_level", "engineer"}, {"schedule", kOffice}});
  CHECK(level(kAnna).empty());
  pair(kAnna, {{"schedule", {{"time_zone", "UTC"}, {"windows", boost::json::array()}}}});
  CHECK(level(kAnna) == "engineer");
  CHECK(until(kAnna).empty());
}

TEST_CASE("pages of a user's devices go on over those whose windows are closed") {
  AuthRules rules("", {7, 8, 9, 10});
  rules.pair(kAnna);
  const Principal anna = rules.user(kAnna);
  const auto give = [&](std::int64_t device, std::int64_t from_us) {
    CHECK(rules.host.call<GrantStore::Give>(
        GrantStore::kId,
        {.to = anna, .device_id = device, .level = "readonly", .source = "sharing:1", .valid_from_us = from_us}));
  };
  const std::int64_t later = rules.host.now().us + kMicrosecondsPerHour;
  give(8, later);
  give(9, later);
  give(10, 0);
  std::vector<std::int64_t> seen;
  boost::json::object input{{"limit", 1}};
  for (int pages = 0; pages < 10; ++pages) {
    const Outcome page = rules.host.invoke("auth.my-devices", {.principal = anna, .body = input});
    for (const auto& each : page.body.at("devices").as_array()) seen.push_back(each.at("id").as_int64());
    if (page.body.at("next").is_null()) break;
    input["after"] = page.body.at("next");
  }
  CHECK(seen == std::vector<std::int64_t>{7, 10});
  CHECK(rules.host.call<AccessControl::List>(AccessControl::kId, anna)->grants.size() == 2);
}

}  // namespace gatetorio::auth
