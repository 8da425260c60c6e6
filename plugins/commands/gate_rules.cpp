#include "gate_rules.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

namespace gatetorio::commands {

namespace {

constexpr std::int64_t kUsualAgeSeconds = 60;

struct LevelRule {
  std::string rule;
  std::string least_level;
};
BOOST_DESCRIBE_STRUCT(LevelRule, (), (rule, least_level))

struct HoldRule {
  std::string rule;
  Timestamp until;
  std::string reason;
  std::string set_by_name;
};
BOOST_DESCRIBE_STRUCT(HoldRule, (), (rule, until, reason, set_by_name))

struct ConditionRule {
  std::string rule;
  std::string pointer;
  Scalar expected;
  std::optional<ObjectText> device_status;
  std::optional<Timestamp> status_at;
  std::optional<std::int64_t> sequence;
};
BOOST_DESCRIBE_STRUCT(ConditionRule, (), (rule, pointer, expected, device_status, status_at, sequence))

std::optional<LeastLevel> least_for(const Policy& policy, Verb verb) {
  if (!policy.verbs) return std::nullopt;
  const VerbLevels& levels = *policy.verbs;
  switch (verb) {
    case Verb::open:
      return levels.open;
    case Verb::close:
      return levels.close;
    case Verb::partial:
      return levels.partial;
    case Verb::toggle:
      return levels.toggle;
    case Verb::other:
      return levels.other;
    case Verb::stop:
      break;
  }
  return std::nullopt;
}

bool is_for(const StatusCondition& condition, Verb verb) {
  if (!condition.verbs) return verb != Verb::stop && verb != Verb::other;
  return std::ranges::any_of(*condition.verbs, [&](RuledVerb v) {
    return std::string_view(boost::describe::enum_to_string(v, "")) == word_of(verb);
  });
}

// 0 and 0.0 are the same.
bool are_equal(const boost::json::value& said, const boost::json::value& expected) {
  if (said.is_number() && expected.is_number()) return said.to_number<double>() == expected.to_number<double>();
  return said == expected;
}

Error held(std::string rule, std::string detail, const Hold& hold) {
  const HoldRule why{std::move(rule), hold.until, hold.reason, hold.set_by_name};
  return {.status = Status::kConflict, .detail = std::move(detail), .extensions = json::write(why)};
}

}  // namespace

bool PointerRule::valid(std::string_view text) {
  if (!text.starts_with('/') || text.ends_with('/') || text.find("//") != std::string_view::npos) return false;
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

Result<void> GateRules::allow(Verb verb, std::string_view level, Timestamp now) const {
  if (verb == Verb::stop) return {};
  const bool is_owner = level == "owner";
  if (const auto least = least_for(policy, verb); least && !(is_owner && *least != LeastLevel::nobody) &&
                                                  !(level == "engineer" && *least == LeastLevel::engineer)) {
    const LevelRule why{"/policy/verbs/" + word_of(verb), boost::describe::enum_to_string(*least, "")};
    return Error{.status = Status::kForbidden,
                 .detail = "The rules of this gate do not let you do that; the command was not sent.",
                 .extensions = json::write(why)};
  }
  const auto& emergency = policy.emergency_level;
  if (emergency && (is_owner || *emergency == EmergencyLevel::engineer)) return {};
  if (lockdown && now < lockdown->until) {
    return held("/lockdown", "This gate is locked down; the command was not sent.", *lockdown);
  }
  if (hold_open && now < hold_open->until && verb != Verb::open) {
    return held("/hold_open", "This gate is held open; the command was not sent.", *hold_open);
  }
  return {};
}

bool GateRules::has_conditions_for(Verb verb) const {
  return policy.conditions &&
         std::ranges::any_of(*policy.conditions, [&](const auto& condition) { return is_for(condition, verb); });
}

Result<void> GateRules::check_status(Verb verb, const std::optional<LastStatus>& last, Timestamp now) const {
  if (!has_conditions_for(verb)) return {};
  boost::system::error_code wrong;
  const auto status = last ? boost::json::parse(last->status, wrong) : boost::json::value();
  for (std::size_t i = 0; i < policy.conditions->size(); ++i) {
    const StatusCondition& condition = (*policy.conditions)[i];
    if (!is_for(condition, verb)) continue;
    const std::int64_t seconds = condition.max_age_seconds ? condition.max_age_seconds->value : kUsualAgeSeconds;
    const bool is_fresh = last && now.us - last->status_at.us <= seconds * kMicrosecondsPerSecond;
    const auto* said = wrong ? nullptr : status.find_pointer(condition.pointer.value, wrong);
    wrong.clear();
    if (is_fresh && said != nullptr && are_equal(*said, condition.equals.value)) continue;
    ConditionRule why{.rule = "/policy/conditions/" + std::to_string(i),
                      .pointer = condition.pointer.value,
                      .expected = condition.equals};
    if (last) {
      why.device_status = ObjectText{last->status};
      why.status_at = last->status_at;
      why.sequence = last->sequence;
    }
    const char* const detail =
        is_fresh ? "The gate does not say what it must before it moves; the command was not sent."
                 : "The gate has said nothing lately, and must before it moves; the command was not sent.";
    return Error{.status = Status::kConflict, .detail = detail, .extensions = json::write(why)};
  }
  return {};
}

}  // namespace gatetorio::commands
