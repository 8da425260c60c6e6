#include "file_threads.hpp"

#include <pthread.h>

#include <gatetorio/contain.hpp>

namespace gatetorio::transport_http {

void FileThreads::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void FileThreads::run(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    while (threads_.size() < count_) threads_.emplace_back([this] { work(); });
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void FileThreads::work() {
  pthread_setname_np(pthread_self(), "http-file");
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    contain(job, fault_);
    job = nullptr;  // what it holds goes without the lock
    lock.lock();
  }
}

}  // namespace gatetorio::transport_http
