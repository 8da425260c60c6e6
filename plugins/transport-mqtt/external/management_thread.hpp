// The one thread on which the hub deals with a broker's management, and how plugin coroutines wait for what it does
// there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "gatetorio/host.hpp"

namespace gatetorio::transport_mqtt {

class ManagementThread {
 public:
  ~ManagementThread() { stop(); }

  void start() {
    const std::lock_guard lock(mutex_);
    guard_.emplace(io_->get_executor());
    thread_ = std::thread([io = io_.get()] { io->run(); });
  }
  // What is under way is given up: whoever waits for it gets kCancelled.
  void stop() {
    std::unique_ptr<boost::asio::io_context> ending;
    {
      const std::lock_guard lock(mutex_);
      ending = std::move(io_);
      guard_.reset();
    }
    if (ending) ending->stop();
    if (thread_.joinable()) thread_.join();
  }

  // From any thread; after `stop` the work is dropped. What escapes it ends it alone.
  void spawn(boost::asio::awaitable<void> work) {
    const std::lock_guard lock(mutex_);
    if (io_) boost::asio::co_spawn(*io_, std::move(work), boost::asio::detached);
  }

  // Awaits it from a coroutine of the plugin.
  template <class T>
  Task<Result<T>> run(Host& host, boost::asio::awaitable<Result<T>> work) {
    auto outcome = std::make_shared<Outcome<T>>();
    auto start = [this, &work, &outcome](gtr_completion done) {
      auto kept = std::make_unique<Completion>(done);
      spawn(finish<T>(std::move(work), outcome, std::move(kept)));
    };
    const Result<std::string> ended = co_await host.complete(start);
    if (!outcome->result) co_return Error{.status = Status::kCancelled, .detail = "The hub is stopping."};
    co_return *std::move(outcome->result);
  }

 private:
  template <class T>
  struct Outcome {
    std::optional<Result<T>> result;
  };
  // Completes when it ends, however that comes about.
  struct Completion {
    explicit Completion(gtr_completion c) : completion(c) {}
    Completion(const Completion&) = delete;
    ~Completion() { completion.done(completion.context, GTR_OK, {nullptr, 0}); }
    gtr_completion completion;
  };

  template <class T>
  static boost::asio::awaitable<void> finish(boost::asio::awaitable<Result<T>> work,
                                             std::shared_ptr<Outcome<T>> outcome, std::unique_ptr<Completion>) {
    Result<T> result = co_await std::move(work);
    outcome->result.emplace(std::move(result));
  }

  std::mutex mutex_;  // guards io_ and guard_
  std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>(1);
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard_;
  std::thread thread_;
};

}  // namespace gatetorio::transport_mqtt
