// A thread for what takes long and needs no place in a pool's queue: migrations.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "observer.hpp"

namespace gatetorio::storage_postgres {

using Job = std::function<Result<std::string>()>;

class JobThread {
 public:
  JobThread() : thread_([this] { loop(); }) {}
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;
  ~JobThread();  // closes and waits

  // Runs jobs one after the other. `done` comes on the thread; on the calling one, with kCancelled, after close().
  void submit(Job job, Done done);
  // Takes no more and cancels what waits. The job that runs has to end by itself.
  void close();
  // Waits for the thread's end, after close(). Once.
  void join();

 private:
  struct Item {
    Job job;
    Done done;
  };
  void loop();

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Item> queue_;
  bool is_closed_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace gatetorio::storage_postgres
