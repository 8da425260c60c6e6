#include "database.hpp"

#include <sqlite3.h>

#include <utility>

#include "database_lock.hpp"
#include "gatetorio/sql_reader.hpp"
#include "migrator.hpp"
#include "reader_pool.hpp"
#include "writer.hpp"

namespace gatetorio::storage_sqlite {

// In the order of their making; the lock goes last.
struct Database::Parts {
  Parts(FileLock held, Observer told) : lock(std::move(held)), observer(std::move(told)) {}

  FileLock lock;
  Observer observer;
  std::unique_ptr<ReaderPool> readers;
  std::unique_ptr<Writer> writer;
};

namespace {

// SQLite counts its memory under one lock for the whole process unless told otherwise before its first use.
void configure_library() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);  // refused where somebody else has used the library already: only slower
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(DatabaseSettings settings, Observer observer) {
  configure_library();
  auto lock = lock_database(settings.path);
  if (!lock) return lock.error();
  auto parts = std::make_unique<Parts>(*std::move(lock), std::move(observer));

  ConnectionSettings connection{.path = settings.path,
                                .role = Role::kWriter,
                                .cache_kib = settings.writer_cache_kib,
                                .statement_timeout = settings.statement_timeout};
  auto writer = Connection::open(connection);  // first: it recovers the file and makes the log that readers need
  if (!writer) return writer.error();
  connection.role = Role::kReader;
  connection.cache_kib = settings.reader_cache_kib;
  auto readers = ReaderPool::open(connection, settings.readers, settings.max_waiting, parts->observer);
  if (!readers) return readers.error();
  parts->readers = std::move(*readers);
  parts->writer = std::make_unique<Writer>(std::move(*writer),
                                           WriterSettings{.max_waiting = settings.max_waiting,
                                                          .max_wal_bytes = settings.max_wal_bytes,
                                                          .stop_grace = settings.stop_grace},
                                           parts->observer);
  return std::unique_ptr<Database>(new Database(std::move(parts)));
}

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Database::~Database() {
  shutdown([] {});
  parts_->writer.reset();
}

void Database::run(std::string batch, Done done) {
  const std::optional<sql::BatchShape> shape = sql::inspect(batch);
  if (!shape) return done(Error{.status = Status::kMalformed, .detail = "The batch cannot be read."});
  if (shape->mode == sql::Mode::kRead)
    return parts_->readers->run(std::move(batch), shape->statements, std::move(done));
  parts_->writer->submit(std::move(batch), shape->statements, std::move(done));
}

void Database::migrate(sql::MigrateRequest request, Done done) {
  const Observer& observer = parts_->observer;
  parts_->writer->submit([request = std::move(request),
                          &observer](Connection& writer) { return storage_sqlite::migrate(writer, request, observer); },
                         std::move(done));
}

void Database::shutdown(std::function<void()> closed) {
  parts_->readers->close();  // before the writer, which then is the last and can tidy up
  parts_->writer->shutdown(std::move(closed));
}

void Database::join() { parts_->writer->join(); }

}  // namespace gatetorio::storage_sqlite
