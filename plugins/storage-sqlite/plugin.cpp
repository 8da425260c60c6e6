// Provides gatetorio.sql/1 on one SQLite file. The engine is database.hpp; this wires it to the hub.
#include "gatetorio/plugin.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "backup.hpp"
#include "connection.hpp"
#include "database.hpp"
#include "database_lock.hpp"
#include "gatetorio/audit_tool.hpp"
#include "gatetorio/backup_tool.hpp"
#include "gatetorio/checks.hpp"
#include "gatetorio/durable.hpp"
#include "gatetorio/migrate_tool.hpp"
#include "gatetorio/sql_provider.hpp"
#include "migrator.hpp"
#include "restore.hpp"
#include "settings.hpp"
#include "telemetry.hpp"

namespace gatetorio::storage_sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kMeasure{1};

// The database's name inside a backup.
constexpr const char* kBackupFile = "/hub.db";

struct BackupArguments {
  std::string to;
};

const OptionTable<BackupArguments>& backup_arguments() {
  static const OptionTable<BackupArguments> table = {option("to", &BackupArguments::to, "The new folder.").required()};
  return table;
}

// With those above it that are missing: a tool may be the first to make data_dir, whose other content is private too.
Result<void> make_private_folder(const fs::path& folder) {
  std::error_code wrong;
  if (folder.empty() || fs::is_directory(folder, wrong)) return {};
  if (const auto above = make_private_folder(folder.parent_path()); !above) return above;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return durable::failure("cannot make " + folder.string());
  return {};
}

class StorageSqlite : public PluginBase {
 public:
  using Settings = storage_sqlite::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() { return settings_table(); }

  StorageSqlite(Host& host, Settings settings)
      : host_(host),
        settings_(std::move(settings)),
        telemetry_(host),
        tools_(host, this),
        provider_(host, kManifest.id,
                  {.keep_days = settings_.audit_keep_days,
                   .keep_rows = settings_.audit_keep_rows,
                   .grace_minutes = settings_.retention_grace_minutes}) {}

  void configure();
  Task<Result<void>> start();
  Task<Result<void>> stop();

 private:
  fs::path named_path() const;
  void check(Checkup& checkup) const;
  Result<std::string> file_path() const;
  Result<void> open();
  Task<Result<void>> migrate_tool(sql::MigrateArguments arguments);
  Task<Result<void>> audit_tool(sql::AuditArguments arguments);
  Task<Result<void>> backup_tool(BackupArguments arguments);
  Task<Result<void>> restore_tool(sql::RestoreArguments arguments);

  Host& host_;
  Settings settings_;
  Telemetry telemetry_;
  ToolSet<StorageSqlite> tools_;
  sql::Provider<Database> provider_;
};

const Manifest StorageSqlite::kManifest = {.id = "storage-sqlite",
                                           .version = "0.1.0",
                                           .summary = "SQL storage in one local SQLite file",
                                           .affinity = Affinity::kAnyThread,  // reads run on the hub's workers
                                           .provides = {sql::kServiceId.data()},
                                           .requires_ = {}};

void StorageSqlite::configure() {
  if (settings_.path.empty()) throw OptionError("path", "must name a file");
  provider_.declare();
  tools_.add({.name = "migrate", .help = "Brings the tables of all configured plugins up to date.", .starts = false},
             sql::migrate_arguments(), &StorageSqlite::migrate_tool);
  tools_.add({.name = "backup",
              .help = "Copies everything that counts to a folder, also while the hub runs.",
              .starts = false},
             backup_arguments(), &StorageSqlite::backup_tool);
  tools_.add({.name = "restore",
              .help = "Puts a backup in the place of what a hub that is stopped has.",
              .starts = false,
              .exclusive = true},
             sql::restore_arguments(), &StorageSqlite::restore_tool);
  tools_.add({.name = "audit", .help = "Shows the audit log, also while the hub runs.", .starts = false},
             sql::audit_arguments(), &StorageSqlite::audit_tool);
  declare_check(host_, this, kManifest.id, &StorageSqlite::check);
}

