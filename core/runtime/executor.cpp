#include "core/runtime/executor.hpp"

#include <algorithm>
#include <boost/asio/defer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace gatetorio::core {

namespace asio = boost::asio;

namespace {

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(3U, std::thread::hardware_concurrency() + 1);
}

// On any worker. A task posted by a worker goes to that worker's own queue: no other thread is woken for it.
class OpenLane final : public Lane {
 public:
  explicit OpenLane(asio::io_context& context) : executor_(context.get_executor()) {}
  void post(TaskFn task, void* argument) override {
    if (executor_.running_in_this_thread()) {
      asio::defer(executor_, [task, argument] { task(argument); });
    } else {
      asio::post(executor_, [task, argument] { task(argument); });
    }
  }
  void dispatch(TaskFn task, void* argument) override {
    if (executor_.running_in_this_thread()) return task(argument);
    asio::post(executor_, [task, argument] { task(argument); });
  }

 private:
  asio::io_context::executor_type executor_;
};

class SerialLane final : public Lane {
 public:
  explicit SerialLane(asio::io_context& context) : strand_(context.get_executor()) {}
  void post(TaskFn task, void* argument) override {
    asio::post(strand_, [task, argument] { task(argument); });
  }
  void dispatch(TaskFn task, void* argument) override {
    if (strand_.running_in_this_thread()) return task(argument);
    post(task, argument);
  }

 private:
  asio::strand<asio::io_context::executor_type> strand_;
};

}  // namespace

struct Executor::State {
  State(unsigned threads, TaskFault fault)
      : context(static_cast<int>(threads)), guard(context.get_executor()), on_fault(std::move(fault)) {}

  void run() {
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception& e) {
        on_fault(e.what());
      } catch (...) {
        on_fault("an exception that is no std::exception");
      }
    }
  }

  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> guard;
  TaskFault on_fault;
  std::mutex mutex;  // guards the members below
  std::vector<std::unique_ptr<Lane>> lanes;
  std::unordered_map<std::uint64_t, std::unique_ptr<asio::steady_timer>> timers;
  std::uint64_t last_timer = 0;
  std::vector<std::thread> threads;  // last: they use the rest
};

Executor::Executor(unsigned threads, TaskFault on_fault)
    : state_(std::make_unique<State>(thread_count(threads), std::move(on_fault))) {
  for (unsigned i = 0; i < thread_count(threads); ++i) state_->threads.emplace_back([this] { state_->run(); });
}

Executor::~Executor() { join(); }

void Executor::join() {
  state_->context.stop();
  for (auto& thread : state_->threads) thread.join();
  state_->threads.clear();
}

Lane& Executor::make_lane(bool serial) {
  const std::lock_guard lock(state_->mutex);
  if (serial) {
    state_->lanes.push_back(std::make_unique<SerialLane>(state_->context));
  } else {
    state_->lanes.push_back(std::make_unique<OpenLane>(state_->context));
  }
  return *state_->lanes.back();
}

std::uint64_t Executor::start_timer(std::uint64_t delay_ms, std::function<void(bool)> done) {
  // A steady_timer cannot hold more than this, and nothing needs it.
  constexpr std::uint64_t kYearMs = 31'536'000'000;
  const auto delay = std::chrono::milliseconds(std::min(delay_ms, kYearMs));
  const std::lock_guard lock(state_->mutex);
  const std::uint64_t number = ++state_->last_timer;
  auto& timer = state_->timers[number] = std::make_unique<asio::steady_timer>(state_->context, delay);
  timer->async_wait([this, number, done = std::move(done)](boost::system::error_code failed) {
    std::unique_ptr<asio::steady_timer> ended;
    {
      const std::lock_guard inner(state_->mutex);
      const auto found = state_->timers.find(number);
      if (found != state_->timers.end()) {
        ended = std::move(found->second);
        state_->timers.erase(found);
      }
    }
    done(!failed);
  });
  return number;
}

void Executor::cancel_timer(std::uint64_t timer) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->timers.find(timer);
  if (found != state_->timers.end()) found->second->cancel();
}

void Executor::cancel_all_timers() {
  const std::lock_guard lock(state_->mutex);
  for (const auto& [number, timer] : state_->timers) timer->cancel();
}

void Lane::post(std::function<void()> work) {
  post(
      [](void* argument) {
        const std::unique_ptr<std::function<void()>> task(static_cast<std::function<void()>*>(argument));
        (*task)();
      },
      new std::function<void()>(std::move(work)));
}

}  // namespace gatetorio::core
