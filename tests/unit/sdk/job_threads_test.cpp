// Threads for jobs: order, ends, and what escapes a job.
#include "gatetorio/job_threads.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <stdexcept>

namespace gatetorio {
namespace {

const auto kNoFault = [](std::string_view) {};

TEST_CASE("jobs are done in their order, and what waits is done before the threads end") {
  std::vector<int> done;
  {
    JobThreads threads("test", 1, kNoFault);
    for (int i = 0; i < 100; ++i) CHECK(threads.run([&done, i] { done.push_back(i); }));
    threads.stop();
    CHECK_FALSE(threads.run([] {}));
  }
  REQUIRE(done.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(done[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("what has not begun is cancelled when the threads close, once, and nothing comes after") {
  std::promise<void> begun, go_on;
  std::atomic<int> done{0}, cancelled{0};
  JobThreads threads("test", 1, kNoFault);
  const auto count = [&cancelled] { ++cancelled; };
  const auto first = [&] {
    begun.set_value();
    go_on.get_future().wait();
    ++done;
  };
  CHECK(threads.run(first, count));
  begun.get_future().wait();
  for (int i = 0; i < 3; ++i) CHECK(threads.run([&done] { ++done; }, count));
  threads.close();
  CHECK(cancelled == 3);
  CHECK_FALSE(threads.run([&done] { ++done; }, count));
  go_on.set_value();
  threads.stop();
  CHECK(done == 1);
  CHECK(cancelled == 3);
}

TEST_CASE("what escapes a job is told, and the next one is done") {
  std::string told;
  std::atomic<bool> is_done{false};
  JobThreads threads("test", 1, [&told](std::string_view what) { told = what; });
  threads.run([] { throw std::runtime_error("no disk"); });
  threads.run([&is_done] { is_done = true; });
  threads.stop();
  CHECK(told == "no disk");
  CHECK(is_done);
}

TEST_CASE("threads of several run jobs side by side") {
  JobThreads threads("test", 2, kNoFault);
  std::promise<void> one, two;
  threads.run([&] {
    one.set_value();
    two.get_future().wait();
  });
  threads.run([&] {
    one.get_future().wait();
    two.set_value();
  });
  threads.stop();
  SUCCEED("neither waits for the other to end");
}

}  // namespace
}  // namespace gatetorio
