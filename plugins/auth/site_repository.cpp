#include "site_repository.hpp"

#include <algorithm>

#include "grant_rows.hpp"

namespace gatetorio::auth {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

constexpr std::string_view kMemberColumns = "user_id, level, name, expires_at, valid_from, schedule, created_at";

std::string source_of(std::int64_t site_id) { return "site:" + std::to_string(site_id); }

Error no_site() { return {.status = Status::kNotFound, .detail = "There is no such site."}; }
Error no_user() { return {.status = Status::kNotFound, .detail = "There is no such user."}; }
Error full(std::string what) {
  return {.status = Status::kConflict, .detail = "The site has as many " + std::move(what) + " as it may."};
}
Error last_owner() {
  return {.status = Status::kConflict, .detail = "A site has an owner without windows or end; make another one first."};
}

// Which of a batch's guards failed, as the error that this means.
Error meaning(const Error& error, const std::vector<Error>& of_statements) {
  if (error.status != Status::kGuardFailed) return error;
  const auto statement = static_cast<std::size_t>(error.statement);
  return statement < of_statements.size() ? of_statements[statement] : no_site();
}

Site site_at(const sql::Table& table, std::size_t row) {
  return {.site_id = table.integer(row, 0),
          .name = table.text(row, 1),
          .access_level = table.text(row, 4),
          .devices = table.integer(row, 2),
          .created_at = {table.integer(row, 3)}};
}

SiteMember member_at(const sql::Table& table, std::size_t row, Timestamp at) {
  const GrantTime time{{table.integer(row, 4)}, {table.integer(row, 3)}, table.text(row, 5)};
  SiteMember member{.user_id = table.integer(row, 0),
                    .name = table.text(row, 2),
                    .access_level = table.text(row, 1),
                    .expires_at = unless_forever(time.expires_at),
                    .valid_from = {},
                    .schedule = {},
                    .created_at = {table.integer(row, 6)},
                    .is_open = time.at(at).is_open};
  if (time.valid_from.us > 0) member.valid_from = time.valid_from;
  const Result<Schedule> schedule = json::parse<Schedule>(time.schedule);
  if (schedule) member.schedule = *schedule;
  return member;
}

SiteRepository::Users users_of(const sql::Table& table) {
  SiteRepository::Users users;
  for (std::size_t row = 0; row < table.rows(); ++row) users.push_back(table.integer(row, 0));
  return users;
}

// An owner that is one at any time, beside this user: who keeps the site from being nobody's.
constexpr std::string_view kOtherOwner =
    "EXISTS (SELECT 1 FROM site_members AS other WHERE other.site_id = $1 AND other.user_id <> $2"
    " AND other.level = 'owner' AND other.schedule = '' AND other.valid_from = 0 AND other.expires_at = ";

}  // namespace

Task<Result<Site>> SiteRepository::make(std::string name, std::int64_t owner_id, Call call) {
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  batch.require("SELECT id FROM users WHERE id = $1", owner_id);
  batch.require("INSERT INTO sites (name, created_at) VALUES ($1, $2) RETURNING id", name, at);
  batch.require(
      "INSERT INTO site_members (site_id, user_id, level, name, expires_at, valid_from, schedule, created_at)"
      " SELECT MAX(id), $1, 'owner', '', $2, 0, '', $3 FROM sites",
      owner_id, kForeverUs, at);
  audit(batch, call, "site.create", "user:" + std::to_string(owner_id));
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return meaning(results.error(), {no_user()});
  co_return Site{.site_id = (*results)[1].integer(0, 0),
                 .name = std::move(name),
                 .access_level = "owner",
                 .devices = 0,
                 .created_at = at};
}

Task<Result<std::vector<Site>>> SiteRepository::list(std::optional<std::int64_t> user_id, std::int64_t after,
                                                     std::int64_t limit) {
  Batch batch(Mode::kRead);
  const std::string site =
      "SELECT sites.id, sites.name, (SELECT COUNT(*) FROM site_devices WHERE site_devices.site_id = sites.id),"
      " sites.created_at, ";
  if (user_id) {
    batch.add(site +
                  "m.level, m.expires_at, m.valid_from, m.schedule FROM site_members AS m JOIN sites ON sites.id ="
                  " m.site_id WHERE m.user_id = $3 AND m.site_id > $1 ORDER BY m.site_id LIMIT $2",
              after, limit, *user_id);
  } else {
    batch.add(site + "'' FROM sites WHERE id > $1 ORDER BY id LIMIT $2", after, limit);
  }
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  const sql::Table& table = results[0];
  std::vector<Site> sites;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Site shown = site_at(table, row);
    if (user_id) {
      const GrantTime time{{table.integer(row, 6)}, {table.integer(row, 5)}, table.text(row, 7)};
      if (!time.at(now()).is_open) shown.access_level.clear();
    }
    sites.push_back(std::move(shown));
  }
  co_return sites;
}

