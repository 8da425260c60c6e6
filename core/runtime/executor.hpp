// The hub's worker threads, and lanes on them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace gatetorio::core {

using TaskFn = void (*)(void* context);

// Called with what an escaped exception said.
using TaskFault = std::function<void(const std::string& what)>;

class Lane;

class Executor {
 public:
  // `threads`: 0 takes one more than there are processors, at least 3 (a task may make a short local read).
  Executor(unsigned threads, TaskFault on_fault);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // A lane runs one task at a time, in the order of posting; `serial` false: any number at once, in no order. Lives as
  // long as the executor.
  Lane& make_lane(bool serial);
  // Completes once: true after the delay, false when cancelled or at shutdown; on a worker thread. Returns a number
  // for cancel_timer.
  std::uint64_t start_timer(std::uint64_t delay_ms, std::function<void(bool fired)> done);
  void cancel_timer(std::uint64_t timer);
  void cancel_all_timers();
  // Ends the threads; tasks that have not run are dropped. Nothing may be posted or started after.
  void join();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

class Lane {
 public:
  virtual ~Lane() = default;
  // Runs the task later; never inside this call. Any thread.
  virtual void post(TaskFn task, void* context) = 0;
  // Runs it now where the calling thread is already on this lane, else as post.
  virtual void dispatch(TaskFn task, void* context) = 0;

  void post(std::function<void()> work);
};

}  // namespace gatetorio::core
