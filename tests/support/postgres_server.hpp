// A real PostgreSQL server of a test's own: on a Unix socket in a folder that is gone with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace gatetorio::testing {

struct PostgresSetup {
  bool has_tcp = false;                    // also on a free port of 127.0.0.1
  std::vector<std::string> settings = {};  // "name=value" of the server's configuration
  std::string tls_certificate = {};        // PEM files that are copied; empty: no TLS
  std::string tls_key = {};
};

class PostgresServer {
 public:
  // Makes an empty cluster and starts it. As root it runs as the user "postgres", as PostgreSQL demands. Throws
  // std::runtime_error, with the server's words, where it does not come up.
  explicit PostgresServer(PostgresSetup setup = {});
  ~PostgresServer();  // kills it where it still runs

  // A URL of a database, which need not exist.
  std::string url(const std::string& database) const;
  // The same by TCP.
  std::string tcp_url(const std::string& database) const;
  // Makes an empty database of a new name; its name.
  std::string make_database();
  // Runs SQL as the superuser; the first cell of the answer. Throws std::runtime_error.
  std::string ask(const std::string& database, const std::string& sql) const;

  // SIGKILL to the server and all its processes: what a crash or a power cut of the machine looks like.
  void kill();
  // An orderly stop that ends all connections.
  void stop();
  // Again, with the same data. Waits until it takes connections.
  void start();
  // Lets all its processes hang, as behind a network that lost its way; and go on.
  void freeze();
  void thaw();
  std::string log() const { return read_file(folder_ / "log"); }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  std::vector<pid_t> processes() const;
  void make_cluster() const;
  void take_certificate();

  PostgresSetup setup_;
  TempDir folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

// A command that is run as the user "postgres" where the test is root; and a folder or file for it.
std::vector<std::string> as_postgres(std::vector<std::string> arguments);
void give_to_postgres(const std::filesystem::path& path, mode_t mode = 0755);

// Runs SQL; the first cell of the answer. Throws std::runtime_error.
std::string ask_postgres(const std::string& url, const std::string& sql);

// Somebody's session, in a transaction that has run `sql` and ends with the last copy of what this returns: what it
// locked is locked until then. Throws std::runtime_error.
std::shared_ptr<void> hold_in_postgres(const std::string& url, const std::string& sql);

// One server for all tests of this program.
PostgresServer& shared_postgres();

}  // namespace gatetorio::testing
