// An answer that a test waits for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gatetorio/json.hpp"
#include "gatetorio/result.hpp"
#include "gatetorio/testing/work.hpp"

namespace gatetorio::testing {

template <class T>
class Pending {
 public:
  using Slot = std::shared_ptr<std::optional<T>>;

  Pending(Work& work, std::string what) : work_(&work), what_(std::move(what)) {}
  bool is_done() const {
    const auto guard = work_->lock();
    return slot_->has_value();
  }
  // Runs the host until the answer is there. Throws where none comes.
  T take() {
    work_->run_until([this] { return slot_->has_value(); }, what_);
    return **slot_;
  }
  const Slot& slot() const { return slot_; }

 private:
  Work* work_;
  std::string what_;
  Slot slot_ = std::make_shared<std::optional<T>>();
};

// A completion that calls `then(status, result)`; it must be fired exactly once, on any thread.
inline gtr_completion completion(std::function<void(gtr_status, std::string_view)> then) {
  using Then = decltype(then);
  return {[](void* context, gtr_status status, gtr_bytes result) {
            const std::unique_ptr<Then> owned(static_cast<Then*>(context));
            (*owned)(status, to_view(result));
          },
          new Then(std::move(then))};
}

// The same for a Pending<Result<std::string>>.
inline gtr_completion completion(Work& work, Pending<Result<std::string>>& pending) {
  return completion([&work, slot = pending.slot()](gtr_status status, std::string_view result) {
    const auto guard = work.lock();
    *slot = status < GTR_FIRST_ERROR ? Result<std::string>(std::string(result)) : error_from_json(status, result);
    work.notify();
  });
}

}  // namespace gatetorio::testing
