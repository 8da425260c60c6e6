#include "old_database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "gatetorio/time.hpp"

namespace gatetorio::import_fastapi {

namespace {

std::string text(SQLite::Statement& row, int column) {
  return row.isColumnNull(column) ? std::string() : row.getColumn(column).getString();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

void require_table(const SQLite::Database& database, const std::string& file, const char* name) {
  if (database.tableExists(name)) return;
  throw std::runtime_error(file + " is no database of the FastAPI server: it has no table " + name);
}

std::map<std::int64_t, std::vector<OldAccess>> read_access(SQLite::Database& database) {
  std::map<std::int64_t, std::vector<OldAccess>> by_device;
  SQLite::Statement row(database,
                        "SELECT device_id, id, user_token, access_level, user_name, user_email, expires_at"
                        " FROM user_auth ORDER BY id");
  while (row.executeStep()) {
    OldAccess access{.id = row.getColumn(1).getInt64(),
                     .user_token = text(row, 2),
                     .level = lower(text(row, 3)),
                     .name = text(row, 4),
                     .expires_at_us = {}};
    if (access.name.empty()) access.name = text(row, 5);
    if (!row.isColumnNull(6)) {
      access.expires_at_us = parse_time(text(row, 6));
      access.has_unreadable_end = !access.expires_at_us;
    }
    by_device[row.getColumn(0).getInt64()].push_back(std::move(access));
  }
  return by_device;
}

}  // namespace

std::optional<std::int64_t> parse_time(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
  char between = 0;
  const int found = std::sscanf(text.c_str(), "%4d-%2d-%2d%c%2d:%2d:%2d%n", &year, &month, &day, &between, &hour,
                                &minute, &second, &used);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const bool is_time =
      found == 7 && (between == ' ' || between == 'T') && date.ok() && hour < 24 && minute < 60 && second < 60;
  if (!is_time) return std::nullopt;
  std::string rest = text.substr(static_cast<std::size_t>(used));
  std::int64_t fraction = 0;
  if (rest.starts_with('.')) {
    const auto end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    std::string digits = rest.substr(1, end - 1);
    digits.resize(6, '0');
    std::from_chars(digits.data(), digits.data() + 6, fraction);
    rest.erase(0, end);
  }
  if (!rest.empty() && rest != "Z" && rest != "+00:00") return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * kMicrosecondsPerSecond + fraction;
}

OldDatabase read_old_database(const std::string& file) try {
  SQLite::Database database(file, SQLite::OPEN_READONLY, 5'000);
  for (const char* table : {"devices", "user_auth", "sharing_tokens"}) require_table(database, file, table);
  SQLite::Transaction one_state(database);
  OldDatabase old;
  auto access = read_access(database);
  SQLite::Statement row(database,
                        "SELECT id, hardware_id, controller_id, device_name, firmware_version, created_at, last_seen"
                        " FROM devices ORDER BY id");
  while (row.executeStep()) {
    OldDevice device{.id = row.getColumn(0).getInt64(),
                     .device = {.hardware_id = text(row, 1),
                                .controller_id = text(row, 2),
                                .device_name = text(row, 3),
                                .firmware_version = text(row, 4),
                                .created_at_us = parse_time(text(row, 5)).value_or(0),
                                .last_seen_us = parse_time(text(row, 6)).value_or(0)},
                     .access = {}};
    const auto people = access.find(device.id);
    if (people != access.end()) {
      device.access = std::move(people->second);
      access.erase(people);
    }
    old.devices.push_back(std::move(device));
  }
  for (const auto& [device, rows] : access) old.ownerless_access += static_cast<std::int64_t>(rows.size());
  SQLite::Statement open(database, "SELECT expires_at FROM sharing_tokens WHERE NOT is_used");
  while (open.executeStep()) {
    const auto end = open.isColumnNull(0) ? std::optional(kForeverUs) : parse_time(text(open, 0));
    old.open_sharing_tokens += end.value_or(0) > now().us ? 1 : 0;
  }
  return old;
} catch (const SQLite::Exception& wrong) {
  throw std::runtime_error(file + " cannot be read: " + wrong.what());
}

}  // namespace gatetorio::import_fastapi
