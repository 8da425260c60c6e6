// Threads for what blocks on a disk (hashing, fsync, rename), and the way there and back for a coroutine.
//
//   auto sealing = disk_.run([&] { sealed = seal(file); });
//   co_await sealing;
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "gatetorio/host.hpp"
#include "gatetorio/job_threads.hpp"

namespace gatetorio {

// Lives as long as the plugin.
class DiskThreads {
 public:
  // `name`: of the threads, at most 15 characters. They start with the first job.
  DiskThreads(Host& host, std::string name, unsigned count = 2)
      : host_(host), threads_(std::move(name), count, [&host](std::string_view what) {
          host.error("a disk thread caught an exception", {{"exception", what}});
        }) {}

  // Runs `job` on one of them and goes on on the plugin's executor, where what `job` throws is thrown again. What it
  // captures by reference must live as long as the awaiting coroutine. After stop() it goes on without having run it.
  Task<void> run(std::function<void()> job) {
    std::exception_ptr thrown;
    auto start = [this, &job, &thrown](gtr_completion done) {
      const bool is_taken = threads_.run([&job, &thrown, done] {
        try {
          job();
        } catch (...) {
          thrown = std::current_exception();
        }
        done.done(done.context, GTR_OK, {nullptr, 0});
      });
      if (!is_taken) host_.post([done] { done.done(done.context, GTR_CANCELLED, {nullptr, 0}); });
    };
    const Result<std::string> done = co_await host_.complete(start);
    static_cast<void>(done);
    if (thrown) std::rethrow_exception(thrown);
  }
  // Finishes what was begun and what waits. Blocks; not from a job.
  void stop() { threads_.stop(); }

 private:
  Host& host_;
  JobThreads threads_;
};

}  // namespace gatetorio
