// Prepared statements of one connection, found by their SQL text; the least recently used one makes room.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "failure.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace gatetorio::storage_sqlite {

class Prepared {
 public:
  Prepared() = default;
  Prepared(Prepared&& other) noexcept;
  Prepared& operator=(Prepared&&) = delete;
  ~Prepared();

  sqlite3_stmt* statement = nullptr;
  // To SQLite "$1" is a name, numbered by first appearance: "WHERE b = $2 AND a = $1" has $2 as its first parameter.
  // Element i is SQLite's index of the parameter $(i + 1).
  std::vector<int> parameters;
  bool read_only = false;
};

// Prepares one statement whose parameters are $1 to $n, each used. Anything after it but blanks and semicolons, and any
// other form of parameter, is kInvalid.
std::optional<Failure> prepare(sqlite3* db, std::string_view sql, Prepared& out);

// Not thread-safe: belongs to its connection, and ends before it.
class StatementCache {
 public:
  StatementCache(sqlite3* db, std::size_t capacity) : db_(db), capacity_(capacity) {}

  // The statement, valid until the next call; NULL with `failure` set where it cannot be prepared.
  Prepared* get(std::string_view sql, std::optional<Failure>& failure);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string sql;
    Prepared prepared;
  };

  sqlite3* db_;
  std::size_t capacity_;
  std::list<Entry> entries_;                                                 // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;  // keys point into entries_
};

}  // namespace gatetorio::storage_sqlite
