// Who has access to what, when things happen at once, late, or not at all. The registry is the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/grants.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Moments;
using testing::Outcome;

const std::string kAnna(40, 'a'), kBert(40, 'b'), kCora(40, 'c');
const Principal kGate{.kind = "device", .id = 7};
const Error kDiskFull{.status = Status::kFull, .detail = "no room"};

struct AuthRules : testing::PluginRules {
  explicit AuthRules(const std::string& data_dir = "", std::vector<std::int64_t> there = {7})
      : PluginRules(data_dir), devices(std::move(there)) {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [this](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const std::int64_t id : asked.ids) {
        if (std::count(devices.begin(), devices.end(), id) > 0) found.devices.push_back({.id = id});
      }
      return found;
    });
    host.load("auth");
    host.start();
  }
  ~AuthRules() { host.stop(); }  // until then it asks members of this

  static testing::Ask pairing(const std::string& token, boost::json::object more = {}) {
    more["user_token"] = token;
    return {.principal = kGate, .body = std::move(more)};
  }
  Outcome pair(const std::string& token, boost::json::object more = {}) {
    return host.invoke("auth.authorize", pairing(token, std::move(more)));
  }
  Principal user(const std::string& token) {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token}, "bearer:");
  }
  // "": none. "?": the device is not there.
  std::string level(const std::string& token) {
    const auto decided = host.call<AccessControl::Check>(AccessControl::kId, {user(token), "", "readonly", 7});
    if (!decided && decided.error().status == Status::kNotFound) return "?";
    return decided->access.level;
  }
  Result<GrantHeld> share(const std::string& token, std::string level, std::int64_t expires_at_us = 0) {
    return host.call<GrantStore::Give>(GrantStore::kId, {.to = user(token),
                                                         .device_id = 7,
                                                         .level = std::move(level),
                                                         .expires_at_us = expires_at_us,
                                                         .source = "sharing:1"});
  }
  testing::Ask removal(const Principal& by, std::int64_t whom) {
    return {.principal = by,
            .body = {{"controller_id", "gate"}, {"user_id", whom}},
            .access = {.resource_id = 7, .resource = "gate", .level = "owner"}};
  }
  std::string password_user(const Outcome& credentials) {
    const auto found = host.call<Authenticator::Authenticate>(
        Authenticator::kId, {"password", credentials.word("mqtt_username"), credentials.word("mqtt_password")},
        "password:user-");
    return found ? name_of(found->who()) : "";
  }
  std::size_t told_of(std::int64_t user_id) {
    const auto told = host.published<AccessChanged>();
    return static_cast<std::size_t>(
        std::count_if(told.begin(), told.end(), [&](const AccessChanged& event) { return event.id == user_id; }));
  }
  void delete_device(std::int64_t id) {
    std::erase(devices, id);
    host.publish(DeviceDeleted{.device_id = id, .controller_id = "gate"}, std::to_string(id));
  }
  std::int64_t grants() { return count("SELECT COUNT(*) FROM grants"); }

  std::vector<std::int64_t> devices;
};

}  // namespace

TEST_CASE("of two users that are paired at once one is the owner, whoever comes in between") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    AuthRules rules;
    auto anna = moments.begin(rules.host, "auth.authorize", AuthRules::pairing(kAnna));
    const std::string bert = rules.pair(kBert).word("access_level");
    rules.host.release();
    const std::string first = anna.take().word("access_level");
    CHECK((first == "owner") != (bert == "owner"));
  }
}

TEST_CASE("of two owners that remove themselves at once one stays, whoever comes in between") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    AuthRules rules;
    rules.pair(kAnna, {{"access_level", "owner"}});
    rules.pair(kBert, {{"access_level", "owner"}});
    const Principal anna = rules.user(kAnna), bert = rules.user(kBert);
    auto leaving = moments.begin(rules.host, "auth.remove", rules.removal(anna, anna.id));
    const bool bert_left = rules.host.invoke("auth.remove", rules.removal(bert, bert.id)).is_ok();
    rules.host.release();
    CHECK(leaving.take().is_ok() != bert_left);
    CHECK(rules.count("SELECT COUNT(*) FROM grants WHERE level = 'owner'") == 1);
  }
}

