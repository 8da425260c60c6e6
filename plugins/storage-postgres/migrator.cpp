#include "migrator.hpp"

#include <memory>
#include <pqxx/pqxx>
#include <thread>

#include "gatetorio/time.hpp"
#include "sql_text.hpp"

namespace gatetorio::storage_postgres {
namespace {

using sql::AppliedMigration;
using sql::MigrationFile;
using std::chrono::milliseconds;

constexpr milliseconds kPause{50};
constexpr const char* kLockKey = "7449363237741490793";  // "gatetori" as a number; locks are the database's own

// gatetorio_turn stays empty: writers lock it (group.cpp).
constexpr const char* kCreateLedger =
    "CREATE TABLE IF NOT EXISTS gatetorio_migrations ("
    "plugin TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " applied_at BIGINT NOT NULL, PRIMARY KEY (plugin, number));"
    "CREATE TABLE IF NOT EXISTS gatetorio_turn (nothing BIGINT)";

std::vector<AppliedMigration> select_ledger(pqxx::transaction_base& transaction, const std::string& plugin) {
  std::vector<AppliedMigration> ledger;
  const pqxx::result rows = transaction.exec("SELECT number, name, sha256 FROM gatetorio_migrations WHERE plugin = " +
                                             transaction.quote(plugin) + " ORDER BY number");
  for (const auto& row : rows) {
    ledger.push_back({row[0].as<std::int64_t>(), row[1].as<std::string>(), row[2].as<std::string>()});
  }
  return ledger;
}

Error cancelled() { return {.status = Status::kCancelled, .detail = "The database is closing."}; }

// The statements of libpqxx throw; here an exception becomes what it means.
template <class Work>
Result<std::string> guarded(Work work) {
  try {
    return work();
  } catch (const pqxx::broken_connection& e) {
    return Error{.status = Status::kUnavailable, .detail = e.what(), .retry_after_s = 1};
  } catch (const pqxx::sql_error& e) {
    Failure failure = failure_of(e.sqlstate(), e.what());
    // Tables that may not be made are no trouble that passes: waiting at the start would hide it.
    if (e.sqlstate() == "42501" || e.sqlstate() == "3F000") failure.error.status = Status::kInvalid;
    failure.error.detail = failure.log.empty() ? e.what() : failure.log;
    return failure.error;
  } catch (const std::exception& e) {
    return Error{.status = Status::kUnavailable, .detail = e.what(), .retry_after_s = 1};
  }
}

class Migrator {
 public:
  Migrator(const Login& login, const sql::MigrateRequest& request, milliseconds patience, const StopTime& stop,
           const Observer& observer)
      : login_(login), request_(request), patience_(patience), stop_(stop), observer_(observer) {}

  Result<std::string> run(const std::vector<MigrationFile>& files) {
    if (const auto connected = connect(); !connected) return connected;
    if (const auto locked = take_lock(); !locked) return told(locked, "the migrations' lock cannot be taken");
    std::vector<AppliedMigration> ledger;
    if (const auto read = guarded([&] { return read_ledger(ledger); }); !read) {
      return told(read, "the ledger of migrations cannot be used");
    }
    if (const auto matching = sql::check_ledger(ledger, files, request_.plugin); !matching) return matching.error();
    for (std::size_t i = ledger.size(); i < files.size(); ++i) {
      if (stop_.has_come()) return cancelled();
      if (const auto applied = apply(files[i]); !applied) return applied;
    }
    return std::string();
  }

 private:
  Result<std::string> connect() {
    const auto deadline = StopTime::Clock::now() + patience_;
    for (;;) {
      if (stop_.has_come()) return cancelled();
      // libpq first: it can be interrupted, and says more.
      Result<Session> probe = login_.connect(Access::kWrite, stop_);
      if (probe) break;
      if (StopTime::Clock::now() >= deadline) return probe.error();
      std::this_thread::sleep_for(10 * kPause);
    }
    return guarded([&] {
      connection_ = std::make_unique<pqxx::connection>(login_.conninfo());
      return std::string();
    });
  }

  // Held until the connection ends. Asked for again and again, so that a stopping hub need not wait for another one.
  Result<std::string> take_lock() {
    for (;;) {
      bool is_ours = false;
      const auto asked = guarded([&] {
        pqxx::nontransaction session(*connection_);
        is_ours = session.exec("SELECT pg_try_advisory_lock(" + std::string(kLockKey) + ")")[0][0].as<bool>();
        return std::string();
      });
      if (!asked || is_ours) return asked;
      if (stop_.has_come()) return cancelled();
      std::this_thread::sleep_for(kPause);
    }
  }

  std::string read_ledger(std::vector<AppliedMigration>& ledger) {
    pqxx::work transaction(*connection_);
    transaction.exec("SET LOCAL client_min_messages = error");
    transaction.exec(kCreateLedger);
    ledger = select_ledger(transaction, request_.plugin);
    transaction.commit();
    return {};
  }

  Result<std::string> apply(const MigrationFile& file) {
    const SqlText text = read_sql(file.sql);
    if (!text.is_allowed || text.names_ledger) {
      return failed(file, {.status = Status::kInvalid,
                           .detail = "it controls the transaction or the session, or names the ledger of migrations"});
    }
    const auto done = guarded([&] {
      pqxx::work transaction(*connection_);
      if (!text.is_empty) transaction.exec(file.sql);
      transaction.exec("INSERT INTO gatetorio_migrations (plugin, number, name, sha256, applied_at) VALUES (" +
                       transaction.quote(request_.plugin) + ", " + std::to_string(file.number) + ", " +
                       transaction.quote(file.name) + ", " + transaction.quote(file.sha256) + ", " +
                       std::to_string(now().us) + ")");
      transaction.commit();
      return std::string();
    });
    return done ? done : failed(file, done.error());
  }

  Result<std::string> failed(const MigrationFile& file, const Error& why) {
    observer_.problem("migration " + file.name + " of " + request_.plugin + " failed", why.detail);
    const bool is_server = why.status == Status::kFull || why.status == Status::kUnavailable;
    return Error{.status = is_server ? why.status : Status::kInvalid,
                 .detail = "migrations of " + request_.plugin + ": " + file.name + " failed; the log says why",
                 .retry_after_s = why.retry_after_s};
  }

  Result<std::string> told(const Result<std::string>& failure, const char* what) {
    if (failure.error().status == Status::kCancelled) return failure;
    observer_.problem(what, failure.error().detail);
    Error error = failure.error();
    error.detail = what;
    return error;
  }

  const Login& login_;
  const sql::MigrateRequest& request_;
  const milliseconds patience_;
  const StopTime& stop_;
  const Observer& observer_;
  std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace

Result<std::string> migrate(const Login& login, const sql::MigrateRequest& request, milliseconds patience,
                            const StopTime& stop, const Observer& observer) {
  const auto files = sql::read_migrations(request, "postgres");
  if (!files) return files.error();
  return Migrator(login, request, patience, stop, observer).run(*files);
}

Result<std::vector<AppliedMigration>> applied_migrations(const Login& login, const std::string& plugin) {
  std::vector<AppliedMigration> ledger;
  const auto read = guarded([&] {
    pqxx::connection connection(login.conninfo());
    pqxx::work transaction(connection);
    transaction.exec("SET TRANSACTION READ ONLY");
    const bool has_ledger = !transaction.exec("SELECT to_regclass('gatetorio_migrations')")[0][0].is_null();
    if (has_ledger) ledger = select_ledger(transaction, plugin);
    return std::string();
  });
  if (!read) return read.error();
  return ledger;
}

}  // namespace gatetorio::storage_postgres
