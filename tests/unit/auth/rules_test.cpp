// Who has access to what, when things happen at once, late, or not at all. The registry is the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "auth_rules.hpp"

namespace gatetorio::auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Moments;

const Error kDiskFull{.status = Status::kFull, .detail = "no room"};

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
  host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "SELECT user_id FROM grants WHERE expires_at", 3);
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
