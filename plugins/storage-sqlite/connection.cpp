#include "connection.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "statement_run.hpp"

namespace gatetorio::storage_sqlite {
namespace {

constexpr std::size_t kCachedStatements = 512;
constexpr std::size_t kCachedControls = 16;
constexpr int kBusyTimeoutMs = 5000;         // a backup tool may hold the file for a moment
constexpr int kInstructionsPerCheck = 4000;  // some 100 us of SQLite's virtual machine

int open_flags(Role role) {
  const int mode = role == Role::kWriter ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY;
  return mode | SQLite::OPEN_NOMUTEX;  // a connection has one thread at a time
}

// Whoever opens the file for writing, the hub or a tool, makes it before SQLite does, whose log and index files then
// get the same mode; and takes away from others what an older version gave them.
Result<void> make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Error{.status = Status::kUnavailable,
                 .detail = "cannot open " + path + ": " + std::generic_category().message(errno)};
  }
  ::close(descriptor);
  constexpr mode_t kOthers = 07;
  for (const char* end : {"", "-wal", "-shm"}) {
    struct stat status {};
    const std::string name = path + end;
    if (::stat(name.c_str(), &status) != 0 || (status.st_mode & kOthers) == 0) continue;
    [[maybe_unused]] const int ignored = ::chmod(name.c_str(), status.st_mode & ~kOthers & 07777);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings) {
  if (settings.role == Role::kWriter) {
    if (const auto made = make_private(settings.path); !made) return made.error();
  }
  try {
    return std::unique_ptr<Connection>(new Connection(settings));
  } catch (const SQLite::Exception& e) {
    if (is_disk_full(settings.path)) {
      return Error{.status = Status::kFull,
                   .detail = "the disk is full: " + settings.path + " cannot be opened; make room (df -h " +
                             std::filesystem::path(settings.path).parent_path().string() + ")"};
    }
    return Error{.status = Status::kUnavailable, .detail = "cannot open the database: " + std::string(e.what())};
  }
}

Connection::Connection(const ConnectionSettings& settings)
    : database_(std::make_unique<SQLite::Database>(settings.path, open_flags(settings.role), kBusyTimeoutMs)),
      db_(database_->getHandle()),
      role_(settings.role),
      statement_timeout_(settings.statement_timeout),
      statements_(db_, kCachedStatements),
      controls_(db_, kCachedControls) {
  configure(settings);
}

Connection::~Connection() = default;

void Connection::configure(const ConnectionSettings& settings) {
  sqlite3_extended_result_codes(db_, 1);
  if (role_ == Role::kWriter) {
    database_->exec("PRAGMA journal_mode = WAL");
    database_->exec("PRAGMA synchronous = FULL");  // acknowledged means durable
    database_->exec("PRAGMA wal_autocheckpoint = 0");
    database_->exec("PRAGMA foreign_keys = ON");
    database_->exec("PRAGMA trusted_schema = OFF");
  } else {
    database_->exec("PRAGMA query_only = ON");
    // SQLite up to 3.51.2 can lose pages where two connections checkpoint: not even while it closes does a reader.
    sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  database_->exec("PRAGMA cache_size = -" + std::to_string(settings.cache_kib));
  sqlite3_set_authorizer(db_, &Connection::authorize, this);
  sqlite3_progress_handler(db_, kInstructionsPerCheck, &Connection::check_time, this);
}

int Connection::authorize(void* self, int action, const char* first, const char* second, const char*, const char*) {
  if (static_cast<const Connection*>(self)->trusted_) return SQLITE_OK;
  const auto is = [](const char* name, std::string_view expected) { return name != nullptr && name == expected; };
  // The ledger of migrations is the storage's own.
  constexpr std::string_view kLedger = "gatetorio_migrations";
  switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return SQLITE_DENY;
    case SQLITE_PRAGMA:
      return is(first, "quick_check") ? SQLITE_OK : SQLITE_DENY;  // ALTER TABLE runs it
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_DROP_TABLE:
      return is(first, kLedger) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_ALTER_TABLE:
      return is(second, kLedger) ? SQLITE_DENY : SQLITE_OK;
    default:
      return SQLITE_OK;
  }
}

int Connection::check_time(void* self) {
  auto* connection = static_cast<Connection*>(self);
  if (!connection->limited_) return 0;
  // The clock is first read here, so that short statements never pay for it.
  const auto now = std::chrono::steady_clock::now();
  if (connection->deadline_ == std::chrono::steady_clock::time_point{}) {
    connection->deadline_ = now + connection->statement_timeout_;
    return 0;
  }
  return now > connection->deadline_ ? 1 : 0;
}

std::optional<Failure> Connection::run(std::string_view batch, std::string& out) {
  trusted_ = false;
  limited_ = true;
  std::optional<Failure> failure = run_all(batch, statements_, out);
  trusted_ = true;
  limited_ = false;
  return failure;
}

std::optional<Failure> Connection::run_trusted(std::string_view batch, std::string& out) {
  return run_all(batch, controls_, out);
}

std::optional<Failure> Connection::run_all(std::string_view batch, StatementCache& cache, std::string& out) {
  BatchReader in(batch);
  sql::Mode mode{};
  in.mode(mode);
  for (std::int32_t index = 0; !in.at_end(); ++index) {
    if (auto failure = run_one(in, cache, out)) {
      failure->error.statement = index;
      return failure;
    }
  }
  return std::nullopt;
}

std::optional<Failure> Connection::run_one(BatchReader& in, StatementCache& cache, std::string& out) {
  StatementView view;
  if (!in.statement(view)) return invalid("The batch cannot be read.", "a batch that nobody inspected");
  deadline_ = {};
  std::optional<Failure> failure;
  Prepared* prepared = cache.get(view.sql, failure);
  if (prepared == nullptr) return failure;
  if (role_ == Role::kReader && !prepared->read_only) {
    return invalid("A batch for reading must not write.", "a batch for reading holds: " + std::string(view.sql));
  }
  return run_prepared(db_, *prepared, view, in, out);
}

std::optional<Failure> Connection::control(std::string_view sql) {
  std::optional<Failure> failure;
  Prepared* prepared = controls_.get(sql, failure);
  if (prepared == nullptr) return failure;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(prepared->statement)) == SQLITE_ROW) {
  }
  if (code != SQLITE_DONE) failure = failure_of(db_, code);
  sqlite3_reset(prepared->statement);
  return failure;
}

std::optional<Failure> Connection::script(const std::string& sql) {
  trusted_ = false;
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  trusted_ = true;
  if (code == SQLITE_OK) return std::nullopt;
  return failure_of(db_, code);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

std::int64_t Connection::total_changes() const { return sqlite3_total_changes64(db_); }

bool Connection::owes_foreign_keys() const {
  int owed = 0;
  int unused = 0;
  return sqlite3_db_status(db_, SQLITE_DBSTATUS_DEFERRED_FKS, &owed, &unused, 0) == SQLITE_OK && owed != 0;
}

}  // namespace gatetorio::storage_sqlite
