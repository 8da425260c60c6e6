// An offer is taken once, by one, and can be taken back at any moment. Sharing and auth, on real storage.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/devices.hpp"
#include "gatetorio/grants.hpp"
#include "gatetorio/sharing.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::sharing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Ask;
using testing::Moments;
using testing::Outcome;

const std::string kOwner(40, 'o'), kAnna(40, 'a'), kBert(40, 'b');
const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};

struct SharingRules : testing::PluginRules {
  explicit SharingRules(const std::string& data_dir = "") : PluginRules(data_dir) {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [this](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const std::int64_t id : asked.ids) {
        if (std::count(devices.begin(), devices.end(), id) > 0) found.devices.push_back({.id = id});
      }
      return found;
    });
    host.load("auth");
    host.load("sharing");
    host.start();
    pair(kOwner);
  }
  ~SharingRules() { host.stop(); }  // until then it asks members of this

  void pair(const std::string& token) {
    const Principal gate{.kind = "device", .id = 7};
    host.invoke("auth.authorize", {.principal = gate, .body = {{"user_token", token}, {"access_level", "owner"}}});
  }
  Principal user(const std::string& token) {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token}, "bearer:");
  }
  std::string level(const std::string& token) {
    const auto decided = host.call<AccessControl::Check>(AccessControl::kId, {user(token), "", "readonly", 7});
    return decided ? decided->access.level : "?";
  }
  Outcome offer(boost::json::object more = {}) {
    more["controller_id"] = "gate";
    return host.invoke("sharing.create", {.principal = user(kOwner),
                                          .body = std::move(more),
                                          .access = {.resource_id = 7, .resource = "gate", .level = "owner"}});
  }
  Ask redeeming(const std::string& who, const std::string& token) {
    return {.principal = user(who), .body = {{"token", token}}};
  }
  Outcome redeem(const std::string& who, const std::string& token) {
    return host.invoke("sharing.redeem", redeeming(who, token));
  }
  Ask revoking(std::int64_t token_id, const Principal& by, bool with_access = true) {
    return {.principal = by, .body = {{"token_id", token_id}, {"revoke_access", with_access}}};
  }
  void remove(const std::string& whom) {
    host.invoke("auth.remove", {.principal = kAdmin,
                                .body = {{"controller_id", "gate"}, {"user_id", user(whom).id}},
                                .access = {.resource_id = 7}});
  }
  std::int64_t tokens() { return count("SELECT COUNT(*) FROM sharing_tokens"); }

  std::vector<std::int64_t> devices{7, 8};
};

}  // namespace

TEST_CASE("a token that two redeem at once gives access to one") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SharingRules rules;
    const std::string token = rules.offer().word("token");
    auto anna = moments.begin(rules.host, "sharing.redeem", rules.redeeming(kAnna, token));
    const Outcome bert = rules.redeem(kBert, token);
    rules.host.release();
    const Outcome outcome = anna.take();
    CHECK(outcome.is_ok() != bert.is_ok());
    CHECK((outcome.is_ok() ? bert : outcome).status == Status::kConflict);
    CHECK(rules.level(kAnna) == (outcome.is_ok() ? "engineer" : ""));
    CHECK(rules.level(kBert) == (bert.is_ok() ? "engineer" : ""));
    CHECK(rules.host.published<SharingRedeemed>().size() == 1);
  }
}

TEST_CASE("a token that one user redeems twice at once gives one grant, and both answers say so") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SharingRules rules;
    const std::string token = rules.offer().word("token");
    auto first = moments.begin(rules.host, "sharing.redeem", rules.redeeming(kAnna, token));
    const Outcome second = rules.redeem(kAnna, token);
    rules.host.release();
    const Outcome outcome = first.take();
    // Of two claims at once one may be told that the token is used; it asks again.
    CHECK((outcome.is_ok() || second.is_ok()));
    CHECK(rules.redeem(kAnna, token).is_ok());
    CHECK(rules.level(kAnna) == "engineer");
    CHECK(rules.count("SELECT COUNT(*) FROM grants") == 2);
  }
}

TEST_CASE("an offer that is revoked with its access gives none, at whatever moment of its redeeming") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SharingRules rules;
    const Outcome made = rules.offer();
    auto redeeming = moments.begin(rules.host, "sharing.redeem", rules.redeeming(kAnna, made.word("token")));
    const Ask revoking = rules.revoking(made.number("token_id"), rules.user(kOwner));
    CHECK(rules.host.invoke("sharing.revoke", revoking).is_ok());
    rules.host.release();
    redeeming.take();
    CHECK(rules.level(kAnna) == "");
    CHECK_FALSE(rules.redeem(kAnna, made.word("token")).is_ok());
    CHECK(rules.level(kAnna) == "");
  }
}

