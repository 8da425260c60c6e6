#include "login.hpp"

#include <poll.h>

#include <algorithm>
#include <filesystem>

#include "gatetorio/secret.hpp"

namespace gatetorio::storage_postgres {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

Error unavailable(std::string words) {
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
  std::replace(words.begin(), words.end(), '\n', ' ');
  return {.status = Status::kUnavailable, .detail = "cannot connect: " + words, .retry_after_s = 1};
}

void ignore_notice(void*, const PGresult*) {}

// How long a statement waits for somebody's lock where it holds up others: what other hubs do takes less. Reads, of
// which many are sent at once, only wait for changes of a table's form.
constexpr milliseconds kLockPatience{100}, kReadLockPatience{20};

std::string naming(const std::string& name) { return "SELECT set_config('gatetorio.session', '" + name + "', false)"; }

// What a session must be whatever the server's or the role's defaults say. Acknowledged means durable: a commit that is
// not flushed is no commit, but a stricter setting (remote_apply) stays.
std::string session_setup(const Session& session, milliseconds statement_timeout) {
  const bool is_reading = session.access == Access::kRead;
  std::string sql =
      "SET client_encoding = 'UTF8'; SET statement_timeout = " + std::to_string(statement_timeout.count()) +
      "; SET lock_timeout = " + std::to_string((is_reading ? kReadLockPatience : kLockPatience).count()) +
      "; SET idle_in_transaction_session_timeout = " + std::to_string(4 * statement_timeout.count()) +
      "; SET client_min_messages = error; SET TIME ZONE 'UTC'; SET standard_conforming_strings = on"
      "; SELECT set_config('synchronous_commit', 'on', false)"
      " WHERE current_setting('synchronous_commit') IN ('off', 'local'); " +
      naming(session.name);
  if (is_reading) sql += "; SET default_transaction_read_only = on";
  return sql + "; SELECT pg_backend_pid(), current_setting('transaction_read_only')";
}

// Runs SQL on a fresh connection: the last row of the last result, empty where there is none. kUnavailable where the
// server refuses it or says nothing until the deadline.
Result<std::vector<std::string>> ask(PGconn* connection, const std::string& sql, Clock::time_point deadline,
                                     const StopTime& stop) {
  const auto failed = [&] {
    return unavailable(std::string("the session cannot be set up: ") + PQerrorMessage(connection));
  };
  if (PQsendQuery(connection, sql.c_str()) != 1) return failed();
  bool is_good = true;
  std::vector<std::string> row;
  for (;;) {
    while (PQisBusy(connection) != 0) {
      if (!wait_for_socket(connection, false, deadline, stop) || PQconsumeInput(connection) != 1) return failed();
    }
    const PgResult result(PQgetResult(connection));
    if (!result) break;
    const ExecStatusType status = PQresultStatus(result.get());
    is_good = is_good && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    row.clear();
    for (int i = 0; PQntuples(result.get()) > 0 && i < PQnfields(result.get()); ++i) {
      row.emplace_back(PQgetvalue(result.get(), PQntuples(result.get()) - 1, i));
    }
  }
  if (!is_good) return failed();
  return row;
}

}  // namespace

bool wait_for_socket(PGconn* connection, bool for_writing, Clock::time_point deadline, const StopTime& stop) {
  constexpr milliseconds kLook{100};  // how soon a stopping hub is noticed
  while (!stop.has_come()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds::zero()) return false;
    pollfd waiting{PQsocket(connection), static_cast<short>(POLLIN | (for_writing ? POLLOUT : 0)), 0};
    if (waiting.fd < 0) return true;  // broken: libpq will say so
    if (::poll(&waiting, 1, static_cast<int>(std::min(left, kLook).count())) > 0) return true;
  }
  return false;
}

Result<Login> Login::make(const LoginSettings& settings) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(PQconninfoParse(settings.url.c_str(), &problem));
  PQfreemem(problem);  // it quotes the URL, which may hold a password
  if (!parsed)
    return Error{.status = Status::kInvalid, .detail = "is not a URL of PostgreSQL (postgresql://user@host/database)"};
  Login login;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || *option->val == '\0') continue;
    login.has_password_in_url_ = login.has_password_in_url_ || std::string_view(option->keyword) == "password";
    login.set(option->keyword, option->val);
  }
  if (!settings.password.empty()) login.set("password", settings.password.reveal());
  login.set_tls(settings);
  login.set("client_encoding", "UTF8");
  login.set_default("application_name", "gatetorio-hub");
  // A peer that is gone without a word is noticed in about 20 s even where nothing is sent.
  login.set_default("keepalives_idle", "10");
  login.set_default("keepalives_interval", "3");
  login.set_default("keepalives_count", "3");
  if (login.value("host").find(',') != std::string::npos) login.set_default("target_session_attrs", "read-write");
  login.connect_timeout_ = settings.connect_timeout;
  login.statement_timeout_ = settings.statement_timeout;
  return login;
}

void Login::set_tls(const LoginSettings& settings) {
  if (settings.tls != "auto") {
    set("sslmode", settings.tls);
  } else {
    set_default("sslmode", is_local() ? "prefer" : "verify-full");
  }
  if (!settings.tls_ca.empty()) set("sslrootcert", settings.tls_ca);
  if (!settings.tls_certificate.empty()) set("sslcert", settings.tls_certificate);
  if (!settings.tls_key.empty()) set("sslkey", settings.tls_key);
  // libpq itself would look in the home folder only.
  std::error_code ignored;
  if (value("sslmode").starts_with("verify") && std::filesystem::exists(kSystemAuthorities, ignored)) {
    set_default("sslrootcert", kSystemAuthorities);
  }
}

