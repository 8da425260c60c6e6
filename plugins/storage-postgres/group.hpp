// Group commit: several independent batches in one transaction and one flush of the server's disk, yet each all or
// nothing on its own.
#pragma once

#include <span>

#include "connection.hpp"
#include "entry.hpp"

namespace gatetorio::storage_postgres {

struct GroupResult {
  bool is_committed = false;
  std::size_t repeats = 0;  // rounds that other transactions spoiled
};

// Runs the entries and commits them: afterwards each has its results, which the server has made durable, or its
// failure, which left no trace. What they see and do is as if each had run alone, one after the other, on every hub
// that shares the database. A batch that fails does no harm to the others. Where the connection breaks before the
// server was told to commit, the entries fail with kUnavailable and have had no effect; after that moment nobody knows,
// and they fail with kTimeout: never repeated. The caller calls `done`.
GroupResult commit_group(Connection& connection, std::span<Entry> entries);

}  // namespace gatetorio::storage_postgres
