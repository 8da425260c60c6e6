#include "gate_rules.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

namespace gatetorio::commands {
namespace {

constexpr Timestamp kNow{1'000 * kMicrosecondsPerSecond};
constexpr Timestamp at(std::int64_t seconds) { return {seconds * kMicrosecondsPerSecond}; }

GateRules rules(const std::string& policy) {
  GateRules out;
  auto read = json::parse<Policy>(policy);
  REQUIRE(read);
  out.policy = *std::move(read);
  return out;
}

std::string rule_of(const Result<void>& refused) {
  if (refused) return "";
  return std::string(boost::json::parse(refused.error().extensions).at("rule").as_string());
}

}  // namespace

TEST_CASE("a policy says the least level for each verb, and never speaks of a stop") {
  const GateRules some = rules(R"({"verbs":{"close":"owner","toggle":"nobody","open":"engineer"}})");
  struct Row {
    Verb verb;
    const char* level;
    const char* refused_by;
  };
  for (const Row& row :
       {Row{Verb::open, "engineer", ""}, Row{Verb::open, "owner", ""},
        Row{Verb::close, "engineer", "/policy/verbs/close"}, Row{Verb::close, "owner", ""},
        Row{Verb::toggle, "engineer", "/policy/verbs/toggle"}, Row{Verb::toggle, "owner", "/policy/verbs/toggle"},
        Row{Verb::partial, "engineer", ""}, Row{Verb::other, "engineer", ""}, Row{Verb::stop, "engineer", ""}}) {
    CAPTURE(static_cast<int>(row.verb), row.level);
    const Result<void> allowed = some.allow(row.verb, row.level, kNow);
    CHECK(rule_of(allowed) == row.refused_by);
    if (!allowed) CHECK(allowed.error().status == Status::kForbidden);
  }
}

TEST_CASE("a lockdown lets nothing pass until it ends but a stop and the declared emergency level") {
  for (const std::string emergency : {"", "owner", "engineer"}) {
    CAPTURE(emergency);
    GateRules some = rules(emergency.empty() ? "{}" : R"({"emergency_level":")" + emergency + R"("})");
    some.lockdown = Hold{.until = at(1'010), .reason = "storm"};
    for (const Verb verb : {Verb::open, Verb::close, Verb::partial, Verb::toggle, Verb::other}) {
      CHECK(rule_of(some.allow(verb, "engineer", kNow)) == (emergency == "engineer" ? "" : "/lockdown"));
      CHECK(rule_of(some.allow(verb, "owner", kNow)) == (emergency.empty() ? "/lockdown" : ""));
      CHECK(some.allow(verb, "engineer", at(1'010)));
    }
    CHECK(some.allow(Verb::stop, "engineer", kNow));
  }
}

TEST_CASE("a gate that is held open is opened and stopped, and nothing else") {
  GateRules some = rules("{}");
  some.hold_open = Hold{.until = at(1'010), .reason = "delivery", .set_by_name = "Anna"};
  CHECK(some.allow(Verb::open, "engineer", kNow));
  CHECK(some.allow(Verb::stop, "engineer", kNow));
  for (const Verb verb : {Verb::close, Verb::partial, Verb::toggle, Verb::other}) {
    const Result<void> refused = some.allow(verb, "owner", kNow);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == Status::kConflict);
    const auto why = boost::json::parse(refused.error().extensions);
    CHECK(why.at("rule") == "/hold_open");
    CHECK(why.at("reason") == "delivery");
    CHECK(why.at("set_by_name") == "Anna");
    CHECK(some.allow(verb, "owner", at(1'010)));
  }
}

TEST_CASE("a gate that has not said what it must, lately, is not moved") {
  const GateRules some = rules(R"({"conditions":[
    {"pointer":"/safety/obstruction","equals":"ok","max_age_seconds":10},
    {"pointer":"/m1_percent","equals":0,"verbs":["partial"]},
    {"pointer":"/a~1b","equals":null,"verbs":["other"]}]})");
  struct Row {
    const char* status;  // null: none yet
    std::int64_t age_s;
    Verb verb;
    const char* refused_by;
  };
  constexpr const char *kFirst = "/policy/conditions/0", *kSecond = "/policy/conditions/1";
  for (const Row& row :
       {Row{nullptr, 0, Verb::open, kFirst}, Row{R"({"safety":{"obstruction":"ok"}})", 10, Verb::open, ""},
        Row{R"({"safety":{"obstruction":"ok"}})", 11, Verb::open, kFirst},
        Row{R"({"safety":{"obstruction":"yes"}})", 0, Verb::close, kFirst},
        Row{R"({"safety":"ok"})", 0, Verb::toggle, kFirst}, Row{"{}", 0, Verb::toggle, kFirst},
        Row{R"({"safety":{"obstruction":"ok"}})", 0, Verb::partial, kSecond},
        Row{R"({"safety":{"obstruction":"ok"},"m1_percent":0.0})", 0, Verb::partial, ""},
        Row{R"({"safety":{"obstruction":"ok"},"m1_percent":1})", 0, Verb::partial, kSecond},
        Row{R"({"a/b":null})", 60, Verb::other, ""}, Row{R"({"a/b":null})", 61, Verb::other, "/policy/conditions/2"},
        Row{R"({"a/b":false})", 0, Verb::other, "/policy/conditions/2"}, Row{nullptr, 0, Verb::stop, ""}}) {
    CAPTURE(row.status, row.age_s, static_cast<int>(row.verb));
    std::optional<LastStatus> last;
    if (row.status != nullptr) last = LastStatus{7, row.status, at(1'000 - row.age_s), {}, 3};
    const Result<void> said = some.check_status(row.verb, last, kNow);
    CHECK(rule_of(said) == row.refused_by);
    if (!said) CHECK(said.error().status == Status::kConflict);
  }
  CHECK_FALSE(some.has_conditions_for(Verb::stop));
  CHECK(some.has_conditions_for(Verb::toggle));
}

TEST_CASE("a condition names a member of the status by a JSON Pointer") {
  for (const char* good : {"/a", "/safety/obstruction", "/a~0b~1c", "/0"}) CHECK(PointerRule::valid(good));
  for (const char* bad : {"a", "/", "/a/", "//a", "/a//b", "/a~", "/a~2"}) CHECK_FALSE(PointerRule::valid(bad));
}

}  // namespace gatetorio::commands
