// The rules of bundled plugins, in the fake host: the files that were built, on real storage and real migrations.
#pragma once

#include "gatetorio/devices.hpp"
#include "gatetorio/sql.hpp"
#include "gatetorio/testing/moments.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {

// Begins with storage alone; a test loads what it is about, and starts.
struct PluginRules {
  // `data_dir`: of a hub that has stopped.
  explicit PluginRules(const std::string& data_dir = "")
      : host({.plugin_dir = GATETORIO_BUILD_DIR "/plugins",
              .migrations_dir = GATETORIO_SOURCE_DIR "/migrations",
              .data_dir = data_dir}) {
    host.load("storage-sqlite");
  }

  // Runs a statement on the database; its rows.
  template <class... Args>
  sql::Results query(std::string_view text, const Args&... args) {
    sql::Batch batch(sql::Mode::kWrite);
    batch.add(text, args...);
    const Result<std::string> bytes = host.call_bytes(sql::kServiceId, sql::kRunMethod, batch.bytes());
    sql::Results results;
    if (!bytes || !results.parse(*bytes)) throw std::runtime_error("a test's own statement failed");
    return results;
  }
  template <class... Args>
  std::int64_t count(std::string_view text, const Args&... args) {
    return query(text, args...)[0].integer(0, 0);
  }
  // Entries of the audit log.
  std::int64_t audited(std::string_view action) {
    return count("SELECT COUNT(*) FROM gatetorio_audit WHERE action = $1", action);
  }

  FakeHost host;
};

}  // namespace gatetorio::testing
