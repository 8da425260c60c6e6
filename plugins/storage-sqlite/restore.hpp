// Puts a backup in the place of the database, all or nothing.
//
// Several files move: the log of the old database must not be applied to the new one, and the old ones stay beside it.
// So what is to be done is written down first, in <path>.restore; whoever takes the database's lock next, after a crash
// in the middle, finishes it before anything is opened.
#pragma once

#include <memory>
#include <string>

#include "backup.hpp"
#include "gatetorio/file_lock.hpp"

namespace gatetorio::storage_sqlite {

class Restore {
 public:
  // Takes the database's lock and copies `from` to a draft beside `path`. Nothing is changed yet. Blocks. Errors:
  // kConflict while a hub holds the database; those of Draft::copy_of.
  static Result<std::unique_ptr<Restore>> prepare(const std::string& from, const std::string& path);

  // Puts the draft in the database's place. Returns the name that the old one has now; empty where there was none.
  // Names are never taken twice: <path>.replaced, <path>.replaced-2, and so on. Killed at any moment, the next holder
  // of the lock finds the old database or the new one. Blocks.
  Result<std::string> finish();

 private:
  Restore(FileLock lock, const std::string& path) : lock_(std::move(lock)), path_(path), draft_(path + ".restoring") {}

  FileLock lock_;
  std::string path_;
  Draft draft_;
};

// prepare() and finish().
Result<std::string> restore(const std::string& from, const std::string& path);

// Whether a restore was interrupted after it was written down.
bool is_restore_open(const std::string& path);
// Finishes it; with the database's lock held. Nothing to do: no error.
Result<void> finish_open_restore(const std::string& path);

}  // namespace gatetorio::storage_sqlite
