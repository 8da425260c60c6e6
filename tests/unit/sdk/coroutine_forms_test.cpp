// The forms of co_await that the code uses, each with counted lifetimes: what docs/development.md calls right must be
// right on every compiler that builds this.
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <gatetorio/task.hpp>
#include <stdexcept>
#include <string>

namespace gatetorio {
namespace {

// Coroutines that wait, in their order.
std::deque<std::coroutine_handle<>>& waiting() {
  static std::deque<std::coroutine_handle<>> list;
  return list;
}

struct Later {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { waiting().push_back(waiter); }
  void await_resume() const {}
};

// Counts those that live.
class Counted {
 public:
  Counted() { ++alive(); }
  explicit Counted(std::string text) : text_(std::move(text)) { ++alive(); }
  Counted(const Counted& other) : text_(other.text_) { ++alive(); }
  Counted(Counted&& other) noexcept : text_(std::move(other.text_)) { ++alive(); }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive(); }
  std::size_t size() const { return text_.size(); }
  static int& alive() {
    static int count = 0;
    return count;
  }

 private:
  std::string text_ = "a text that is long enough for the heap";
};

struct Named {
  Counted name;
  std::string more = "the rest of it, also long enough for the heap";
};

struct Device {
  int id = 0;
  Counted name;
};

Named make_named() { return Named{Counted("made by a function, long enough for the heap")}; }

Task<Result<int>> number(std::string, int value) {
  co_await Later();
  co_return value;
}

Task<Result<Device>> find(Named named, bool is_there = true) {
  co_await Later();
  if (!is_there) co_return Error{.status = Status::kNotFound, .detail = "no " + named.more};
  co_return Device{7, named.name};
}

Task<Result<int>> size_of(Counted counted) {
  co_await Later();
  co_return static_cast<int>(counted.size());
}

Task<Result<void>> nothing(bool is_good) {
  co_await Later();
  if (!is_good) co_return Error{.status = Status::kConflict};
  co_return Result<void>();
}

Task<Result<int>> thrower() {
  co_await Later();
  throw std::runtime_error("no");
  co_return 0;
}

// Runs a task to its end: its value, minus the status of its error, or -1000 where it threw.
template <class T>
int outcome(Task<Result<T>> task) {
  int said = -2000;
  spawn(
      std::move(task),
      [&said](const Result<T>& result) {
        if (!result) {
          said = -static_cast<int>(result.error().status);
        } else if constexpr (std::is_same_v<T, Device>) {
          said = (*result).id;
        } else if constexpr (std::is_void_v<T>) {
          said = 1;
        } else {
          said = *result;
        }
      },
      [&said](std::exception_ptr) { said = -1000; });
  while (!waiting().empty()) {
    const auto next = waiting().front();
    waiting().pop_front();
    next.resume();
  }
  CHECK(Counted::alive() == 0);
  return said;
}

Task<Result<int>> named_argument() {
  Named named{Counted("named first, long enough for the heap......")};
  const Device device = co_await ok(find(std::move(named)));
  co_return device.id;
}
Task<Result<int>> made_argument() {
  const Device device = co_await ok(find(make_named()));
  co_return device.id;
}
Task<Result<int>> temporary_with_constructor() { co_return co_await ok(size_of(Counted(std::string(50, 'x')))); }
Task<Result<int>> temporary_in_braces() {
  const int size = co_await ok(size_of(Counted{std::string(60, 'x')}));
  co_return size;
}
Task<Result<int>> temporary_string() { co_return co_await ok(number(std::string(40, 'a'), 3)); }
Task<Result<int>> passed_on() { co_return co_await number(std::string(40, 'a'), 4); }
Task<Result<int>> sum() {
  co_return co_await ok(number(std::string(40, 'a'), 1)) + co_await ok(number(std::string(40, 'b'), 2));
}
Task<Result<int>> nested() {
  co_return co_await ok(number(std::string(40, 'a'), co_await ok(number(std::string(40, 'b'), 5))));
}
Task<Result<int>> in_a_loop() {
  int total = 0;
  for (int i = 0; i < 3; ++i) {
    const Device device = co_await ok(find(make_named()));
    total += device.id;
  }
  co_return total;
}
Task<Result<int>> assigned_to_a_member() {
  Device device;
  device.id = co_await ok(number(std::string(40, 'a'), 8));
  co_return device.id;
}
Task<Result<int>> structured() {
  const auto [id, name] = co_await ok(find(make_named()));
  co_return id;
}

Task<Result<int>> fails() {
  const Counted local;
  const Device device = co_await ok(find(make_named(), false));
  FAIL("it went on after an error");
  co_return device.id;
}
Task<Result<Device>> fails_below() {
  const Counted local;
  const int value = co_await ok(fails());
  FAIL("it went on after an error");
  co_return Device{value, Counted()};
}
Task<Result<int>> fails_in_a_call() {
  co_return co_await ok(size_of(Counted(std::string(40, 'x')))) + co_await ok(fails());
}
Task<Result<void>> fails_without_a_value() {
  const Counted local;
  co_await ok(nothing(true));
  co_await ok(nothing(false));
  FAIL("it went on after an error");
  co_return Result<void>();
}
Task<Result<int>> looked_at() {
  const Result<Device> device = co_await find(make_named(), false);
  co_return device ? 0 : 404;
}
Task<Result<int>> caught() {
  try {
    co_return co_await ok(thrower());
  } catch (const std::runtime_error&) {
    co_return 5;
  }
}
Task<Result<int>> deep(int levels) {
  const Counted local;
  if (levels == 0) co_return co_await ok(fails());
  co_return co_await ok(deep(levels - 1));
}

}  // namespace

TEST_CASE("ok() gives the value in every form that the code uses, and nothing is destroyed twice or left") {
  CHECK(outcome(named_argument()) == 7);
  CHECK(outcome(made_argument()) == 7);
  CHECK(outcome(temporary_with_constructor()) == 50);
  CHECK(outcome(temporary_in_braces()) == 60);
  CHECK(outcome(temporary_string()) == 3);
  CHECK(outcome(passed_on()) == 4);
  CHECK(outcome(sum()) == 3);
  CHECK(outcome(nested()) == 5);
  CHECK(outcome(in_a_loop()) == 21);
  CHECK(outcome(assigned_to_a_member()) == 8);
  CHECK(outcome(structured()) == 7);
}

TEST_CASE("an error ends each coroutine that awaits by ok(), and their locals") {
  const int not_found = -static_cast<int>(Status::kNotFound);
  CHECK(outcome(fails()) == not_found);
  CHECK(outcome(fails_below()) == not_found);
  CHECK(outcome(fails_in_a_call()) == not_found);
  CHECK(outcome(deep(200)) == not_found);
  CHECK(outcome(fails_without_a_value()) == -static_cast<int>(Status::kConflict));
}

TEST_CASE("an error can be looked at, and an exception passes through ok()") {
  CHECK(outcome(looked_at()) == 404);
  CHECK(outcome(caught()) == 5);
  CHECK(outcome(thrower()) == -1000);
}

}  // namespace gatetorio
