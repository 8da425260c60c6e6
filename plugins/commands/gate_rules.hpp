// What an owner allows at a gate: which level may which verb, what the gate must have said before it moves, and times
// in which nobody moves it. A stop is above all rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/identifiers.hpp"
#include "gatetorio/time_text.hpp"
#include "motion.hpp"
#include "repository.hpp"

namespace gatetorio::commands {

// The least level that may; `nobody`: not even an admin.
enum class LeastLevel { engineer, owner, nobody };
BOOST_DESCRIBE_ENUM(LeastLevel, engineer, owner, nobody)
enum class EmergencyLevel { engineer, owner };
BOOST_DESCRIBE_ENUM(EmergencyLevel, engineer, owner)
// The verbs that rules are about: all but stop.
enum class RuledVerb { open, close, partial, toggle, other };
BOOST_DESCRIBE_ENUM(RuledVerb, open, close, partial, toggle, other)

struct VerbLevels {
  std::optional<LeastLevel> open, close, partial, toggle, other;  // none: whoever may send commands
};
BOOST_DESCRIBE_STRUCT(VerbLevels, (), (open, close, partial, toggle, other))

// RFC 6901; a member of a member of the status, "/safety/obstruction".
struct PointerRule {
  static constexpr std::size_t kMin = 2, kMax = 256;
  static constexpr std::string_view kPattern = "^(/([^/~]|~[01])+)+$";
  static constexpr std::string_view kWords = "a JSON Pointer (RFC 6901) into the status: /safety/obstruction";
  static bool valid(std::string_view text);
};

struct StatusCondition {
  Text<PointerRule> pointer;
  Scalar equals;
  std::optional<Integer<1, 86'400>> max_age_seconds;  // of the status; 60 where it is not said
  std::optional<std::vector<RuledVerb>> verbs;        // none: every motion (open, close, partial, toggle)
};
BOOST_DESCRIBE_STRUCT(StatusCondition, (), (pointer, equals, max_age_seconds, verbs))

struct Policy {
  std::optional<VerbLevels> verbs;
  std::optional<std::vector<StatusCondition>> conditions;  // at most kMostConditions
  std::optional<EmergencyLevel> emergency_level;           // whom a lockdown and a hold-open let pass; none: nobody
};
BOOST_DESCRIBE_STRUCT(Policy, (), (verbs, conditions, emergency_level))
inline constexpr std::size_t kMostConditions = 16;

// A time in which the gate is not moved (lockdown), or not closed (hold-open).
struct Hold {
  Timestamp until;
  std::string reason;
  std::string set_by;       // "user:17"
  std::string set_by_name;  // may be empty
  Timestamp set_at;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (until, reason, set_by, set_by_name, set_at))

struct GateRules {
  std::int64_t version = 0;  // grows with each change; 0: nobody has set any
  Policy policy;
  std::optional<Hold> lockdown, hold_open;

  // May somebody of this level ("engineer", "owner"; admins count as owners) do that now? Errors, each with the member
  // `rule`, a JSON Pointer into what the gate's rules are shown as: kForbidden for a level; kConflict for a hold, with
  // the members of that. Not for a stop.
  Result<void> allow(Verb verb, std::string_view level, Timestamp now) const;
  // Whether `check_status` must be asked.
  bool has_conditions_for(Verb verb) const;
  // Has the gate said what it must? Fails closed. Errors: kConflict with `rule`, `pointer`, `expected`, and
  // `device_status`, `status_at`, `sequence`.
  Result<void> check_status(Verb verb, const std::optional<LastStatus>& last, Timestamp now) const;
};

}  // namespace gatetorio::commands
