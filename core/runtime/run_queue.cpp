#include "core/runtime/run_queue.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <thread>

namespace gatetorio::core {

namespace asio = boost::asio;

namespace {

// With more than so many tasks waiting for each thread that is awake, another is woken.
constexpr std::size_t kManyForOne = 32;
// A thread that is awake may be in a long task. What waits behind it wakes another after so long.
constexpr std::chrono::milliseconds kLongestWait(2);
// After so many a thread lets timers have their turn.
constexpr int kAtOnce = 64;
// How often a thread looks for more before it sleeps.
constexpr int kLooks = 4;

}  // namespace

RunQueue::RunQueue(asio::io_context& context, unsigned threads)
    : context_(context), threads_(threads), timer_(context) {}

void RunQueue::post(TaskOwner& owner, TaskFn task, void* argument) {
  bool wakes = false, watches = false;
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({&owner, task, argument});
    waiting_.store(tasks_.size(), std::memory_order_relaxed);
    wakes = awake_ < threads_ && tasks_.size() > awake_ * kManyForOne;
    if (wakes) {
      ++awake_;
    } else if (!is_watching_ && awake_ < threads_) {
      is_watching_ = watches = true;
    }
  }
  if (wakes) asio::post(context_, [this] { drain(); });
  if (watches) watch();
}

// One thread at a time has the timer: whoever has set is_watching_.
void RunQueue::watch() {
  timer_.expires_after(kLongestWait);
  timer_.async_wait([this](boost::system::error_code) {
    bool helps = false;
    {
      const std::lock_guard lock(mutex_);
      is_watching_ = !tasks_.empty() && awake_ < threads_;
      helps = is_watching_;
      if (helps) ++awake_;
    }
    if (!helps) return;
    watch();
    drain();
  });
}

// Under load the next task is near: to look again costs less than to sleep and be woken.
bool RunQueue::comes_soon() const {
  for (int looks = 0; looks < kLooks; ++looks) {
    std::this_thread::yield();
    if (waiting_.load(std::memory_order_relaxed) != 0) return true;
  }
  return false;
}

bool RunQueue::take(Task& task) {
  const std::lock_guard lock(mutex_);
  if (tasks_.empty()) return false;
  task = tasks_.front();
  tasks_.pop_front();
  waiting_.store(tasks_.size(), std::memory_order_relaxed);
  return true;
}

void RunQueue::drain() {
  for (int done = 0; done < kAtOnce && !is_ending(); ++done) {
    Task task{};
    if (!take(task)) {
      if (comes_soon()) continue;
      const std::lock_guard lock(mutex_);
      if (!tasks_.empty()) continue;
      --awake_;
      return;
    }
    task.owner->run(task.function, task.argument);
  }
  asio::defer(context_, [this] { drain(); });
}

}  // namespace gatetorio::core
