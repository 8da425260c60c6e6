// A real PgBouncer between a test and a PostgreSQL server, on a Unix socket in a folder that is gone with it.
#pragma once

#include <memory>
#include <string>

#include "support/postgres_server.hpp"

namespace gatetorio::testing {

class PgBouncer {
 public:
  // Starts it with this pool_mode ("session", "transaction", "statement"), as PostgreSQL's own user. Throws
  // std::runtime_error, with its words, where it does not come up. The server must outlive it.
  PgBouncer(const PostgresServer& server, const std::string& mode);

  std::string url(const std::string& database) const;
  // Another pool_mode from now on, as by `systemctl reload`: connections stay.
  void reload(const std::string& mode);

 private:
  void configure(const std::string& mode) const;

  const PostgresServer& server_;
  TempDir folder_;
  std::uint16_t port_;
  std::unique_ptr<Process> process_;
};

}  // namespace gatetorio::testing
