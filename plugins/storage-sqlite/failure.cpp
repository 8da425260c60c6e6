#include "failure.hpp"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <cstdint>
#include <filesystem>
#include <utility>

namespace gatetorio::storage_sqlite {
namespace {

Error constraint(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {.status = Status::kConflict, .detail = "It exists already."};
    default:
      return {.status = Status::kInvalid, .detail = "The data violates a rule of the database."};
  }
}

Error unavailable(const char* detail) { return {.status = Status::kUnavailable, .detail = detail, .retry_after_s = 1}; }

Error error_of(int extended) {
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT:
      return constraint(extended);
    case SQLITE_ERROR:
    case SQLITE_AUTH:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return {.status = Status::kInvalid, .detail = "The database refused the statement."};
    case SQLITE_INTERRUPT:
      return {.status = Status::kTimeout, .detail = "The statement took too long."};
    case SQLITE_FULL:
      return {.status = Status::kFull, .detail = "The disk of the database is full."};
    case SQLITE_TOOBIG:
      return {.status = Status::kTooLarge, .detail = "A value is too large for the database."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable("The database is busy.");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_NOMEM:
      return unavailable("The database cannot be used now.");
    default:
      return {.status = Status::kInternal, .detail = "The database failed."};
  }
}

}  // namespace

bool is_disk_full(const std::string& path) {
  constexpr std::uint64_t kPages = 65'536;  // what SQLite wants at once for its shared memory
  struct statvfs disk {};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &disk) != 0) return false;
  return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize < kPages;
}

Failure failure_of(sqlite3* db, int code) {
  const int kind = code & 0xff;
  const char* file = sqlite3_db_filename(db, "main");
  if ((kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN) && file != nullptr && is_disk_full(file)) code = SQLITE_FULL;
  Failure failure{.error = error_of(code)};
  if (failure.error.status == Status::kConflict) return failure;
  failure.log = std::string(sqlite3_errstr(code)) + " (" + std::to_string(code) + "): " + sqlite3_errmsg(db);
  return failure;
}

Failure invalid(std::string detail, std::string log) {
  return {.error = {.status = Status::kInvalid, .detail = std::move(detail)}, .log = std::move(log)};
}

}  // namespace gatetorio::storage_sqlite
