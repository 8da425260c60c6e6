// Keeps a second hub away from the same database file.
#pragma once

#include <string>

#include "gatetorio/result.hpp"

namespace gatetorio::storage_sqlite {

// Holds an exclusive lock on a file of its own beside the database, until it is destroyed or the process dies. (Not on
// the database itself: closing a second handle of it would drop SQLite's own locks.)
class FileLock {
 public:
  // Makes the file (mode 0600) where it is missing. kConflict where somebody else holds the lock, naming the process;
  // kUnavailable where the file cannot be made. Never waits.
  static Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace gatetorio::storage_sqlite
