// For providers of gatetorio.sql/1: the ends of such a plugin that are the same whatever the database - its service,
// its own tables, the retention of the audit log and of jobs that were given up, its stop.
//
//   sql::Provider<Database> provider_;   // (host, kManifest.id, {.keep_days = settings_.audit_keep_days, ...})
//   provider_.declare();                 // in configure()
//   provider_.open(std::move(database)); // in start(), then co_await migrate(...) and keep_audit()
//   co_await provider_.close()           // in stop()
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gatetorio/database.hpp"
#include "gatetorio/options.hpp"
#include "gatetorio/retention.hpp"

namespace gatetorio::sql {

// How much of the audit log is kept: see retention.hpp.
struct AuditRetention {
  std::int64_t keep_days = 0;
  std::int64_t keep_rows = 0;
  std::int64_t grace_minutes = 60;
};

// The options of the audit log, for the table of a plugin's Settings with fields of these names.
template <class Settings>
Option<Settings> audit_keep_days() {
  return option("audit_keep_days", &Settings::audit_keep_days,
                "An entry of the audit log is deleted when it is so old; 0: never.")
      .unit("days")
      .range(0, 36'500);
}
template <class Settings>
Option<Settings> audit_keep_rows() {
  return option("audit_keep_rows", &Settings::audit_keep_rows,
                "So many entries of the audit log are kept, the newest, whatever their age; 0: any number.")
      .unit("rows")
      .range(0, 10'000'000'000);
}

// Engine: the database. Its calls never block, but join() does.
//   run(std::string batch, Done)             migrate(MigrateRequest, Done)
//   shutdown(std::function<void()> closed)   join(), after shutdown()
template <class Engine>
class Provider {
 public:
  Provider(Host& host, std::string plugin_id, const AuditRetention& audit)
      : host_(host),
        plugin_id_(std::move(plugin_id)),
        own_rows_(host, plugin_id_),
        retention_(host, own_rows_, audit.grace_minutes) {
    retention_.add({.what = "audit",
                    .table = "gatetorio_audit",
                    .key = "id",
                    .time = "at",
                    .keep_days = audit.keep_days,
                    .keep_rows = audit.keep_rows});
    retention_.add({.what = "jobs",
                    .table = "gatetorio_jobs",
                    .key = "plugin, kind, key",
                    .time = "failed_at",
                    .keep_days = kFailedJobsKeepDays});
  }
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  // In configure(). Throws SetupError where another plugin provides it already. Until open() callers get kUnavailable.
  void declare() {
    host_.set_fact("database_connected", false);  // before anything can ask how the hub is
    const gtr_status status =
        host_.services().provide(host_.raw(), to_bytes(kServiceId), to_bytes(""), &Provider::handle, this);
    if (status != GTR_OK) throw SetupError("cannot provide gatetorio.sql/1: is another storage plugin enabled?");
  }
  void open(std::unique_ptr<Engine> engine) { engine_ = std::move(engine); }
  // After open().
  Engine& engine() { return *engine_; }

  // Brings the plugin's own tables up to date. `begin` is the engine's migrate(), as at a start.
  Task<Result<void>> migrate(std::function<void(MigrateRequest, Done)> begin) {
    const MigrateRequest request{.plugin = plugin_id_, .directories = migration_directories(host_)};
    auto start = [&begin, &request](gtr_completion done) {
      begin(request, [done](const Result<std::string>& result) {
        const std::string text = result ? std::string() : to_json(result.error());
        done.done(done.context, result ? GTR_OK : static_cast<gtr_status>(result.error().status), to_bytes(text));
      });
    };
    co_await ok(host_.complete(start));
    co_return Result<void>();
  }
  // For the plugin's own reading, once it is open.
  Database& own_rows() { return own_rows_; }
  // Once, after migrate().
  void keep_audit() { retention_.begin(); }

  // In stop(), also where nothing was opened. The engine itself stays until the plugin is destroyed: a last request may
  // still be on its way.
  Task<Result<void>> close() {
    if (!engine_) co_return Result<void>();
    auto shutdown = [this](gtr_completion done) {
      engine_->shutdown([done] { done.done(done.context, GTR_OK, {nullptr, 0}); });
    };
    const Result<std::string> closed = co_await host_.complete(shutdown);
    engine_->join();
    if (!closed) co_return closed.error();
    co_return Result<void>();
  }

 private:
  void answer(gtr_call call, const Result<std::string>& result) const {
    if (result) return host_.services().complete(host_.raw(), call, GTR_OK, to_bytes(*result));
    const std::string text = to_json(result.error());
    host_.services().complete(host_.raw(), call, static_cast<gtr_status>(result.error().status), to_bytes(text));
  }

  static void handle(void* context, gtr_call call, std::uint32_t method, gtr_bytes body) {
    auto* self = static_cast<Provider*>(context);
    const Done done = [self, call](const Result<std::string>& result) { self->answer(call, result); };
    if (!self->engine_) return done(Error{.status = Status::kUnavailable, .detail = "The database is not open."});
    if (method == kRunMethod) return self->engine_->run(std::string(to_view(body)), done);
    if (method != kMigrateMethod) {
      return done(Error{.status = Status::kUnsupported, .detail = "There is no such method."});
    }
    MigrateRequest request;
    if (!wire::decode(to_view(body), request)) {
      return done(Error{.status = Status::kMalformed, .detail = "The request cannot be read."});
    }
    self->engine_->migrate(std::move(request), done);
  }

  static constexpr std::int64_t kFailedJobsKeepDays = 90;

  Host& host_;
  const std::string plugin_id_;
  Database own_rows_;  // by its own service, as every plugin
  Retention retention_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace gatetorio::sql
