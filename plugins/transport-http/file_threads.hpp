// Threads that may block on a disk, so that those of the sockets never do.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace gatetorio::transport_http {

// Started at the first job. Usable from any thread.
class FileThreads {
 public:
  // `fault` hears what escapes a job.
  FileThreads(unsigned count, std::function<void(std::string_view what)> fault)
      : count_(count), fault_(std::move(fault)) {}
  ~FileThreads() { stop(); }
  FileThreads(const FileThreads&) = delete;
  FileThreads& operator=(const FileThreads&) = delete;

  // Not after `stop`.
  void run(std::function<void()> job);
  // Does what waits and joins. Not from a job.
  void stop();

 private:
  void work();

  const unsigned count_;
  const std::function<void(std::string_view)> fault_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatetorio::transport_http
