// Threads of a plugin's own for what blocks: disks, other people's libraries. See disk_threads.hpp for coroutines.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gatetorio/contain.hpp"

namespace gatetorio {

// Jobs begin in the order in which they came. Any thread may call, but no job may call stop().
class JobThreads {
 public:
  using Job = std::function<void()>;

  // Up to `count` threads called `name` (at most 15 characters), which start with the first job. `fault` hears on them
  // what escapes a job; it must not throw.
  JobThreads(std::string name, unsigned count, std::function<void(std::string_view what)> fault)
      : name_(std::move(name)), count_(count), fault_(std::move(fault)) {}
  JobThreads(const JobThreads&) = delete;
  JobThreads& operator=(const JobThreads&) = delete;
  ~JobThreads() { stop(); }

  // Does the job on one of the threads, soon. False after close() or stop(): it will not be done. `cancelled` is called
  // in its place where close() comes before it has begun.
  bool run(
      Job job, Job cancelled = [] {}) {
    {
      const std::lock_guard lock(mutex_);
      if (is_closed_) return false;
      while (threads_.size() < count_) threads_.emplace_back([this] { work(); });
      waiting_.push_back({std::move(job), std::move(cancelled)});
    }
    wake_.notify_one();
    return true;
  }
  // Takes no more, and cancels what waits, on the calling thread. What has begun has to end by itself.
  void close() {
    std::deque<Entry> rest;
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
      rest.swap(waiting_);
    }
    wake_.notify_all();
    for (const Entry& entry : rest) entry.cancelled();
  }
  // Takes no more, and blocks until what waits is done and the threads have ended.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  struct Entry {
    Job job;
    Job cancelled;
  };

  void work() {
    ::pthread_setname_np(::pthread_self(), name_.c_str());
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return is_closed_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Entry entry = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      contain(entry.job, fault_);
      entry = {};  // what it holds goes without the lock
      lock.lock();
    }
  }

  const std::string name_;
  const unsigned count_;
  const std::function<void(std::string_view)> fault_;
  std::mutex mutex_;  // guards what follows; the threads only until is_closed_, after which stop() alone has them
  std::condition_variable wake_;
  std::deque<Entry> waiting_;
  bool is_closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatetorio
