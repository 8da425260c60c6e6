// One session with the server, in libpq's pipeline mode, with what it has prepared. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "login.hpp"
#include "statement_cache.hpp"

namespace gatetorio::storage_postgres {

class Connection {
 public:
  Connection(Session session, std::chrono::milliseconds patience, const StopTime& stop)
      : session_(std::move(session)), patience_(patience), stop_(stop), statements_(session_.name) {}

  PGconn* raw() const { return session_.connection.get(); }
  const Session& session() const { return session_; }
  StatementCache& statements() { return statements_; }

  // The next result, null where a query's results end. Sends what is still to be sent. Blocks until something comes, at
  // most for the patience; afterwards, or at the stop, the connection is broken.
  PgResult next();
  // Unlike any other's of this session or another.
  std::string new_question() { return session_.name + "?" + std::to_string(++questions_); }
  // Once broken it stays so.
  bool is_broken() const { return is_broken_ || PQstatus(raw()) == CONNECTION_BAD; }
  void give_up() { is_broken_ = true; }
  // What the server says of the session is not what was set up: a pooler has given it to somebody else.
  void give_up_pooled() {
    session_.pooling->kind = Pooling::kByTransaction;
    give_up();
  }

  // Looks without waiting whether the server has ended an idle session.
  bool is_alive();

 private:
  Session session_;
  const std::chrono::milliseconds patience_;  // with a server that says nothing
  const StopTime& stop_;
  StatementCache statements_;
  std::uint64_t questions_ = 0;
  bool is_broken_ = false;
};

}  // namespace gatetorio::storage_postgres
