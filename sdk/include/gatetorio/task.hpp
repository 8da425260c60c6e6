// Task<T>: a coroutine that starts when it is awaited and gives its awaiter one T.
//
//   Task<Result<Device>> rename(std::string from, std::string to) {
//     const Device device = co_await ok(devices_.call<FindByName>(std::move(from)));
//     ...
//   }
// `co_await ok(task)` gives the value of a Task<Result<T>>; an error ends the coroutine that awaits with that error.
// `co_await task` gives the Result itself, for who wants to look at the error.
//
// A task belongs to one awaiter and runs on its plugin's executor: after every co_await of a host call it goes on
// there. Pass parameters by value: a reference parameter may dangle after the first co_await. g++ 12 miscompiles two
// forms, a temporary made by aggregate initialisation beside a co_await and a co_await in a condition
// (docs/development.md).
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "gatetorio/result.hpp"

namespace gatetorio {

template <class T>
class Task;

namespace detail {

template <class T>
inline constexpr bool kIsResult = false;
template <class T>
inline constexpr bool kIsResult<Result<T>> = true;

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  // Where ok() awaits: ends `awaiting` with an error of this task, and says who goes on.
  std::coroutine_handle<> (*end_with)(PromiseBase& awaiting, const Error& error) = nullptr;
  PromiseBase* awaiting = nullptr;
  std::exception_ptr exception;

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
      return done.promise().next();
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  // Who goes on at the end.
  std::coroutine_handle<> next() const noexcept {
    if constexpr (kIsResult<T>) {
      if (end_with != nullptr && value && !*value) return end_with(*awaiting, value->error());
    }
    return continuation;
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  std::coroutine_handle<> next() const noexcept { return continuation; }
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() const noexcept { return false; }
      Handle await_suspend(std::coroutine_handle<> awaiting) const noexcept {
        handle.promise().continuation = awaiting;
        return handle;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    return Awaiter{handle_};
  }

 private:
  template <class U>
  friend class Ok;
  Handle handle_;
};

namespace detail {

// Ends a coroutine that awaits by ok(), and says who goes on.
template <class Awaiting>
std::coroutine_handle<> end_with(PromiseBase& base, const Error& error) {
  static_assert(
      requires(Awaiting & awaiting) { awaiting.value.emplace(error); },
      "ok() passes errors on: the coroutine around it must give a Result");
  auto& awaiting = static_cast<Awaiting&>(base);
  awaiting.value.emplace(error);
  return awaiting.next();
}

}  // namespace detail

// What ok() gives to await.
template <class T>
class [[nodiscard]] Ok {
 public:
  explicit Ok(Task<Result<T>> task) : task_(std::move(task)) {}
  bool await_ready() const noexcept { return false; }
  template <class Awaiting>
  auto await_suspend(std::coroutine_handle<Awaiting> awaiting) noexcept {
    auto& promise = task_.handle_.promise();
    promise.continuation = awaiting;
    promise.awaiting = &awaiting.promise();
    promise.end_with = &detail::end_with<Awaiting>;
    return task_.handle_;
  }
  T await_resume() {
    Result<T> result = task_.handle_.promise().take();
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

 private:
  Task<Result<T>> task_;
};

template <class T>
Ok<T> ok(Task<Result<T>> task) {
  return Ok<T>(std::move(task));
}

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// A coroutine that nobody awaits; it destroys itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

template <class T, class Done, class Failed>
Detached run_detached(Task<T> task, Done done, Failed failed) {
  std::exception_ptr thrown;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await task;
      done();
    } else {
      T value = co_await task;
      done(std::move(value));
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) failed(thrown);
}

}  // namespace detail

// Runs a task that nobody awaits, starting on the calling thread. At its end `done` is called with the value, or
// `failed` with the exception that escaped the task - or `done` itself, so that whoever waits gets an answer in any
// case.
template <class T, class Done, class Failed>
void spawn(Task<T> task, Done done, Failed failed) {
  detail::run_detached(std::move(task), std::move(done), std::move(failed));
}

}  // namespace gatetorio
