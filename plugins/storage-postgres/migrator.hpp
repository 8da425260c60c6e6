// Brings a plugin's tables up to its migration files, each in one transaction with its row in the ledger: killed at any
// point, the next start goes on where this one ended. One process at a time in a database, by an advisory lock.
#pragma once

#include <string>
#include <vector>

#include "failure.hpp"
#include "gatetorio/migration_files.hpp"
#include "login.hpp"
#include "observer.hpp"

namespace gatetorio::storage_postgres {

// On a connection of its own, through libpqxx. Blocks: also while another process migrates, and up to `patience` for a
// server that is away; until `stop`. Errors: those of sql::read_migrations() and sql::check_ledger(); kInvalid, naming
// the file, where one fails; kUnavailable where the server is away; kCancelled at the stop.
Result<std::string> migrate(const Login& login, const sql::MigrateRequest& request, std::chrono::milliseconds patience,
                            const StopTime& stop, const Observer& observer);

// The plugin's rows of the ledger, in the order of their numbers; none where there is no ledger. Changes nothing.
// Blocks. Errors: kUnavailable, with the server's words.
Result<std::vector<sql::AppliedMigration>> applied_migrations(const Login& login, const std::string& plugin);

}  // namespace gatetorio::storage_postgres
