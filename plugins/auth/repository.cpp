#include "repository.hpp"

#include <algorithm>
#include <tuple>

namespace gatetorio::auth {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

constexpr int kMqttPasswordsPerUser = 5;
const std::string kForever = std::to_string(kForeverUs);

std::optional<Timestamp> unless_forever(std::int64_t us) {
  return us == kForeverUs ? std::nullopt : std::optional(Timestamp{us});
}

Grant grant_from(const sql::Table& table, std::size_t row) {
  return {table.integer(row, 0), table.integer(row, 1), table.text(row, 2), {table.integer(row, 3)}};
}

// The same with a fifth column.
Grant named_grant_from(const sql::Table& table, std::size_t row) {
  Grant grant = grant_from(table, row);
  grant.name = table.text(row, 4);
  return grant;
}

int rank(const std::string& level) { return level == "owner" ? 3 : level == "engineer" ? 2 : 1; }

// The best grant on each device, in the order of the rows. Columns as named_grant_from reads them.
std::vector<Grant> best_of(const sql::Table& table) {
  std::vector<Grant> best;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Grant grant = named_grant_from(table, row);
    const auto known = std::find_if(best.begin(), best.end(), [&](const Grant& other) {
      return other.device_id == grant.device_id && other.user_id == grant.user_id;
    });
    if (known == best.end()) {
      best.push_back(std::move(grant));
    } else if (std::pair(rank(grant.level), grant.expires_at) > std::pair(rank(known->level), known->expires_at)) {
      if (grant.name.empty()) grant.name = std::move(known->name);
      *known = std::move(grant);
    } else if (known->name.empty()) {
      known->name = std::move(grant.name);
    }
  }
  return best;
}

// Of two grants of one user the better one is shown: one that has not ended, then the higher level, then the later end.
void merge(UserEntry& shown, UserEntry other) {
  const auto worth = [at = now()](const UserEntry& entry) {
    const Timestamp end = entry.expires_at.value_or(Timestamp{kForeverUs});
    return std::tuple(end > at, rank(entry.access_level), end);
  };
  if (worth(other) > worth(shown)) {
    std::swap(shown.access_level, other.access_level);
    std::swap(shown.expires_at, other.expires_at);
    std::swap(shown.source, other.source);
  }
  if (shown.name.empty()) shown.name = std::move(other.name);
}

std::vector<std::int64_t> first_column(const sql::Table& table) {
  std::vector<std::int64_t> list;
  for (std::size_t row = 0; row < table.rows(); ++row) list.push_back(table.integer(row, 0));
  return list;
}

std::string target(std::int64_t device_id) { return key_of(PrincipalId{"device", device_id}); }

}  // namespace

Task<Result<std::int64_t>> Repository::user_by_token(std::string token_hash) {
  const sql::Results results =
      co_await ok(database_.read("SELECT id FROM users WHERE token_hash = $1", Blob{token_hash}));
  const sql::Table& table = results[0];
  co_return table.empty() ? 0 : table.integer(0, 0);
}

Task<Result<Grant>> Repository::grant(Wish wish, Call call) {
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  batch.add(
      "INSERT INTO users (token_hash, created_at, last_seen) VALUES ($1, $2, 0) ON CONFLICT (token_hash) DO NOTHING",
      Blob{wish.token_hash}, at);
  batch.require(
      "INSERT INTO grants (device_id, user_id, level, name, expires_at, source, created_at)"
      " SELECT $1, users.id, COALESCE($3, CASE WHEN EXISTS (SELECT 1 FROM grants AS other WHERE other.device_id = $1"
      "   AND other.user_id <> users.id AND other.expires_at > $6) THEN 'readonly' ELSE 'owner' END),"
      " COALESCE($4, ''), COALESCE($5, " +
          kForever +
          "), 'pairing', $6 FROM users WHERE users.token_hash = $2"
          " ON CONFLICT (device_id, user_id, source) DO UPDATE SET level = COALESCE($3, grants.level),"
          " name = COALESCE($4, grants.name), expires_at = COALESCE($5, grants.expires_at)"
          " RETURNING device_id, user_id, level, expires_at",
      wish.device_id, Blob{wish.token_hash}, wish.level, wish.name, wish.expires_at, at);
  if (wish.level) {
    batch.add(
        "DELETE FROM grants WHERE device_id = $1 AND source <> 'pairing' AND user_id ="
        " (SELECT id FROM users WHERE token_hash = $2) AND EXISTS (SELECT 1 FROM grants AS own WHERE own.device_id = $1"
        " AND own.user_id = grants.user_id AND own.source = 'pairing' AND own.expires_at > $3)",
        wish.device_id, Blob{wish.token_hash}, at);
  }
  audit(batch, call, "access.grant", target(wish.device_id));
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return grant_from(results[1], 0);
}

