// One at a time: a coroutine takes its turn, does its work, and passes the turn on. Who comes meanwhile waits, in
// order.
#pragma once

#include <deque>
#include <mutex>

#include "gatetorio/host.hpp"

namespace gatetorio::commands {

class Turn {
 public:
  explicit Turn(Host& host) : host_(host) {}

  // Passes a turn on at the end of a scope.
  class Holder {
   public:
    explicit Holder(Turn& turn) : turn_(turn) {}
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() { turn_.pass(); }

   private:
    Turn& turn_;
  };

  // Make a Holder next: every turn that was taken must be passed on.
  Task<void> take() {
    auto start = [this](gtr_completion done) {
      {
        const std::lock_guard lock(mutex_);
        if (is_taken_) return waiting_.push_back(done);
        is_taken_ = true;
      }
      give(done);
    };
    const Result<std::string> taken = co_await host_.complete(start);
    static_cast<void>(taken);
  }

 private:
  void pass() {
    gtr_completion next{};
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        is_taken_ = false;
        return;
      }
      next = waiting_.front();
      waiting_.pop_front();
    }
    give(next);
  }
  static void give(gtr_completion to) { to.done(to.context, GTR_OK, {nullptr, 0}); }

  Host& host_;
  std::mutex mutex_;  // guards both
  bool is_taken_ = false;
  std::deque<gtr_completion> waiting_;
};

}  // namespace gatetorio::commands
