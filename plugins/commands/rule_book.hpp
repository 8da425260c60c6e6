// The rules of gates: read for each command, from memory where they are there, and set by owners and admins.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "gatetorio/gate_rules.hpp"
#include "gatetorio/operations.hpp"
#include "rule_repository.hpp"

namespace gatetorio::commands {

struct PolicyInput {
  ControllerId controller_id;
  std::optional<VerbLevels> verbs;
  std::optional<std::vector<StatusCondition>> conditions;
  std::optional<EmergencyLevel> emergency_level;
};
BOOST_DESCRIBE_STRUCT(PolicyInput, (), (controller_id, verbs, conditions, emergency_level))

struct ReasonRule {
  static constexpr std::size_t kMin = 0, kMax = 200;
  static constexpr std::string_view kPattern = "";
  static constexpr std::string_view kWords = "any text";
  static bool valid(std::string_view) { return true; }
};

struct HoldInput {
  ControllerId controller_id;
  TimeText until;  // at most a year ahead
  std::optional<Text<ReasonRule>> reason;
};
BOOST_DESCRIBE_STRUCT(HoldInput, (), (controller_id, until, reason))

struct RulesOutput {
  Policy policy;
  std::optional<Hold> lockdown;   // while it lasts
  std::optional<Hold> hold_open;  // while it lasts
};
BOOST_DESCRIBE_STRUCT(RulesOutput, (), (policy, lockdown, hold_open))

// Any thread.
class RuleBook {
 public:
  using Rules = std::shared_ptr<const GateRules>;

  // `halt`: a device's commands that have not gone out are not to any more.
  RuleBook(Database& database, std::function<void(std::int64_t device_id)> halt)
      : repository_(database), halt_(std::move(halt)) {}

  // As they were when this hub last read them: another hub may have changed them since. Whoever acts on them compares
  // the version (require_version), whoever refuses by them reads them again.
  Task<Result<Rules>> known(std::int64_t device_id);
  Task<Result<Rules>> read(std::int64_t device_id);
  void forget(std::int64_t device_id);

  // GateRulesService::Judge.
  Task<Result<MotionVerdict>> judge(MotionQuery query);

  // Of the device on which the call was authorised. Errors: kInvalid.
  Task<Result<RulesOutput>> show(Call call, DeviceRef);
  Task<Result<RulesOutput>> set_policy(Call call, PolicyInput input);
  Task<Result<RulesOutput>> lock_down(Call call, HoldInput input);
  Task<Result<RulesOutput>> end_lockdown(Call call, DeviceRef);
  Task<Result<RulesOutput>> hold_open(Call call, HoldInput input);
  Task<Result<RulesOutput>> end_hold_open(Call call, DeviceRef);

  // A hold by the caller, from now on. Errors: kInvalid at /until.
  static Result<Hold> make_hold(const Call& call, const TimeText& ends_at, std::optional<Text<ReasonRule>> reason);
  // Of all these devices or of none.
  Task<Result<void>> set_holds(Call call, std::vector<std::int64_t> device_ids, HoldKind kind, Hold hold);
  Task<Result<void>> end_holds(Call call, std::vector<std::int64_t> device_ids, HoldKind kind);

 private:
  Task<Result<RulesOutput>> set_hold(Call call, HoldInput input, HoldKind kind);
  Task<Result<RulesOutput>> end_hold(Call call, HoldKind kind);
  Task<Result<RulesOutput>> shown(std::int64_t device_id);
  void changed(std::int64_t device_id);

  RuleRepository repository_;
  const std::function<void(std::int64_t)> halt_;
  std::mutex mutex_;  // guards known_
  std::unordered_map<std::int64_t, Rules> known_;
};

}  // namespace gatetorio::commands