Task<Result<Grant>> Repository::give(GrantGiven given, Call call) {
  const Timestamp at = now();
  const Timestamp end{given.expires_at_us == 0 ? kForeverUs : given.expires_at_us};
  Batch batch(Mode::kWrite);
  if (given.to.id == 0) {
    batch.add(
        "INSERT INTO users (token_hash, created_at, last_seen) VALUES ($1, $2, 0) ON CONFLICT (token_hash) DO NOTHING",
        Blob{given.to.subject}, at);
  } else {
    batch.require("SELECT id FROM users WHERE id = $1", given.to.id);
  }
  batch.add(
      "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at)"
      " SELECT $1, users.id, $4, $5, $6, $7, $8 FROM users WHERE users.id = $2 OR users.token_hash = $3"
      " ON CONFLICT (device_id, user_id, source) DO NOTHING",
      given.device_id, given.to.id, Blob{given.to.subject}, given.source, given.level, given.name, end, at);
  batch.require(
      "SELECT grants.device_id, grants.user_id, grants.level, grants.expires_at FROM grants JOIN users"
      " ON users.id = grants.user_id WHERE grants.device_id = $1 AND (users.id = $2 OR users.token_hash = $3)"
      " ORDER BY CASE WHEN grants.expires_at > $4 THEN 0 ELSE 1 END, CASE grants.level WHEN 'owner' THEN 0"
      " WHEN 'engineer' THEN 1 ELSE 2 END, grants.expires_at DESC LIMIT 1",
      given.device_id, given.to.id, Blob{given.to.subject}, at);
  audit(batch, call, "access.grant", target(given.device_id), "{\"source\":\"" + given.source + "\"}");
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return grant_from((*results)[2], 0);
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  co_return Error{.status = Status::kNotFound, .detail = "There is no such user."};
}

Task<Result<std::vector<std::int64_t>>> Repository::take(std::int64_t device_id, std::string source, Call call) {
  Batch batch(Mode::kWrite);
  batch.add("DELETE FROM grants WHERE device_id = $1 AND source = $2 RETURNING user_id", device_id, source);
  audit(batch, call, "access.revoke", target(device_id), "{\"source\":\"" + source + "\"}");
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return first_column(results[0]);
}

Task<Result<std::vector<std::int64_t>>> Repository::ended_between(Timestamp from, Timestamp until) {
  const sql::Results results = co_await ok(
      database_.read("SELECT DISTINCT user_id FROM grants WHERE expires_at > $1 AND expires_at <= $2", from, until));
  co_return first_column(results[0]);
}

Task<Result<std::optional<Grant>>> Repository::find_grant(std::int64_t device_id, std::int64_t user_id) {
  const sql::Results results =
      co_await ok(database_.read("SELECT device_id, user_id, level, expires_at, name FROM grants"
                                 " WHERE device_id = $1 AND user_id = $2 AND expires_at > $3",
                                 device_id, user_id, now()));
  const std::vector<Grant> best = best_of(results[0]);
  co_return best.empty() ? std::nullopt : std::optional(best.front());
}

Task<Result<std::vector<Grant>>> Repository::grants_of(std::int64_t user_id, std::int64_t after, std::int64_t devices) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT device_id, user_id, level, expires_at, name FROM grants WHERE user_id = $1 AND expires_at > $2"
      " AND device_id > $3 AND device_id <= (SELECT MAX(device_id) FROM (SELECT DISTINCT device_id FROM grants"
      " WHERE user_id = $1 AND expires_at > $2 AND device_id > $3 ORDER BY device_id LIMIT $4) AS page)"
      " ORDER BY device_id",
      user_id, now(), after, devices));
  co_return best_of(results[0]);
}

