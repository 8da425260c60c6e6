// What an operator may set in [plugins.storage-postgres].
#pragma once

#include <cstdint>
#include <string>

#include "gatetorio/options.hpp"
#include "gatetorio/sql_provider.hpp"

namespace gatetorio::storage_postgres {

struct Settings {
  std::string url = "";
  Secret password;
  std::string tls = "auto";
  std::string tls_ca = "";
  std::string tls_certificate = "";
  std::string tls_key = "";
  std::int64_t readers = 4;
  std::int64_t writers = 1;
  std::int64_t max_waiting = 10'000;
  std::int64_t max_wait_ms = 2000;
  std::int64_t connect_timeout_ms = 5000;
  std::int64_t statement_timeout_ms = 5000;
  std::int64_t audit_keep_days = 400;
  std::int64_t audit_keep_rows = 0;
  std::int64_t retention_grace_minutes = 60;
};

inline const OptionTable<Settings>& settings_table() {
  static const OptionTable<Settings> table = {
      option("url", &Settings::url,
             "The database, as libpq's URL: postgresql://USER@HOST:PORT/DATABASE, or a Unix socket: "
             "postgresql:///DATABASE?host=/run/postgresql. Several hosts may be named, with a comma between them; the "
             "one that accepts writes is used. Put no password here: set `password`.")
          .required(),
      option("password", &Settings::password,
             "The password of the database's user. Not needed where the server trusts the socket's user or the "
             "certificate."),
      option("tls", &Settings::tls,
             "How far to trust the way to the server, in libpq's words. \"auto\": an `sslmode` in the URL counts, else "
             "verify-full, and prefer for a Unix socket or this machine.")
          .choices({"auto", "disable", "prefer", "require", "verify-ca", "verify-full"}),
      option("tls_ca", &Settings::tls_ca,
             "Certificates of the authorities that may vouch for the server, a PEM file. Empty: those of the system."),
      option("tls_certificate", &Settings::tls_certificate, "The hub's own certificate, a PEM file."),
      option("tls_key", &Settings::tls_key, "Its key, a PEM file with mode 0600."),
      option("readers", &Settings::readers, "Connections for reading; each has a thread of its own.").range(1, 64),
      option(
          "writers", &Settings::writers,
          "Connections for writing; each has a thread and commits what waits in groups. One is fastest on few cores, "
          "because a group saves more than a second connection adds.")
          .range(1, 64),
      option("max_waiting", &Settings::max_waiting,
             "How many batches may wait for writing, and as many for reading. Above it requests are refused with 503 "
             "instead of piling up.")
          .unit("batches")
          .range(1, 1'000'000),
      option("max_wait_ms", &Settings::max_wait_ms,
             "A batch that has waited longer for a connection, or for a lock that another session holds, is refused "
             "with 503 "
             "and has no effect.")
          .unit("milliseconds")
          .range(10, 60'000),
      option("connect_timeout_ms", &Settings::connect_timeout_ms, "How long one attempt to connect may take.")
          .unit("milliseconds")
          .range(100, 60'000),
      option(
          "statement_timeout_ms", &Settings::statement_timeout_ms,
          "A statement that runs longer is cancelled by the server, and its batch undone. A server that is silent for "
          "two seconds more is given up.")
          .unit("milliseconds")
          .range(10, 600'000),
      sql::audit_keep_days<Settings>(),
      sql::audit_keep_rows<Settings>(),
      retention_grace_minutes<Settings>()};
  return table;
}

}  // namespace gatetorio::storage_postgres
