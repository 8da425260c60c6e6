#include "job_thread.hpp"

#include <utility>

#include "gatetorio/contain.hpp"

namespace gatetorio::storage_postgres {
namespace {

Error closing() { return {.status = Status::kCancelled, .detail = "The database is closing."}; }

}  // namespace

JobThread::~JobThread() {
  close();
  join();
}

void JobThread::submit(Job job, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_closed_) {
      queue_.push_back({std::move(job), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(closing());
}

void JobThread::close() {
  std::deque<Item> rest;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    rest.swap(queue_);
    wake_.notify_one();
  }
  for (const Item& item : rest) item.done(closing());
}

void JobThread::join() {
  if (thread_.joinable()) thread_.join();
}

void JobThread::loop() {
  for (;;) {
    Item item;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_closed_ || !queue_.empty(); });
      if (queue_.empty()) return;
      item = std::move(queue_.front());
      queue_.pop_front();
    }
    Result<std::string> result = Error{.status = Status::kInternal, .detail = "The database's thread failed."};
    contain([&] { result = item.job(); },
            [&](std::string_view what) { result = Error{.status = Status::kInternal, .detail = std::string(what)}; });
    item.done(std::move(result));
  }
}

}  // namespace gatetorio::storage_postgres
