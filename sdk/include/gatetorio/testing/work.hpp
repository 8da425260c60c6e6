// What a fake host has to do: jobs in the order in which they were asked for, and timers. Everything runs on the test's
// thread; jobs may come from any.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "gatetorio/abi/base.h"
#include "gatetorio/testing/clock.hpp"

namespace gatetorio::testing {

class Work {
 public:
  using Job = std::function<void()>;
  using Owner = const void*;  // on whose executor a job runs

  explicit Work(Clock& clock) : clock_(clock) {}

  // Guards what other threads may touch, here and in the other parts of the host. No job runs while it is held.
  std::unique_lock<std::recursive_mutex> lock() const { return std::unique_lock(mutex_); }

  // Any thread.
  void post(Owner owner, Job job) {
    const auto guard = lock();
    jobs_.emplace_back(owner, std::move(job));
    changed_.notify_all();
  }
  // Any thread: something changed that run_until() may wait for.
  void notify() { changed_.notify_all(); }
  // Whether the calling thread runs a job of this owner.
  static bool is_on(Owner owner) { return running_ == owner; }

  void run() {
    while (run_one(nullptr)) {
    }
  }
  // Runs jobs, only those of `only` where one is given, until `is_done`, which is asked under the lock; waits for other
  // threads where there is no job. Throws where nothing comes for 20 s: `what` is what was waited for.
  template <class IsDone>
  void run_until(IsDone is_done, const std::string& what, Owner only = nullptr) {
    const auto may_go_on = [&] { return is_done() || find(only) != jobs_.end(); };
    while (true) {
      {
        const Clock::Shown real(nullptr);
        auto guard = lock();
        if (!changed_.wait_for(guard, kPatience, may_go_on)) throw std::runtime_error("waited in vain for " + what);
        if (is_done()) return;
      }
      run_one(only);
    }
  }

  // Any thread. `fire` gets GTR_OK when the clock has gone on by so much, or GTR_CANCELLED.
  std::uint64_t start_timer(Owner owner, std::chrono::nanoseconds delay, std::function<void(gtr_status)> fire) {
    const auto guard = lock();
    const auto timer = timers_.emplace(++last_timer_, Timer{clock_.steady() + delay, owner, std::move(fire)}).first;
    if (without_timers_.contains(owner)) end(timer, GTR_CANCELLED);
    return last_timer_;
  }
  void cancel_timer(std::uint64_t number) {
    const auto guard = lock();
    const auto timer = timers_.find(number);
    if (timer != timers_.end()) end(timer, GTR_CANCELLED);
  }
  // From now on every one of this owner is cancelled.
  void end_timers(Owner owner) {
    const auto guard = lock();
    without_timers_.insert(owner);
    for (auto timer = timers_.begin(); timer != timers_.end();) {
      const auto each = timer++;
      if (each->second.owner == owner) end(each, GTR_CANCELLED);
    }
  }
  // When the next one is due.
  std::optional<std::chrono::nanoseconds> next_timer() const {
    const auto guard = lock();
    if (timers_.empty()) return std::nullopt;
    return earliest()->second.due;
  }
  // Ends those that are due now, in the order of their times.
  void fire_due_timers() {
    const auto guard = lock();
    for (std::size_t left = timers_.size(); left > 0 && earliest()->second.due <= clock_.steady(); --left) {
      end(earliest(), GTR_OK);
    }
  }

 private:
  struct Timer {
    std::chrono::nanoseconds due{0};
    Owner owner = nullptr;
    std::function<void(gtr_status)> fire;
  };
  using Jobs = std::deque<std::pair<Owner, Job>>;
  using Timers = std::map<std::uint64_t, Timer>;

  Jobs::const_iterator find(Owner only) const {
    return std::find_if(jobs_.begin(), jobs_.end(),
                        [only](const auto& job) { return only == nullptr || job.first == only; });
  }
  bool run_one(Owner only) {
    std::pair<Owner, Job> next;
    {
      const auto guard = lock();
      const auto found = find(only);
      if (found == jobs_.end()) return false;
      next = *found;
      jobs_.erase(found);
    }
    const Clock::Shown shown(&clock_);
    const Owner before = std::exchange(running_, next.first);
    try {
      next.second();
    } catch (...) {
      running_ = before;
      throw;
    }
    running_ = before;
    return true;
  }
  Timers::const_iterator earliest() const {
    return std::min_element(timers_.begin(), timers_.end(),
                            [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
  }
  void end(Timers::const_iterator timer, gtr_status status) {
    jobs_.emplace_back(timer->second.owner, [fire = timer->second.fire, status] { fire(status); });
    timers_.erase(timer);
    changed_.notify_all();
  }

  static constexpr std::chrono::seconds kPatience{20};
  static inline thread_local Owner running_ = nullptr;

  Clock& clock_;
  mutable std::recursive_mutex mutex_;
  std::condition_variable_any changed_;
  Jobs jobs_;
  Timers timers_;
  std::uint64_t last_timer_ = 0;
  std::set<Owner> without_timers_;
};

}  // namespace gatetorio::testing
