#include "repository.hpp"

#include <algorithm>

#include "gatetorio/secret.hpp"

namespace gatetorio::admin {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

std::string lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return name;
}

std::string target(std::string_view kind, std::int64_t id) { return std::string(kind) + ":" + std::to_string(id); }

std::int64_t or_never(std::int64_t us) { return us == kForeverUs ? 0 : us; }

std::optional<Timestamp> unless_zero(std::int64_t us) { return us == 0 ? std::nullopt : std::optional(Timestamp{us}); }

Error not_found(const char* detail) { return {.status = Status::kNotFound, .detail = detail}; }

constexpr std::string_view kAdminColumns = "SELECT id, name, role, password_hash, totp_secret, totp_step FROM admins";

Admin admin_from(const sql::Table& table) {
  return {table.integer(0, 0), table.text(0, 1), table.text(0, 2),
          table.text(0, 3),    table.text(0, 4), table.integer(0, 5)};
}

// At least one who may do everything stays.
void require_an_admin(Batch& batch) { batch.require("SELECT 1 FROM admins WHERE role = 'admin' LIMIT 1"); }

const ListSource kAdmins{.name = "admins",
                         .columns = "name, role, created_at, last_login_at, totp_secret IS NOT NULL",
                         .from = "admins",
                         .default_sort = "-id",
                         .sorts = {{"id", {list_integer("id")}}}};
const ListSource kSessions{
    .name = "admin_sessions",
    .columns = "s.id, a.name, a.role, s.created_at, s.last_used_at, s.expires_at, s.peer, s.secret_hash",
    .from = "admin_sessions s JOIN admins a ON a.id = s.admin_id",
    .default_sort = "-id",
    .sorts = {{"id", {list_integer("s.id")}}}};
const ListSource kTokens{.name = "admin_tokens",
                         .columns = "id, name, role, created_by, created_at, expires_at, last_used_at",
                         .from = "admin_tokens",
                         .default_sort = "-id",
                         .sorts = {{"id", {list_integer("id")}}}};

}  // namespace

Task<Result<std::int64_t>> Repository::count_admins() {
  const sql::Results results = co_await ok(database_.read("SELECT COUNT(*) FROM admins"));
  co_return results[0].integer(0, 0);
}

Task<Result<Admin>> Repository::find_admin(std::string name) {
  const std::string sql = std::string(kAdminColumns) + " WHERE name_key = $1";
  const sql::Results results = co_await ok(database_.read(sql, lower(std::move(name))));
  if (results[0].empty()) co_return not_found("There is no such admin.");
  co_return admin_from(results[0]);
}

Task<Result<Admin>> Repository::find_admin_by_id(std::int64_t id) {
  const std::string sql = std::string(kAdminColumns) + " WHERE id = $1";
  const sql::Results results = co_await ok(database_.read(sql, id));
  if (results[0].empty()) co_return not_found("There is no such admin.");
  co_return admin_from(results[0]);
}

Task<Result<AdminsOutput>> Repository::admins(PageInput page) {
  const ListRows list = co_await ok(read_list(database_, ListQuery(kAdmins, std::move(page))));
  const sql::Table& table = list.table();
  AdminsOutput out{{}, list.page.next_cursor, list.page.total};
  for (std::size_t row = 0; row < list.page.rows; ++row) {
    out.admins.push_back({.name = table.text(row, 0),
                          .role = table.text(row, 1),
                          .created_at = {table.integer(row, 2)},
                          .last_login_at = unless_zero(table.integer(row, 3)),
                          .totp_enabled = table.integer(row, 4) != 0});
  }
  co_return out;
}

