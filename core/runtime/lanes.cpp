#include "core/runtime/lanes.hpp"

#include <deque>
#include <exception>
#include <mutex>
#include <utility>

namespace gatetorio::core {

namespace {

// Runs tasks so that nothing escapes them: the next caller on the stack may be plain C.
class GuardedLane : public Lane, public TaskOwner {
 public:
  GuardedLane(RunQueue& queue, std::string name, const TaskFault& on_fault)
      : queue_(queue), name_(std::move(name)), on_fault_(on_fault) {}

  void run(TaskFn task, void* argument) noexcept final {
    try {
      task(argument);
    } catch (const std::exception& e) {
      on_fault_(name_, e.what());
    } catch (...) {
      on_fault_(name_, "an exception that is no std::exception");
    }
  }

 protected:
  RunQueue& queue_;

 private:
  const std::string name_;
  const TaskFault& on_fault_;
};

// On any worker.
class OpenLane final : public GuardedLane {
 public:
  using GuardedLane::GuardedLane;
  void post(TaskFn task, void* argument) override { queue_.post(*this, task, argument); }
  void dispatch(TaskFn task, void* argument) override {
    if (queue_.runs_here()) return run(task, argument);
    post(task, argument);
  }
};

// One worker at a time takes its tasks.
class SerialLane final : public GuardedLane {
 public:
  using GuardedLane::GuardedLane;
  void post(TaskFn task, void* argument) override {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back({task, argument});
      if (std::exchange(is_queued_, true)) return;
    }
    queue_.post(*this, &SerialLane::take_turn, this);
  }
  void dispatch(TaskFn task, void* argument) override {
    if (current == this) return run(task, argument);
    post(task, argument);
  }

 private:
  struct Task {
    TaskFn run;
    void* argument;
  };

  static void take_turn(void* self) { static_cast<SerialLane*>(self)->take_turn(); }
  void take_turn() {
    current = this;
    for (int done = 0; done < kTurn && !queue_.is_ending(); ++done) {
      Task task{};
      {
        const std::lock_guard lock(mutex_);
        if (tasks_.empty()) {
          is_queued_ = false;
          break;
        }
        task = tasks_.front();
        tasks_.pop_front();
      }
      run(task.run, task.argument);
      if (done + 1 == kTurn) queue_.post(*this, &SerialLane::take_turn, this);  // the others' turn
    }
    current = nullptr;
  }

  static constexpr int kTurn = 16;
  static thread_local const SerialLane* current;

  std::mutex mutex_;  // guards the members below
  std::deque<Task> tasks_;
  bool is_queued_ = false;  // in the run queue, or running
};

thread_local const SerialLane* SerialLane::current = nullptr;

}  // namespace

std::unique_ptr<Lane> make_serial_lane(RunQueue& queue, std::string name, const TaskFault& on_fault) {
  return std::make_unique<SerialLane>(queue, std::move(name), on_fault);
}

std::unique_ptr<Lane> make_open_lane(RunQueue& queue, std::string name, const TaskFault& on_fault) {
  return std::make_unique<OpenLane>(queue, std::move(name), on_fault);
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
