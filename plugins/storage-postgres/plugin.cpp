// Provides gatetorio.sql/1 on a PostgreSQL server. The engine is database.hpp; this wires it to the hub.
#include "gatetorio/plugin.hpp"

#include <algorithm>

#include "copy.hpp"
#include "database.hpp"
#include "gatetorio/audit_tool.hpp"
#include "gatetorio/backup_tool.hpp"
#include "gatetorio/migrate_tool.hpp"
#include "gatetorio/sql_provider.hpp"
#include "gatetorio/tls_check.hpp"
#include "migrator.hpp"
#include "reads.hpp"
#include "settings.hpp"
#include "telemetry.hpp"

namespace gatetorio::storage_postgres {
namespace {

using std::chrono::milliseconds;

struct CopyArguments {
  std::string from;
  std::string to;
};

struct BackupArguments {
  std::string to;
  bool add = false;
};

const OptionTable<BackupArguments>& backup_arguments() {
  static const OptionTable<BackupArguments> table = {
      option("to", &BackupArguments::to, "The new folder.").required(),
      option("add", &BackupArguments::add, "The folder is there: adds what it lacks. Run it again so after pg_dump.")};
  return table;
}

const OptionTable<CopyArguments>& copy_arguments() {
  static const OptionTable<CopyArguments> table = {
      option("from", &CopyArguments::from, "Where the data is: \"postgres\" (the configured server) or an SQLite file.")
          .required(),
      option("to", &CopyArguments::to, "Where it goes: the other of the two, migrated and without rows.").required()};
  return table;
}

class StoragePostgres : public PluginBase {
 public:
  using Settings = storage_postgres::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() { return settings_table(); }

  StoragePostgres(Host& host, Settings settings)
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
  LoginSettings login_settings() const;
  void check(Checkup& checkup) const;
  Result<void> open();
  Task<Result<void>> migrate();
  void begin_regular_work();
  Task<Result<void>> measure();
  Task<Result<void>> migrate_tool(sql::MigrateArguments arguments);
  Task<Result<void>> copy_tool(CopyArguments arguments);
  Task<Result<void>> audit_tool(sql::AuditArguments arguments);
  Task<Result<void>> backup_tool(BackupArguments arguments);
  Task<Result<void>> restore_tool(sql::RestoreArguments arguments);

