// A plugin with jobs, for tests in the fake host: it puts in what the test asks for, and asks the test for each
// attempt.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gatetorio/jobs.hpp"
#include "gatetorio/plugin.hpp"
#include "gatetorio/services.hpp"
#include "gatetorio/testing/fake_host.hpp"

namespace gatetorio::testing {

// Provided by the test: what a handler does.
struct Doing {
  static constexpr std::string_view kId = "test.work/1";
  struct Attempt {
    std::int64_t worker = 0;
    std::string key;
    std::string payload;
    std::int64_t number = 0;
  };
  struct Do {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Attempt;
    using Reply = Nothing;
  };
};
BOOST_DESCRIBE_STRUCT(Doing::Attempt, (), (worker, key, payload, number))

// Provided by worker 1: puts a job in, or takes it out. With `fails` in a batch that changes nothing.
struct Putting {
  static constexpr std::string_view kId = "test.putting/1";
  struct New {
    std::string key;
    std::string payload;
    std::int64_t not_before_us = 0;  // 0: at once
    bool fails = false;
    bool removes = false;
  };
  struct Put {
    static constexpr std::uint32_t kMethod = 1;
    using Request = New;
    using Reply = Nothing;
  };
};
BOOST_DESCRIBE_STRUCT(Putting::New, (), (key, payload, not_before_us, fails, removes))

// Several workers are as many hubs on one database. Keys say what happens besides: "throws", "sleeps" for an hour,
// "chain" puts "next" in.
template <int kNumber>
class JobWorker : public PluginBase {
 public:
  struct Settings {
    bool handles = true;
  };
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() {
    static const OptionTable<Settings> table = {option("handles", &Settings::handles, "Has a handler.")};
    return table;
  }

  JobWorker(Host& host, Settings settings)
      : host_(host),
        database_(host, "worker"),
        work_(host, Doing::kId),
        putting_(host, this),
        jobs_(host, database_, "worker") {
    constexpr JobRule kRule{.at_once = 3,
                            .attempts = 5,
                            .first_pause = std::chrono::seconds(1),
                            .longest_pause = std::chrono::seconds(4),
                            .limit = std::chrono::seconds(60)};
    if (settings.handles)
      jobs_.handle(
          "work", [this](Job job) { return work(std::move(job)); }, kRule);
  }
  void configure() {
    if (kNumber == 1) putting_.template on<Putting::Put>(&JobWorker::put).provide(Putting::kId);
  }
  Task<Result<void>> start() {
    jobs_.begin();
    co_return Result<void>();
  }

 private:
  Task<Result<void>> work(Job job) {
    if (job.key == "throws") throw std::runtime_error("it broke");
    const Doing::Attempt attempt{kNumber, job.key, job.payload, job.attempt};
    co_await ok(work_.call<Doing::Do>(attempt));
    if (job.key == "sleeps") {
      const bool go_on = co_await host_.sleep(3'600'000);
      if (!go_on) co_return Error{.status = Status::kCancelled, .detail = "It was woken."};
    }
    if (job.key != "chain") co_return Result<void>();
    const Putting::New next{.key = "next", .payload = {}};
    co_await ok(put(next));
    co_return Result<void>();
  }
  Task<Result<Nothing>> put(Putting::New job) {
    sql::Batch batch(sql::Mode::kWrite);
    std::optional<Timestamp> not_before;
    if (job.not_before_us != 0) not_before = Timestamp{job.not_before_us};
    if (job.removes) {
      jobs_.remove(batch, "work", job.key);
    } else {
      jobs_.put(batch, "work", job.key, job.payload, not_before);
    }
    if (job.fails) batch.require("DELETE FROM gatetorio_jobs WHERE plugin = 'nobody'");
    co_await ok(database_.run(std::move(batch)));
    jobs_.wake();
    co_return Nothing{};
  }

  Host& host_;
  Database database_;
  ServiceClient work_;
  ServiceProvider<JobWorker> putting_;
  Jobs jobs_;
};

template <int kNumber>
const Manifest JobWorker<kNumber>::kManifest{.id = kNumber == 1 ? "worker-1" : "worker-2",
                                             .version = "1.0.0",
                                             .summary = "Works.",
                                             .provides = {"test.putting/1"}};

// The test's side. The host needs a storage before it starts.
struct JobSite {
  explicit JobSite(FakeHost& fake_host) : host(fake_host) {
    host.provide<Doing::Do>(Doing::kId, [this](Doing::Attempt attempt) -> Result<Nothing> {
      begun.push_back(attempt);
      if (trouble.contains(attempt.key)) return Error{.status = Status::kUnavailable, .detail = "no " + attempt.key};
      return Nothing{};
    });
  }
  template <int kNumber>
  void load(bool handles = true) {
    host.load(*detail::PluginGlue<JobWorker<kNumber>>::descriptor(), {{"handles", handles}});
    host.start();
  }
  Result<Nothing> change(const Putting::New& job) { return host.call<Putting::Put>(Putting::kId, job); }
  Result<Nothing> put(const std::string& key) { return change({.key = key, .payload = "of " + key}); }
  // Attempts at this job so far, whoever made them.
  std::size_t attempts(const std::string& key) const {
    return static_cast<std::size_t>(
        std::count_if(begun.begin(), begun.end(), [&](const auto& attempt) { return attempt.key == key; }));
  }

  FakeHost& host;
  std::vector<Doing::Attempt> begun;
  std::set<std::string> trouble;  // keys of jobs that fail
};

}  // namespace gatetorio::testing