TEST_CASE_METHOD(AuthRules, "what a commit did whose answer was lost is not done again by the retry") {
  host.lose_answer(sql::kServiceId, "INSERT INTO grants");
  CHECK(pair(kAnna).status == Status::kTimeout);
  CHECK(level(kAnna) == "owner");
  const Outcome again = pair(kAnna);
  CHECK(again.word("access_level") == "owner");
  CHECK(again.number("user_id") == user(kAnna).id);
  CHECK(grants() == 1);
  CHECK(count("SELECT COUNT(*) FROM users") == 1);
}

TEST_CASE_METHOD(AuthRules, "where the storage takes nothing nobody is paired, and nothing is told") {
  host.fail(sql::kServiceId, kDiskFull, "INSERT INTO grants");
  CHECK(pair(kAnna).status == Status::kFull);
  CHECK(user(kAnna).id == 0);
  CHECK(host.published<AccessChanged>().empty());
  CHECK(audited("access.grant") == 0);
}

TEST_CASE_METHOD(AuthRules, "while the storage cannot be read nobody is known and nobody gets through") {
  pair(kAnna);
  const Principal anna = user(kAnna);
  const Error away{.status = Status::kUnavailable};
  host.fail(sql::kServiceId, away, "", 2);
  const auto known = host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", kAnna}, "bearer:");
  REQUIRE_FALSE(known);
  CHECK(known.error().status == Status::kUnavailable);
  const auto decided = host.call<AccessControl::Check>(AccessControl::kId, {anna, "", "readonly", 7});
  REQUIRE_FALSE(decided);
  CHECK(decided.error().status == Status::kUnavailable);
}

TEST_CASE_METHOD(AuthRules, "access that has ended is none from that moment on, and its user is told") {
  pair(kAnna, {{"expires_in_hours", 1}});
  const std::int64_t id = user(kAnna).id;
  host.leap(hours(1) - seconds(2));
  CHECK(level(kAnna) == "owner");
  const std::size_t before = told_of(id);
  host.set_clock(seconds(2));  // no timer has run since
  CHECK(level(kAnna) == "");
  host.advance(seconds(1));
  CHECK(told_of(id) == before + 1);
  host.advance(seconds(10));
  CHECK(told_of(id) == before + 1);
}

TEST_CASE_METHOD(AuthRules, "a clock that is set back over an end gives the access again, and tells of both turns") {
  pair(kAnna, {{"expires_in_hours", 1}});
  const std::int64_t id = user(kAnna).id;
  host.leap(hours(2));
  host.advance(seconds(1));
  const std::size_t before = told_of(id);
  host.set_clock(-hours(1) - seconds(10));
  CHECK(level(kAnna) == "owner");
  host.advance(seconds(1));
  CHECK(told_of(id) == before + 1);
  host.advance(seconds(20));
  CHECK(level(kAnna) == "");
  CHECK(told_of(id) == before + 2);
}

TEST_CASE_METHOD(AuthRules, "an end whose reading failed is told of when the storage can be read again") {
  pair(kAnna, {{"expires_in_hours", 1}});
  const std::int64_t id = user(kAnna).id;
  host.leap(hours(1) - seconds(1));
  const std::size_t before = told_of(id);
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "SELECT DISTINCT user_id FROM grants WHERE expires_at",
            3);
  host.advance(seconds(3));
  CHECK(host.faults_left() == 0);
  CHECK(told_of(id) == before);
  host.advance(seconds(1));
  CHECK(told_of(id) == before + 1);
}

TEST_CASE_METHOD(AuthRules, "a better grant that ends uncovers the one beneath it") {
  pair(kBert);
  pair(kAnna);
  REQUIRE(share(kAnna, "engineer", host.now().us + kMicrosecondsPerHour));
  CHECK(level(kAnna) == "engineer");
  host.leap(hours(1));
  CHECK(level(kAnna) == "readonly");
}

TEST_CASE_METHOD(AuthRules, "a lesser grant lowers nobody, and nobody's access is cut short by a shorter one") {
  pair(kAnna);
  const auto held = share(kAnna, "readonly", host.now().us + kMicrosecondsPerHour);
  REQUIRE(held);
  CHECK(held->level == "owner");
  CHECK(held->expires_at_us == 0);
  CHECK(level(kAnna) == "owner");
  host.leap(hours(2));
  CHECK(level(kAnna) == "owner");
}

