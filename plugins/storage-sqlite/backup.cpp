#include "backup.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "gatetorio/durable.hpp"

namespace gatetorio::storage_sqlite {
namespace {

namespace fs = std::filesystem;

Error error_of(const SQLite::Exception& e) {
  const bool is_full = e.getErrorCode() == SQLITE_FULL;
  return {.status = is_full ? Status::kFull : Status::kUnavailable, .detail = e.what()};
}

Result<void> make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return durable::failure("cannot make " + path);
  ::close(descriptor);
  return {};
}

void copy(const std::string& from, const std::string& to) {
  constexpr int kBusyTimeoutMs = 10'000;
  SQLite::Database source(from, SQLite::OPEN_READONLY, kBusyTimeoutMs);
  sqlite3_db_config(source.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);  // the hub alone checkpoints
  SQLite::Database target(to, SQLite::OPEN_READWRITE);
  SQLite::Backup(target, source).executeStep(-1);  // all at once: one state
  target.exec("PRAGMA journal_mode = DELETE");     // one file, without a log
}

bool is_whole(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  SQLite::Statement check(database, "PRAGMA quick_check(1)");
  return check.executeStep() && check.getColumn(0).getString() == "ok" && database.tableExists("gatetorio_migrations");
}

}  // namespace

void Draft::remove() {
  std::error_code ignored;
  for (const char* end : {"", "-wal", "-shm", "-journal"}) fs::remove(path_ + end, ignored);
}

Result<void> Draft::copy_of(const std::string& from) const {
  std::error_code wrong;
  if (!fs::is_regular_file(from, wrong)) {
    return Error{.status = Status::kNotFound,
                 .detail = wrong ? "cannot read " + from + ": " + wrong.message() : "there is no " + from};
  }
  if (const auto made = make_private(path_); !made) return made;
  try {
    copy(from, path_);
    if (!is_whole(path_)) {
      return Error{.status = Status::kInvalid, .detail = from + " is damaged, or no database of a hub"};
    }
  } catch (const SQLite::Exception& e) {
    if (e.getErrorCode() == SQLITE_NOTADB || e.getErrorCode() == SQLITE_CORRUPT) {
      return Error{.status = Status::kInvalid, .detail = from + " is damaged: " + e.what()};
    }
    return error_of(e);
  }
  return durable::flush(path_);
}

Result<void> back_up(const std::string& from, const std::string& to) {
  std::error_code ignored;
  if (fs::exists(to, ignored)) return Error{.status = Status::kConflict, .detail = to + " exists already"};
  const Draft draft(to + ".part");
  if (const auto drafted = draft.copy_of(from); !drafted) return drafted;
  return durable::rename(draft.path(), to);
}

}  // namespace gatetorio::storage_sqlite
