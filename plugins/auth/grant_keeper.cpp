#include "grant_keeper.hpp"

#include <algorithm>

#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"

namespace gatetorio::auth {

namespace {

constexpr std::int64_t kSeenByAllUs = 10 * kMicrosecondsPerSecond;

// Who asked, in the form that audit entries are made from.
Call call_of(OnBehalf by) {
  return {.principal = std::move(by.principal), .request_id = std::move(by.request_id), .peer = std::move(by.peer)};
}

GrantHeld to_held(const Grant& grant) {
  const Timestamp end = grant.time.expires_at;
  return {.user_id = grant.user_id,
          .level = grant.level,
          .expires_at_us = end.us == kForeverUs ? 0 : end.us,
          .opens_at_us = grant.opening.is_open ? 0 : grant.opening.changes_at.us};
}

}  // namespace

Task<Result<GrantHeld>> GrantKeeper::give(GrantGiven grant) {
  const bool is_level = grant.level == "owner" || grant.level == "engineer" || grant.level == "readonly";
  if (grant.to.kind != "user" || !is_level || grant.source.empty()) {
    co_return Error{.status = Status::kInvalid, .detail = "This cannot be given to a user."};
  }
  const Call call = call_of(grant.by);
  const Grant held = co_await ok(repository_.give(std::move(grant), call));
  tell_access_changed(held.user_id);
  co_return to_held(held);
}

Task<Result<GrantHeld>> GrantKeeper::find(GrantNamed grant) {
  const Grant found = co_await ok(repository_.find(grant.device_id, std::move(grant.source)));
  co_return to_held(found);
}

Task<Result<UserIds>> GrantKeeper::take(GrantTaken grant) {
  const Call call = call_of(std::move(grant.by));
  const std::vector<std::int64_t> users = co_await ok(repository_.take(grant.device_id, std::move(grant.source), call));
  for (const std::int64_t user_id : users) tell_access_changed(user_id);
  co_return UserIds{users};
}

Task<Result<Checked>> GrantKeeper::check(ScheduleText schedule) {
  const Result<Schedule> read = json::parse<Schedule>(schedule.json);
  if (!read) co_return read.error();
  const Result<void> good = check_schedule(*read, "/schedule");
  if (!good) co_return good.error();
  co_return Checked{};
}

Task<Result<UsedGrant>> GrantKeeper::use(GrantUse use) {
  const std::string source = co_await ok(repository_.take_use(use.device_id, use.user_id));
  co_return UsedGrant{source};
}

Task<Result<Checked>> GrantKeeper::give_back(GrantUse use) {
  co_await ok(repository_.give_use_back(use.device_id, use.user_id, std::move(use.source)));
  co_return Checked{};
}

// A clock that was set back stood at most `elapsed` before where it is now.
Stretch stretch_since(Timestamp last, Timestamp at, std::chrono::microseconds elapsed) {
  return {std::min(last, Timestamp{at.us - elapsed.count()}), std::max(last, at)};
}

Task<void> GrantKeeper::tell_of_changes() {
  const Timestamp at = now();
  const auto steady = std::chrono::steady_clock::now();
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(steady - told_at_);
  const Stretch passed = stretch_since(told_until_, at, elapsed);
  if (at < told_until_) {  // what is planned lies too far ahead
    const Result<void> unplanned = co_await repository_.unplan();
    if (!unplanned) co_return;
  }
  const Result<std::vector<std::int64_t>> users = co_await repository_.changed_between(passed.from, passed.until);
  if (!users) co_return;  // the next time asks for this stretch again
  told_until_ = at;
  told_at_ = steady;
  for (const std::int64_t user_id : *users) tell_access_changed(user_id);
  // A stretch that is over stays until every hub has seen it.
  const Timestamp over_at{at.us - kSeenByAllUs};
  const Result<std::vector<std::int64_t>> open = co_await repository_.plan(over_at);
  if (!open) co_return;
  for (const std::int64_t user_id : *open) tell_access_changed(user_id);
}

void GrantKeeper::tell_access_changed(std::int64_t user_id) const {
  publish(host_, AccessChanged{.kind = "user", .id = user_id}, key_of(PrincipalId{"user", user_id}));
}

}  // namespace gatetorio::auth
