// gatetorio.grants/1: access that other plugins give and take.
#pragma once

#include <chrono>

#include "gatetorio/grants.hpp"
#include "repository.hpp"

namespace gatetorio::auth {

// What the wall clock may have passed, in either direction, since it stood at `last`: everything whose end lies after
// `from` and not after `until` may have ended or begun again.
struct Stretch {
  Timestamp from, until;
};
// `elapsed`: how long that is ago by the steady clock.
Stretch stretch_since(Timestamp last, Timestamp at, std::chrono::microseconds elapsed);

class GrantKeeper {
 public:
  GrantKeeper(Host& host, Repository& repository) : host_(host), repository_(repository), told_until_(now()) {}

  // GrantStore::Give.
  Task<Result<GrantHeld>> give(GrantGiven grant);
  // GrantStore::Take.
  Task<Result<UserIds>> take(GrantTaken grant);

  // GrantStore::Find, Check, Use and GiveBack.
  Task<Result<GrantHeld>> find(GrantNamed grant);
  Task<Result<Checked>> check(ScheduleText schedule);
  Task<Result<UsedGrant>> use(GrantUse use);
  Task<Result<Checked>> give_back(GrantUse use);

  // Where a grant closes, a lesser one may go on, and another may have opened: tells of those that have since the last
  // time, so that live sessions look it up; and of those that the clock, set back, has let begin again.
  Task<void> tell_of_changes();

 private:
  void tell_access_changed(std::int64_t user_id) const;

  Host& host_;
  Repository& repository_;
  Timestamp told_until_;
  std::chrono::steady_clock::time_point told_at_ = std::chrono::steady_clock::now();  // when that was
};

}  // namespace gatetorio::auth
