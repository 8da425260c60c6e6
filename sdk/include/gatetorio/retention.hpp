// Retention: deletes the rows of a plugin's tables that are too old or too many, a few at a time, in nobody's way.
//
//   retention_(host, database_, settings_.retention_grace_minutes)
//   ...
//   retention_.add({.what = "commands", .table = "commands", .key = "id", .time = "expires_at",
//                   .keep_days = settings_.keep_days, .keep_rows = settings_.keep_rows});
//   retention_.begin();      // in start(), after the migrations
//
// The wall clock alone deletes nothing: what it condemns waits for a second opinion (grace.hpp). Several hubs on one
// database may delete at once; who comes second finds nothing left.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/grace.hpp"
#include "gatetorio/options.hpp"

namespace gatetorio {

// Names and conditions are SQL of the plugin's own, never input.
struct RetentionRule {
  std::string what;  // in the log and the metric
  std::string table;
  std::string key;   // a column, or several with commas between, that names a row
  std::string time;  // the column with the time (microseconds) from which on a row is of no use but to look back; it
                     // has an index that begins with it
  std::string also = {};  // what must hold besides, or the row is still live; $1 is the end of the time whose rows go
  std::vector<std::string> children = {};  // deleted before, in the same batch; "{rows}" stands for the keys that go
  std::int64_t keep_days = 0;              // 0: however old
  std::int64_t keep_rows = 0;              // 0: however many
  std::int64_t least_days = 0;             // younger rows stay however many they are
};

// Lives as long as the plugin.
class Retention {
 public:
  // What is too old goes when it has been so for the grace, while the hub ran and its clock was not set.
  Retention(Host& host, Database& database, std::int64_t grace_minutes)
      : host_(host), database_(database), grace_(std::chrono::minutes(grace_minutes)) {}
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  // Before begin().
  void add(RetentionRule rule) {
    if (rule.keep_days == 0 && rule.keep_rows == 0) return;
    const Metric deleted =
        host_.counter("gatetorio_retention_deleted_rows_total",
                      "Rows that were deleted because they were too old or too many.", {{"of", rule.what}});
    rules_.push_back({std::move(rule), deleted});
  }
  // Looks a moment later and every few minutes until the hub stops. Once.
  void begin() {
    if (rules_.empty()) return;
    host_.every(kRound, [this] { return look(); }, {.what = "old rows", .first = kFirst});
  }

 private:
  struct Kept {
    RetentionRule rule;
    Metric deleted;
  };
  // Of one rule in one round.
  struct Progress {
    std::int64_t deleted = 0;
    bool goes_on = true;  // the database answers and the hub runs
  };
  static constexpr std::chrono::milliseconds kFirst{2'000}, kRound{300'000};
  static constexpr std::int64_t kRowsAtOnce = 200;
  static constexpr std::uint64_t kPauseMs = 100;    // between batches, and
  static constexpr std::uint64_t kPauseFactor = 4;  // so many times as long as the last one took
  static constexpr std::int64_t kDayUs = 24 * kMicrosecondsPerHour;

  Task<void> look() {
    const Timestamp at = now();
    grace_.begin(at, Grace::Clock::now());
    for (const Kept& each : rules_) {
      const Kept* const kept = &each;
      const bool is_believed = kept->rule.keep_days > 0 && grace_.is_over(kept->rule.what);
      Progress progress;
      if (is_believed) {
        progress = co_await delete_up_to(kept, at.us - kept->rule.keep_days * kDayUs);
      }
      if (progress.goes_on && kept->rule.keep_rows > 0) {
        const Progress more = co_await delete_surplus(kept, at);
        progress.deleted += more.deleted;
      }
      if (progress.deleted == 0) continue;
      host_.info("rows that were too old or too many are deleted",
                 {{"of", kept->rule.what}, {"rows", std::to_string(progress.deleted)}});
    }
    grace_.end();
  }

  // Everything older than the newest `keep_rows`.
  Task<Progress> delete_surplus(const Kept* kept, Timestamp at) {
    const RetentionRule& rule = kept->rule;
    sql::Batch batch(sql::Mode::kRead);
    batch.add("SELECT " + rule.time + " FROM " + rule.table + " ORDER BY " + rule.time + " DESC LIMIT 1 OFFSET $1",
              rule.keep_rows - 1);
    const Result<sql::Results> oldest_kept = co_await run(kept, std::move(batch));
    Progress progress;
    if (!oldest_kept || (*oldest_kept)[0].empty()) co_return progress;
    const std::int64_t youngest = at.us - rule.least_days * kDayUs;
    progress = co_await delete_up_to(kept, std::min((*oldest_kept)[0].integer(0, 0) - 1, youngest));
    co_return progress;
  }

  Task<Progress> delete_up_to(const Kept* kept, std::int64_t last) {
    const RetentionRule& rule = kept->rule;
    const std::string also = rule.also.empty() ? "" : " AND (" + rule.also + ")";
    const std::string rows = "SELECT " + rule.key + " FROM " + rule.table + " WHERE " + rule.time + " <= $1" + also +
                             " ORDER BY " + rule.time + " LIMIT " + std::to_string(kRowsAtOnce);
    Progress progress;
    while (progress.goes_on) {
      sql::Batch batch(sql::Mode::kWrite);
      for (std::string child : rule.children) {
        child.replace(child.find(kRows), kRows.size(), rows);
        batch.add(child, last);
      }
      batch.add("DELETE FROM " + rule.table + " WHERE (" + rule.key + ") IN (" + rows + ")", last);
      const std::int64_t deleted = co_await delete_some(kept, std::move(batch));
      progress.goes_on = deleted >= 0;
      if (deleted > 0) progress.deleted += deleted;
      if (deleted < kRowsAtOnce) break;
    }
    co_return progress;
  }

  // How many; -1 where this round ends here: the database is in trouble, or the hub stops. Then a pause, so that
  // whoever waits for the database comes first.
  Task<std::int64_t> delete_some(const Kept* kept, sql::Batch batch) {
    const auto begun = Grace::Clock::now();
    const Result<sql::Results> done = co_await run(kept, std::move(batch));
    if (!done) co_return -1;
    const std::int64_t deleted = (*done)[done->size() - 1].changes;
    kept->deleted.add(static_cast<double>(deleted));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Grace::Clock::now() - begun);
    const bool go_on = co_await host_.sleep(kPauseMs + kPauseFactor * static_cast<std::uint64_t>(took.count()));
    co_return go_on ? deleted : -1;
  }

  Task<Result<sql::Results>> run(const Kept* kept, sql::Batch batch) {
    Result<sql::Results> results = co_await database_.run(std::move(batch));
    // Another hub may be at it, or the database is busy: there is a next round.
    if (!results && results.error().status != Status::kCancelled) {
      host_.info("old rows stay for now", {{"of", kept->rule.what}, {"why", results.error().detail}});
    }
    co_return results;
  }

  static constexpr std::string_view kRows = "{rows}";

  Host& host_;
  Database& database_;
  Grace grace_;
  std::vector<Kept> rules_;
};

// The option of a plugin that has such rules, for the table of its Settings.
template <class Settings>
Option<Settings> retention_grace_minutes() {
  return option("retention_grace_minutes", &Settings::retention_grace_minutes,
                "Rows that are too old are deleted only when they have been so for this long while the hub ran and its "
                "clock was not set. A clock that is wrong for a while then deletes nothing; 0 believes it at once.")
      .unit("minutes")
      .range(0, 10'080);
}

}  // namespace gatetorio
