#include "rule_book.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::size_t kMostKnown = 10'000;
constexpr std::int64_t kLongestHoldUs = 366LL * 86'400 * kMicrosecondsPerSecond;

Error invalid(std::string pointer, std::string detail) {
  return {.status = Status::kInvalid,
          .detail = "Some fields are wrong.",
          .fields = {{std::move(pointer), std::move(detail)}}};
}

std::optional<Hold> while_it_lasts(const std::optional<Hold>& hold) {
  return hold && now() < hold->until ? hold : std::nullopt;
}

}  // namespace

Task<Result<RuleBook::Rules>> RuleBook::known(std::int64_t device_id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(device_id);
    if (found != known_.end()) co_return found->second;
  }
  co_return co_await read(device_id);
}

Task<Result<RuleBook::Rules>> RuleBook::read(std::int64_t device_id) {
  const Rules rules = std::make_shared<const GateRules>(co_await ok(repository_.read(device_id)));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  Rules& kept = known_[device_id];
  if (kept == nullptr || kept->version <= rules->version) kept = rules;
  co_return kept;
}

Task<Result<MotionVerdict>> RuleBook::judge(MotionQuery query) {
  Verb verb{};
  if (!boost::describe::enum_from_string(query.verb.c_str(), verb)) {
    co_return Error{.status = Status::kInvalid, .detail = "There is no such verb."};
  }
  const Rules rules = co_await ok(read(query.device_id));
  const Result<void> allowed = rules->allow(verb, query.level, {query.at_us});
  MotionVerdict verdict{.is_allowed = static_cast<bool>(allowed), .has_conditions = rules->has_conditions_for(verb)};
  if (allowed) co_return verdict;
  verdict.why = allowed.error().detail.substr(0, allowed.error().detail.find(';')) + ".";
  boost::system::error_code wrong;
  const auto more = boost::json::parse(allowed.error().extensions, wrong);
  if (const auto* rule = wrong ? nullptr : more.find_pointer("/rule", wrong)) verdict.rule = rule->as_string();
  co_return verdict;
}

void RuleBook::forget(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  known_.erase(device_id);
}

Task<Result<RulesOutput>> RuleBook::show(Call call, DeviceRef) { return shown(call.access.resource_id); }

// What is known of them is read again by whoever acts on it: the version is another one.
void RuleBook::changed(std::int64_t device_id) {
  halt_(device_id);
  forget(device_id);
}

Task<Result<RulesOutput>> RuleBook::shown(std::int64_t device_id) {
  const Rules rules = co_await ok(read(device_id));
  co_return RulesOutput{rules->policy, while_it_lasts(rules->lockdown), while_it_lasts(rules->hold_open)};
}

Task<Result<RulesOutput>> RuleBook::set_policy(Call call, PolicyInput input) {
  if (input.conditions && input.conditions->size() > kMostConditions) {
    co_return invalid("/conditions", "must be at most " + std::to_string(kMostConditions));
  }
  const std::int64_t device_id = call.access.resource_id;
  const Policy policy{std::move(input.verbs), std::move(input.conditions), input.emergency_level};
  co_await ok(repository_.set_policy(device_id, json::write(policy), std::move(call)));
  changed(device_id);
  co_return co_await shown(device_id);
}

Task<Result<RulesOutput>> RuleBook::lock_down(Call call, HoldInput input) {
  return set_hold(std::move(call), std::move(input), HoldKind::lockdown);
}

Task<Result<RulesOutput>> RuleBook::hold_open(Call call, HoldInput input) {
  return set_hold(std::move(call), std::move(input), HoldKind::hold_open);
}

Task<Result<RulesOutput>> RuleBook::end_lockdown(Call call, DeviceRef) {
  return end_hold(std::move(call), HoldKind::lockdown);
}

Task<Result<RulesOutput>> RuleBook::end_hold_open(Call call, DeviceRef) {
  return end_hold(std::move(call), HoldKind::hold_open);
}

Result<Hold> RuleBook::make_hold(const Call& call, const TimeText& ends_at, std::optional<Text<ReasonRule>> reason) {
  const Timestamp at = now();
  const Timestamp until = time_of(ends_at);
  if (until <= at) return invalid("/until", "must be later than now");
  if (until.us - at.us > kLongestHoldUs) return invalid("/until", "must be at most a year ahead");
  const Principal& self = *call.principal;
  return Hold{.until = until,
              .reason = reason ? std::move(reason->value) : std::string(),
              .set_by = key_of(self.who()),
              .set_by_name = self.name.empty() ? call.access.name : self.name,
              .set_at = at};
}

Task<Result<RulesOutput>> RuleBook::set_hold(Call call, HoldInput input, HoldKind kind) {
  const Result<Hold> hold = make_hold(call, input.until, std::move(input.reason));
  if (!hold) co_return hold.error();
  const std::int64_t device_id = call.access.resource_id;
  const std::vector<std::int64_t> alone(1, device_id);
  co_await ok(set_holds(std::move(call), alone, kind, *hold));
  co_return co_await shown(device_id);
}

Task<Result<RulesOutput>> RuleBook::end_hold(Call call, HoldKind kind) {
  const std::int64_t device_id = call.access.resource_id;
  const std::vector<std::int64_t> alone(1, device_id);
  co_await ok(end_holds(std::move(call), alone, kind));
  co_return co_await shown(device_id);
}

Task<Result<void>> RuleBook::set_holds(Call call, std::vector<std::int64_t> device_ids, HoldKind kind, Hold hold) {
  co_await ok(repository_.set_hold(device_ids, kind, std::move(hold), std::move(call)));
  for (const std::int64_t device_id : device_ids) changed(device_id);
  co_return Result<void>();
}

Task<Result<void>> RuleBook::end_holds(Call call, std::vector<std::int64_t> device_ids, HoldKind kind) {
  co_await ok(repository_.end_hold(device_ids, kind, std::move(call)));
  for (const std::int64_t device_id : device_ids) changed(device_id);
  co_return Result<void>();
}

}  // namespace gatetorio::commands