fs::path StorageSqlite::named_path() const {
  return fs::path(host_.setting("data_dir")) / "storage-sqlite" / settings_.path;  // absolute ones win
}

// Of the files alone the rights are looked at: a connection may make some.
void StorageSqlite::check(Checkup& checkup) const {
  const fs::path path = real_path(named_path().string());
  if (!checkup.can_write_in("path", path.parent_path())) return;
  std::error_code wrong;
  if (!fs::exists(path, wrong)) {
    if (checkup.is_of_machine()) checkup.good("path", path.string() + " is not there yet: the next start makes it");
    return;
  }
  for (const char* end : {"", "-wal", "-shm", ".lock"}) {
    const std::string file = path.string() + end;
    if (!fs::exists(file, wrong) || ::access(file.c_str(), R_OK | W_OK) == 0) continue;
    return checkup.error("path", file + " cannot be written by the user " + Checkup::user(),
                         "sudo chown " + Checkup::user() + ": " + path.string() + "*");
  }
  if (!checkup.is_of_machine()) return;
  const auto reader = Connection::open({.path = path.string()});
  if (!reader) return checkup.error("path", reader.error().detail, "restore a backup: docs/ops, \"Data and backup\"");
  sql::Batch batch(sql::Mode::kRead);
  batch.add("SELECT count(*) FROM sqlite_master");
  std::string bytes;
  if (const auto failure = (*reader)->run(batch.bytes(), bytes)) {
    return checkup.error("path", path.string() + " cannot be read: " + failure->log,
                         "restore a backup: docs/ops, \"Data and backup\"");
  }
  checkup.good("path", path.string() + " can be read");
}

Result<std::string> StorageSqlite::file_path() const {
  const fs::path named = named_path();
  if (const auto made = make_private_folder(named.parent_path()); !made) return made.error();
  // One file has one lock and one log, however many links lead to it.
  const fs::path path = real_path(named.string());
  // Not every tool takes the lock, which finishes a restore that was interrupted.
  if (is_restore_open(path.string())) {
    const auto lock = lock_database(path.string());
    if (!lock) return lock.error();
  }
  return path.string();
}

Result<void> StorageSqlite::open() {
  auto path = file_path();
  if (!path) return path.error();
  std::error_code wrong;
  if (!fs::exists(*path, wrong)) {
    host_.warn("a new, empty database is made; if there was one before, data_dir or path is wrong", {{"at", *path}});
  }
  DatabaseSettings wanted{.path = *std::move(path),
                          .readers = static_cast<std::size_t>(settings_.readers),
                          .max_waiting = static_cast<std::size_t>(settings_.max_waiting),
                          .statement_timeout = std::chrono::milliseconds(settings_.statement_timeout_ms),
                          .max_wal_bytes = settings_.max_wal_mib << 20};
  auto database = Database::open(std::move(wanted), telemetry_.observer());
  if (!database) return database.error();
  provider_.open(std::move(*database));
  return {};
}

Task<Result<void>> StorageSqlite::start() {
  if (const Result<void> opened = open(); !opened) co_return opened.error();
  auto migration = provider_.migrate([this](sql::MigrateRequest request, sql::Done done) {
    provider_.engine().migrate(std::move(request), std::move(done));
  });
  co_await ok(std::move(migration));
  telemetry_.connected(true);
  provider_.keep_audit();
  const auto measure = [this, path = real_path(named_path().string())] {
    double bytes = 0;
    for (const char* end : {"", "-wal"}) {
      std::error_code wrong;
      const auto size = fs::file_size(path + end, wrong);
      if (!wrong) bytes += static_cast<double>(size);
    }
    telemetry_.measured(bytes);
  };
  measure();
  host_.every(kMeasure, measure, {.what = "the size of the database"});
  co_return Result<void>();
}

Task<Result<void>> StorageSqlite::stop() {
  const Result<void> closed = co_await provider_.close();
  telemetry_.connected(false);
  co_return closed;
}

