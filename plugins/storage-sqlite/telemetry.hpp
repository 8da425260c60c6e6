// Turns what the engine tells (observer.hpp) into metrics, log lines and the fact "database_connected".
#pragma once

#include "gatetorio/host.hpp"
#include "observer.hpp"

namespace gatetorio::storage_sqlite {

// Lives longer than the database that it observes.
class Telemetry {
 public:
  explicit Telemetry(const Host& host)
      : host_(host),
        commit_seconds_(host.histogram("gatetorio_storage_sqlite_commit_seconds",
                                       "Time of one commit, with all batches that share it.")),
        checkpoint_seconds_(host.histogram("gatetorio_storage_sqlite_checkpoint_seconds",
                                           "Time of moving the write-ahead log into the database.")),
        commits_(host.counter("gatetorio_storage_sqlite_commits_total", "Commits, the failed ones too.")),
        batches_(host.counter("gatetorio_storage_sqlite_batches_total",
                              "Batches in these commits; their ratio is the size of a group.")),
        waiting_(host.gauge("gatetorio_storage_sqlite_waiting_batches", "Batches that wait for the next commit.")),
        wal_bytes_(host.gauge("gatetorio_storage_sqlite_wal_bytes", "Write-ahead log in use.")),
        database_bytes_(
            host.gauge("gatetorio_database_bytes", "Size of the database.", {{"plugin", "storage-sqlite"}})) {}
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  Observer observer() {
    return {.committed = [this](const CommitReport& report) { committed(report); },
            .checkpointed = [this](double seconds) { checkpoint_seconds_.add(seconds); },
            .problem =
                [this](std::string_view message, std::string_view detail) {
                  host_.error(message, {{"detail", detail}});
                }};
  }
  void measured(double bytes) const { database_bytes_.set(bytes); }
  // States the fact where it changes. Before the writer's thread starts and after it ended, else on that thread.
  void connected(bool value) {
    if (value == connected_) return;
    connected_ = value;
    host_.set_fact("database_connected", value);
  }

 private:
  void committed(const CommitReport& report) {
    commit_seconds_.add(report.seconds);
    commits_.add();
    batches_.add(static_cast<double>(report.batches));
    waiting_.set(static_cast<double>(report.waiting));
    wal_bytes_.set(static_cast<double>(report.wal_bytes));
    connected(report.succeeded);
  }

  const Host& host_;
  Metric commit_seconds_;
  Metric checkpoint_seconds_;
  Metric commits_;
  Metric batches_;
  Metric waiting_;
  Metric wal_bytes_;
  Metric database_bytes_;
  bool connected_ = false;
};

}  // namespace gatetorio::storage_sqlite
