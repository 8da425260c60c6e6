// When access with a schedule is open. The only files that know time zones.
#pragma once

#include <optional>
#include <string>

#include "gatetorio/schedule.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::auth {

struct Opening {
  bool is_open = false;
  Timestamp changes_at{kForeverUs};  // when that will be otherwise
};

// How long and when a grant gives access.
struct GrantTime {
  Timestamp valid_from{0};
  Timestamp expires_at{kForeverUs};
  std::string schedule;  // JSON; empty: at any time

  // Fails closed: a schedule that cannot be read, or whose time zone is not known any more, is not open.
  Opening at(Timestamp time) const;
};

// Errors: kInvalid with a pointer below `pointer`: a time zone that this machine does not know, too much of something,
// a window without days or without time.
Result<void> check_schedule(const Schedule& schedule, const std::string& pointer);

// Of a schedule that has been checked.
Opening opening_at(const Schedule& schedule, Timestamp time);

}  // namespace gatetorio::auth