namespace {

void insert_admin(Batch& batch, const NewAdmin& admin) {
  batch.add(
      "INSERT INTO admins (name, name_key, role, password_hash, totp_step, created_at, last_login_at)"
      " VALUES ($1, $2, $3, $4, 0, $5, 0) RETURNING id",
      admin.name, lower(admin.name), admin.role, admin.password_hash, now());
}

void insert_session(Batch& batch, std::string_view name, const NewSession& session, const Call& call) {
  const Timestamp at = now();
  batch.require(
      "INSERT INTO admin_sessions (secret_hash, admin_id, peer, created_at, last_used_at, expires_at)"
      " SELECT $1, id, $2, $3, $3, $4 FROM admins WHERE name_key = $5 RETURNING id",
      Blob{session.secret_hash}, call.peer, at, session.expires_at, lower(std::string(name)));
}

void end_sessions(Batch& batch, std::int64_t admin_id) {
  batch.add("DELETE FROM admin_sessions WHERE admin_id = $1", admin_id);
}

}  // namespace

Task<Result<std::int64_t>> Repository::add_admin(NewAdmin admin, Call call) {
  Batch batch(Mode::kWrite);
  insert_admin(batch, admin);
  audit(batch, call, "admin.create", "admin:" + admin.name,
        json::write(AdminEntry{.name = admin.name, .role = admin.role}));
  const Result<sql::Results> done = co_await database_.run(std::move(batch));
  if (!done && done.error().status == Status::kConflict) {
    co_return Error{.status = Status::kConflict, .detail = "There is an admin with this name."};
  }
  if (!done) co_return done.error();
  co_return (*done)[0].integer(0, 0);
}

