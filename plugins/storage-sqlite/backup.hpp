// Copies of the database file that are whole: made while a hub runs, checked before they count.
#pragma once

#include <string>

#include "gatetorio/result.hpp"

namespace gatetorio::storage_sqlite {

// Copies the database at `from` to a new file `to` (mode 0600): one state of it, whatever is written meanwhile. A
// reader among others, so a hub may run. `to` appears when the copy is complete, checked and on disk. Blocks. Errors:
// kNotFound where there is no database; kConflict where `to` exists; kUnavailable, kFull with SQLite's words.
Result<void> back_up(const std::string& from, const std::string& to);

// Puts a copy in the place of the database at `path`. What was there stays beside it as <path>.replaced, over an older
// one of that name. Blocks. Errors: kConflict while a hub holds the database; kInvalid where `from` is damaged or none
// of a hub's databases; kNotFound; kUnavailable.
Result<void> restore(const std::string& from, const std::string& path);

}  // namespace gatetorio::storage_sqlite
