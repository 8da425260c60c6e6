// The engine: one SQLite file, one thread that writes in groups, a few connections that read. Knows nothing of the hub.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gatetorio/sql.hpp"
#include "observer.hpp"

namespace gatetorio::storage_sqlite {

struct DatabaseSettings {
  std::string path;                  // its folder exists
  std::size_t readers = 4;           // at least 1
  std::size_t max_waiting = 10'000;  // for writing, and as many for reading
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds stop_grace{3000};  // for what waits at shutdown()
  std::int64_t writer_cache_kib = 8192;
  std::int64_t reader_cache_kib = 2048;
  std::int64_t max_wal_bytes = std::int64_t{64} << 20;
};

class Database {
 public:
  // Opens or makes the file (mode 0600), recovers it, starts the writer's thread. Blocks for a moment. Errors:
  // kConflict where another process has it open; kUnavailable.
  static Result<std::unique_ptr<Database>> open(DatabaseSettings settings, Observer observer);
  // Shuts down and waits for the writer's thread.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs the encoding of a sql::Batch. Errors as sql.hpp says; kMalformed for bytes that are no batch or hold text that
  // is not UTF-8 or has a zero byte. A batch for reading runs on the calling thread (observer.hpp, reader_pool.hpp);
  // one for writing answers on the writer's thread, when it is on disk. From any thread.
  void run(std::string batch, Done done);

  // Applies the migrations of a plugin, in its place among the writes. The result is empty. `done` as in run().
  void migrate(sql::MigrateRequest request, Done done);

  // Takes no more. Writes that wait are committed, or cancelled after the grace; `closed` comes on the writer's thread
  // when every write has answered and the file is closed. It must not destroy this object there. Only the first call
  // counts. Requests that come later are answered with kCancelled.
  void shutdown(std::function<void()> closed);
  // Waits until the writer's thread has ended: a moment, after `closed`. Once.
  void join();

 private:
  struct Parts;
  explicit Database(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace gatetorio::storage_sqlite
