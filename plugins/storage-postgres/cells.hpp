// Values on their way to PostgreSQL and back, in its binary format: exact, and cheaper than text for both sides.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "failure.hpp"
#include "gatetorio/sql_reader.hpp"

namespace gatetorio::storage_postgres {

// Answers over this size fail with kTooLarge: a page of rows is meant to be read, not a whole table.
inline constexpr std::size_t kMaxResultBytes = std::size_t{64} << 20;

// The type that a value is sent as; 0 for NULL, whose type the server infers.
Oid type_of(const sql::Cell& cell);

// The arguments of one statement. Text and blobs point into the batch.
class Arguments {
 public:
  // Reads `count` parameters. Only for a batch that inspect() accepted.
  void read(sql::BatchReader& in, std::uint32_t count);

  const std::vector<Oid>& types() const { return types_; }
  int count() const { return static_cast<int>(types_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::list<std::uint64_t> numbers_;  // big-endian; their addresses stay
};

// Appends the encoded table (sql.hpp) of a successful result. A failure where a column is of a type that no other
// backend has, or the answer is too large; then `out` holds a part of it.
std::optional<Failure> append_table(const PGresult* result, std::string& out);

// Rows that a statement inserted, updated or deleted: 0 for a query.
std::int64_t changes_of(const PGresult* result);

}  // namespace gatetorio::storage_postgres