TEST_CASE("an offer that is revoked before it is taken is not taken, at whatever moment; after that the access stays") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SharingRules rules;
    const Outcome made = rules.offer();
    auto redeeming = moments.begin(rules.host, "sharing.redeem", rules.redeeming(kAnna, made.word("token")));
    const bool is_taken = rules.audited("sharing.redeem") == 1;
    const Ask revoking = rules.revoking(made.number("token_id"), rules.user(kOwner), false);
    CHECK(rules.host.invoke("sharing.revoke", revoking).is_ok());
    rules.host.release();
    CHECK((redeeming.take().status == Status::kOk) == is_taken);
    CHECK(rules.level(kAnna) == (is_taken ? "engineer" : ""));
  }
}

TEST_CASE("an offer whose maker is no owner any more is worth nothing") {
  SharingRules rules;
  rules.pair(kBert);
  const std::string token = rules.offer().word("token");
  rules.remove(kOwner);
  CHECK(rules.redeem(kAnna, token).status == Status::kGone);
  CHECK(rules.level(kAnna) == "");
}

TEST_CASE_METHOD(SharingRules, "an offer ends with its hours, and the access counts from when it was taken") {
  const std::string late = offer({{"expires_in_hours", 1}}).word("token");
  const std::string short_access = offer({{"access_expires_in_hours", 2}}).word("token");
  host.leap(hours(1));
  CHECK(redeem(kAnna, late).status == Status::kGone);
  CHECK(redeem(kAnna, short_access).is_ok());
  host.leap(hours(1));
  CHECK(redeem(kAnna, short_access).is_ok());  // the same answer, no new time
  host.leap(hours(1));
  CHECK(level(kAnna) == "");
  CHECK_FALSE(redeem(kAnna, short_access).is_ok());
}

TEST_CASE_METHOD(SharingRules, "a claim whose answer was lost is finished by the same user alone") {
  const std::string token = offer().word("token");
  host.lose_answer(sql::kServiceId, "UPDATE sharing_tokens SET claimed_at");
  CHECK(redeem(kAnna, token).status == Status::kTimeout);
  CHECK(redeem(kBert, token).status == Status::kConflict);
  CHECK(level(kBert) == "");
  CHECK(redeem(kAnna, token).is_ok());
  CHECK(level(kAnna) == "engineer");
  CHECK(host.published<SharingRedeemed>().size() == 1);
}

TEST_CASE_METHOD(SharingRules, "where auth does not give the access the token stays with its user until it does") {
  const std::string token = offer().word("token");
  host.fail(GrantStore::kId, {.status = Status::kUnavailable});
  CHECK(redeem(kAnna, token).status == Status::kUnavailable);
  CHECK(redeem(kBert, token).status == Status::kConflict);
  CHECK(redeem(kAnna, token).is_ok());
}

TEST_CASE("a claim that a hub did not finish is finished at the next start, unless it was taken back") {
  for (const bool is_revoked : {false, true}) {
    const testing::TemporaryFolder folder;
    {
      SharingRules rules(folder.path());
      const Outcome made = rules.offer();
      rules.host.fail(GrantStore::kId, {.status = Status::kUnavailable});
      rules.redeem(kAnna, made.word("token"));
      if (is_revoked) rules.host.invoke("sharing.revoke", rules.revoking(made.number("token_id"), kAdmin));
      CHECK(rules.level(kAnna) == "");
    }
    SharingRules again(folder.path());
    CHECK(again.level(kAnna) == (is_revoked ? "" : "engineer"));
  }
}

TEST_CASE_METHOD(SharingRules,
                 "a claim whose hub does not get on is finished by a job, once, unless it was taken back") {
  const std::string token = offer().word("token");
  host.fail(GrantStore::kId, {.status = Status::kUnavailable}, "", 2);
  CHECK_FALSE(redeem(kAnna, token).is_ok());
  host.advance(seconds(9));
  CHECK(level(kAnna) == "");  // that is left to the call
  host.advance(seconds(5));   // and tried again
  CHECK(host.faults_left() == 0);
  CHECK(level(kAnna) == "engineer");
  CHECK(host.published<SharingRedeemed>().size() == 1);
  const Outcome other = offer();
  host.fail(GrantStore::kId, {.status = Status::kUnavailable});
  CHECK_FALSE(redeem(kBert, other.word("token")).is_ok());
  host.invoke("sharing.revoke", revoking(other.number("token_id"), kAdmin));
  host.advance(minutes(1));
  CHECK(level(kBert) == "");
  CHECK(count("SELECT COUNT(*) FROM gatetorio_jobs") == 0);
}

TEST_CASE_METHOD(SharingRules, "a token that is redeemed leaves no job") {
  CHECK(redeem(kAnna, offer().word("token")).is_ok());
  CHECK(count("SELECT COUNT(*) FROM gatetorio_jobs") == 0);
}

