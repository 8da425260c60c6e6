// gatetorio.grants/1: access that other plugins give and take.
#pragma once

#include "gatetorio/grants.hpp"
#include "repository.hpp"

namespace gatetorio::auth {

class GrantKeeper {
 public:
  GrantKeeper(Host& host, Repository& repository) : host_(host), repository_(repository), told_until_(now()) {}

  // GrantStore::Give.
  Task<Result<GrantHeld>> give(GrantGiven grant);
  // GrantStore::Take.
  Task<Result<UserIds>> take(GrantTaken grant);

  // Where a grant ends, a lesser one may go on: tells of those that have ended since the last time, so that live sessions
  // look it up; and of those that the clock, set back, has let begin again.
  Task<void> tell_of_ended();

 private:
  void tell_access_changed(std::int64_t user_id) const;

  Host& host_;
  Repository& repository_;
  Timestamp told_until_;
};

}  // namespace gatetorio::auth
