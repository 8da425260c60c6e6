// One end of a copy (copy.hpp): a database, as tables of rows of cells.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/sql.hpp"
#include "login.hpp"

namespace gatetorio::storage_postgres {

// Thrown by both sides: inside of a copy every failure ends it.
struct CopyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct CopyCell {
  sql::Type type = sql::Type::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes = {};
  friend bool operator==(const CopyCell&, const CopyCell&) = default;
};
using CopyRow = std::vector<CopyCell>;

struct CopyTable {
  std::string name;
  std::vector<std::string> columns;  // in alphabetical order
  friend bool operator==(const CopyTable&, const CopyTable&) = default;
};

// From its making to commit() it is in one transaction: sees one state, and leaves no trace if it ends before.
class CopySide {
 public:
  virtual ~CopySide() = default;
  // "plugin/number" of each applied migration, sorted.
  virtual std::vector<std::string> migrations() = 0;
  // The plugins' tables, sorted; not those in which the storage keeps its own books.
  virtual std::vector<CopyTable> tables() = 0;
  virtual std::int64_t count(const CopyTable& table) = 0;
  virtual void read(const CopyTable& table, const std::function<void(CopyRow)>& row) = 0;
  virtual void append(const CopyTable& table, const std::vector<CopyRow>& rows) = 0;
  // The greatest id that was ever given; 0 where the table gives none by itself.
  virtual std::int64_t last_id(const CopyTable& table) = 0;
  virtual void set_last_id(const CopyTable& table, std::int64_t id) = 0;
  virtual void commit() = 0;
};

// Both throw where a hub uses the database, which none can begin to use as long as the object lives.
// A hub's SQLite file.
std::unique_ptr<CopySide> sqlite_side(const std::string& path, bool for_writing);
// The server.
std::unique_ptr<CopySide> postgres_side(const Login& login, bool for_writing);

}  // namespace gatetorio::storage_postgres