TEST_CASE_METHOD(SharingRules, "what an owner took from a user does not come back with the used token") {
  const std::string token = offer().word("token");
  REQUIRE(redeem(kAnna, token).is_ok());
  remove(kAnna);
  CHECK(redeem(kAnna, token).status == Status::kConflict);
  CHECK(level(kAnna) == "");
}

TEST_CASE_METHOD(SharingRules, "the link of a visit answers its user again before it begins, until it is ended") {
  const auto made =
      host.invoke("sharing.create-visit", {.principal = user(kOwner),
                                           .body = {{"controller_id", "gate"},
                                                    {"valid_from", to_rfc3339({host.now().us + 3'600'000'000})},
                                                    {"ends_at", to_rfc3339({host.now().us + 7'200'000'000})}},
                                           .access = {.resource_id = 7, .resource = "gate", .level = "owner"}});
  REQUIRE(made.is_ok());
  const std::string token = made.word("token");
  REQUIRE(redeem(kAnna, token).is_ok());
  CHECK(level(kAnna) == "");
  CHECK(redeem(kAnna, token).is_ok());
  CHECK(redeem(kBert, token).status == Status::kConflict);
  host.advance(minutes(61));
  CHECK(level(kAnna) == "engineer");
  host.advance(hours(1));
  CHECK(level(kAnna) == "");
  CHECK(redeem(kAnna, token).status == Status::kConflict);
}

TEST_CASE_METHOD(SharingRules, "revoking the offer alone leaves the access, and taking that takes only what it gave") {
  pair(kBert);
  const Outcome made = offer({{"access_level", "readonly"}});
  REQUIRE(redeem(kBert, made.word("token")).is_ok());
  CHECK(level(kBert) == "owner");
  host.invoke("sharing.revoke", revoking(made.number("token_id"), user(kOwner)));
  CHECK(level(kBert) == "owner");
  const Outcome other = offer();
  REQUIRE(redeem(kAnna, other.word("token")).is_ok());
  host.invoke("sharing.revoke", revoking(other.number("token_id"), user(kOwner), false));
  CHECK(level(kAnna) == "engineer");
}

TEST_CASE_METHOD(SharingRules, "a token is its device's owners' business: others do not learn that it exists") {
  const Outcome made = offer();
  CHECK(host.invoke("sharing.revoke", revoking(made.number("token_id"), user(kAnna))).status == Status::kNotFound);
  CHECK(redeem(kAnna, made.word("token")).is_ok());
  CHECK(host.invoke("sharing.revoke", revoking(made.number("token_id"), user(kAnna))).status == Status::kNotFound);
  CHECK(level(kAnna) == "engineer");
}

TEST_CASE_METHOD(SharingRules, "who guesses waits, by the steady clock, also with a right token") {
  const std::string token = offer().word("token");
  for (int i = 0; i < 10; ++i) CHECK(redeem(kAnna, "gts_guess").status == Status::kNotFound);
  CHECK(redeem(kAnna, token).status == Status::kRateLimited);
  host.set_clock(hours(1));
  const Outcome refused = redeem(kAnna, token);
  CHECK(refused.status == Status::kRateLimited);
  host.set_clock(-hours(1));
  host.advance(seconds(refused.error().retry_after_s));
  CHECK(redeem(kAnna, token).is_ok());
}

TEST_CASE_METHOD(SharingRules, "offers for a device that was deleted unheard are found when news turn out to be lost") {
  const std::string token = offer().word("token");
  host.lose_events(1);
  for (const std::int64_t id : {7, 8}) {
    std::erase(devices, id);
    host.publish(DeviceDeleted{.device_id = id, .controller_id = "gate"}, std::to_string(id));
    host.run();
    CHECK(tokens() == (id == 7 ? 1 : 0));
    CHECK_FALSE(redeem(kAnna, token).is_ok());
  }
}

TEST_CASE("a token that is redeemed while its device is deleted opens nothing") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    SharingRules rules;
    const std::string token = rules.offer().word("token");
    auto redeeming = moments.begin(rules.host, "sharing.redeem", rules.redeeming(kAnna, token));
    rules.devices.clear();
    rules.host.publish(DeviceDeleted{.device_id = 7, .controller_id = "gate"}, "7");
    rules.host.run();
    rules.host.release();
    redeeming.take();
    CHECK(rules.level(kAnna) == "?");
    CHECK(rules.tokens() == 0);
  }
}

TEST_CASE_METHOD(SharingRules, "a clock that is wrong for a while forgets no offer") {
  const std::string token = offer().word("token");
  host.set_clock(hours(24 * 365));
  host.leap(minutes(10));
  host.leap(minutes(10));
  host.set_clock(-hours(24 * 365));
  host.leap(minutes(10));
  CHECK(redeem(kAnna, token).is_ok());
}

}  // namespace gatetorio::sharing
