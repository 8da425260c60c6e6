#include "migrator.hpp"

#include "gatetorio/time.hpp"

namespace gatetorio::storage_sqlite {
namespace {

constexpr std::string_view kCreateLedger =
    "CREATE TABLE IF NOT EXISTS gatetorio_migrations ("
    "plugin TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " applied_at INTEGER NOT NULL, PRIMARY KEY (plugin, number)) WITHOUT ROWID";

using sql::AppliedMigration;
using sql::MigrationFile;

Error broken(const Failure& failure, const Observer& observer) {
  observer.problem("the ledger of migrations cannot be used", failure.log);
  return failure.error;
}

Result<std::vector<AppliedMigration>> read_ledger(Connection& writer, const std::string& plugin,
                                                  const Observer& observer) {
  sql::Batch batch(sql::Mode::kRead);
  batch.add("SELECT number, name, sha256 FROM gatetorio_migrations WHERE plugin = $1 ORDER BY number", plugin);
  std::string bytes;
  if (const auto failure = writer.run(batch.bytes(), bytes)) return broken(*failure, observer);
  sql::Results results;
  results.parse(std::move(bytes));
  std::vector<AppliedMigration> ledger;
  for (std::size_t row = 0; row < results[0].rows(); ++row) {
    ledger.push_back({results[0].integer(row, 0), results[0].text(row, 1), results[0].text(row, 2)});
  }
  return ledger;
}

std::optional<Failure> record(Connection& writer, const MigrationFile& file, const std::string& plugin) {
  // Written here and not by the file's own guards: they keep every plugin off the ledger.
  sql::Batch row(sql::Mode::kWrite);
  row.add("INSERT INTO gatetorio_migrations (plugin, number, name, sha256, applied_at) VALUES ($1, $2, $3, $4, $5)",
          plugin, file.number, file.name, file.sha256, now());
  std::string results;
  return writer.run_trusted(row.bytes(), results);
}

std::optional<Failure> apply(Connection& writer, const MigrationFile& file, const std::string& plugin) {
  if (auto failure = writer.control("BEGIN IMMEDIATE")) return failure;
  std::optional<Failure> failure = writer.script(file.sql);
  if (!failure && writer.owes_foreign_keys()) failure = invalid("", "a foreign key has no row at the end of the file");
  if (!failure) failure = record(writer, file, plugin);
  if (!failure) failure = writer.control("COMMIT");
  if (failure && writer.in_transaction()) writer.control("ROLLBACK");
  return failure;
}

}  // namespace

Result<std::vector<AppliedMigration>> applied_migrations(Connection& connection, const std::string& plugin,
                                                         const Observer& observer) {
  sql::Batch batch(sql::Mode::kRead);
  batch.add("SELECT 1 FROM sqlite_master WHERE name = 'gatetorio_migrations'");
  std::string bytes;
  sql::Results results;
  if (const auto failure = connection.run(batch.bytes(), bytes)) return broken(*failure, observer);
  if (!results.parse(std::move(bytes)) || results[0].empty()) return std::vector<AppliedMigration>();
  return read_ledger(connection, plugin, observer);
}

Result<std::string> migrate(Connection& writer, const sql::MigrateRequest& request, const Observer& observer) {
  const auto files = sql::read_migrations(request, "sqlite");
  if (!files) return files.error();
  if (const auto failure = writer.control(kCreateLedger)) return broken(*failure, observer);
  const auto ledger = read_ledger(writer, request.plugin, observer);
  if (!ledger) return ledger.error();
  if (const auto matching = sql::check_ledger(*ledger, *files, request.plugin); !matching) return matching.error();
  for (std::size_t i = ledger->size(); i < files->size(); ++i) {
    const MigrationFile& file = (*files)[i];
    const auto failure = apply(writer, file, request.plugin);
    if (!failure) continue;
    observer.problem("migration " + file.name + " of " + request.plugin + " failed", failure->log);
    const Status status = failure->error.status;
    const bool disk = status == Status::kFull || status == Status::kUnavailable;
    return Error{.status = disk ? status : Status::kInvalid,
                 .detail = "migrations of " + request.plugin + ": " + file.name + " failed; the log says why"};
  }
  return std::string();
}

}  // namespace gatetorio::storage_sqlite
