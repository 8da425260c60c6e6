// What a failed statement means to the caller, and what the operator's log should say about it.
#pragma once

#include <string>

#include "gatetorio/result.hpp"

struct sqlite3;

namespace gatetorio::storage_sqlite {

struct Failure {
  Error error;           // for the caller: no SQL text, path or value in it
  std::string log = {};  // for the log: SQLite's words; empty where the failure is part of normal life (a taken id)
};

// Translates an extended result code of `db`: kConflict for a violated uniqueness, kInvalid for another constraint, bad
// SQL or a refused statement, kTimeout for an interrupted one, kFull for a full disk, kTooLarge for an oversized value,
// kUnavailable for a busy, broken or unreadable file, else kInternal.
Failure failure_of(sqlite3* db, int code);

// Whether there is no room left to speak of where the file lies. SQLite itself often says "disk I/O error" then, as
// where its shared memory cannot grow.
bool is_disk_full(const std::string& path);

// A failure of the caller's own making: kInvalid, with `log` for the log.
Failure invalid(std::string detail, std::string log);

}  // namespace gatetorio::storage_sqlite
