// The engine: a pool of connections that commit in groups, one of connections that read, and a thread for migrations.
// Knows nothing of the hub.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gatetorio/sql.hpp"
#include "login.hpp"
#include "observer.hpp"

namespace gatetorio::storage_postgres {

struct DatabaseSettings {
  LoginSettings login;
  std::size_t readers = 4;                     // at least 1
  std::size_t writers = 1;                     // at least 1
  std::size_t max_waiting = 10'000;            // for writing, and as many for reading
  std::size_t max_group = 256;                 // batches in one commit
  std::chrono::milliseconds max_wait{2000};    // in a queue
  std::chrono::milliseconds stop_grace{2000};  // for what waits at shutdown()
};

class Database {
 public:
  // Starts the threads, which connect by themselves: a server that is away is no error here. Errors: kInvalid for a URL
  // that cannot be read.
  static Result<std::unique_ptr<Database>> open(DatabaseSettings settings, Observer observer);
  // Shuts down and waits for the threads.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs the encoding of a sql::Batch. Errors as sql.hpp says; kMalformed for bytes that are no batch or hold text that
  // is not UTF-8 or has a zero byte; kUnavailable where the server is away or too many wait: then there was no effect;
  // kTimeout where the connection broke while the server was committing: then nobody knows. Never blocks; `done` comes
  // on a thread of the engine, or inside this call for what is refused at once. From any thread.
  void run(std::string batch, Done done);

  // Applies the migrations of a plugin. The result is empty. One process at a time does so in a database; the others
  // wait. A server that is away is waited for up to `patience`. Errors: those of migrator.hpp. `done` comes on a thread
  // of the engine.
  void migrate(sql::MigrateRequest request, Done done, std::chrono::milliseconds patience = std::chrono::minutes(1));

  // Takes no more. Writes that wait are committed, or cancelled after the grace; `closed` comes on a thread of the
  // engine when everything has answered. It must not destroy this object there. Only the first call counts.
  void shutdown(std::function<void()> closed);
  // Waits until all threads have ended: a moment, after `closed`. Once.
  void join();

  const Login& login() const;

 private:
  struct Parts;
  explicit Database(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace gatetorio::storage_postgres
