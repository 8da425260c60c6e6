// The little that must be known of a statement before it is sent: PostgreSQL would take a COMMIT as willingly as an
// INSERT, and does not count arguments as SQLite does.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gatetorio::storage_postgres {

struct SqlText {
  // Every statement in it is a query, a change of data or of tables: none ends a transaction or sets up the session.
  bool is_allowed = true;
  bool is_empty = false;         // nothing but white space, comments and semicolons
  std::uint32_t parameters = 0;  // the highest n of $n
  bool has_gap = false;          // one of $1 to $n is not there, or n is above 65,535
  bool names_ledger = false;     // the table of applied migrations, which is the storage's own
};

// Reads a statement, or a script of several, as PostgreSQL's scanner would: literals, quoted names, comments and dollar
// quotes are no code.
SqlText read_sql(std::string_view sql);

}  // namespace gatetorio::storage_postgres
