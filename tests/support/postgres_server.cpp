#include "support/postgres_server.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>

#include "support/socket.hpp"

namespace gatetorio::testing {

namespace fs = std::filesystem;

namespace {

constexpr const char* kServerUser = "postgres";
constexpr milliseconds kLongPatience{60'000};  // making a cluster on a busy machine

// The newest that is installed; Debian keeps its programs out of the PATH.
fs::path programs() {
  fs::path newest;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (!fs::exists(entry.path() / "bin" / "initdb")) continue;
    const auto version = [](const fs::path& path) { return std::atoi(path.filename().c_str()); };
    if (newest.empty() || version(entry.path()) > version(newest)) newest = entry.path();
  }
  if (newest.empty()) throw std::runtime_error("PostgreSQL is not installed; scripts/setup installs it");
  return newest / "bin";
}

bool is_root() { return ::geteuid() == 0; }

}  // namespace

void give_to_postgres(const fs::path& folder, mode_t mode) {
  ::chmod(folder.c_str(), mode);
  if (!is_root()) return;
  const passwd* user = ::getpwnam(kServerUser);
  if (user == nullptr || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + folder.string() + " to the user postgres");
  }
}

// The parent-death signal is set after the change of users, which would clear it.
std::vector<std::string> as_postgres(std::vector<std::string> arguments) {
  if (!is_root()) return arguments;
  std::vector<std::string> all{"/usr/bin/setpriv", std::string("--reuid=") + kServerUser,
                               std::string("--regid=") + kServerUser, "--clear-groups", "--pdeathsig=KILL"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

namespace {

void must(const RunResult& result, const char* what) {
  if (result.code != 0) throw std::runtime_error(std::string(what) + " failed:\n" + result.out + result.err);
}

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

PostgresServer::PostgresServer(PostgresSetup setup) : setup_(std::move(setup)) {
  give_to_postgres(folder_.path());
  make_cluster();
  if (!setup_.tls_certificate.empty()) take_certificate();
  start();
}

void PostgresServer::take_certificate() {
  for (const auto& [from, name] :
       {std::pair(setup_.tls_certificate, "server.pem"), std::pair(setup_.tls_key, "server.key")}) {
    fs::copy_file(from, folder_ / name);
    give_to_postgres(folder_ / name, 0600);
  }
  setup_.settings.insert(setup_.settings.end(), {"ssl=on", "ssl_cert_file=" + (folder_ / "server.pem").string(),
                                                 "ssl_key_file=" + (folder_ / "server.key").string()});
}

PostgresServer::~PostgresServer() {
  if (process_) kill();
}

void PostgresServer::make_cluster() const {
  must(run(as_postgres({(programs() / "initdb").string(), "-D", (folder_ / "data").string(), "-U", "postgres",
                        "--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8",
                        "--wal-segsize=1"}),
           kLongPatience),
       "initdb");
}

void PostgresServer::start() {
  std::vector<std::string> arguments{(programs() / "postgres").string(), "-D", (folder_ / "data").string(), "-k",
                                     folder_.path().string()};
  if (setup_.has_tcp) port_ = free_port();
  std::vector<std::string> settings{"listen_addresses=" + std::string(setup_.has_tcp ? "127.0.0.1" : ""),
                                    "fsync=off",  // its processes die, not the machine
                                    "shared_buffers=16MB",
                                    "max_connections=200",
                                    "log_min_messages=warning",
                                    "autovacuum=off"};
  if (setup_.has_tcp) settings.push_back("port=" + std::to_string(port_));
  settings.insert(settings.end(), setup_.settings.begin(), setup_.settings.end());
  for (const std::string& setting : settings) {
    arguments.emplace_back("-c");
    arguments.push_back(setting);
  }
  const auto accepts = [this] { return PQping(url("postgres").c_str()) == PQPING_OK; };
  // After a kill, what the old server's processes held may still be in use for a moment.
  const bool is_up = eventually(
      [&] {
        if (!process_ || !process_->is_running()) {
          process_ = std::make_unique<Process>(as_postgres(arguments), ProcessFiles{folder_ / "out", folder_ / "log"});
        }
        return accepts();
      },
      kLongPatience);
  if (!is_up) throw std::runtime_error("PostgreSQL does not come up:\n" + log());
}

std::string PostgresServer::url(const std::string& database) const {
  const std::string port = setup_.has_tcp ? "&port=" + std::to_string(port_) : "";
  return "postgresql:///" + database + "?user=postgres&host=" + folder_.path().string() + port;
}

std::string PostgresServer::tcp_url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::make_database() {
  static std::atomic<int> last{0};
  const std::string name = "hub_" + std::to_string(::getpid()) + "_" + std::to_string(++last);
  ask("postgres", "CREATE DATABASE " + name);
  return name;
}

std::string PostgresServer::ask(const std::string& database, const std::string& sql) const {
  return ask_postgres(url(database), sql);
}

namespace {

std::string ask_session(PGconn* session, const std::string& sql) {
  const std::unique_ptr<PGresult, Clear> result(PQexec(session, sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(session));
  }
  return PQntuples(result.get()) == 0 || PQnfields(result.get()) == 0 ? std::string() : PQgetvalue(result.get(), 0, 0);
}

}  // namespace

std::string ask_postgres(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(url.c_str()));
  return ask_session(connection.get(), sql);
}

std::shared_ptr<void> hold_in_postgres(const std::string& url, const std::string& sql) {
  std::shared_ptr<PGconn> session(PQconnectdb(url.c_str()), Finish());
  ask_session(session.get(), "BEGIN");
  ask_session(session.get(), sql);
  return session;
}

std::vector<pid_t> PostgresServer::processes() const {
  std::vector<pid_t> all = children_of(process_->pid());
  all.push_back(process_->pid());
  return all;
}

void PostgresServer::kill() {
  const auto all = processes();
  // The parent first, or it would start its children anew.
  process_->signal(SIGKILL);
  for (const pid_t pid : all) {
    if (pid != process_->pid()) ::kill(pid, SIGKILL);
  }
  process_->wait();
  eventually([&] {
    for (const pid_t pid : all) {
      if (is_alive(pid)) return false;
    }
    return true;
  });
}

void PostgresServer::stop() {
  process_->signal(SIGINT);
  if (process_->wait(kLongPatience) != 0) throw std::runtime_error("PostgreSQL does not stop:\n" + log());
}

void PostgresServer::freeze() {
  for (const pid_t pid : processes()) ::kill(pid, SIGSTOP);
}

void PostgresServer::thaw() {
  for (const pid_t pid : processes()) ::kill(pid, SIGCONT);
}

PostgresServer& shared_postgres() {
  static PostgresServer server;
  return server;
}

}  // namespace gatetorio::testing
