// Keeps a second hub away from the same database file.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include "gatetorio/file_lock.hpp"
#include "restore.hpp"

namespace gatetorio::storage_sqlite {

// Where the file lies, or will: without symbolic links, which SQLite follows, too. As it is where that cannot be told.
inline std::string real_path(const std::string& path) {
  std::error_code wrong;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, wrong);
  return wrong ? path : real.string();
}

// A lock on a file of its own beside the database: on the database itself, closing a second handle of it would drop
// SQLite's own locks. The hub's lock of data_dir does not do: the file may lie elsewhere. Whoever gets it finds a whole
// database: a restore that was interrupted is finished first.
inline Result<FileLock> lock_database(const std::string& named) {
  const std::string path = real_path(named);
  auto lock = FileLock::take(path + ".lock", "the database " + path);
  if (!lock) return lock;
  if (const auto finished = finish_open_restore(path); !finished) return finished.error();
  return lock;
}

}  // namespace gatetorio::storage_sqlite
