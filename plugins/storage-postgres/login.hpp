// How to reach the database: from the operator's words to a session that is ready for work.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
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

// Held, shared, by every session of a hub; `storage copy` takes it alone. A number of the hub's own in pg_locks.
inline constexpr const char* kHubsLock = "7449363237741490794";

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PgConnection = std::unique_ptr<PGconn, CloseConnection>;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ClearResult>;

enum class Access { kRead, kWrite };

// Whether a pooler between hub and server leaves a session to its client, as the hub needs it.
enum class Pooling : std::uint8_t { kUnknown, kDirect, kBySession, kByTransaction };

// What the sessions of one login have learnt of it. Usable from any thread.
struct PoolingKnowledge {
  std::atomic<Pooling> kind = Pooling::kUnknown;
  // Held while a session is made and the answer is not known: sessions that are made at the same time hide from each
  // other that a pooler gives them away.
  std::mutex learning;
};

// A session that is set up.
struct Session {
  PgConnection connection;
  Access access = Access::kRead;
  std::string name = {};  // of this session alone; the server knows it too
  bool is_pooled = false;
  std::shared_ptr<PoolingKnowledge> pooling = {};  // the login's: what one session learns, all know
};

// The parameters of a connection, checked without connecting. Immutable; usable from any thread.
class Login {
 public:
  // Errors: kInvalid for a URL that libpq cannot read; the detail quotes no part of it.
  static Result<Login> make(const LoginSettings& settings);

  // Connects and sets the session up: UTF-8, the timeouts, durable commits, read-only where only that is asked for, and
  // the lock that keeps `storage copy` away. Blocks for at most the connect timeout, or until `stop`; while it is not
  // known whether there is a pooler, for as long as the others that connect before it. Errors:
  // kUnavailable, with the server's words; where writing is asked for and the server does not write; where a pooler
  // gives the session to others between transactions; where `storage copy` has the database.
  Result<Session> connect(Access access, const StopTime& stop) const;

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
  Result<PgConnection> open(std::chrono::steady_clock::time_point deadline, const StopTime& stop) const;
  Result<void> check_pooling(const Session& session, const StopTime& stop) const;

  std::vector<std::pair<std::string, std::string>> parameters_;
  std::chrono::milliseconds connect_timeout_{};
  std::chrono::milliseconds statement_timeout_{};
  bool has_password_in_url_ = false;
  std::shared_ptr<PoolingKnowledge> pooling_ = std::make_shared<PoolingKnowledge>();
};

// Waits until the socket can be read (or written, where `for_writing`). False at the deadline or at the stop.
bool wait_for_socket(PGconn* connection, bool for_writing, std::chrono::steady_clock::time_point deadline,
                     const StopTime& stop);

}  // namespace gatetorio::storage_postgres
