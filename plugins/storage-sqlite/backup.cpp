#include "backup.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "file_lock.hpp"

namespace gatetorio::storage_sqlite {
namespace {

namespace fs = std::filesystem;

Error error_of(const SQLite::Exception& e) {
  const bool is_full = e.getErrorCode() == SQLITE_FULL;
  return {.status = is_full ? Status::kFull : Status::kUnavailable, .detail = e.what()};
}

Error system_error(const std::string& what) {
  return {.status = Status::kUnavailable, .detail = what + ": " + std::generic_category().message(errno)};
}

// Where a copy is made before it counts.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)) { remove(); }
  ~Draft() { remove(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return path_; }

 private:
  void remove() {
    std::error_code ignored;
    for (const char* end : {"", "-wal", "-shm", "-journal"}) fs::remove(path_ + end, ignored);
  }
  std::string path_;
};

Result<void> make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error("cannot make " + path);
  ::close(descriptor);
  return {};
}

Result<void> flush(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot open " + path);
  const bool is_done = ::fsync(descriptor) == 0;
  const Error failure = is_done ? Error{} : system_error("cannot flush " + path);
  ::close(descriptor);
  return is_done ? Result<void>() : Result<void>(failure);
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

// Copies to a draft beside the target and checks it.
Result<void> draft_of(const std::string& from, const Draft& draft) {
  std::error_code ignored;
  if (!fs::is_regular_file(from, ignored)) return Error{.status = Status::kNotFound, .detail = "there is no " + from};
  if (const auto made = make_private(draft.path()); !made) return made;
  try {
    copy(from, draft.path());
    if (!is_whole(draft.path())) {
      return Error{.status = Status::kInvalid, .detail = from + " is damaged, or no database of a hub"};
    }
  } catch (const SQLite::Exception& e) {
    if (e.getErrorCode() == SQLITE_NOTADB || e.getErrorCode() == SQLITE_CORRUPT) {
      return Error{.status = Status::kInvalid, .detail = from + " is damaged: " + e.what()};
    }
    return error_of(e);
  }
  return flush(draft.path());
}

Result<void> rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return system_error("cannot rename " + from);
  const std::string folder = fs::path(to).parent_path().string();
  return flush(folder.empty() ? "." : folder);
}

}  // namespace

Result<void> back_up(const std::string& from, const std::string& to) {
  std::error_code ignored;
  if (fs::exists(to, ignored)) return Error{.status = Status::kConflict, .detail = to + " exists already"};
  const Draft draft(to + ".part");
  if (const auto drafted = draft_of(from, draft); !drafted) return drafted;
  return rename(draft.path(), to);
}

Result<void> restore(const std::string& from, const std::string& path) {
  std::error_code wrong;
  fs::create_directories(fs::path(path).parent_path(), wrong);
  const auto lock = FileLock::take(path + ".lock");
  if (!lock) return lock.error();
  const Draft draft(path + ".restoring");
  if (const auto drafted = draft_of(from, draft); !drafted) return drafted;
  // The log belongs to the file: beside another one it would be applied to that.
  for (const char* end : {"", "-wal", "-shm"}) {
    fs::remove(path + ".replaced" + end, wrong);
    if (!fs::exists(path + end, wrong)) continue;
    if (const auto moved = rename(path + end, path + ".replaced" + end); !moved) return moved;
  }
  return rename(draft.path(), path);
}

}  // namespace gatetorio::storage_sqlite