Task<Result<std::vector<UserEntry>>> Repository::users_of(std::int64_t device_id, std::int64_t after,
                                                          std::int64_t limit) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT grants.user_id, grants.name, grants.level, grants.expires_at, grants.created_at, users.last_seen,"
      " grants.source FROM grants JOIN users ON users.id = grants.user_id WHERE grants.device_id = $1"
      " AND grants.user_id > $2 AND grants.user_id <= (SELECT MAX(user_id) FROM (SELECT DISTINCT user_id FROM grants"
      " WHERE device_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3) AS page)"
      " ORDER BY grants.user_id, grants.created_at, grants.source",
      device_id, after, limit));
  const sql::Table& table = results[0];
  std::vector<UserEntry> users;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    UserEntry entry{.user_id = table.integer(row, 0),
                    .name = table.text(row, 1),
                    .access_level = table.text(row, 2),
                    .expires_at = unless_forever(table.integer(row, 3)),
                    .created_at = {table.integer(row, 4)},
                    .last_seen = {},
                    .source = table.text(row, 6)};
    if (table.integer(row, 5) > 0) entry.last_seen = Timestamp{table.integer(row, 5)};
    const bool is_known = !users.empty() && users.back().user_id == entry.user_id;
    is_known ? merge(users.back(), std::move(entry)) : users.push_back(std::move(entry));
  }
  co_return users;
}

Task<Result<void>> Repository::remove_grant(std::int64_t device_id, std::int64_t user_id, bool keep_last_owner,
                                            Call call) {
  Batch batch(Mode::kWrite);
  batch.require("SELECT 1 FROM grants WHERE device_id = $1 AND user_id = $2", device_id, user_id);
  batch.require(
      "DELETE FROM grants WHERE device_id = $1 AND user_id = $2 AND ($3 = 0 OR NOT EXISTS"
      " (SELECT 1 FROM grants AS mine WHERE mine.device_id = $1 AND mine.user_id = $2 AND mine.level = 'owner'"
      " AND mine.expires_at > $4) OR EXISTS (SELECT 1 FROM grants AS other WHERE other.device_id = $1 AND "
      "other.user_id <> $2 AND other.level = 'owner'"
      " AND other.expires_at > $4))",
      device_id, user_id, keep_last_owner ? 1 : 0, now());
  audit(batch, call, "access.revoke", target(device_id), "{\"user_id\":" + std::to_string(user_id) + "}");
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  if (results.error().statement == 0) {
    co_return Error{.status = Status::kNotFound, .detail = "This user has no access to the device."};
  }
  co_return Error{.status = Status::kConflict,
                  .detail = "The last owner cannot remove itself; make another owner first, or ask the device."};
}

Task<Result<std::vector<std::int64_t>>> Repository::devices_after(std::int64_t device_id, std::int64_t limit) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT DISTINCT device_id FROM grants WHERE device_id > $1 ORDER BY device_id LIMIT $2", device_id, limit));
  co_return first_column(results[0]);
}

Task<Result<std::vector<std::int64_t>>> Repository::remove_device(std::int64_t device_id) {
  const sql::Results results =
      co_await ok(database_.write("DELETE FROM grants WHERE device_id = $1 RETURNING user_id", device_id));
  co_return first_column(results[0]);
}

Task<Result<void>> Repository::add_mqtt_password(std::int64_t user_id, std::string password_hash, Timestamp expires_at,
                                                 Call call) {
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  batch.require("SELECT 1 FROM users WHERE id = $1", user_id);
  // By number only: the clock that says which have ended may be wrong for a moment (retention does it later).
  batch.add(
      "DELETE FROM mqtt_credentials WHERE user_id = $1 AND password_hash NOT IN"
      " (SELECT password_hash FROM mqtt_credentials WHERE user_id = $1 ORDER BY created_at DESC LIMIT $2)",
      user_id, kMqttPasswordsPerUser - 1);
  batch.add("INSERT INTO mqtt_credentials (user_id, password_hash, expires_at, created_at) VALUES ($1, $2, $3, $4)",
            user_id, Blob{password_hash}, expires_at, at);
  audit(batch, call, "mqtt_credentials.create", key_of(PrincipalId{"user", user_id}));
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  co_return Error{.status = Status::kNotFound, .detail = "There is no such user."};
}

Task<Result<std::vector<MqttPassword>>> Repository::mqtt_passwords(std::int64_t user_id) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT password_hash, expires_at FROM mqtt_credentials WHERE user_id = $1 AND expires_at > $2", user_id, now()));
  const sql::Table& table = results[0];
  std::vector<MqttPassword> passwords;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    passwords.push_back({table.text(row, 0), Timestamp{table.integer(row, 1)}});
  }
  co_return passwords;
}

Task<Result<void>> Repository::set_seen(std::map<std::int64_t, std::int64_t> seen) {
  if (seen.empty()) co_return Result<void>();
  Batch batch(Mode::kWrite);
  for (const auto& [user_id, at] : seen) batch.add("UPDATE users SET last_seen = $2 WHERE id = $1", user_id, at);
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

}  // namespace gatetorio::auth
