#include "grant_keeper.hpp"

#include <algorithm>

#include "gatetorio/devices.hpp"
#include "gatetorio/events.hpp"

namespace gatetorio::auth {

namespace {

// Who asked, in the form that audit entries are made from.
Call call_of(OnBehalf by) {
  return {.principal = std::move(by.principal), .request_id = std::move(by.request_id), .peer = std::move(by.peer)};
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
  co_return GrantHeld{held.user_id, held.level, held.expires_at.us == kForeverUs ? 0 : held.expires_at.us};
}

Task<Result<UserIds>> GrantKeeper::take(GrantTaken grant) {
  const Call call = call_of(std::move(grant.by));
  const std::vector<std::int64_t> users = co_await ok(repository_.take(grant.device_id, std::move(grant.source), call));
  for (const std::int64_t user_id : users) tell_access_changed(user_id);
  co_return UserIds{users};
}

// A clock that was set back stood at most `elapsed` before where it is now.
Stretch stretch_since(Timestamp last, Timestamp at, std::chrono::microseconds elapsed) {
  return {std::min(last, Timestamp{at.us - elapsed.count()}), std::max(last, at)};
}

Task<void> GrantKeeper::tell_of_ended() {
  const Timestamp at = now();
  const auto steady = std::chrono::steady_clock::now();
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(steady - told_at_);
  const Stretch passed = stretch_since(told_until_, at, elapsed);
  const Result<std::vector<std::int64_t>> users = co_await repository_.ended_between(passed.from, passed.until);
  if (!users) co_return;  // the next time asks for this stretch again
  told_until_ = at;
  told_at_ = steady;
  for (const std::int64_t user_id : *users) tell_access_changed(user_id);
}

void GrantKeeper::tell_access_changed(std::int64_t user_id) const {
  publish(host_, AccessChanged{.kind = "user", .id = user_id}, key_of(PrincipalId{"user", user_id}));
}

}  // namespace gatetorio::auth
