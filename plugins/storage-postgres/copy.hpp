// Moves a whole installation between SQLite and PostgreSQL: every row of every table, checked, in one transaction.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "copy_side.hpp"

namespace gatetorio::storage_postgres {

// Copies all tables of `from` into those of `to`, which must hold the same migrations and no rows. Numbers that were
// given are not given again: counters of ids move along. Before the commit everything is read back and compared; where
// that fails, nothing is kept. `print` hears of the progress. Blocks. Errors: kConflict where the two do not fit each
// other or `to` is not empty; kInternal where what arrived is not what was sent; those of the databases.
Result<void> copy_storage(CopySide& from, CopySide& to, const std::function<void(const std::string&)>& print);

}  // namespace gatetorio::storage_postgres
