#include "repository.hpp"

namespace gatetorio::sharing {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

// The call that claims a token gives the access itself, in milliseconds.
constexpr std::int64_t kPatienceUs = 10 * kMicrosecondsPerSecond;

constexpr std::string_view kColumns =
    "id, device_id, creator_id, shown, access_level, access_hours, notes, created_at, expires_at, claimed_at,"
    " claimant_id, claimant_subject, access_expires_at, used_by, revoked_at, is_access_taken, creator_kind,"
    " valid_from, schedule, max_uses, visit_ends_at, file_kinds";

std::string select_tokens(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM sharing_tokens " + std::string(rest);
}

const ListSource kTokens{.name = "sharing-tokens",
                         .columns = kColumns,
                         .from = "sharing_tokens",
                         .default_sort = "-token_id",
                         .sorts = {{"token_id", {list_integer("id")}}}};

Token token_from(const sql::Table& table, std::size_t row) {
  return {.id = table.integer(row, 0),
          .device_id = table.integer(row, 1),
          .creator_kind = table.text(row, 16),
          .creator_id = table.integer(row, 2),
          .shown = table.text(row, 3),
          .access_level = table.text(row, 4),
          .access_hours = table.integer_or_null(row, 5),
          .notes = table.text(row, 6),
          .created_at = {table.integer(row, 7)},
          .expires_at = {table.integer(row, 8)},
          .claimed_at = table.integer_or_null(row, 9),
          .claimant_id = table.integer_or_null(row, 10).value_or(0),
          .claimant_subject = table.text_or_null(row, 11).value_or(""),
          .access_expires_at = table.integer_or_null(row, 12),
          .used_by = table.integer_or_null(row, 13),
          .is_revoked = !table.is_null(row, 14),
          .is_access_taken = table.integer(row, 15) != 0,
          .valid_from = {table.integer(row, 17)},
          .schedule = table.text(row, 18),
          .max_uses = table.integer_or_null(row, 19),
          .visit_ends_at = table.integer_or_null(row, 20),
          .file_kinds = file_kinds_from(table.text(row, 21))};
}

Result<Token> one_token(const Result<sql::Results>& results) {
  if (!results) return results.error();
  if ((*results)[0].empty()) return Error{.status = Status::kNotFound, .detail = "There is no such token."};
  return token_from((*results)[0], 0);
}

Result<std::vector<Token>> all_tokens(const Result<sql::Results>& results) {
  if (!results) return results.error();
  std::vector<Token> tokens;
  for (std::size_t row = 0; row < (*results)[0].rows(); ++row) tokens.push_back(token_from((*results)[0], row));
  return tokens;
}

Result<void> nothing(const Result<sql::Results>& results) {
  if (!results) return results.error();
  return Result<void>();
}

// A guard that failed is an answer here.
Result<bool> whether(const Result<sql::Results>& results) {
  if (results) return true;
  if (results.error().status == Status::kGuardFailed) return false;
  return results.error();
}

std::string target(const Token& token) { return key_of(PrincipalId{"device", token.device_id}); }
std::string detail(std::int64_t token_id) { return "{\"token_id\":" + std::to_string(token_id) + "}"; }

}  // namespace

Task<Result<std::int64_t>> Repository::create(Token token, std::string secret_hash, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "INSERT INTO sharing_tokens (device_id, creator_id, secret_hash, shown, access_level, access_hours, notes,"
      " created_at, expires_at, creator_kind, is_access_taken, valid_from, schedule, max_uses, visit_ends_at, "
      "file_kinds)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, $15) RETURNING id",
      token.device_id, token.creator_id, Blob{secret_hash}, token.shown, token.access_level, token.access_hours,
      token.notes, token.created_at, token.expires_at, token.creator_kind, token.valid_from, token.schedule,
      token.max_uses, token.visit_ends_at, to_column(token.file_kinds));
  audit(batch, call, "sharing.create", target(token), "{\"access_level\":\"" + token.access_level + "\"}");
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  co_return results[0].integer(0, 0);
}

Task<Result<void>> Repository::add_secret(Token token, std::string secret_hash, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "INSERT INTO sharing_secrets (secret_hash, token_id) SELECT $1, id FROM sharing_tokens"
      " WHERE id = $2 AND claimed_at IS NULL AND revoked_at IS NULL",
      Blob{secret_hash}, token.id);
  audit(batch, call, "sharing.show", target(token), detail(token.id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results && results.error().status == Status::kGuardFailed) {
    co_return Error{.status = Status::kNotFound, .detail = "There is no such token."};
  }
  co_return nothing(results);
}

Task<Result<Token>> Repository::find_by_secret(std::string secret_hash) {
  Result<sql::Results> results = co_await database_.read(
      select_tokens("WHERE secret_hash = $1 OR id = (SELECT token_id FROM sharing_secrets WHERE secret_hash = $1)"),
      Blob{secret_hash});
  co_return one_token(results);
}

Task<Result<Token>> Repository::find(std::int64_t token_id) {
  Result<sql::Results> results = co_await database_.read(select_tokens("WHERE id = $1"), token_id);
  co_return one_token(results);
}

