#include "core/runtime/executor.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/runtime/lanes.hpp"
#include "core/runtime/run_queue.hpp"

namespace gatetorio::core {

namespace asio = boost::asio;

namespace {

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(3U, std::thread::hardware_concurrency() + 1);
}

}  // namespace

struct Executor::State {
  State(unsigned threads, TaskFault fault)
      : context(static_cast<int>(threads)),
        queue(context, threads),
        guard(context.get_executor()),
        on_fault(std::move(fault)) {}

  struct Timer {
    asio::steady_timer timer;
    const Lane* owner;
  };

  void run() {
    for (bool ended = false; !ended;) {
      try {
        context.run();
        ended = true;
      } catch (const std::exception& e) {
        on_fault("hub", e.what());
      } catch (...) {
        on_fault("hub", "an exception that is no std::exception");
      }
    }
    const std::lock_guard lock(mutex);
    --running;
    thread_ended.notify_all();
  }
  // With the mutex held.
  void cancel_timers(const Lane* owner) {
    for (const auto& [number, timer] : timers) {
      if (owner == nullptr || timer->owner == owner) timer->timer.cancel();
    }
  }

  asio::io_context context;
  RunQueue queue;
  asio::executor_work_guard<asio::io_context::executor_type> guard;
  const TaskFault on_fault;
  std::mutex mutex;  // guards the members below
  std::condition_variable thread_ended;
  unsigned running = 0;
  bool closing = false;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::unordered_map<std::uint64_t, std::unique_ptr<Timer>> timers;
  std::unordered_set<const Lane*> ended_owners;
  std::uint64_t last_timer = 0;
  std::vector<std::thread> threads;  // last: they use the rest
};

Executor::Executor(unsigned threads, TaskFault on_fault)
    : state_(std::make_unique<State>(thread_count(threads), std::move(on_fault))) {
  state_->running = thread_count(threads);
  for (unsigned i = 0; i < thread_count(threads); ++i) state_->threads.emplace_back([this] { state_->run(); });
}

Executor::~Executor() {
  state_->context.stop();
  for (auto& thread : state_->threads) thread.join();
}

bool Executor::join(std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kAfterStop(100);  // for a task that was about to end anyway
  const auto have_ended = [this] { return state_->running == 0; };
  {
    std::unique_lock lock(state_->mutex);
    state_->closing = true;
    state_->cancel_timers(nullptr);
    state_->guard.reset();
    if (!state_->thread_ended.wait_for(lock, patience, have_ended)) {
      state_->context.stop();
      if (!state_->thread_ended.wait_for(lock, kAfterStop, have_ended)) return false;
    }
  }
  for (auto& thread : state_->threads) thread.join();
  state_->threads.clear();
  return true;
}

Lane& Executor::make_lane(bool serial, std::string name) {
  const std::lock_guard lock(state_->mutex);
  state_->lanes.push_back(serial ? make_serial_lane(state_->queue, std::move(name), state_->on_fault)
                                 : make_open_lane(state_->queue, std::move(name), state_->on_fault));
  return *state_->lanes.back();
}

std::uint64_t Executor::start_timer(std::uint64_t delay_ms, std::function<void(bool)> done, const Lane* owner) {
  // A steady_timer cannot hold more than this, and nothing needs it.
  constexpr std::uint64_t kYearMs = 31'536'000'000;
  const auto delay = std::chrono::milliseconds(std::min(delay_ms, kYearMs));
  const std::lock_guard lock(state_->mutex);
  const std::uint64_t number = ++state_->last_timer;
  auto& timer = state_->timers[number] =
      std::make_unique<State::Timer>(State::Timer{asio::steady_timer(state_->context, delay), owner});
  timer->timer.async_wait([this, number, done = std::move(done)](boost::system::error_code failed) {
    std::unique_ptr<State::Timer> ended;
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
  if (state_->closing || (owner != nullptr && state_->ended_owners.contains(owner))) timer->timer.cancel();
  return number;
}

void Executor::cancel_timer(std::uint64_t timer) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->timers.find(timer);
  if (found != state_->timers.end()) found->second->timer.cancel();
}

void Executor::cancel_timers(const Lane& owner) {
  const std::lock_guard lock(state_->mutex);
  state_->cancel_timers(&owner);
}

void Executor::end_timers(const Lane& owner) {
  const std::lock_guard lock(state_->mutex);
  state_->ended_owners.insert(&owner);
  state_->cancel_timers(&owner);
}

}  // namespace gatetorio::core