Task<Result<Site>> SiteRepository::find(std::int64_t site_id) {
  const sql::Results results = co_await ok(
      database_.read("SELECT id, name, (SELECT COUNT(*) FROM site_devices WHERE site_devices.site_id = sites.id),"
                     " created_at, '' FROM sites WHERE id = $1",
                     site_id));
  if (results[0].empty()) co_return no_site();
  co_return site_at(results[0], 0);
}

Task<Result<void>> SiteRepository::rename(std::int64_t site_id, std::string name, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE sites SET name = $2 WHERE id = $1", site_id, name);
  audit(batch, call, "site.rename", source_of(site_id));
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return meaning(results.error(), {no_site()});
  co_return Result<void>();
}

Task<Result<SiteRepository::Users>> SiteRepository::remove(std::int64_t site_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM sites WHERE id = $1", site_id);
  batch.add("DELETE FROM site_members WHERE site_id = $1 RETURNING user_id", site_id);
  batch.add(
      "DELETE FROM grants WHERE source = $2 AND device_id IN (SELECT device_id FROM site_devices WHERE site_id = $1)",
      site_id, source_of(site_id));
  batch.add("DELETE FROM site_devices WHERE site_id = $1", site_id);
  audit(batch, call, "site.delete", source_of(site_id));
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return meaning(results.error(), {no_site()});
  co_return users_of((*results)[1]);
}

Task<Result<std::vector<std::int64_t>>> SiteRepository::devices(std::int64_t site_id) {
  const sql::Results results =
      co_await ok(database_.read("SELECT device_id FROM site_devices WHERE site_id = $1 ORDER BY device_id", site_id));
  co_return users_of(results[0]);
}