TEST_CASE_METHOD(AuthRules,
                 "who is paired again keeps what it has, unless the device names a level: that replaces all") {
  pair(kAnna);
  pair(kBert);
  CHECK(pair(kAnna).word("access_level") == "owner");
  REQUIRE(share(kAnna, "engineer"));
  CHECK(pair(kAnna, {{"access_level", "readonly"}}).word("access_level") == "readonly");
  CHECK(level(kAnna) == "readonly");
}

TEST_CASE_METHOD(AuthRules, "removing a user takes what every source gave") {
  pair(kBert);
  pair(kAnna);
  REQUIRE(share(kAnna, "engineer"));
  CHECK(host.invoke("auth.remove", removal(user(kBert), user(kAnna).id)).status == Status::kNoContent);
  CHECK(level(kAnna) == "");
  CHECK(told_of(user(kAnna).id) >= 1);
}

TEST_CASE_METHOD(AuthRules, "where all access has ended the next user that is paired is the owner") {
  pair(kAnna, {{"expires_in_hours", 1}});
  CHECK(pair(kBert).word("access_level") == "readonly");
  const Principal bert = user(kBert);
  host.invoke("auth.remove", removal(bert, bert.id));
  host.leap(hours(1));
  CHECK(pair(kCora).word("access_level") == "owner");
}

TEST_CASE("a grant given while its device is deleted opens nothing, and the next start removes it") {
  const testing::TemporaryFolder folder;
  {
    AuthRules rules(folder.path());
    rules.pair(kAnna);
    rules.host.hold(sql::kServiceId, "INSERT INTO grants");
    auto pairing = rules.host.begin("auth.authorize", AuthRules::pairing(kBert));
    rules.host.run();
    REQUIRE(rules.host.held() == 1);
    rules.delete_device(7);
    rules.host.run();
    CHECK(rules.grants() == 0);
    rules.host.release();
    CHECK(pairing.take().is_ok());
    CHECK(rules.grants() == 1);
    CHECK(rules.level(kBert) == "?");
    CHECK(rules.host.call<AccessControl::List>(AccessControl::kId, rules.user(kBert))->grants.empty());
  }
  AuthRules again(folder.path(), {});
  CHECK(again.grants() == 0);
}

TEST_CASE_METHOD(AuthRules,
                 "a deletion whose news was lost is found when the next one tells that something is missing") {
  devices = {7, 8};
  pair(kAnna);
  const std::int64_t id = user(kAnna).id;
  const std::size_t before = told_of(id);
  host.lose_events(1);
  delete_device(7);
  host.run();
  CHECK(grants() == 1);
  delete_device(8);
  host.run();
  CHECK(grants() == 0);
  CHECK(told_of(id) == before + 1);
}

TEST_CASE_METHOD(AuthRules,
                 "where the registry cannot be asked about lost deletions nothing is removed, until it can") {
  devices = {7, 8};
  pair(kAnna);
  host.set_available(DeviceRegistry::kId, false);
  host.lose_events(1);
  delete_device(8);
  delete_device(9);
  host.advance(seconds(11));
  CHECK(grants() == 1);
  std::erase(devices, 7);
  host.set_available(DeviceRegistry::kId, true);
  host.advance(seconds(5));
  CHECK(grants() == 0);
}

TEST_CASE_METHOD(AuthRules, "a broker password ends with its hours, whatever the broker asks, and has one name") {
  pair(kAnna);
  const Outcome made = host.invoke("auth.mqtt-credentials", {.principal = user(kAnna)});
  const std::string name = made.word("mqtt_username");
  CHECK(password_user(made) == name);
  Outcome spelled = made;
  spelled.body["mqtt_username"] = "user-0" + name.substr(5);
  CHECK(password_user(spelled) == "");
  host.leap(hours(24) - seconds(1));
  CHECK(password_user(made) == name);
  host.leap(seconds(1));
  CHECK(password_user(made) == "");
}

TEST_CASE_METHOD(AuthRules, "a clock that is wrong for a while deletes no access") {
  pair(kAnna, {{"expires_in_hours", 1}});
  host.set_clock(hours(24 * 365));
  host.leap(std::chrono::minutes(10));
  host.leap(std::chrono::minutes(10));
  host.set_clock(-hours(24 * 365));
  CHECK(grants() == 1);
  host.leap(std::chrono::minutes(30));
  CHECK(level(kAnna) == "owner");
}

}  // namespace gatetorio::auth
