// When grants hold and how often: the part of the repository that knows of time and uses.
#include <algorithm>

#include "grant_rows.hpp"
#include "repository.hpp"

namespace gatetorio::auth {

namespace {

using sql::Batch;
using sql::Mode;

constexpr std::int64_t kPlannedAtOnce = 500;
constexpr int kAttempts = 3;

Error spent() {
  return {.status = Status::kForbidden, .detail = "The uses of this access are spent. A stop is still sent."};
}

}  // namespace

Task<Result<Standing>> Repository::standing(std::int64_t device_id, std::int64_t user_id) {
  static const std::string all =
      "SELECT " + std::string(kGrantColumns) + " FROM grants WHERE device_id = $1 AND user_id = $2 AND expires_at > $3";
  const Timestamp at = now();
  const sql::Results results = co_await ok(database_.read(all, device_id, user_id, at));
  std::vector<Grant> grants = grants_at(results[0], at);
  Standing standing;
  Timestamp opens_at{kForeverUs};
  for (const Grant& grant : grants) {
    if (!grant.opening.is_open) opens_at = std::min(opens_at, grant.opening.changes_at);
  }
  std::vector<Grant> best = best_of(std::move(grants));
  if (!best.empty()) {
    standing.grant = std::move(best.front());
  } else {
    standing.opens_at = unless_forever(opens_at);
  }
  co_return standing;
}

Task<Result<std::vector<Repository::DatedGrant>>> Repository::grants_on(std::int64_t device_id, std::int64_t user_id,
                                                                        Timestamp at) {
  static const std::string all = "SELECT " + std::string(kGrantColumns) +
                                 ", created_at FROM grants WHERE device_id = $1 AND user_id = $2 ORDER BY created_at";
  const sql::Results results = co_await ok(database_.read(all, device_id, user_id));
  std::vector<DatedGrant> grants;
  for (std::size_t row = 0; row < results[0].rows(); ++row) {
    grants.push_back({grant_at(results[0], row, at), {results[0].integer(row, kGrantColumnCount)}});
  }
  co_return grants;
}

Task<Result<std::string>> Repository::take_use(std::int64_t device_id, std::int64_t user_id) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Standing present = co_await ok(standing(device_id, user_id));
    if (!present.grant) co_return Error{.status = Status::kForbidden, .detail = "This access is not open now."};
    if (!present.grant->max_uses) co_return std::string();
    if (present.grant->is_spent()) break;
    const std::string source = present.grant->source;
    const sql::Results results = co_await ok(
        database_.write("UPDATE grants SET uses = uses + 1 WHERE device_id = $1 AND user_id = $2 AND source = $3"
                        " AND uses < max_uses",
                        device_id, user_id, source));
    if (results[0].changes == 1) co_return source;
  }
  co_return spent();
}

Task<Result<void>> Repository::give_use_back(std::int64_t device_id, std::int64_t user_id, std::string source) {
  co_await ok(
      database_.write("UPDATE grants SET uses = uses - 1 WHERE device_id = $1 AND user_id = $2 AND source = $3"
                      " AND uses > 0",
                      device_id, user_id, source));
  co_return Result<void>();
}

Task<Result<std::vector<std::int64_t>>> Repository::changed_between(Timestamp from, Timestamp until) {
  const sql::Results results = co_await ok(
      database_.read("SELECT user_id FROM grants WHERE expires_at > $1 AND expires_at <= $2"
                     " UNION SELECT user_id FROM grants WHERE opens_at > 0 AND opens_at > $1 AND opens_at <= $2"
                     " UNION SELECT user_id FROM grants WHERE schedule <> '' AND closes_at > $1 AND closes_at <= $2",
                     from, until));
  std::vector<std::int64_t> users;
  for (std::size_t row = 0; row < results[0].rows(); ++row) users.push_back(results[0].integer(row, 0));
  co_return users;
}

Task<Result<std::vector<std::int64_t>>> Repository::plan(Timestamp over_at) {
  static const std::string due = "SELECT " + std::string(kGrantColumns) +
                                 ", closes_at FROM grants WHERE schedule <> '' AND closes_at <= $1 ORDER BY closes_at"
                                 " LIMIT $2";
  const Timestamp at = now();
  const sql::Results results = co_await ok(database_.read(due, over_at, kPlannedAtOnce));
  std::vector<std::int64_t> users;
  if (results[0].empty()) co_return users;
  Batch batch(Mode::kWrite);
  for (std::size_t row = 0; row < results[0].rows(); ++row) {
    const Grant grant = grant_at(results[0], row, at);
    Timestamp opens_at{0}, closes_at = grant.opening.changes_at;
    if (grant.opening.is_open) {
      users.push_back(grant.user_id);
    } else if (closes_at.us != kForeverUs) {
      opens_at = closes_at;
      closes_at = grant.time.at(opens_at).changes_at;
    }
    batch.add(
        "UPDATE grants SET opens_at = $5, closes_at = $6 WHERE device_id = $1 AND user_id = $2 AND source = $3"
        " AND closes_at = $4",
        grant.device_id, grant.user_id, grant.source, results[0].integer(row, kGrantColumnCount), opens_at, closes_at);
  }
  co_await ok(database_.run(std::move(batch)));
  co_return users;
}

Task<Result<void>> Repository::unplan() {
  co_await ok(database_.write("UPDATE grants SET opens_at = 0, closes_at = 0 WHERE schedule <> ''"));
  co_return Result<void>();
}

}  // namespace gatetorio::auth
