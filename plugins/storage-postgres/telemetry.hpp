// Turns what the engine tells (observer.hpp) into metrics, log lines and the fact "database_connected".
#pragma once

#include "gatetorio/host.hpp"
#include "observer.hpp"

namespace gatetorio::storage_postgres {

// Lives longer than the database that it observes.
class Telemetry {
 public:
  explicit Telemetry(const Host& host)
      : host_(host),
        commit_seconds_(host.histogram("gatetorio_storage_postgres_commit_seconds",
                                       "Time of one commit, with all batches that share it.")),
        commits_(host.counter("gatetorio_storage_postgres_commits_total", "Commits, the failed ones too.")),
        batches_(host.counter("gatetorio_storage_postgres_batches_total",
                              "Batches in these commits; their ratio is the size of a group.")),
        repeats_(host.counter("gatetorio_storage_postgres_repeats_total",
                              "Transactions that were run again because of others, of another hub most likely.")),
        losses_(host.counter("gatetorio_storage_postgres_losses_total", "How often the database was out of reach.")),
        waiting_(host.gauge("gatetorio_storage_postgres_waiting_batches", "Batches that wait for the next commit.")),
        connections_(host.gauge("gatetorio_storage_postgres_connections", "Open connections to the server.")),
        database_bytes_(
            host.gauge("gatetorio_database_bytes", "Size of the database.", {{"plugin", "storage-postgres"}})) {}
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  Observer observer() {
    return {.committed = [this](const CommitReport& report) { committed(report); },
            .connected = [this](bool is_connected) { connected(is_connected); },
            .connections = [this](std::size_t open) { connections_.set(static_cast<double>(open)); },
            .problem =
                [this](std::string_view message, std::string_view detail) {
                  host_.error(message, {{"detail", detail}});
                }};
  }
  void measured(double bytes) const { database_bytes_.set(bytes); }

 private:
  void committed(const CommitReport& report) {
    commit_seconds_.add(report.seconds);
    commits_.add();
    batches_.add(static_cast<double>(report.batches));
    repeats_.add(static_cast<double>(report.repeats));
    waiting_.set(static_cast<double>(report.waiting));
  }
  void connected(bool is_connected) {
    host_.set_fact("database_connected", is_connected);
    if (is_connected) return host_.info("connected to the database");
    losses_.add();
    host_.warn("the database is out of reach; requests that need it are refused until it is back");
  }

  const Host& host_;
  Metric commit_seconds_;
  Metric commits_;
  Metric batches_;
  Metric repeats_;
  Metric losses_;
  Metric waiting_;
  Metric connections_;
  Metric database_bytes_;
};

}  // namespace gatetorio::storage_postgres
