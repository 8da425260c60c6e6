#include "reads.hpp"

#include <algorithm>

#include "exchange.hpp"

namespace gatetorio::storage_postgres {
namespace {

void add(Exchange& exchange, Entry& entry, bool is_pooled) {
  // One statement is a snapshot by itself.
  if (entry.statements == 1 && !is_pooled) {
    exchange.batch(entry);
    return exchange.sync();
  }
  exchange.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (is_pooled) exchange.check_session();
  exchange.batch(entry);
  exchange.sync();
  // Behind the sync: it also ends a transaction that has failed.
  exchange.control("COMMIT");
  exchange.sync();
}

void run_once(Connection& connection, std::span<Entry> entries) {
  Exchange exchange(connection);
  for (Entry& entry : entries) add(exchange, entry, connection.session().is_pooled);
  const bool is_whole = exchange.finish();
  for (Entry& entry : entries) {
    if (Exchange::is_answered(entry)) continue;
    entry.failure =
        !is_whole || !exchange.control_failure() ? lost(false, "the connection ended") : *exchange.control_failure();
  }
}

}  // namespace

void run_reads(Connection& connection, std::span<Entry> entries) {
  run_once(connection, entries);
  // A table was altered since a statement was prepared, or its preparation failed in a batch before: prepare it anew.
  const auto is_stale = [](const Entry& entry) { return entry.failure && entry.failure->remedy == Remedy::kPrepare; };
  if (std::none_of(entries.begin(), entries.end(), is_stale) || connection.is_broken()) return;
  Exchange forgetting(connection);
  forgetting.control("DEALLOCATE ALL");
  forgetting.sync();
  if (forgetting.finish()) connection.statements().clear();
  for (Entry& entry : entries) {
    if (is_stale(entry) && !connection.is_broken()) run_once(connection, {&entry, 1});
  }
}

}  // namespace gatetorio::storage_postgres
