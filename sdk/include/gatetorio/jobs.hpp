// gatetorio.jobs/1: work that will be done, whatever happens to the hub. docs/plugin-guide/jobs.md
//
//   jobs_(host, database_, kManifest.id)
//   jobs_.handle("notify", [this](Job job) { return notify(std::move(job)); });   // in the constructor
//   jobs_.begin();                                                                // in start(), after migrate()
//   ...
//   jobs_.put(batch, "notify", key, payload);      // beside the change, in its batch: both are kept or neither
//   co_await ok(database_.run(std::move(batch)));
//   jobs_.wake();
//
// A job is done at least once: it is taken under a lease, and where its hub dies another one, or the next, does it
// again. So a handler may say the same twice without harm, or looks first whether it is still wanted.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gatetorio/job_runner.hpp"

namespace gatetorio {

// Lives as long as the plugin. Any thread.
class Jobs {
 public:
  // Runs on the plugin's executor. An error, or what escapes it: the job is tried again later, or given up.
  using Handler = detail::JobHandler;

  // The database must outlive it.
  Jobs(Host& host, Database& database, std::string plugin_id)
      : host_(host), table_(database, std::move(plugin_id)), runner_(host, table_) {}

  // Before begin(), once for each kind. Jobs of a kind that nobody handles wait.
  void handle(std::string kind, Handler handler, JobRule rule = {}) {
    runner_.add(std::move(kind), std::move(handler), rule);
  }
  // In start(), after the migrations. Once. From the plugin's drain() on no attempt begins, and stop() is called when
  // those that are under way have ended; one that fails then does not count.
  void begin() {
    runner_.set_wake([this](std::chrono::milliseconds within) { look_.wake(within); });
    look_ = host_.every(runner_.kLook, [this] { return runner_.look(); }, {.what = "jobs"});
    host_.every(std::chrono::minutes(1), [this] { return runner_.count(); }, {.what = "jobs", .first = runner_.kLook});
    host_.at_stop([this] { return runner_.end(); });
    wake();
  }

  // Adds to a write the statement that puts a job in, to be done not before `not_before`; none: at once. One that is
  // there under this kind and key is the same job: it gets this payload and time, and is done once more where it is
  // being done now. Never a secret. A key of more than 256 characters or a payload of more than 65,536 fails the batch
  // with kInvalid.
  void put(sql::Batch& batch, std::string_view kind, std::string_view key, std::string_view payload = "",
           std::optional<Timestamp> not_before = {}) const {
    table_.put(batch, kind, key, payload, not_before);
  }
  // Adds to a write the statement that takes a job out, where it is there. An attempt that is under way goes on.
  void remove(sql::Batch& batch, std::string_view kind, std::string_view key) const { table_.remove(batch, kind, key); }
  // After the batch that puts one in: it is looked for at once, else within 5 s, as what other hubs put in.
  void wake() const { look_.wake(); }

 private:
  Host& host_;
  detail::JobTable table_;
  detail::JobRunner runner_;
  Ticker look_;
};

}  // namespace gatetorio
