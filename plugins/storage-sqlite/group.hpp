// Group commit: several independent batches in one transaction and one flush of the disk, yet each all or nothing on
// its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "connection.hpp"
#include "observer.hpp"

namespace gatetorio::storage_sqlite {

// One batch on its way through a commit.
struct Entry {
  std::string batch;             // accepted by inspect()
  std::uint32_t statements = 0;  // in it
  Done done;
  // Filled by commit_group():
  std::string results = {};
  std::optional<Failure> failure = {};
};

// Runs the entries in their order and commits them: afterwards each has its results, which are on disk, or its failure,
// which left no trace. A batch that fails does no harm to the others; where the commit itself fails, all fail. The
// caller calls `done`. Blocks for the time of an fsync; returns whether the commit succeeded.
bool commit_group(Connection& connection, std::span<Entry> entries);

}  // namespace gatetorio::storage_sqlite