  Host& host_;
  Settings settings_;
  Telemetry telemetry_;
  ToolSet<StoragePostgres> tools_;
  sql::Provider<Database> provider_;
};

const Manifest StoragePostgres::kManifest = {.id = "storage-postgres",
                                             .version = "0.1.0",
                                             .summary = "SQL storage on a PostgreSQL server",
                                             .affinity = Affinity::kAnyThread,  // it only hands over to its threads
                                             .provides = {sql::kServiceId.data()},
                                             .requires_ = {}};

LoginSettings StoragePostgres::login_settings() const {
  return {.url = settings_.url,
          .password = settings_.password,
          .tls = settings_.tls,
          .tls_ca = settings_.tls_ca,
          .tls_certificate = settings_.tls_certificate,
          .tls_key = settings_.tls_key,
          .connect_timeout = milliseconds(settings_.connect_timeout_ms),
          .statement_timeout = milliseconds(settings_.statement_timeout_ms)};
}

void StoragePostgres::configure() {
  const Result<Login> login = Login::make(login_settings());
  if (!login) throw OptionError("url", login.error().detail);
  if (settings_.tls_certificate.empty() != settings_.tls_key.empty()) {
    throw OptionError("tls_key", "a certificate and its key come together");
  }
  provider_.declare();
  declare_check(host_, this, kManifest.id, &StoragePostgres::check);
  tools_.add({.name = "audit", .help = "Shows the audit log, also while hubs run.", .starts = false},
             sql::audit_arguments(), &StoragePostgres::audit_tool);
  tools_.add({.name = "migrate", .help = "Brings the tables of all configured plugins up to date.", .starts = false},
             sql::migrate_arguments(), &StoragePostgres::migrate_tool);
  tools_.add({.name = "storage copy",
              .help = "Moves a whole installation from SQLite to PostgreSQL, or back.",
              .starts = false,
              .exclusive = true},
             copy_arguments(), &StoragePostgres::copy_tool);
  tools_.add({.name = "backup",
              .help = "Copies to a folder what plugins keep outside the database; pg_dump copies that.",
              .starts = false},
             backup_arguments(), &StoragePostgres::backup_tool);
  tools_.add({.name = "restore",
              .help = "Brings back what `backup` copied, into a hub that is stopped; pg_restore does the rest.",
              .starts = false,
              .exclusive = true},
             sql::restore_arguments(), &StoragePostgres::restore_tool);
}

void StoragePostgres::check(Checkup& checkup) const {
  if (!settings_.tls_ca.empty()) checkup.can_read("tls_ca", settings_.tls_ca);
  if (!settings_.tls_certificate.empty()) {
    check_tls_files(checkup, TlsFiles(settings_.tls_certificate, settings_.tls_key));
  }
  if (!checkup.is_of_machine()) return;
  const Result<Login> login = Login::make(login_settings());
  if (!login) return checkup.error("url", login.error().detail, "see docs/ops/postgresql.md");
  const Result<Session> session = login->connect(Access::kRead, StopTime());
  if (session) return checkup.good("url", login->place() + " takes connections");
  checkup.error("url", login->place() + ": " + session.error().detail,
                "pg_isready -d URL; psql URL -c 'SELECT 1' as the user " + Checkup::user());
}

Result<void> StoragePostgres::open() {
  DatabaseSettings wanted{.login = login_settings(),
                          .readers = static_cast<std::size_t>(settings_.readers),
                          .writers = static_cast<std::size_t>(settings_.writers),
                          .max_waiting = static_cast<std::size_t>(settings_.max_waiting),
                          .max_wait = milliseconds(settings_.max_wait_ms)};
  auto database = Database::open(std::move(wanted), telemetry_.observer());
  if (!database) return database.error();
  provider_.open(std::move(*database));
  if (provider_.engine().login().has_password_in_url()) {
    host_.warn("the URL holds a password; put it into a file: password = { file = \"...\" }");
  }
  return {};
}

Task<Result<void>> StoragePostgres::migrate() {
  return provider_.migrate([this](sql::MigrateRequest request, sql::Done done) {
    const auto for_ever = milliseconds::zero();  // start() waits, and can be told to stop
    provider_.engine().migrate(std::move(request), std::move(done), for_ever);
  });
}

// A database that is not up yet is no reason to give up: after a power cut the hub may be the first to start.
Task<Result<void>> StoragePostgres::start() {
  constexpr std::uint64_t kFirstPauseMs = 200, kLongestPauseMs = 5000;
  if (const Result<void> opened = open(); !opened) co_return opened.error();
  for (std::uint64_t pause_ms = kFirstPauseMs;; pause_ms = std::min(2 * pause_ms, kLongestPauseMs)) {
    const Result<void> migrated = co_await migrate();
    if (migrated) begin_regular_work();
    if (migrated || migrated.error().status != Status::kUnavailable) co_return migrated;
    host_.warn("waiting for the database",
               {{"at", provider_.engine().login().place()}, {"why", migrated.error().detail}});
    const bool is_running = co_await host_.sleep(pause_ms);
    if (!is_running) co_return Error{.status = Status::kCancelled, .detail = "the hub was told to stop"};
  }
}

void StoragePostgres::begin_regular_work() {
  constexpr std::chrono::minutes kMeasure(5);
  provider_.keep_audit();
  host_.every(kMeasure, [this] { return measure(); }, {.what = "the size of the database", .first = milliseconds(0)});
}

Task<Result<void>> StoragePostgres::measure() {
  const sql::Results size = co_await ok(provider_.own_rows().read("SELECT pg_database_size(current_database())"));
  telemetry_.measured(static_cast<double>(size[0].integer(0, 0)));
  co_return Result<void>();
}

Task<Result<void>> StoragePostgres::migrate_tool(sql::MigrateArguments arguments) {
  const Result<Login> login = Login::make(login_settings());
  if (!login) co_return login.error();
  const StopTime never;
  std::string why;  // what the service's callers are not told, the operator is
  Observer observer;
  observer.problem = [&why](std::string_view, std::string_view detail) { why = detail; };
  const sql::MigrationBackend backend{
      .dialect = "postgres",
      .ledger = [&login](const std::string& plugin) { return applied_migrations(*login, plugin); },
      .apply =
          [&](const sql::MigrateRequest& request) {
            return storage_postgres::migrate(*login, request, milliseconds::zero(), never, observer);
          }};
  const std::function<void(const std::string&)> print = [this](const std::string& line) { tools_.print(line); };
  Result<void> done = co_await sql::run_migrate_tool(host_, backend, arguments, print);
  if (done) co_return done;
  Error error = done.error();
  if (!why.empty()) error.detail += ": " + why;
  co_return error;
}

Task<Result<void>> StoragePostgres::stop() { return provider_.close(); }

Task<Result<void>> StoragePostgres::copy_tool(CopyArguments arguments) {
  constexpr std::string_view kServer = "postgres";
  if ((arguments.from == kServer) == (arguments.to == kServer)) {
    co_return Error{.status = Status::kInvalid, .detail = "one of --from and --to is \"postgres\", the other a file"};
  }
  const Result<Login> login = Login::make(login_settings());
  if (!login) co_return login.error();
  // What keeps hubs away is held by the session: through a pooler that gives it to others it would keep nobody away.
  if (const Result<Session> probe = login->connect(Access::kRead, StopTime()); !probe) co_return probe.error();
  try {
    const auto side = [&login](const std::string& name, bool for_writing) {
      return name == kServer ? postgres_side(*login, for_writing) : sqlite_side(name, for_writing);
    };
    const std::unique_ptr<CopySide> from = side(arguments.from, false), to = side(arguments.to, true);
    const std::function<void(const std::string&)> print = [this](const std::string& line) { tools_.print(line); };
    const Result<void> copied = copy_storage(*from, *to, print);
    if (copied) tools_.print("copied");
    co_return copied;
  } catch (const std::exception& e) {
    co_return Error{.status = Status::kUnavailable, .detail = e.what()};
  }
}

Task<Result<void>> StoragePostgres::audit_tool(sql::AuditArguments arguments) {
  const Result<Login> login = Login::make(login_settings());
  if (!login) co_return login.error();
  const StopTime never;
  Result<Session> session = login->connect(Access::kRead, never);
  if (!session) co_return session.error();
  Connection connection(*std::move(session), milliseconds(settings_.statement_timeout_ms), never);
  const std::function<Result<std::string>(const std::string&)> read =
      [&connection](const std::string& batch) -> Result<std::string> {
    Entry entry{.batch = batch, .statements = 1};
    run_reads(connection, {&entry, 1});
    if (entry.failure) return Error{.status = entry.failure->error.status, .detail = entry.failure->log};
    return std::move(entry.results);
  };
  const std::function<void(const std::string&)> print = [this](const std::string& line) { tools_.print(line); };
  const Result<void> done = co_await sql::run_audit_tool(host_, read, arguments, print);
  co_return done;
}

Task<Result<void>> StoragePostgres::backup_tool(BackupArguments arguments) {
  auto running = arguments.add ? sql::add_to_backup(host_, arguments.to)
                               : sql::run_backup_tool(host_, kManifest.id, arguments.to, {});
  const Result<void> done = co_await running;
  if (done) tools_.print("backed up to " + arguments.to + ", without the database: see docs/ops/postgresql.md");
  co_return done;
}

Task<Result<void>> StoragePostgres::restore_tool(sql::RestoreArguments arguments) {
  const sql::RestoreBackend backend{.prepare = [](const std::string&) { return Result<void>(); },
                                    .replace = [] { return Result<void>(); }};
  const Result<void> done = co_await sql::run_restore_tool(host_, kManifest.id, arguments.from, backend);
  if (done) tools_.print("restored from " + arguments.from + ", without the database: see docs/ops/postgresql.md");
  co_return done;
}

}  // namespace
}  // namespace gatetorio::storage_postgres

GATETORIO_PLUGIN(gatetorio::storage_postgres::StoragePostgres)
