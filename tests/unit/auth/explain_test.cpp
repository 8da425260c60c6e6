// Why somebody may or may not: by which grant, window or rule, now and at another time.
#include <catch2/catch_test_macros.hpp>

#include "auth_rules.hpp"
#include "gatetorio/gate_rules.hpp"
#include "gatetorio/time_text.hpp"

namespace gatetorio::auth {
namespace {

using boost::json::object;
using std::chrono::hours;
using std::chrono::microseconds;

const object kOffice{
    {"time_zone", "Europe/Berlin"},
    {"windows", {{{"days", {"mon", "tue", "wed", "thu", "fri"}}, {"from", "08:00"}, {"to", "18:00"}}}}};

struct ExplainRules : AuthRules {
  ExplainRules() {
    host.provide<GateRulesService::Judge>(GateRulesService::kId, [this](MotionQuery asked) -> Result<MotionVerdict> {
      queries.push_back(asked);
      return verdict;
    });
    host.set_clock(microseconds(parse_rfc3339("2026-11-23T06:00:00Z")->us - host.now().us));  // a Monday
    pair(kAnna, {{"access_level", "owner"}});
    pair(kBert, {{"access_level", "engineer"}, {"schedule", kOffice}});
  }
  Outcome ask(const std::string& by, const std::string& about, object more = {}, const std::string& level = "owner") {
    more["user"] = user(about).id;
    more["controller_id"] = "gate";
    return host.invoke("auth.explain", {.principal = user(by),
                                        .body = std::move(more),
                                        .access = {.resource_id = 7, .resource = "gate", .level = level}});
  }

  MotionVerdict verdict;
  std::vector<MotionQuery> queries;
};

}  // namespace

TEST_CASE_METHOD(ExplainRules, "a window is told as the reason, before it, within it and after it") {
  const Outcome early = ask(kAnna, kBert, {{"verb", "open"}});
  CHECK_FALSE(early.body.at("allowed").as_bool());
  CHECK(early.body.at("grants").at(0).at("why") == "No window of its schedule is open.");
  CHECK(early.body.at("grants").at(0).at("changes_at") == "2026-11-23T07:00:00.000Z");
  const Outcome at_work = ask(kAnna, kBert, {{"verb", "open"}, {"at", "2026-11-23T09:00:00+01:00"}});
  CHECK(at_work.body.at("allowed").as_bool());
  CHECK(at_work.word("source") == "pairing");
  CHECK(at_work.word("access_level") == "engineer");
  CHECK_FALSE(ask(kAnna, kBert, {{"verb", "open"}, {"at", "2026-11-28T12:00:00Z"}}).body.at("allowed").as_bool());
}

TEST_CASE_METHOD(ExplainRules, "a time before the grant was given, and one after its end, are told apart") {
  pair(kCora, {{"access_level", "engineer"}, {"expires_in_hours", 2}});
  CHECK(ask(kAnna, kCora, {{"verb", "open"}}).body.at("allowed").as_bool());
  const auto why = [&](const char* at) {
    const Outcome asked = ask(kAnna, kCora, {{"verb", "open"}, {"at", at}});
    CHECK_FALSE(asked.body.at("allowed").as_bool());
    return std::string(asked.body.at("grants").at(0).at("why").as_string());
  };
  CHECK(why("2026-11-22T12:00:00Z") == "It had not been given yet.");
  CHECK(why("2026-11-24T12:00:00Z") == "It has ended.");
}

TEST_CASE_METHOD(ExplainRules, "the rules of the gate are asked for that time, and a stop is above them") {
  verdict = {.is_allowed = false, .why = "This gate is locked down.", .rule = "/lockdown"};
  const Outcome locked = ask(kAnna, kAnna, {{"verb", "close"}, {"at", "2026-12-01T00:00:00Z"}});
  CHECK_FALSE(locked.body.at("allowed").as_bool());
  CHECK(locked.word("rule") == "/lockdown");
  CHECK(locked.word("why") == "This gate is locked down.");
  REQUIRE(queries.size() == 1);
  CHECK(queries[0].verb == "close");
  CHECK(queries[0].level == "owner");
  CHECK(to_rfc3339({queries[0].at_us}) == "2026-12-01T00:00:00.000Z");
  CHECK(ask(kAnna, kAnna, {{"verb", "stop"}}).body.at("allowed").as_bool());
  CHECK(ask(kAnna, kAnna).body.at("allowed").as_bool());
  CHECK(queries.size() == 1);
}

TEST_CASE_METHOD(ExplainRules, "a level that is too low and spent uses are reasons of their own") {
  pair(kCora, {{"access_level", "readonly"}});
  CHECK(ask(kAnna, kCora).body.at("allowed").as_bool());
  CHECK(ask(kAnna, kCora, {{"verb", "stop"}}).word("why") == "This access shows the gate and does not move it.");
  pair(kCora, {{"access_level", "engineer"}, {"max_uses", 1}});
  CHECK(host.call<GrantStore::Use>(GrantStore::kId, {.device_id = 7, .user_id = user(kCora).id, .source = {}}));
  CHECK(ask(kAnna, kCora, {{"verb", "open"}}).word("why") == "The uses of this access are spent.");
  CHECK(ask(kAnna, kCora, {{"verb", "stop"}}).body.at("allowed").as_bool());
}

TEST_CASE_METHOD(ExplainRules, "users ask about themselves, owners about all, and others must name whom they mean") {
  CHECK(ask(kBert, kBert, {}, "engineer").is_ok());
  CHECK(ask(kBert, kAnna, {}, "engineer").status == Status::kForbidden);
  CHECK(host.invoke("auth.explain", {.principal = user(kBert),
                                     .body = {{"controller_id", "gate"}},
                                     .access = {.resource_id = 7, .level = "readonly"}})
            .number("user_id") == user(kBert).id);
  const Outcome unnamed = host.invoke(
      "auth.explain",
      {.principal = kGate, .body = {{"controller_id", "gate"}}, .access = {.resource_id = 7, .level = "self"}});
  CHECK(unnamed.error().fields.at(0).pointer == "/user");
  CHECK(ask(kAnna, std::string(40, 'q')).status == Status::kInvalid);  // nobody has this id
}

}  // namespace gatetorio::auth
