// What the parts of the repository share about rows of grants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "repository.hpp"

namespace gatetorio::auth {

inline constexpr std::string_view kGrantColumns =
    "grants.device_id, grants.user_id, grants.level, grants.source, grants.name, grants.expires_at, grants.valid_from,"
    " grants.schedule, grants.max_uses, grants.uses, grants.file_kinds";
inline constexpr std::size_t kGrantColumnCount = 11;

// A row that begins with these, at that time.
Grant grant_at(const sql::Table& table, std::size_t row, Timestamp at);
std::vector<Grant> grants_at(const sql::Table& table, Timestamp at);

// Of grants of one user on one device, which one counts: what is open, and of that the most.
bool is_better(const Grant& one, const Grant& other);
// The best open grant of each device and user, in the order of the rows. Known by the name that any of them has, and
// with the kinds of files that they open together.
std::vector<Grant> best_of(std::vector<Grant> grants);

inline std::optional<Timestamp> unless_forever(Timestamp time) {
  return time.us == kForeverUs ? std::nullopt : std::optional(time);
}
// For the members that tell people when and how often a grant holds.
template <class Shown>
void show_terms(const Grant& grant, Shown* shown) {
  shown->expires_at = unless_forever(grant.time.expires_at);
  if (grant.time.valid_from.us > 0) shown->valid_from = grant.time.valid_from;
  if (!grant.time.schedule.empty()) {
    const Result<Schedule> schedule = json::parse<Schedule>(grant.time.schedule);
    if (schedule) shown->schedule = *schedule;
  }
  shown->max_uses = grant.max_uses;
  if (grant.max_uses) shown->uses = grant.uses;
  if constexpr (requires { shown->files; }) shown->files = grant.file_kinds;
}

inline std::string target(std::int64_t device_id) { return key_of(PrincipalId{"device", device_id}); }

}  // namespace gatetorio::auth
