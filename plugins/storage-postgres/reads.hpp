// Batches for reading, several in one trip to the server.
#pragma once

#include <span>

#include "connection.hpp"
#include "entry.hpp"

namespace gatetorio::storage_postgres {

// Runs the entries: afterwards each has its results or its failure. The statements of one batch see one state of the
// database; batches do not see each other. On a connection that only reads. Where that breaks, entries that were not
// answered fail with Remedy::kReconnect; they may be run again. The caller calls `done`.
void run_reads(Connection& connection, std::span<Entry> entries);

}  // namespace gatetorio::storage_postgres
