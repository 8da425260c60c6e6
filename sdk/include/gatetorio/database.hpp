// Database: the plugin's way to gatetorio.sql/1.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "gatetorio/sql.hpp"

namespace gatetorio {

namespace sql {

// The folders of hub.migrations_dir and the hub's own, in the order of searching.
inline std::vector<std::string> migration_directories(const Host& host) {
  std::vector<std::string> directories;
  const std::string path = host.setting("migrations_dir");
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    if (end > at) directories.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return directories;
}

}  // namespace sql

class Database {
 public:
  Database(Host& host, std::string plugin_id)
      : host_(host), plugin_id_(std::move(plugin_id)), service_(host, sql::kServiceId) {}

  // Runs a batch: all or nothing. A write has reached the disk when this answers. Errors: sql.hpp.
  Task<Result<sql::Results>> run(sql::Batch batch) {
    std::string bytes = co_await ok(service_.call_bytes(sql::kRunMethod, batch.bytes()));
    sql::Results results;
    if (!results.parse(std::move(bytes))) {
      co_return Error{.status = Status::kInternal, .detail = "The answer of the storage cannot be read."};
    }
    co_return results;
  }
  // A batch of one statement that reads; its rows are results[0].
  template <class... Args>
  Task<Result<sql::Results>> read(std::string_view sql, const Args&... args) {
    sql::Batch batch(sql::Mode::kRead);
    batch.add(sql, args...);
    return run(std::move(batch));
  }
  // A batch of one statement that writes.
  template <class... Args>
  Task<Result<sql::Results>> write(std::string_view sql, const Args&... args) {
    sql::Batch batch(sql::Mode::kWrite);
    batch.add(sql, args...);
    return run(std::move(batch));
  }

  // Brings the plugin's tables up to its migrations. In start(), before anything else.
  Task<Result<void>> migrate() {
    const sql::MigrateRequest request{.plugin = plugin_id_, .directories = sql::migration_directories(host_)};
    co_await ok(service_.call_bytes(sql::kMigrateMethod, wire::encode(request), kMigrateDeadlineMs));
    co_return Result<void>();
  }

 private:
  static constexpr std::uint32_t kMigrateDeadlineMs = 3'600'000;

  Host& host_;
  std::string plugin_id_;
  ServiceClient service_;
};

// Adds to a write the entry of the audit log that tells of it: both are kept or neither.
//   action "device.register", target "device:17", detail a JSON object or empty; never a secret.
inline void audit(sql::Batch& batch, const Call& call, std::string_view action, std::string_view target,
                  std::string_view detail = "") {
  const std::string who =
      call.principal ? call.principal->kind + ":" + std::to_string(call.principal->id) : std::string("anonymous");
  batch.add(
      "INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, request_id)"
      " VALUES ($1, $2, $3, $4, $5, 'ok', $6, $7)",
      now(), who, call.peer, action, target, detail, call.request_id);
}

}  // namespace gatetorio
