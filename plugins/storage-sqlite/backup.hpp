// Copies of the database file that are whole: made while a hub runs, checked before they count.
#pragma once

#include <string>

#include "gatetorio/result.hpp"

namespace gatetorio::storage_sqlite {

// A copy of a database before it counts; goes with the object unless it was renamed or kept.
class Draft {
 public:
  // What an earlier one left at this path goes.
  explicit Draft(std::string path) : path_(std::move(path)) { remove(); }
  ~Draft() {
    if (!is_kept_) remove();
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // Makes it (mode 0600): one state of the database at `from`, in one file without a log, checked and on the disk.
  // Blocks. Errors: kNotFound; kInvalid where `from` is damaged or none of a hub's databases; kUnavailable, kFull.
  Result<void> copy_of(const std::string& from) const;
  const std::string& path() const { return path_; }
  void keep() { is_kept_ = true; }

 private:
  void remove();
  std::string path_;
  bool is_kept_ = false;
};

// Copies the database at `from` to a new file `to` (mode 0600): one state of it, whatever is written meanwhile. A
// reader among others, so a hub may run. `to` appears when the copy is complete, checked and on disk. Blocks. Errors:
// kNotFound where there is no database; kConflict where `to` exists; kUnavailable, kFull with SQLite's words.
Result<void> back_up(const std::string& from, const std::string& to);

}  // namespace gatetorio::storage_sqlite
