#include <catch2/catch_test_macros.hpp>
#include <gatetorio/host.hpp>
#include <gatetorio/task.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gatetorio {
namespace {

// Something that a coroutine waits for, woken by the test.
struct Gate {
  std::coroutine_handle<> waiting;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) { waiting = waiter; }
  int await_resume() const { return 42; }
};

Task<int> wait_at(Gate* gate) {
  const int value = co_await *gate;
  co_return value;
}

Task<int> twice(Gate* gate) {
  auto waiting = wait_at(gate);
  const int value = co_await waiting;
  co_return 2 * value;
}

Task<int> thrower() {
  throw std::runtime_error("no");
  co_return 1;
}

Task<int> catcher() {
  auto failing = thrower();
  int value = 0;
  try {
    value = co_await failing;
  } catch (const std::runtime_error&) {
    value = -1;
  }
  co_return value;
}

Task<std::unique_ptr<int>> owner() { co_return std::make_unique<int>(3); }

Task<void> counts_down(int n, std::shared_ptr<int> steps) {
  ++*steps;
  if (n == 0) co_return;
  auto next = counts_down(n - 1, steps);
  co_await next;
}

// What became of a task.
template <class T>
std::string outcome(Task<T> task) {
  std::string said = "nothing";
  spawn(
      std::move(task), [&said](auto value) { said = "value " + std::to_string(value); },
      [&said](std::exception_ptr thrown) {
        try {
          std::rethrow_exception(thrown);
        } catch (const std::exception& e) {
          said = std::string("threw ") + e.what();
        }
      });
  return said;
}

}  // namespace

TEST_CASE("a task does nothing until it is awaited") {
  auto steps = std::make_shared<int>(0);
  {
    const auto task = counts_down(3, steps);
    CHECK(*steps == 0);
  }
  CHECK(*steps == 0);
  CHECK(steps.use_count() == 1);
}

TEST_CASE("a value comes through nested tasks once the inner one is woken") {
  Gate gate;
  std::vector<int> got;
  spawn(
      twice(&gate), [&got](int value) { got.push_back(value); }, [](std::exception_ptr) { FAIL(); });
  CHECK(got.empty());
  REQUIRE(gate.waiting);
  gate.waiting.resume();
  CHECK(got == std::vector<int>{84});
}

TEST_CASE("an exception reaches the awaiter, or `failed`") {
  CHECK(outcome(thrower()) == "threw no");
  CHECK(outcome(catcher()) == "value -1");
}

TEST_CASE("where `done` throws, `failed` is told") {
  int failed = 0;
  spawn(
      catcher(), [](int) { throw std::runtime_error("done threw"); }, [&failed](std::exception_ptr) { ++failed; });
  CHECK(failed == 1);
}

TEST_CASE("a value that can only move is moved out") {
  std::unique_ptr<int> got;
  spawn(
      owner(), [&got](std::unique_ptr<int> value) { got = std::move(value); }, [](std::exception_ptr) { FAIL(); });
  REQUIRE(got);
  CHECK(*got == 3);
}

TEST_CASE("a long chain of tasks frees all its frames") {
  auto steps = std::make_shared<int>(0);
  bool done = false;
  spawn(
      counts_down(1000, steps), [&done] { done = true; }, [](std::exception_ptr) { FAIL(); });
  CHECK(done);
  CHECK(*steps == 1001);
  CHECK(steps.use_count() == 1);
}

// A hub's call that is over before its begin has returned, on an executor that goes on at once.
Task<void> hears_at_once(std::weak_ptr<int>* captured, bool* was_there) {
  static constexpr gtr_executor kAtOnce{sizeof(gtr_executor), nullptr,
                                        [](gtr_host*, gtr_task_fn task, void* context) { task(context); }, nullptr,
                                        nullptr};
  auto value = std::make_shared<int>(3);
  *captured = value;
  auto start = [captured, was_there, value = std::move(value)](gtr_completion done) {
    const std::weak_ptr<int> watched = *captured;
    bool* const result = was_there;
    done.done(done.context, GTR_OK, {nullptr, 0});
    *result = !watched.expired();
  };
  co_await CompletionAwaiter<decltype(start)>(nullptr, &kAtOnce, std::move(start));
}

TEST_CASE("what begins a call keeps what it captured until it returns, however early the call ends") {
  std::weak_ptr<int> captured;
  bool was_there = false, done = false;
  spawn(
      hears_at_once(&captured, &was_there), [&done] { done = true; }, [](std::exception_ptr) { FAIL(); });
  CHECK(done);
  CHECK(was_there);
  CHECK(captured.expired());
}

}  // namespace gatetorio
