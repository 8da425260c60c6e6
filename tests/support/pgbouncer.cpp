#include "support/pgbouncer.hpp"

#include <libpq-fe.h>
#include <signal.h>

#include <fstream>
#include <stdexcept>

#include "support/socket.hpp"

namespace gatetorio::testing {

PgBouncer::PgBouncer(const PostgresServer& server, const std::string& mode) : server_(server), port_(free_port()) {
  give_to_postgres(folder_.path());
  configure(mode);
  process_ = std::make_unique<Process>(as_postgres({"/usr/sbin/pgbouncer", (folder_ / "pgbouncer.ini").string()}),
                                       ProcessFiles{folder_ / "out", folder_ / "log"});
  if (!eventually([this] { return PQping(url("postgres").c_str()) == PQPING_OK; })) {
    throw std::runtime_error("PgBouncer does not come up:\n" + read_file(folder_ / "log"));
  }
}

void PgBouncer::configure(const std::string& mode) const {
  std::ofstream(folder_ / "users.txt") << "\"postgres\" \"\"\n";
  std::ofstream(folder_ / "pgbouncer.ini")
      << "[databases]\n"
      << "* = host=" << server_.folder().string() << " user=postgres\n"
      << "[pgbouncer]\n"
      << "listen_addr =\nlisten_port = " << port_ << "\n"
      << "unix_socket_dir = " << folder_.path().string() << "\n"
      << "auth_type = trust\nauth_file = " << (folder_ / "users.txt").string() << "\npool_mode = " << mode << "\n";
}

std::string PgBouncer::url(const std::string& database) const {
  return "postgresql:///" + database + "?user=postgres&host=" + folder_.path().string() +
         "&port=" + std::to_string(port_);
}

void PgBouncer::reload(const std::string& mode) {
  configure(mode);
  process_->signal(SIGHUP);
}

}  // namespace gatetorio::testing
