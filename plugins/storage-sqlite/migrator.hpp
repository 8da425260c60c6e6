// Brings a plugin's tables up to its migration files, each in one transaction with its row in the ledger: killed at any
// point, the next start goes on where this one ended.
#pragma once

#include "connection.hpp"
#include "gatetorio/migration_files.hpp"
#include "observer.hpp"

namespace gatetorio::storage_sqlite {

// On the writer's connection, outside of a transaction. Blocks. Errors: those of sql::read_migrations(); kConflict
// where an applied file was changed or the database is newer than the files; kInvalid where a file fails; the detail
// names it.
Result<std::string> migrate(Connection& writer, const sql::MigrateRequest& request, const Observer& observer);

// The plugin's rows of the ledger, in the order of their numbers; none where there is no ledger. Changes nothing.
// Blocks.
Result<std::vector<sql::AppliedMigration>> applied_migrations(Connection& connection, const std::string& plugin,
                                                              const Observer& observer);

}  // namespace gatetorio::storage_sqlite