bool Login::is_local() const {
  const std::string host = value("host");
  return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" || host == "127.0.0.1" ||
         host == "::1";
}

std::string Login::value(std::string_view key) const {
  for (const auto& [name, value] : parameters_) {
    if (name == key) return value;
  }
  return {};
}

void Login::set(std::string_view key, std::string value) {
  for (auto& [name, old] : parameters_) {
    if (name != key) continue;
    old = std::move(value);
    return;
  }
  parameters_.emplace_back(key, std::move(value));
}

void Login::set_default(std::string_view key, std::string value) {
  if (this->value(key).empty()) set(key, std::move(value));
}

Result<PgConnection> Login::open(Clock::time_point deadline, const StopTime& stop) const {
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : parameters_) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  PgConnection connection(PQconnectStartParams(keys.data(), values.data(), 0));
  if (!connection) return unavailable("no memory");
  PQsetNoticeReceiver(connection.get(), &ignore_notice, nullptr);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (PQstatus(connection.get()) != CONNECTION_BAD && state != PGRES_POLLING_OK) {
    if (!wait_for_socket(connection.get(), state == PGRES_POLLING_WRITING, deadline, stop)) {
      return unavailable("no answer within the connect timeout");
    }
    state = PQconnectPoll(connection.get());
    if (state == PGRES_POLLING_FAILED) break;
  }
  if (PQstatus(connection.get()) != CONNECTION_OK) return unavailable(PQerrorMessage(connection.get()));
  return connection;
}

Result<Session> Login::connect(Access access, const StopTime& stop) const {
  const auto is_known = [this] {
    const Pooling kind = pooling_->kind;
    return kind == Pooling::kDirect || kind == Pooling::kBySession;
  };
  std::unique_lock learning(pooling_->learning, std::defer_lock);
  if (!is_known()) learning.lock();
  if (learning && is_known()) learning.unlock();  // while this one waited
  const auto deadline = Clock::now() + connect_timeout_;
  Result<PgConnection> opened = open(deadline, stop);
  if (!opened) return opened.error();
  Session session{
      .connection = *std::move(opened), .access = access, .name = "g" + to_hex(random_bytes(8)), .pooling = pooling_};
  PGconn* const raw = session.connection.get();
  // What others left in a session that a pooler gave them before; a transaction is read-only or not from its start on.
  if (const auto reset = ask(raw, "RESET ALL", deadline, stop); !reset) return reset.error();
  const auto facts = ask(raw, session_setup(session, statement_timeout_), deadline, stop);
  if (!facts) return facts.error();
  if (facts->size() != 2) return unavailable("the server does not say what it is");
  if (access == Access::kWrite && facts->back() != "off") {
    return unavailable("the server is read-only: it is a standby, or default_transaction_read_only is on");
  }
  // A pooler does not know the server's process when it greets its client.
  session.is_pooled = facts->front() != std::to_string(PQbackendPID(raw));
  if (session.is_pooled) {
    if (const auto pooled = check_pooling(session, stop); !pooled) return pooled.error();
  } else {
    pooling_->kind = Pooling::kDirect;
  }
  const auto lock = ask(raw, std::string("SELECT pg_try_advisory_lock_shared(") + kHubsLock + ")", deadline, stop);
  if (!lock) return lock.error();
  if (*lock != std::vector<std::string>{"t"}) return unavailable("`storage copy` has the database; it must end first");
  if (PQsetnonblocking(raw, 1) != 0 || PQenterPipelineMode(raw) != 1) {
    return unavailable("libpq refuses its pipeline mode");
  }
  return session;
}

// A pooler that gives a session away between transactions gives it to the next who comes. Once it was seen to leave
// sessions alone it is not asked again, until a session finds itself another one (Exchange::check_session).
Result<void> Login::check_pooling(const Session& session, const StopTime& stop) const {
  constexpr milliseconds kPatience{3000};  // a pooler that is full lets the next one wait: then nothing was learnt
  if (pooling_->kind == Pooling::kBySession) return {};
  const auto deadline = Clock::now() + kPatience;
  const Result<PgConnection> next = open(deadline, stop);
  const bool is_answered = next && ask(next->get(), naming("of somebody else"), deadline, stop);
  const auto name = ask(session.connection.get(), "SELECT current_setting('gatetorio.session', true)",
                        Clock::now() + kPatience, stop);
  const bool is_own = name && *name == std::vector<std::string>{session.name};
  if (!is_own) pooling_->kind = Pooling::kByTransaction;
  if (is_own && is_answered) pooling_->kind = Pooling::kBySession;
  if (is_own && (is_answered || pooling_->kind != Pooling::kByTransaction)) return {};
  return unavailable(
      "a pooler (PgBouncer?) gives the hub's session to others between transactions; transaction and statement pooling "
      "are not supported: set pool_mode = session for this database");
}

std::string Login::conninfo() const {
  std::string text;
  for (const auto& [key, value] : parameters_) {
    text.append(key).append("='");
    for (const char c : value) {
      if (c == '\'' || c == '\\') text.push_back('\\');
      text.push_back(c);
    }
    text.append("' ");
  }
  const auto seconds = std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(connect_timeout_).count());
  return text + "connect_timeout='" + std::to_string(seconds) + "'";
}

std::string Login::place() const {
  const std::string host = value("host"), port = value("port"), database = value("dbname");
  return (host.empty() ? "the local socket" : host) + ":" + (port.empty() ? "5432" : port) + "/" + database;
}

}  // namespace gatetorio::storage_postgres
