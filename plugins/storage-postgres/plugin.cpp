// Provides gatetorio.sql/1 on a PostgreSQL server. The engine is database.hpp; this wires it to the hub.
#include "gatetorio/plugin.hpp"

#include <algorithm>

#include "copy.hpp"
#include "database.hpp"
#include "gatetorio/backup_tool.hpp"
#include "gatetorio/migrate_tool.hpp"
#include "gatetorio/services.hpp"
#include "gatetorio/sql.hpp"
#include "migrator.hpp"
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
        own_rows_(host, kManifest.id),
        retention_(host, own_rows_, settings_.retention_grace_minutes) {
    retention_.add({.what = "audit",
                    .table = "gatetorio_audit",
                    .key = "id",
                    .time = "at",
                    .keep_days = settings_.audit_keep_days,
                    .keep_rows = settings_.audit_keep_rows});
  }

  void configure();
  Task<Result<void>> start();
  Task<Result<void>> stop();

 private:
  static void handle(void* context, gtr_call call, std::uint32_t method, gtr_bytes body);
  void answer(gtr_call call, const Result<std::string>& result) const;
  Done answering(gtr_call call) const;
  LoginSettings login_settings() const;
  Result<void> open();
  Task<Result<void>> migrate();
  Task<Result<void>> migrate_tool(sql::MigrateArguments arguments);
  Task<Result<void>> copy_tool(CopyArguments arguments);
  Task<Result<void>> backup_tool(BackupArguments arguments);
  Task<Result<void>> restore_tool(sql::RestoreArguments arguments);

  Host& host_;
  Settings settings_;
  Telemetry telemetry_;
  ToolSet<StoragePostgres> tools_;
  gatetorio::Database own_rows_;  // by its own service, as every plugin
  Retention retention_;
  std::unique_ptr<Database> database_;
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
  host_.set_fact("database_connected", false);  // before anything can ask how the hub is
  const Result<Login> login = Login::make(login_settings());
  if (!login) throw OptionError("url", login.error().detail);
  if (settings_.tls_certificate.empty() != settings_.tls_key.empty()) {
    throw OptionError("tls_key", "a certificate and its key come together");
  }
  const gtr_status status =
      host_.services().provide(host_.raw(), to_bytes(sql::kServiceId), to_bytes(""), &StoragePostgres::handle, this);
  if (status != GTR_OK) throw SetupError("cannot provide gatetorio.sql/1: is another storage plugin enabled?");
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

Result<void> StoragePostgres::open() {
  DatabaseSettings wanted{.login = login_settings(),
                          .readers = static_cast<std::size_t>(settings_.readers),
                          .writers = static_cast<std::size_t>(settings_.writers),
                          .max_waiting = static_cast<std::size_t>(settings_.max_waiting),
                          .max_wait = milliseconds(settings_.max_wait_ms)};
  auto database = Database::open(std::move(wanted), telemetry_.observer());
  if (!database) return database.error();
  database_ = std::move(*database);
  if (database_->login().has_password_in_url()) {
    host_.warn("the URL holds a password; put it into a file: password = { file = \"...\" }");
  }
  return {};
}

Task<Result<void>> StoragePostgres::migrate() {
  const sql::MigrateRequest request{.plugin = kManifest.id, .directories = sql::migration_directories(host_)};
  auto migration = [this, request](gtr_completion done) {
    const auto answer = [done](const Result<std::string>& result) {
      const std::string text = result ? std::string() : to_json(result.error());
      done.done(done.context, result ? GTR_OK : static_cast<gtr_status>(result.error().status), to_bytes(text));
    };
    database_->migrate(request, answer, milliseconds::zero());  // start() waits, and can be told to stop
  };
  co_await ok(host_.complete(migration));
  co_return Result<void>();
}

// A database that is not up yet is no reason to give up: after a power cut the hub may be the first to start.
Task<Result<void>> StoragePostgres::start() {
  constexpr std::uint64_t kFirstPauseMs = 200, kLongestPauseMs = 5000;
  if (const Result<void> opened = open(); !opened) co_return opened.error();
  for (std::uint64_t pause_ms = kFirstPauseMs;; pause_ms = std::min(2 * pause_ms, kLongestPauseMs)) {
    const Result<void> migrated = co_await migrate();
    if (migrated) retention_.begin();
    if (migrated || migrated.error().status != Status::kUnavailable) co_return migrated;
    host_.warn("waiting for the database", {{"at", database_->login().place()}, {"why", migrated.error().detail}});
    const bool is_running = co_await host_.sleep(pause_ms);
    if (!is_running) co_return Error{.status = Status::kCancelled, .detail = "the hub was told to stop"};
  }
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

Task<Result<void>> StoragePostgres::stop() {
  if (!database_) co_return Result<void>();
  auto shutdown = [this](gtr_completion done) {
    database_->shutdown([done] { done.done(done.context, GTR_OK, {nullptr, 0}); });
  };
  const Result<std::string> closed = co_await host_.complete(shutdown);
  // The object stays until `destroy`: a last request may still be on its way through handle().
  database_->join();
  if (!closed) co_return closed.error();
  co_return Result<void>();
}

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

void StoragePostgres::answer(gtr_call call, const Result<std::string>& result) const {
  if (result) return host_.services().complete(host_.raw(), call, GTR_OK, to_bytes(*result));
  const std::string text = to_json(result.error());
  host_.services().complete(host_.raw(), call, static_cast<gtr_status>(result.error().status), to_bytes(text));
}

Done StoragePostgres::answering(gtr_call call) const {
  return [this, call](Result<std::string> result) { answer(call, result); };
}

void StoragePostgres::handle(void* context, gtr_call call, std::uint32_t method, gtr_bytes body) {
  auto* self = static_cast<StoragePostgres*>(context);
  const Done done = self->answering(call);
  if (!self->database_) return done(Error{.status = Status::kUnavailable, .detail = "The database is not open."});
  if (method == sql::kRunMethod) return self->database_->run(std::string(to_view(body)), done);
  if (method != sql::kMigrateMethod) {
    return done(Error{.status = Status::kUnsupported, .detail = "There is no such method."});
  }
  sql::MigrateRequest request;
  if (!wire::decode(to_view(body), request)) {
    return done(Error{.status = Status::kMalformed, .detail = "The request cannot be read."});
  }
  self->database_->migrate(std::move(request), done);
}

}  // namespace
}  // namespace gatetorio::storage_postgres

GATETORIO_PLUGIN(gatetorio::storage_postgres::StoragePostgres)
