// One session with the server, in libpq's pipeline mode, with what it has prepared. One thread at a time.
#pragma once

#include <chrono>
#include <string>

#include "login.hpp"
#include "statement_cache.hpp"

namespace gatetorio::storage_postgres {

class Connection {
 public:
  Connection(PgConnection session, std::chrono::milliseconds patience, const StopTime& stop)
      : session_(std::move(session)), patience_(patience), stop_(stop) {}

  PGconn* raw() const { return session_.get(); }
  StatementCache& statements() { return statements_; }

  // The next result, null where a query's results end. Sends what is still to be sent. Blocks until something comes, at
  // most for the patience; afterwards, or at the stop, the connection is broken.
  PgResult next();
  // Once broken it stays so.
  bool is_broken() const { return is_broken_ || PQstatus(session_.get()) == CONNECTION_BAD; }
  void give_up() { is_broken_ = true; }

  // Looks without waiting whether the server has ended an idle session.
  bool is_alive();

 private:
  PgConnection session_;
  const std::chrono::milliseconds patience_;  // with a server that says nothing
  const StopTime& stop_;
  StatementCache statements_;
  bool is_broken_ = false;
};

}  // namespace gatetorio::storage_postgres
