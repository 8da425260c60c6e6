#include "grant_rows.hpp"

#include <algorithm>
#include <tuple>

namespace gatetorio::auth {

namespace {

// With spent uses somebody may still look, and stop what moves: more than reading, less than acting.
int worth(const Grant& grant) {
  const int rank = grant.level == "owner" ? 6 : grant.level == "engineer" ? 4 : 2;
  return grant.is_spent() ? std::min(rank, 3) : rank;
}

bool opens_files(const Grant& grant) { return grant.level != "readonly"; }

// What two grants of one user open together.
FileKinds together(const Grant& one, const Grant& other) {
  if (!opens_files(one)) return other.file_kinds;
  if (!opens_files(other)) return one.file_kinds;
  if (!one.file_kinds || !other.file_kinds) return std::nullopt;
  std::vector<std::string> kinds = *one.file_kinds;
  for (const std::string& kind : *other.file_kinds) {
    if (!includes(one.file_kinds, kind)) kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace

Grant grant_at(const sql::Table& table, std::size_t row, Timestamp at) {
  Grant grant{.device_id = table.integer(row, 0),
              .user_id = table.integer(row, 1),
              .level = table.text(row, 2),
              .source = table.text(row, 3),
              .name = table.text(row, 4),
              .time = {{table.integer(row, 6)}, {table.integer(row, 5)}, table.text(row, 7)},
              .max_uses = table.integer_or_null(row, 8),
              .uses = table.integer(row, 9),
              .file_kinds = file_kinds_from(table.text(row, 10)),
              .opening = {}};
  grant.opening = grant.time.at(at);
  return grant;
}

std::vector<Grant> grants_at(const sql::Table& table, Timestamp at) {
  std::vector<Grant> grants;
  for (std::size_t row = 0; row < table.rows(); ++row) grants.push_back(grant_at(table, row, at));
  return grants;
}

bool is_better(const Grant& one, const Grant& other) {
  const auto order = [](const Grant& grant) {
    return std::tuple(grant.opening.is_open, worth(grant), !grant.max_uses, grant.time.expires_at);
  };
  return order(one) > order(other);
}

std::vector<Grant> best_of(std::vector<Grant> grants) {
  std::vector<Grant> best;
  for (Grant& grant : grants) {
    if (!grant.opening.is_open) continue;
    const auto known = std::find_if(best.begin(), best.end(), [&](const Grant& other) {
      return other.device_id == grant.device_id && other.user_id == grant.user_id;
    });
    if (known == best.end()) {
      best.push_back(std::move(grant));
      continue;
    }
    FileKinds kinds = together(*known, grant);
    if (is_better(grant, *known)) std::swap(*known, grant);
    known->file_kinds = std::move(kinds);
    if (known->name.empty()) known->name = std::move(grant.name);
  }
  return best;
}

}  // namespace gatetorio::auth
