// The hub's worker threads, and lanes on them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace gatetorio::core {

using TaskFn = void (*)(void* context);

// Called with the name of the lane whose task threw, and what the exception said.
using TaskFault = std::function<void(const std::string& lane, const std::string& what)>;

class Lane;

class Executor {
 public:
  // `threads`: 0 takes one more than there are processors, at least 3 (a task may make a short local read).
  Executor(unsigned threads, TaskFault on_fault);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // A lane runs one task at a time, in the order of posting; `serial` false: any number at once, in no order. Lives as
  // long as the executor. What escapes a task goes to on_fault under the lane's name.
  Lane& make_lane(bool serial, std::string name);
  // Completes once: true after the delay, false when cancelled or at shutdown; on a worker thread. Returns a number
  // for cancel_timer.
  std::uint64_t start_timer(std::uint64_t delay_ms, std::function<void(bool fired)> done, const Lane* owner = nullptr);
  void cancel_timer(std::uint64_t timer);
  // Those of one owner; end_timers also at once those that it starts later.
  void cancel_timers(const Lane& owner);
  void end_timers(const Lane& owner);
  // Cancels every timer, lets what is queued run out and ends the threads. What has not run after `patience` is
  // dropped. False where a task runs on: then nothing that it may use can be destroyed, and neither can this object.
  bool join(std::chrono::milliseconds patience);

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
