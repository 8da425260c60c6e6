// The tasks that wait for a worker, whatever lane they are of. Waking a thread costs more than most tasks, so a task
// wakes one only where none is awake, or where those that are have much to do.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <mutex>

#include "core/runtime/executor.hpp"

namespace gatetorio::core {

// Whose task it is: runs it, and takes what it throws.
class TaskOwner {
 public:
  virtual ~TaskOwner() = default;
  virtual void run(TaskFn task, void* argument) noexcept = 0;
};

class RunQueue {
 public:
  // On `threads` threads that run `context`; both outlive the queue's last task.
  RunQueue(boost::asio::io_context& context, unsigned threads);

  // Has the owner run the task later, on a thread of the context, in the order of posting. The owner lives as long as
  // the queue. Any thread.
  void post(TaskOwner& owner, TaskFn task, void* argument);
  // Whoever ends the threads wants them now.
  bool is_ending() const { return context_.stopped(); }
  // Is this one of the context's threads, in its work?
  bool runs_here() const { return context_.get_executor().running_in_this_thread(); }

 private:
  struct Task {
    TaskOwner* owner;
    TaskFn function;
    void* argument;
  };

  bool take(Task& task);
  bool comes_soon() const;
  void drain();
  void watch();

  boost::asio::io_context& context_;
  const unsigned threads_;
  std::mutex mutex_;  // guards the members below
  std::deque<Task> tasks_;
  std::atomic<std::size_t> waiting_ = 0;  // how many tasks_; read without the mutex
  unsigned awake_ = 0;                    // threads that drain, or are about to
  bool is_watching_ = false;
  boost::asio::steady_timer timer_;
};

}  // namespace gatetorio::core
