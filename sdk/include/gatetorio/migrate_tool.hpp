// For providers of gatetorio.sql/1: the tool `migrate`, which is the same whatever the database.
//
//   gatetorio-hub migrate --config FILE             brings the tables of all configured plugins up to date
//   gatetorio-hub migrate --config FILE --dry-run   tells what that would do
//   gatetorio-hub migrate --config FILE --status    tells what was applied and what was not
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/migration_files.hpp"
#include "gatetorio/tools.hpp"

namespace gatetorio::sql {

struct MigrateArguments {
  bool dry_run = false;
  bool status = false;
};

inline const OptionTable<MigrateArguments>& migrate_arguments() {
  static const OptionTable<MigrateArguments> table = {
      option("dry_run", &MigrateArguments::dry_run, "Only tells which files would be applied."),
      option("status", &MigrateArguments::status, "Lists every file with whether it was applied.")};
  return table;
}

// What a database does for the tool. Both may block.
struct MigrationBackend {
  std::string_view dialect;  // "sqlite", "postgres"
  // The plugin's rows of the ledger in the order of their numbers; changes nothing, also where there is no ledger yet.
  std::function<Result<std::vector<AppliedMigration>>(const std::string& plugin)> ledger;
  // As kMigrateMethod (sql.hpp).
  std::function<Result<std::string>(const MigrateRequest&)> apply;
};

namespace detail {

inline Task<Result<std::vector<std::string>>> configured_plugins(Host& host) {
  auto start = [&host](gtr_completion done) { host.inspect().report(host.raw(), to_bytes("plugins"), done); };
  const std::string report = co_await ok(host.complete(start));
  std::vector<std::string> ids;
  const boost::json::value parsed = boost::json::parse(report);
  for (const auto& plugin : parsed.as_array()) {
    ids.emplace_back(plugin.as_object().at("id").as_string());
  }
  co_return ids;
}

// One plugin's part. Its pending files, or why not.
inline Result<std::size_t> migrate_one(const MigrationBackend& backend, const MigrateRequest& request,
                                       const MigrateArguments& arguments,
                                       const std::function<void(const std::string&)>& print) {
  const auto files = read_migrations(request, backend.dialect);
  if (!files && files.error().status == Status::kNotFound) return std::size_t{0};  // it has no tables
  if (!files) return files.error();
  const auto ledger = backend.ledger(request.plugin);
  if (!ledger) return ledger.error();
  if (const auto fits = check_ledger(*ledger, *files, request.plugin); !fits) return fits.error();
  const auto tell = [&](const MigrationFile& file, const char* what) {
    print(request.plugin + "/" + file.name + ": " + what);
  };
  for (std::size_t i = 0; arguments.status && i < ledger->size(); ++i) tell((*files)[i], "applied");
  const bool is_told_only = arguments.status || arguments.dry_run;
  for (std::size_t i = ledger->size(); is_told_only && i < files->size(); ++i) {
    tell((*files)[i], arguments.status ? "not applied" : "would be applied");
  }
  if (is_told_only || ledger->size() == files->size()) return files->size() - ledger->size();
  if (const auto applied = backend.apply(request); !applied) return applied.error();
  for (std::size_t i = ledger->size(); i < files->size(); ++i) tell((*files)[i], "applied");
  return files->size() - ledger->size();
}

}  // namespace detail

// Runs the tool for every configured plugin that has migrations. Errors: those of read_migrations(), check_ledger() and
// the backend. On a worker, which it blocks: nothing else runs beside a tool.
inline Task<Result<void>> run_migrate_tool(Host& host, MigrationBackend backend, MigrateArguments arguments,
                                           std::function<void(const std::string&)> print) {
  const std::vector<std::string> plugins = co_await ok(detail::configured_plugins(host));
  std::size_t pending = 0;
  for (const std::string& plugin : plugins) {
    const MigrateRequest request{.plugin = plugin, .directories = migration_directories(host)};
    const Result<std::size_t> done = detail::migrate_one(backend, request, arguments, print);
    if (!done) co_return done.error();
    pending += *done;
  }
  if (pending == 0) print("everything is up to date");
  co_return Result<void>();
}

}  // namespace gatetorio::sql
