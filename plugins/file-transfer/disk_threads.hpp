// Threads for what blocks on a disk: hashing, fsync, rename.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "gatetorio/host.hpp"

namespace gatetorio::file_transfer {

class DiskThreads {
 public:
  explicit DiskThreads(Host& host) : host_(host) {}
  ~DiskThreads() { stop(); }
  DiskThreads(const DiskThreads&) = delete;
  DiskThreads& operator=(const DiskThreads&) = delete;

  // Runs `job` on one of them and goes on on the plugin's executor, where what `job` throws is
  // thrown again. What it captures by reference must live as long as the awaiting coroutine.
  Task<void> run(std::function<void()> job);
  // Finishes what was begun and what waits.
  void stop();

 private:
  void work();

  Host& host_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatetorio::file_transfer
