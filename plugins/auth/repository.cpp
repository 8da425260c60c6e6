#include "repository.hpp"

#include <algorithm>

#include "gatetorio/secret.hpp"
#include "grant_rows.hpp"

namespace gatetorio::auth {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

constexpr int kMqttPasswordsPerUser = 5;
const std::string kForever = std::to_string(kForeverUs);

// Of two grants of one user the better one is shown.
void merge(UserEntry& shown, Grant& its, UserEntry other, Grant grant) {
  if (shown.name.empty() || other.name.empty()) shown.name = other.name = shown.name + other.name;
  if (!is_better(grant, its)) return;
  other.created_at = shown.created_at;
  other.name = std::move(shown.name);
  shown = std::move(other);
  its = std::move(grant);
}

std::vector<std::int64_t> first_column(const sql::Table& table) {
  std::vector<std::int64_t> list;
  for (std::size_t row = 0; row < table.rows(); ++row) list.push_back(table.integer(row, 0));
  return list;
}

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
  // A schedule is planned soon after; until then it is read.
  static const std::string insert =
      "INSERT INTO grants (device_id, user_id, level, name, expires_at, source, created_at, valid_from, schedule,"
      " max_uses, opens_at) SELECT $1, users.id, COALESCE($3, CASE WHEN EXISTS (SELECT 1 FROM grants AS other WHERE "
      "other.device_id = $1"
      "   AND other.user_id <> users.id AND other.expires_at > $6) THEN 'readonly' ELSE 'owner' END),"
      " COALESCE($4, ''), COALESCE($5, " +
      kForever +
      "), 'pairing', $6, COALESCE($7, 0), COALESCE($8, ''), $9,"
      " COALESCE($7, 0) FROM users WHERE users.token_hash = $2"
      " ON CONFLICT (device_id, user_id, source) DO UPDATE SET level = COALESCE($3, grants.level),"
      " name = COALESCE($4, grants.name), expires_at = COALESCE($5, grants.expires_at),"
      " valid_from = COALESCE($7, grants.valid_from), schedule = COALESCE($8, grants.schedule),"
      " max_uses = COALESCE($9, grants.max_uses), uses = CASE WHEN $9 IS NULL THEN grants.uses ELSE 0 END,"
      " opens_at = COALESCE($7, grants.valid_from), closes_at = 0"
      " RETURNING " +
      std::string(kGrantColumns);
  batch.require(insert, wish.device_id, Blob{wish.token_hash}, wish.level, wish.name, wish.expires_at, at,
                wish.valid_from, wish.schedule, wish.max_uses);
  if (wish.level) {
    batch.add(
        "DELETE FROM grants WHERE device_id = $1 AND source <> 'pairing' AND user_id ="
        " (SELECT id FROM users WHERE token_hash = $2) AND EXISTS (SELECT 1 FROM grants AS own WHERE own.device_id = $1"
        " AND own.user_id = grants.user_id AND own.source = 'pairing' AND own.expires_at > $3)",
        wish.device_id, Blob{wish.token_hash}, at);
  }
  audit(batch, call, "access.grant", target(wish.device_id));
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return grant_at(results[1], 0, at);
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
  std::optional<std::int64_t> max_uses;
  if (given.max_uses > 0) max_uses = given.max_uses;
  batch.add(
      "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at, valid_from, schedule,"
      " max_uses, opens_at, file_kinds) SELECT $1, users.id, $4, $5, $6, $7, $8, $9, $10, $11, $9, $12 FROM users"
      " WHERE users.id = $2 OR users.token_hash = $3 ON CONFLICT (device_id, user_id, source) DO NOTHING",
      given.device_id, given.to.id, Blob{given.to.subject}, given.source, given.level, given.name, end, at,
      given.valid_from_us, given.schedule, max_uses, to_column(given.file_kinds));
  static const std::string all = "SELECT " + std::string(kGrantColumns) +
                                 " FROM grants JOIN users ON users.id = grants.user_id WHERE grants.device_id = $1"
                                 " AND (users.id = $2 OR users.token_hash = $3)";
  batch.require(all, given.device_id, given.to.id, Blob{given.to.subject});
  audit(batch, call, "access.grant", target(given.device_id), "{\"source\":\"" + given.source + "\"}");
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) {
    std::vector<Grant> grants = grants_at((*results)[2], at);
    const auto is_worse = [](const Grant& one, const Grant& other) { return is_better(other, one); };
    co_return std::move(*std::max_element(grants.begin(), grants.end(), is_worse));
  }
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  co_return Error{.status = Status::kNotFound, .detail = "There is no such user."};
}

