// Runs one prepared statement: binds arguments from a batch, steps, encodes rows as sql.hpp says.
#pragma once

#include <optional>
#include <string>

#include "failure.hpp"
#include "gatetorio/sql_reader.hpp"
#include "statement_cache.hpp"

struct sqlite3;

namespace gatetorio::storage_sqlite {

using sql::BatchReader;
using sql::StatementView;

// Answers over this size fail with kTooLarge: a page of rows is meant to be read, not a whole table.
inline constexpr std::size_t kMaxResultBytes = std::size_t{64} << 20;

// Reads the statement's arguments from `in`, runs it to its end and appends its encoded table to `out`. The statement
// is reset afterwards in any case. kGuardFailed where a row was expected and none came or changed.
std::optional<Failure> run_prepared(sqlite3* db, Prepared& prepared, const StatementView& view, BatchReader& in,
                                    std::string& out);

}  // namespace gatetorio::storage_sqlite
