// What an operator may set in [plugins.storage-sqlite].
#pragma once

#include <cstdint>
#include <string>

#include "gatetorio/options.hpp"
#include "gatetorio/sql_provider.hpp"

namespace gatetorio::storage_sqlite {

struct Settings {
  std::string path = "hub.db";
  std::int64_t readers = 4;
  std::int64_t max_waiting = 10'000;
  std::int64_t statement_timeout_ms = 5000;
  std::int64_t max_wal_mib = 64;
  std::int64_t audit_keep_days = 400;
  std::int64_t audit_keep_rows = 0;
  std::int64_t retention_grace_minutes = 60;
};

inline const OptionTable<Settings>& settings_table() {
  static const OptionTable<Settings> table = {
      option("path", &Settings::path,
             "The database file; a relative path is below data_dir/storage-sqlite/. Put it on a local disk: SQLite's "
             "log does not work on network file systems."),
      option("readers", &Settings::readers,
             "How many reads may run at once. Each keeps a connection with up to 2 MiB of cache.")
          .range(1, 64),
      option(
          "max_waiting", &Settings::max_waiting,
          "How many writes may wait for the disk (and as many reads for a connection). Above it requests are refused "
          "with 503 instead of piling up.")
          .unit("batches")
          .range(1, 1'000'000),
      option("statement_timeout_ms", &Settings::statement_timeout_ms,
             "A statement that runs longer is interrupted, and its batch undone.")
          .unit("milliseconds")
          .range(10, 600'000),
      option("max_wal_mib", &Settings::max_wal_mib,
             "The write-ahead log is moved into the database in quiet moments; when it is longer than this, at once. "
             "More keeps long bursts of writes steady and costs disk space and time at the start after a crash.")
          .unit("MiB")
          .range(1, 4096),
      sql::audit_keep_days<Settings>(),
      sql::audit_keep_rows<Settings>(),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::storage_sqlite