Task<Result<Grant>> Repository::find(std::int64_t device_id, std::string source) {
  static const std::string one =
      "SELECT " + std::string(kGrantColumns) + " FROM grants WHERE device_id = $1 AND source = $2 AND expires_at > $3";
  const Timestamp at = now();
  const sql::Results results = co_await ok(database_.read(one, device_id, source, at));
  if (results[0].empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such grant."};
  co_return grant_at(results[0], 0, at);
}

Task<Result<std::vector<std::int64_t>>> Repository::take(std::int64_t device_id, std::string source, Call call) {
  Batch batch(Mode::kWrite);
  batch.add("DELETE FROM grants WHERE device_id = $1 AND source = $2 RETURNING user_id", device_id, source);
  audit(batch, call, "access.revoke", target(device_id), "{\"source\":\"" + source + "\"}");
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return first_column(results[0]);
}

Task<Result<Repository::GrantPage>> Repository::grants_of(std::int64_t user_id, std::int64_t after,
                                                          std::int64_t devices) {
  static const std::string page =
      "SELECT " + std::string(kGrantColumns) +
      " FROM grants WHERE user_id = $1 AND expires_at > $2"
      " AND device_id > $3 AND device_id <= (SELECT MAX(device_id) FROM (SELECT DISTINCT device_id FROM grants"
      " WHERE user_id = $1 AND expires_at > $2 AND device_id > $3 ORDER BY device_id LIMIT $4) AS page)"
      " ORDER BY device_id";
  const Timestamp at = now();
  const sql::Results results = co_await ok(database_.read(page, user_id, at, after, devices + 1));
  std::vector<Grant> grants = grants_at(results[0], at);
  std::int64_t looked_at = 0, last = after;
  GrantPage out;
  for (auto grant = grants.begin(); grant != grants.end(); ++grant) {
    if (grant->device_id == last) continue;
    if (looked_at++ == devices) {
      out.next = last;
      grants.erase(grant, grants.end());
      break;
    }
    last = grant->device_id;
  }
  out.grants = best_of(std::move(grants));
  co_return out;
}

Task<Result<std::vector<UserEntry>>> Repository::users_of(std::int64_t device_id, std::int64_t after,
                                                          std::int64_t limit) {
  static const std::string page =
      "SELECT " + std::string(kGrantColumns) +
      ", grants.created_at, users.last_seen FROM grants JOIN users ON users.id = grants.user_id WHERE grants.device_id "
      "= $1"
      " AND grants.user_id > $2 AND grants.user_id <= (SELECT MAX(user_id) FROM (SELECT DISTINCT user_id FROM grants"
      " WHERE device_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3) AS page)"
      " ORDER BY grants.user_id, grants.created_at, grants.source";
  const Timestamp at = now();
  const sql::Results results = co_await ok(database_.read(page, device_id, after, limit));
  const sql::Table& table = results[0];
  std::vector<UserEntry> users;
  Grant shown;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Grant grant = grant_at(table, row, at);
    UserEntry entry{.user_id = grant.user_id,
                    .name = grant.name,
                    .access_level = grant.level,
                    .expires_at = {},
                    .created_at = {table.integer(row, kGrantColumnCount)},
                    .last_seen = {},
                    .source = grant.source,
                    .valid_from = {},
                    .schedule = {},
                    .max_uses = {},
                    .uses = {},
                    .is_open = grant.opening.is_open,
                    .files = {}};
    show_terms(grant, &entry);
    if (table.integer(row, kGrantColumnCount + 1) > 0)
      entry.last_seen = Timestamp{table.integer(row, kGrantColumnCount + 1)};
    if (!users.empty() && users.back().user_id == entry.user_id) {
      merge(users.back(), shown, std::move(entry), std::move(grant));
    } else {
      users.push_back(std::move(entry));
      shown = std::move(grant);
    }
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
      " AND other.expires_at > $4 AND other.valid_from <= $4 AND other.schedule = '' AND other.max_uses IS NULL))",
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
  Batch batch(Mode::kWrite);
  batch.add("DELETE FROM grants WHERE device_id = $1 RETURNING user_id", device_id);
  batch.add("DELETE FROM site_devices WHERE device_id = $1", device_id);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
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

Task<Result<std::vector<std::int64_t>>> Repository::passwords_ended_between(Timestamp from, Timestamp until) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT DISTINCT user_id FROM mqtt_credentials WHERE expires_at > $1 AND expires_at <= $2", from, until));
  co_return first_column(results[0]);
}

Task<Result<std::vector<KnownPassword>>> Repository::passwords_of(std::vector<std::int64_t> user_ids) {
  Batch batch(Mode::kRead);
  for (const std::int64_t user_id : user_ids) {
    batch.add("SELECT user_id, password_hash FROM mqtt_credentials WHERE user_id = $1 AND expires_at > $2", user_id,
              now());
  }
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  std::vector<KnownPassword> passwords;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const sql::Table& table = results[i];
    for (std::size_t row = 0; row < table.rows(); ++row) {
      passwords.push_back({table.integer(row, 0), fingerprint(table.text(row, 1))});
    }
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