Task<Result<std::vector<Token>>> Repository::of_device(std::int64_t device_id, std::int64_t before,
                                                       std::int64_t limit) {
  Result<sql::Results> results = co_await database_.read(
      select_tokens("WHERE device_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"), device_id, before, limit);
  co_return all_tokens(results);
}

Task<Result<std::vector<Token>>> Repository::visits_of(std::int64_t device_id, std::int64_t before,
                                                       std::int64_t limit) {
  Result<sql::Results> results = co_await database_.read(
      select_tokens("WHERE device_id = $1 AND id < $2 AND visit_ends_at IS NOT NULL ORDER BY id DESC LIMIT $3"),
      device_id, before, limit);
  co_return all_tokens(results);
}

Task<Result<Repository::Page>> Repository::list(AllTokensInput input, std::optional<std::int64_t> device_id) {
  ListQuery query(kTokens, input);
  if (device_id) query.where("device_id = ?", *device_id);
  if (input.state == TokenState::revoked) query.search("revoked_at IS NOT NULL");
  if (input.state && *input.state != TokenState::revoked) query.search("revoked_at IS NULL");
  if (input.state == TokenState::used) query.search("claimed_at IS NOT NULL");
  if (input.state == TokenState::expired) query.search("claimed_at IS NULL AND expires_at <= ?", now());
  if (input.state == TokenState::open) query.search("claimed_at IS NULL AND expires_at > ?", now());
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  Page page{list.page, {}};
  for (std::size_t row = 0; row < list.page.rows; ++row) page.tokens.push_back(token_from(list.table(), row));
  co_return page;
}

Task<Result<void>> Repository::finish_claims() {
  constexpr std::int64_t kAtOnce = 500;
  std::int64_t last = 0;
  while (true) {
    const sql::Results results =
        co_await ok(database_.read("SELECT id FROM sharing_tokens WHERE claimed_at IS NOT NULL AND used_by IS NULL"
                                   " AND is_access_taken = 0 AND id > $1 ORDER BY id LIMIT $2",
                                   last, kAtOnce));
    const sql::Table& ids = results[0];
    if (ids.empty()) co_return Result<void>();
    Batch batch(Mode::kWrite);
    for (std::size_t row = 0; row < ids.rows(); ++row) {
      last = ids.integer(row, 0);
      jobs_.put(batch, kClaimJob, std::to_string(last));
    }
    co_await ok(database_.run(std::move(batch)));
  }
}

Task<Result<bool>> Repository::claim(Token token, Call call) {
  const Timestamp at = now();
  std::optional<std::int64_t> ends = token.visit_ends_at;
  if (token.access_hours) ends = at.us + *token.access_hours * kMicrosecondsPerHour;
  Batch batch(Mode::kWrite);
  batch.require(
      "UPDATE sharing_tokens SET claimed_at = $2, claimant_id = $3, claimant_subject = $4, access_expires_at = $5"
      " WHERE id = $1 AND claimed_at IS NULL AND revoked_at IS NULL AND expires_at > $2",
      token.id, at, call.principal->id, Blob{call.principal->subject}, ends);
  jobs_.put(batch, kClaimJob, std::to_string(token.id), "", Timestamp{at.us + kPatienceUs});
  audit(batch, call, "sharing.redeem", target(token), detail(token.id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return whether(results);
}

Task<Result<bool>> Repository::finish(std::int64_t token_id, std::int64_t user_id) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE sharing_tokens SET used_by = $2 WHERE id = $1 AND is_access_taken = 0", token_id, user_id);
  jobs_.remove(batch, kClaimJob, std::to_string(token_id));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return whether(results);
}

Task<Result<void>> Repository::revoke(Token token, bool take_access, Call call) {
  Batch batch(Mode::kWrite);
  batch.add(
      "UPDATE sharing_tokens SET revoked_at = COALESCE(revoked_at, $2),"
      " is_access_taken = CASE WHEN $3 = 1 THEN 1 ELSE is_access_taken END WHERE id = $1",
      token.id, now(), take_access ? 1 : 0);
  audit(batch, call, "sharing.revoke", target(token),
        "{\"token_id\":" + std::to_string(token.id) + ",\"revoke_access\":" + (take_access ? "true}" : "false}"));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return nothing(results);
}

Task<Result<std::vector<std::int64_t>>> Repository::devices_after(std::int64_t device_id, std::int64_t limit) {
  const sql::Results results = co_await ok(
      database_.read("SELECT DISTINCT device_id FROM sharing_tokens WHERE device_id > $1 ORDER BY device_id LIMIT $2",
                     device_id, limit));
  std::vector<std::int64_t> ids;
  for (std::size_t row = 0; row < results[0].rows(); ++row) ids.push_back(results[0].integer(row, 0));
  co_return ids;
}

Task<Result<void>> Repository::forget_device(std::int64_t device_id) {
  Batch batch(Mode::kWrite);
  batch.add("DELETE FROM sharing_secrets WHERE token_id IN (SELECT id FROM sharing_tokens WHERE device_id = $1)",
            device_id);
  batch.add("DELETE FROM sharing_tokens WHERE device_id = $1", device_id);
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return nothing(results);
}

}  // namespace gatetorio::sharing
