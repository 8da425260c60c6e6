// Lists for admins.
#include "gatetorio/lists.hpp"
#include "grant_rows.hpp"

namespace gatetorio::auth {

namespace {

constexpr int kNamesPerUser = 20;

const ListSource kUsers{.name = "users",
                        .columns = "users.id, users.created_at, users.last_seen",
                        .from = "users",
                        .default_sort = "-created_at",
                        .sorts = {{"created_at", {list_integer("users.created_at"), list_integer("users.id")}},
                                  {"last_seen", {list_integer("users.last_seen"), list_integer("users.id")}},
                                  {"user_id", {list_integer("users.id")}}}};

const std::string kGrantListColumns = std::string(kGrantColumns) + ", grants.created_at";

const ListSource kGrants{
    .name = "grants",
    .columns = kGrantListColumns,
    .from = "grants",
    .default_sort = "device_id",
    .sorts = {{"device_id", {list_integer("device_id"), list_integer("user_id"), list_text("source")}}}};

}  // namespace

Task<Result<AllUsersOutput>> Repository::all_users(AllUsersInput input) {
  ListQuery query(kUsers, input);
  query.column(
      "(SELECT COUNT(DISTINCT grants.device_id) FROM grants WHERE grants.user_id = users.id AND grants.expires_at > ?)",
      now());
  if (input.query && !input.query->value.empty()) {
    query.search(
        "users.id = ? OR EXISTS (SELECT 1 FROM grants AS named WHERE named.user_id = users.id"
        " AND LOWER(named.name) LIKE LOWER(?) ESCAPE '!')",
        parse_id(input.query->value).value_or(0), like_part(input.query->value));
  }
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  AllUsersOutput out{{}, list.page.next_cursor, list.page.total};
  sql::Batch names(sql::Mode::kRead);
  for (std::size_t row = 0; row < list.page.rows; ++row) {
    KnownUser user{.user_id = list.table().integer(row, 0),
                   .names = {},
                   .devices = list.table().integer(row, 3),
                   .created_at = {list.table().integer(row, 1)},
                   .last_seen = {}};
    if (list.table().integer(row, 2) > 0) user.last_seen = Timestamp{list.table().integer(row, 2)};
    names.add("SELECT DISTINCT name FROM grants WHERE user_id = $1 AND name <> '' ORDER BY name LIMIT $2", user.user_id,
              kNamesPerUser);
    out.users.push_back(std::move(user));
  }
  if (out.users.empty()) co_return out;
  const sql::Results found = co_await ok(database_.run(std::move(names)));
  for (std::size_t i = 0; i < out.users.size(); ++i) {
    for (std::size_t row = 0; row < found[i].rows(); ++row) out.users[i].names.push_back(found[i].text(row, 0));
  }
  co_return out;
}

Task<Result<GrantsOutput>> Repository::all_grants(GrantsInput input, std::optional<std::int64_t> device_id) {
  ListQuery query(kGrants, input);
  if (device_id) query.where("device_id = ?", *device_id);
  if (input.user_id) query.where("user_id = ?", input.user_id->value);
  if (input.level) query.search("level = ?", std::string(boost::describe::enum_to_string(*input.level, "")));
  if (input.source) query.search("source = ?", input.source->value);
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  const sql::Table& table = list.table();
  GrantsOutput out{{}, list.page.next_cursor, list.page.total};
  for (std::size_t row = 0; row < list.page.rows; ++row) {
    const Grant grant = grant_at(table, row, now());
    GrantEntry entry{.device_id = grant.device_id,
                     .controller_id = {},
                     .user_id = grant.user_id,
                     .name = grant.name,
                     .access_level = grant.level,
                     .source = grant.source,
                     .expires_at = {},
                     .created_at = {table.integer(row, kGrantColumnCount)},
                     .valid_from = {},
                     .schedule = {},
                     .max_uses = {},
                     .uses = {},
                     .files = {}};
    show_terms(grant, &entry);
    out.grants.push_back(std::move(entry));
  }
  co_return out;
}

Task<Result<void>> Repository::remove_user(std::int64_t user_id, Call call) {
  sql::Batch batch(sql::Mode::kWrite);
  batch.require("DELETE FROM users WHERE id = $1", user_id);
  batch.add("DELETE FROM grants WHERE user_id = $1", user_id);
  batch.add("DELETE FROM site_members WHERE user_id = $1", user_id);
  batch.add("DELETE FROM mqtt_credentials WHERE user_id = $1", user_id);
  audit(batch, call, "user.delete", key_of(PrincipalId{"user", user_id}));
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  if (results.error().status != Status::kGuardFailed) co_return results.error();
  co_return Error{.status = Status::kNotFound, .detail = "There is no such user."};
}

}  // namespace gatetorio::auth