Task<Result<SiteRepository::Users>> SiteRepository::add_device(std::int64_t site_id, std::int64_t device_id,
                                                               Call call) {
  const Timestamp at = now();
  Batch batch(Mode::kWrite);
  batch.require("SELECT 1 FROM sites WHERE id = $1", site_id);
  batch.require("SELECT 1 WHERE (SELECT COUNT(*) FROM site_devices WHERE site_id = $1 AND device_id <> $2) < $3",
                site_id, device_id, kMostDevicesOfSite);
  batch.add(
      "INSERT INTO site_devices (site_id, device_id, added_at) VALUES ($1, $2, $3)"
      " ON CONFLICT (site_id, device_id) DO NOTHING",
      site_id, device_id, at);
  batch.add(
      "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at, valid_from, schedule,"
      " opens_at) SELECT $2, user_id, $3, level, name, expires_at, $4, valid_from, schedule, valid_from"
      " FROM site_members WHERE site_id = $1 ON CONFLICT (device_id, user_id, source) DO NOTHING RETURNING user_id",
      site_id, device_id, source_of(site_id), at);
  audit(batch, call, "site.add-device", target(device_id), "{\"site_id\":" + std::to_string(site_id) + "}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return meaning(results.error(), {no_site(), full("devices")});
  co_return users_of((*results)[3]);
}

Task<Result<SiteRepository::Users>> SiteRepository::remove_device(std::int64_t site_id, std::int64_t device_id,
                                                                  Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM site_devices WHERE site_id = $1 AND device_id = $2", site_id, device_id);
  batch.add("DELETE FROM grants WHERE device_id = $1 AND source = $2 RETURNING user_id", device_id, source_of(site_id));
  audit(batch, call, "site.remove-device", target(device_id), "{\"site_id\":" + std::to_string(site_id) + "}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) {
    co_return meaning(results.error(), {{.status = Status::kNotFound, .detail = "This device is not of the site."}});
  }
  co_return users_of((*results)[1]);
}

Task<Result<std::vector<SiteMember>>> SiteRepository::members(std::int64_t site_id) {
  static const std::string all =
      "SELECT " + std::string(kMemberColumns) + " FROM site_members WHERE site_id = $1 ORDER BY user_id";
  const sql::Results results = co_await ok(database_.read(all, site_id));
  std::vector<SiteMember> members;
  for (std::size_t row = 0; row < results[0].rows(); ++row) members.push_back(member_at(results[0], row, now()));
  co_return members;
}

Task<Result<std::optional<SiteMember>>> SiteRepository::member(std::int64_t site_id, std::int64_t user_id) {
  static const std::string one =
      "SELECT " + std::string(kMemberColumns) + " FROM site_members WHERE site_id = $1 AND user_id = $2";
  const sql::Results results = co_await ok(database_.read(one, site_id, user_id));
  std::optional<SiteMember> found;
  if (!results[0].empty()) found = member_at(results[0], 0, now());
  co_return found;
}

Task<Result<std::int64_t>> SiteRepository::put_member(Membership membership, Call call) {
  const Timestamp at = now();
  const std::int64_t known_id = membership.user_id.value_or(0);
  const sql::Results found = co_await ok(
      database_.read("SELECT id FROM users WHERE id = $1 OR token_hash = $2", known_id, Blob{membership.token_hash}));
  if (found[0].empty()) co_return no_user();
  const std::int64_t user_id = found[0].integer(0, 0), site_id = membership.site_id;
  const GrantTime& time = membership.time;
  const bool stays_owner = membership.level == "owner" && time.schedule.empty() && time.valid_from.us == 0 &&
                           time.expires_at.us == kForeverUs;
  Batch batch(Mode::kWrite);
  batch.require("SELECT 1 FROM sites WHERE id = $1", site_id);
  batch.require("SELECT 1 FROM users WHERE id = $1", user_id);
  batch.require("SELECT 1 WHERE (SELECT COUNT(*) FROM site_members WHERE site_id = $1 AND user_id <> $2) < $3", site_id,
                user_id, kMostUsersOfSite);
  static const std::string is_owned = "SELECT 1 WHERE $4 = 1 OR " + std::string(kOtherOwner) + "$3)";
  batch.require(is_owned, site_id, user_id, kForeverUs, stays_owner ? 1 : 0);
  batch.add(
      "INSERT INTO site_members (site_id, user_id, level, name, expires_at, valid_from, schedule, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (site_id, user_id) DO UPDATE SET level = $3, name = $4,"
      " expires_at = $5, valid_from = $6, schedule = $7",
      site_id, user_id, membership.level, membership.name, time.expires_at, time.valid_from, time.schedule, at);
  batch.add(
      "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at, valid_from, schedule,"
      " opens_at) SELECT device_id, $2, $3, $4, $5, $6, $7, $8, $9, $8 FROM site_devices WHERE site_id = $1"
      " ON CONFLICT (device_id, user_id, source) DO UPDATE SET level = $4, name = $5, expires_at = $6, valid_from = $8,"
      " schedule = $9, opens_at = $8, closes_at = 0",
      site_id, user_id, source_of(site_id), membership.level, membership.name, time.expires_at, at, time.valid_from,
      time.schedule);
  audit(batch, call, "site.put-user", source_of(site_id),
        "{\"user_id\":" + std::to_string(user_id) + ",\"access_level\":\"" + membership.level + "\"}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results) co_return meaning(results.error(), {no_site(), no_user(), full("users"), last_owner()});
  co_return user_id;
}

Task<Result<void>> SiteRepository::remove_member(std::int64_t site_id, std::int64_t user_id, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("DELETE FROM site_members WHERE site_id = $1 AND user_id = $2", site_id, user_id);
  static const std::string is_owned = "SELECT 1 WHERE " + std::string(kOtherOwner) + "$3)";
  batch.require(is_owned, site_id, user_id, kForeverUs);
  batch.add(
      "DELETE FROM grants WHERE user_id = $2 AND source = $3 AND device_id IN"
      " (SELECT device_id FROM site_devices WHERE site_id = $1)",
      site_id, user_id, source_of(site_id));
  audit(batch, call, "site.remove-user", source_of(site_id), "{\"user_id\":" + std::to_string(user_id) + "}");
  const Result<sql::Results> results = co_await database_.run(std::move(batch));
  const Error no_member{.status = Status::kNotFound, .detail = "This user is not of the site."};
  if (!results) co_return meaning(results.error(), {no_member, last_owner()});
  co_return Result<void>();
}

}  // namespace gatetorio::auth
