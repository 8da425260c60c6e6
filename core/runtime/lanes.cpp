#include "core/runtime/lanes.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <exception>
#include <utility>

namespace gatetorio::core {

namespace asio = boost::asio;

namespace {

// Runs tasks so that nothing escapes them: the next caller on the stack may be plain C.
class GuardedLane : public Lane {
 public:
  GuardedLane(std::string name, const TaskFault& on_fault) : name_(std::move(name)), on_fault_(on_fault) {}

 protected:
  void run(TaskFn task, void* argument) const noexcept {
    try {
      task(argument);
    } catch (const std::exception& e) {
      on_fault_(name_, e.what());
    } catch (...) {
      on_fault_(name_, "an exception that is no std::exception");
    }
  }

 private:
  const std::string name_;
  const TaskFault& on_fault_;
};

// On any worker. A task posted by a worker goes to that worker's own queue: no other thread is woken for it.
class OpenLane final : public GuardedLane {
 public:
  OpenLane(asio::io_context& context, std::string name, const TaskFault& on_fault)
      : GuardedLane(std::move(name), on_fault), executor_(context.get_executor()) {}
  void post(TaskFn task, void* argument) override {
    if (executor_.running_in_this_thread()) {
      asio::defer(executor_, [this, task, argument] { run(task, argument); });
    } else {
      asio::post(executor_, [this, task, argument] { run(task, argument); });
    }
  }
  void dispatch(TaskFn task, void* argument) override {
    if (executor_.running_in_this_thread()) return run(task, argument);
    asio::post(executor_, [this, task, argument] { run(task, argument); });
  }

 private:
  asio::io_context::executor_type executor_;
};

class SerialLane final : public GuardedLane {
 public:
  SerialLane(asio::io_context& context, std::string name, const TaskFault& on_fault)
      : GuardedLane(std::move(name), on_fault), strand_(context.get_executor()) {}
  void post(TaskFn task, void* argument) override {
    asio::post(strand_, [this, task, argument] { run(task, argument); });
  }
  void dispatch(TaskFn task, void* argument) override {
    if (strand_.running_in_this_thread()) return run(task, argument);
    post(task, argument);
  }

 private:
  asio::strand<asio::io_context::executor_type> strand_;
};

}  // namespace

std::unique_ptr<Lane> make_serial_lane(asio::io_context& context, std::string name, const TaskFault& on_fault) {
  return std::make_unique<SerialLane>(context, std::move(name), on_fault);
}

std::unique_ptr<Lane> make_open_lane(asio::io_context& context, std::string name, const TaskFault& on_fault) {
  return std::make_unique<OpenLane>(context, std::move(name), on_fault);
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