Task<Result<void>> StorageSqlite::migrate_tool(sql::MigrateArguments arguments) {
  const Result<std::string> path = file_path();
  if (!path) co_return path.error();
  std::string why;  // what the service's callers are not told, the operator is
  Observer observer;
  observer.problem = [&why](std::string_view, std::string_view detail) { why = detail; };
  const sql::MigrationBackend backend{
      .dialect = "sqlite",
      .ledger = [&](const std::string& plugin) -> Result<std::vector<sql::AppliedMigration>> {
        if (!fs::exists(*path)) return std::vector<sql::AppliedMigration>();
        const auto reader = Connection::open({.path = *path});
        if (!reader) return reader.error();
        return applied_migrations(**reader, plugin, observer);
      },
      .apply = [&](const sql::MigrateRequest& request) -> Result<std::string> {
        const auto lock = lock_database(*path);
        if (!lock) return lock.error();
        const auto writer = Connection::open({.path = *path, .role = Role::kWriter});
        if (!writer) return writer.error();
        return storage_sqlite::migrate(**writer, request, observer);
      }};
  const std::function<void(const std::string&)> print = [this](const std::string& line) { tools_.print(line); };
  const Result<void> done = co_await sql::run_migrate_tool(host_, backend, arguments, print);
  if (done) co_return done;
  Error error = done.error();
  if (!why.empty()) error.detail += ": " + why;
  co_return error;
}

Task<Result<void>> StorageSqlite::audit_tool(sql::AuditArguments arguments) {
  const fs::path path = named_path();  // nothing is made where there is none
  const auto opened = Connection::open({.path = path.string()});
  if (!opened) co_return opened.error();
  const std::function<Result<std::string>(const std::string&)> read =
      [reader = opened->get()](const std::string& batch) -> Result<std::string> {
    std::string results;
    if (const auto failure = reader->run(batch, results)) {
      return Error{.status = failure->error.status, .detail = failure->log};
    }
    return results;
  };
  const std::function<void(const std::string&)> print = [this](const std::string& line) { tools_.print(line); };
  const Result<void> done = co_await sql::run_audit_tool(host_, read, arguments, print);
  co_return done;
}

Task<Result<void>> StorageSqlite::backup_tool(BackupArguments arguments) {
  const Result<std::string> path = file_path();
  if (!path) co_return path.error();
  const auto save = [from = *path](const std::string& folder) { return back_up(from, folder + kBackupFile); };
  const Result<void> done = co_await sql::run_backup_tool(host_, kManifest.id, arguments.to, save);
  if (done) tools_.print("backed up to " + arguments.to);
  co_return done;
}

Task<Result<void>> StorageSqlite::restore_tool(sql::RestoreArguments arguments) {
  const Result<std::string> path = file_path();
  if (!path) co_return path.error();
  if (fs::is_regular_file(arguments.from)) {
    const Result<std::string> done = restore(arguments.from, *path);
    if (!done) co_return done.error();
    tools_.print("restored the database alone from " + arguments.from + ": the content of files is as it was");
    co_return Result<void>();
  }
  std::unique_ptr<Restore> ready;
  std::string replaced;
  const sql::RestoreBackend backend{.prepare = [&](const std::string& folder) -> Result<void> {
                                      auto prepared = Restore::prepare(folder + kBackupFile, *path);
                                      if (!prepared) return prepared.error();
                                      ready = *std::move(prepared);
                                      return {};
                                    },
                                    .replace = [&]() -> Result<void> {
                                      const Result<std::string> done = ready->finish();
                                      if (!done) return done.error();
                                      replaced = *done;
                                      return {};
                                    }};
  const Result<void> done = co_await sql::run_restore_tool(host_, kManifest.id, arguments.from, backend);
  if (!done) co_return done;
  tools_.print("restored from " + arguments.from);
  if (!replaced.empty()) tools_.print("the database that was there is " + replaced);
  co_return Result<void>();
}

}  // namespace
}  // namespace gatetorio::storage_sqlite

GATETORIO_PLUGIN(gatetorio::storage_sqlite::StorageSqlite)
