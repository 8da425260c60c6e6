#include "disk_threads.hpp"

#include <pthread.h>

#include <exception>

namespace gatetorio::file_transfer {

namespace {

constexpr std::size_t kThreads = 2;

}  // namespace

Task<void> DiskThreads::run(std::function<void()> job) {
  std::exception_ptr thrown;
  auto start = [this, &job, &thrown](gtr_completion done) {
    const std::lock_guard lock(mutex_);
    while (threads_.size() < kThreads && !stopping_) threads_.emplace_back([this] { work(); });
    if (stopping_) return host_.post([done] { done.done(done.context, GTR_CANCELLED, {nullptr, 0}); });
    jobs_.push_back([&job, &thrown, done] {
      try {
        job();
      } catch (...) {
        thrown = std::current_exception();
      }
      done.done(done.context, GTR_OK, {nullptr, 0});
    });
    wake_.notify_one();
  };
  const Result<std::string> done = co_await host_.complete(start);
  static_cast<void>(done);
  if (thrown) std::rethrow_exception(thrown);
}

void DiskThreads::work() {
  pthread_setname_np(pthread_self(), "file-transfer");
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

void DiskThreads::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace gatetorio::file_transfer
