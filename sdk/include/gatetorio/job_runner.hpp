// How jobs.hpp does jobs: who has which, for how long, and what becomes of it. Plugins use jobs.hpp.
//
// Of several hubs one has a job: the row names it, and it changes the lease there every few seconds. The lease ends
// when it has not changed for a while in which the database answered - by the steady clock of the hub that looks: no
// wall clock makes two hubs do one job at the same time. When a job is due is a date, for which the wall clock is
// meant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/job_table.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio {

struct JobRule {
  std::int64_t at_once = 4;                          // so many are done beside each other, in each hub
  std::int64_t attempts = 20;                        // after so many that failed the job is given up
  std::chrono::milliseconds first_pause{1'000};      // after the first attempt that failed; twice as long after each
  std::chrono::milliseconds longest_pause{600'000};  // further one, up to this; Error::retry_after_s may make it longer
  std::chrono::milliseconds limit{300'000};          // an attempt that is not over by then has failed. Should it go on
                                                     // all the same, the next one may run beside it
};

namespace detail {

using JobHandler = std::function<Task<Result<void>>(Job)>;

class JobRunner {
 public:
  static constexpr std::chrono::milliseconds kLook{5'000};

  JobRunner(Host& host, JobTable& table) : host_(host), table_(table) {}
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  void add(std::string name, JobHandler handler, JobRule rule) {
    const auto gauge = [&](std::string_view metric, std::string_view help) {
      return host_.gauge(metric, help, {{"plugin", table_.plugin()}, {"kind", name}});
    };
    Kind kind{std::move(handler), rule, gauge("gatetorio_jobs_waiting", "Jobs in the database that are to be done."),
              gauge("gatetorio_jobs_running", "Jobs that this hub is doing."),
              gauge("gatetorio_jobs_failed", "Jobs in the database that were given up.")};
    names_.push_back(name);
    kinds_.insert_or_assign(std::move(name), std::move(kind));
  }
  // `look` must be called within so long. Before the first look.
  void set_wake(std::function<void(std::chrono::milliseconds)> wake) { wake_ = std::move(wake); }

  // Begins what is due and free, as far as there is room for it.
  Task<Result<void>> look() {
    const Timestamp at = now();
    const auto steady = Clock::now();
    const auto passed = steady - looked_at_;
    const bool was_ahead = clock_.us == 0 || at.us + kStep.count() < clock_.us + to_us(passed);
    if (was_ahead) {
      co_await ok(table_.clock_was_ahead(at, kStep));
    }
    clock_ = at;
    looked_at_ = steady;
    co_await ok(keep_leases(steady));
    const std::vector<std::vector<JobTable::Row>> rows = co_await ok(table_.next(names_, kPage));
    std::map<Key, Silence> others;
    for (std::size_t kind = 0; kind < names_.size(); ++kind) {
      for (const JobTable::Row& row : rows[kind]) {
        const std::int64_t wait_us = row.due_at.us - at.us;
        if (wait_us > 0) {
          wake_(std::chrono::milliseconds(std::min<std::int64_t>(wait_us / 1'000 + 1, kLook.count())));
          break;
        }
        const Key key{names_[kind], row.key};
        if (row.lease.owner.empty() || table_.is_mine(row.lease)) {
          begin(key, row.lease);
          continue;
        }
        const auto known = others_.find(key);
        Silence silence{row.lease};
        if (known != others_.end() && known->second.lease == row.lease) {
          silence.lasts = known->second.lasts + std::min<Clock::duration>(passed, kLook);
        }
        if (silence.lasts >= kSilence) begin(key, row.lease);
        others.emplace(key, std::move(silence));
      }
    }
    others_ = std::move(others);
    co_return Result<void>();
  }

  Task<Result<void>> count() {
    for (const std::string& name : names_) {
      const JobTable::Count count = co_await ok(table_.count(name));
      kinds_.at(name).waiting.set(static_cast<double>(count.waiting));
      kinds_.at(name).failed.set(static_cast<double>(count.failed));
    }
    co_return Result<void>();
  }

  // Comes back when nothing is under way. Nothing begins any more since the plugin's drain().
  Task<void> end() {
    auto start = [this](gtr_completion done) {
      {
        const std::lock_guard lock(mutex_);
        if (!attempts_.empty()) return void(waiting_ = done);
      }
      done.done(done.context, GTR_OK, {});
    };
    co_await host_.complete(start);
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Key = std::pair<std::string, std::string>;  // kind and key
  struct Kind {
    JobHandler handler;
    JobRule rule;
    Metric waiting, running, failed;
    std::int64_t under_way = 0;
  };
  // A job in the hands of this process.
  struct Attempt {
    std::optional<TakenJob> taken = {};
    Clock::time_point until;
    std::optional<Result<void>> result = {};
    gtr_completion done{};
  };
  using AttemptPtr = std::shared_ptr<Attempt>;
  struct Silence {
    JobLease lease;
    Clock::duration lasts{0};
  };
  static constexpr std::chrono::seconds kSilence{15};
  static constexpr std::chrono::microseconds kStep{60'000'000};  // of the wall clock
  static constexpr std::int64_t kPage = 100;
  static constexpr std::size_t kMostOfError = 1'000;

  static std::int64_t to_us(Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  }

  // Cuts off what takes too long.
  Task<Result<void>> keep_leases(Clock::time_point steady) {
    if (steady - kept_at_ < kLook) co_return Result<void>();
    kept_at_ = steady;
    std::vector<Job> jobs;
    std::vector<AttemptPtr> late;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, attempt] : attempts_) {
        if (!attempt->taken) continue;
        jobs.push_back(attempt->taken->job);
        if (attempt->until <= steady && attempt->done.done != nullptr) late.push_back(attempt);
      }
    }
    for (const AttemptPtr& attempt : late) {
      finish(attempt, Error{.status = Status::kTimeout, .detail = "It has taken too long."});
    }
    co_return co_await table_.renew(std::move(jobs));
  }

  void begin(const Key& key, const JobLease& seen) {
    Kind& kind = kinds_.at(key.first);
    const auto attempt = std::make_shared<Attempt>();
    {
      const std::lock_guard lock(mutex_);
      if (host_.is_ending() || kind.under_way >= kind.rule.at_once || !attempts_.try_emplace(key, attempt).second)
        return;
      kind.running.set(static_cast<double>(++kind.under_way));
    }
    host_.run(work(attempt, key, seen));
  }

  Task<void> work(AttemptPtr attempt, Key key, JobLease seen) {
    Kind* const kind = &kinds_.at(key.first);
    Result<std::optional<TakenJob>> taken = co_await table_.take(key.first, key.second, std::move(seen));
    if (taken && *taken) {
      {
        const std::lock_guard lock(mutex_);
        attempt->taken = **taken;
        attempt->until = Clock::now() + kind->rule.limit;
      }
      co_await run(attempt, kind);
      co_await record(attempt, kind);
    }
    gtr_completion waiting{};
    {
      const std::lock_guard lock(mutex_);
      attempts_.erase(key);
      kind->running.set(static_cast<double>(--kind->under_way));
      if (attempts_.empty()) std::swap(waiting, waiting_);
    }
    if (taken) wake_({});  // there is room. Where the storage takes nothing, the next look comes by itself
    if (waiting.done != nullptr) waiting.done(waiting.context, GTR_OK, {});
  }

  // Until the handler has ended, or its time is over.
  Task<void> run(AttemptPtr attempt, Kind* kind) {
    if (attempt->taken->job.attempt > kind->rule.attempts) {
      attempt->result = Error{.detail = "The hub has ended in each attempt."};
      co_return;
    }
    auto start = [this, attempt, kind](gtr_completion done) {
      {
        const std::lock_guard lock(mutex_);
        attempt->done = done;
      }
      try {
        spawn(
            kind->handler(attempt->taken->job), [this, attempt](Result<void> r) { finish(attempt, std::move(r)); },
            [this, attempt](const std::exception_ptr& thrown) { finish(attempt, error_of(thrown)); });
      } catch (...) {
        finish(attempt, error_of(std::current_exception()));
      }
    };
    co_await host_.complete(start);
  }
  void finish(const AttemptPtr& attempt, Result<void> result) {
    gtr_completion done{};
    {
      const std::lock_guard lock(mutex_);
      if (attempt->result) return;
      attempt->result = std::move(result);
      done = attempt->done;
    }
    done.done(done.context, GTR_OK, {});
  }
  static Error error_of(const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      return {.detail = std::string("it threw: ") + e.what()};
    } catch (...) {
      return {.detail = "it threw something that is no std::exception"};
    }
  }

  // Until it is written; where the hub ends before that, the lease ends, and the job is done again.
  Task<void> record(AttemptPtr attempt, Kind* kind) {
    const std::optional<JobFailure> failure = failure_of(*attempt, kind->rule);
    bool go_on = true;
    while (go_on) {
      const Result<void> written = co_await table_.record(*attempt->taken, failure);
      if (written) co_return;
      go_on = co_await host_.sleep(1'000);
    }
  }
  std::optional<JobFailure> failure_of(const Attempt& attempt, const JobRule& rule) {
    const Result<void>& result = *attempt.result;
    if (result) return std::nullopt;
    const Job& job = attempt.taken->job;
    if (host_.is_ending()) return JobFailure{attempt.taken->due_at, job.attempt - 1, "The hub was stopping."};
    JobFailure failure{now(), job.attempt, result.error().detail.substr(0, kMostOfError)};
    while (!utf8::is_text(failure.error)) failure.error.pop_back();
    failure.due_at.us += std::chrono::microseconds(pause_after(job.attempt, result.error(), rule)).count();
    if (job.attempt < rule.attempts) return failure;
    failure.failed_at = now();
    failure.due_at = JobTable::kNever;
    host_.warn(
        "a job is given up",
        {{"kind", job.kind}, {"key", job.key}, {"attempts", std::to_string(job.attempt)}, {"why", failure.error}});
    return failure;
  }
  static std::chrono::milliseconds pause_after(std::int64_t attempt, const Error& error, const JobRule& rule) {
    auto pause = rule.first_pause;
    for (; attempt > 1 && pause < rule.longest_pause; --attempt) pause *= 2;
    const std::chrono::milliseconds wanted = std::chrono::seconds(error.retry_after_s);
    return std::max(std::min(pause, rule.longest_pause), wanted);
  }

  Host& host_;
  JobTable& table_;
  std::vector<std::string> names_;
  std::map<std::string, Kind> kinds_;
  std::function<void(std::chrono::milliseconds)> wake_;
  // Those of the looks, of which one runs at a time.
  Timestamp clock_;
  Clock::time_point looked_at_, kept_at_;
  std::map<Key, Silence> others_;  // leases of other hubs
  std::mutex mutex_;               // guards what follows, the attempts in it, and Kind::under_way
  std::map<Key, AttemptPtr> attempts_;
  gtr_completion waiting_{};  // for the last one
};

}  // namespace detail
}  // namespace gatetorio