Task<Result<void>> Repository::change_admin(std::int64_t id, AdminChange change, Call call) {
  Batch batch(Mode::kWrite);
  if (!change.role.empty()) batch.add("UPDATE admins SET role = $1 WHERE id = $2", change.role, id);
  if (!change.password_hash.empty()) {
    batch.add("UPDATE admins SET password_hash = $1 WHERE id = $2", change.password_hash, id);
    end_sessions(batch, id);
  }
  if (change.drop_totp) {
    batch.add("UPDATE admins SET totp_secret = NULL WHERE id = $1", id);
    batch.add("DELETE FROM admin_recovery_codes WHERE admin_id = $1", id);
  }
  batch.require("SELECT 1 FROM admins WHERE id = $1", id);
  require_an_admin(batch);
  const std::string what = change.drop_totp               ? "admin.totp-off"
                           : change.role.empty()          ? "admin.password"
                           : change.password_hash.empty() ? "admin.role"
                                                          : "admin.role-and-password";
  audit(batch, call, what, target("admin", id), change.role.empty() ? "" : R"({"role":")" + change.role + "\"}");
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> Repository::remove_admin(std::int64_t id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM admins WHERE id = $1 RETURNING id", id);
  end_sessions(batch, id);
  batch.add("DELETE FROM admin_recovery_codes WHERE admin_id = $1", id);
  batch.add("DELETE FROM admin_links WHERE admin_id = $1", id);
  require_an_admin(batch);
  audit(batch, call, "admin.delete", target("admin", id));
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> Repository::set_totp(std::int64_t id, std::string secret, std::int64_t step,
                                        std::vector<std::string> hashes, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE admins SET totp_secret = $1, totp_step = $2 WHERE id = $3", Blob{secret}, step, id);
  batch.add("DELETE FROM admin_recovery_codes WHERE admin_id = $1", id);
  for (const std::string& hash : hashes) {
    batch.add("INSERT INTO admin_recovery_codes (admin_id, code_hash) VALUES ($1, $2)", id, Blob{hash});
  }
  audit(batch, call, "admin.totp-on", target("admin", id));
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> Repository::add_link(std::string secret_hash, std::int64_t admin_id, Timestamp expires_at,
                                        Call call) {
  Batch batch(Mode::kWrite);
  const Timestamp at = now();
  batch.add("UPDATE admin_links SET expires_at = $1 WHERE admin_id = $2 AND expires_at > $1", at, admin_id);
  batch.add(
      "INSERT INTO admin_links (secret_hash, admin_id, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, 0)",
      Blob{secret_hash}, admin_id, at, expires_at);
  audit(batch, call, "admin.link", admin_id == 0 ? "admin:new" : target("admin", admin_id));
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<Repository::Link>> Repository::find_link(std::string secret_hash) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT admin_id, used_at, expires_at FROM admin_links WHERE secret_hash = $1", Blob{secret_hash}));
  const sql::Table& rows = results[0];
  if (rows.empty()) co_return not_found("There is no such link.");
  co_return Link{rows.integer(0, 0), rows.integer(0, 1) != 0, {rows.integer(0, 2)}};
}

Task<Result<void>> Repository::use_link(std::string secret_hash, NewAdmin admin, NewSession session, Call call) {
  const Link link = co_await ok(find_link(secret_hash));
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  batch.require("UPDATE admin_links SET used_at = $1 WHERE secret_hash = $2 AND used_at = 0 AND expires_at > $1", at,
                Blob{secret_hash});
  if (link.admin_id == 0) {
    insert_admin(batch, admin);
  } else {
    batch.require("UPDATE admins SET password_hash = $1, totp_secret = NULL WHERE id = $2 AND name_key = $3",
                  admin.password_hash, link.admin_id, lower(admin.name));
    batch.add("DELETE FROM admin_recovery_codes WHERE admin_id = $1", link.admin_id);
    end_sessions(batch, link.admin_id);
  }
  batch.add("UPDATE admins SET last_login_at = $1 WHERE name_key = $2", at, lower(admin.name));
  insert_session(batch, admin.name, session, call);
  audit(batch, call, link.admin_id == 0 ? "admin.setup" : "admin.reset", "admin:" + admin.name);
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> Repository::open_session(Admin admin, SecondFactor factor, NewSession session, Call call) {
  Batch batch(Mode::kWrite);
  const std::string step = factor.totp_step == 0 ? "" : " AND totp_step < $2";
  batch.require(
      "UPDATE admins SET last_login_at = $1, totp_step = CASE WHEN $2 = 0 THEN totp_step ELSE $2 END"
      " WHERE id = $3 AND password_hash = $4" +
          step,
      now(), factor.totp_step, admin.id, admin.password_hash);
  if (!factor.recovery_code_hash.empty()) {
    batch.require("DELETE FROM admin_recovery_codes WHERE admin_id = $1 AND code_hash = $2 RETURNING admin_id",
                  admin.id, Blob{factor.recovery_code_hash});
  }
  insert_session(batch, admin.name, session, call);
  audit(batch, call, "admin.login", target("admin", admin.id));
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<Holder>> Repository::find_session(std::string secret_hash) {
  const sql::Results results = co_await ok(database_.read(
      "SELECT a.id, s.id, a.name, a.role, s.last_used_at, s.expires_at FROM admin_sessions s JOIN admins a"
      " ON a.id = s.admin_id WHERE s.secret_hash = $1 AND s.expires_at > $2",
      Blob{secret_hash}, now()));
  const sql::Table& rows = results[0];
  if (rows.empty()) co_return not_found("There is no such session.");
  co_return Holder{rows.integer(0, 0), rows.integer(0, 1), rows.text(0, 2),
                   rows.text(0, 3),    rows.integer(0, 4), rows.integer(0, 5)};
}

Task<Result<void>> Repository::close_session(std::string secret_hash, Call call) {
  Batch batch(Mode::kWrite);
  batch.add("DELETE FROM admin_sessions WHERE secret_hash = $1", Blob{secret_hash});
  audit(batch, call, "admin.logout", key_of(call.principal->who()));
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<std::int64_t>> Repository::end_session(std::int64_t session_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM admin_sessions WHERE id = $1 RETURNING admin_id", session_id);
  audit(batch, call, "admin.end-session", target("session", session_id));
  const Result<sql::Results> done = co_await database_.run(std::move(batch));
  if (!done && done.error().status == Status::kGuardFailed) co_return not_found("There is no such session.");
  if (!done) co_return done.error();
  co_return (*done)[0].integer(0, 0);
}

Task<Result<SessionsOutput>> Repository::sessions(PageInput page, std::string own_secret_hash) {
  ListQuery query(kSessions, std::move(page));
  query.where("s.expires_at > ?", now());
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  const sql::Table& table = list.table();
  SessionsOutput out{{}, list.page.next_cursor, list.page.total};
  for (std::size_t row = 0; row < list.page.rows; ++row) {
    out.sessions.push_back({.session_id = table.integer(row, 0),
                            .name = table.text(row, 1),
                            .role = table.text(row, 2),
                            .created_at = {table.integer(row, 3)},
                            .last_used_at = {table.integer(row, 4)},
                            .expires_at = {table.integer(row, 5)},
                            .peer = table.text(row, 6),
                            .is_current = table.text(row, 7) == own_secret_hash});
  }
  co_return out;
}

Task<Result<std::int64_t>> Repository::add_token(std::string secret_hash, std::string name, std::string role,
                                                 std::optional<Timestamp> expires_at, Call call) {
  Batch batch(Mode::kWrite);
  batch.add(
      "INSERT INTO admin_tokens (secret_hash, name, role, created_by, created_at, expires_at, last_used_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 0) RETURNING id",
      Blob{secret_hash}, name, role, call.principal->name, now(), expires_at.value_or(Timestamp{kForeverUs}));
  audit(batch, call, "admin.create-token", "token:" + name, R"({"role":")" + role + "\"}");
  const sql::Results done = co_await ok(database_.run(std::move(batch)));
  co_return done[0].integer(0, 0);
}

namespace {

constexpr std::string_view kTokenColumns = "SELECT id, name, role, last_used_at, expires_at FROM admin_tokens";

Result<Holder> token_holder(const sql::Table& rows) {
  if (rows.empty()) return not_found("There is no such token.");
  const std::int64_t id = rows.integer(0, 0);
  return Holder{id, id, rows.text(0, 1), rows.text(0, 2), rows.integer(0, 3), or_never(rows.integer(0, 4))};
}

}  // namespace

Task<Result<Holder>> Repository::find_token(std::string secret_hash) {
  const std::string sql = std::string(kTokenColumns) + " WHERE secret_hash = $1 AND expires_at > $2";
  const sql::Results results = co_await ok(database_.read(sql, Blob{secret_hash}, now()));
  co_return token_holder(results[0]);
}

Task<Result<Holder>> Repository::find_token_by_id(std::int64_t token_id) {
  const std::string sql = std::string(kTokenColumns) + " WHERE id = $1 AND expires_at > $2";
  const sql::Results results = co_await ok(database_.read(sql, token_id, now()));
  co_return token_holder(results[0]);
}

Task<Result<void>> Repository::remove_token(std::int64_t token_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM admin_tokens WHERE id = $1 RETURNING id", token_id);
  audit(batch, call, "admin.delete-token", target("token", token_id));
  const Result<sql::Results> done = co_await database_.run(std::move(batch));
  if (!done && done.error().status == Status::kGuardFailed) co_return not_found("There is no such token.");
  if (!done) co_return done.error();
  co_return Result<void>();
}

Task<Result<TokensOutput>> Repository::tokens(PageInput page) {
  const ListRows list = co_await ok(read_list(database_, ListQuery(kTokens, std::move(page))));
  const sql::Table& table = list.table();
  TokensOutput out{{}, list.page.next_cursor, list.page.total};
  for (std::size_t row = 0; row < list.page.rows; ++row) {
    out.tokens.push_back({.token_id = table.integer(row, 0),
                          .name = table.text(row, 1),
                          .role = table.text(row, 2),
                          .created_by = table.text(row, 3),
                          .created_at = {table.integer(row, 4)},
                          .expires_at = unless_zero(or_never(table.integer(row, 5))),
                          .last_used_at = unless_zero(table.integer(row, 6))});
  }
  co_return out;
}

Task<Result<void>> Repository::touch(bool is_session, std::int64_t credential_id) {
  const std::string table = is_session ? "admin_sessions" : "admin_tokens";
  const std::string sql = "UPDATE " + table + " SET last_used_at = $1 WHERE id = $2";
  co_await ok(database_.write(sql, now(), credential_id));
  co_return Result<void>();
}

}  // namespace gatetorio::admin
