// How to reach the database: from the operator's words to a session that is ready for work.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/options.hpp"
#include "gatetorio/result.hpp"
#include "stop_time.hpp"

namespace gatetorio::storage_postgres {

struct LoginSettings {
  std::string url;
  Secret password = {};
  std::string tls = "auto";
  std::string tls_ca = {};
  std::string tls_certificate = {};
  std::string tls_key = {};
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{5000};
};

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PgConnection = std::unique_ptr<PGconn, CloseConnection>;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ClearResult>;

enum class Access { kRead, kWrite };

// The parameters of a connection, checked without connecting. Immutable; usable from any thread.
class Login {
 public:
  // Errors: kInvalid for a URL that libpq cannot read; the detail quotes no part of it.
  static Result<Login> make(const LoginSettings& settings);

  // Connects and sets the session up: UTF-8, the statement timeout, durable commits, read-only where only that is asked
  // for. Blocks for at most the connect timeout, or until `stop`. Errors: kUnavailable, with the server's words.
  Result<PgConnection> connect(Access access, const StopTime& stop) const;

  // For libpqxx: the same parameters as one string. It holds the password.
  std::string conninfo() const;

  // "host:port/database", for the log.
  std::string place() const;
  bool has_password_in_url() const { return has_password_in_url_; }
  std::chrono::milliseconds statement_timeout() const { return statement_timeout_; }

 private:
  std::string value(std::string_view key) const;
  void set(std::string_view key, std::string value);
  void set_default(std::string_view key, std::string value);
  void set_tls(const LoginSettings& settings);
  bool is_local() const;

  std::vector<std::pair<std::string, std::string>> parameters_;
  std::chrono::milliseconds connect_timeout_{};
  std::chrono::milliseconds statement_timeout_{};
  bool has_password_in_url_ = false;
};

// Waits until the socket can be read (or written, where `for_writing`). False at the deadline or at the stop.
bool wait_for_socket(PGconn* connection, bool for_writing, std::chrono::steady_clock::time_point deadline,
                     const StopTime& stop);

}  // namespace gatetorio::storage_postgres
