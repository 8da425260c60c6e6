// Host::every: what a plugin does again and again, and a sleep that can be woken.
//
//   host_.every(1s, [this] { return service_.flush_seen(); }, {.what = "when users were last seen"});
//   ticker_ = host_.every(5s, [this] { return look(); });   // somewhere else: ticker_.wake();
//
// One run at a time: the next begins when the interval has passed since the end of the last. All ends before the
// plugin's stop() is called: that waits for a run that is under way, never for the interval.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>

#include "gatetorio/host.hpp"

namespace gatetorio {

struct Every {
  std::string what = "regular work";                    // in the log
  std::optional<std::chrono::milliseconds> first = {};  // before the first run; none: the interval
  std::optional<std::chrono::milliseconds> retry = {};  // after a run that failed; none: the interval
};

namespace detail {

using Work = std::function<Task<Result<void>>()>;

inline Task<Result<void>> as_result(Task<void> task) {
  co_await task;
  co_return Result<void>();
}
inline Task<Result<void>> as_result(Result<void> result) { co_return result; }

template <class F>
Work as_work(F work) {
  using Given = std::invoke_result_t<F&>;
  if constexpr (std::is_same_v<Given, Task<Result<void>>>) {
    return work;
  } else if constexpr (std::is_void_v<Given>) {
    return [work = std::move(work)]() mutable {
      work();
      return as_result(Result<void>());
    };
  } else {
    static_assert(std::is_same_v<Given, Task<void>> || std::is_same_v<Given, Result<void>>,
                  "regular work gives nothing, a Result<void>, a Task<void> or a Task<Result<void>>");
    return [work = std::move(work)]() mutable { return as_result(work()); };
  }
}

class Periodic {
 public:
  Periodic(Host& host, std::chrono::milliseconds interval, Work work, Every settings)
      : host_(host),
        interval_(interval),
        work_(std::move(work)),
        settings_(std::move(settings)),
        due_(Clock::now() + settings_.first.value_or(pause_after(true))) {}

  static Task<void> run(std::shared_ptr<Periodic> self) {
    while (true) {
      const bool is_due = co_await self->pause();
      if (!is_due) break;
      Result<void> done;
      try {
        done = co_await self->work_();
      } catch (const std::exception& e) {
        done = Error{.detail = e.what()};
      } catch (...) {
        done = Error{.detail = "an exception of an unknown type"};
      }
      self->judge(done);
    }
    self->set_over();
  }
  void wake(std::chrono::milliseconds within) {
    const auto at = within.count() <= 0 ? Clock::time_point::min() : Clock::now() + within;
    const std::lock_guard lock(mutex_);
    if (is_ended_ || at >= due_) return;
    due_ = at;
    cancel_timer();
  }
  // Comes back when nothing runs any more.
  static Task<void> end(std::shared_ptr<Periodic> self) {
    auto start = [self](gtr_completion done) {
      {
        const std::lock_guard lock(self->mutex_);
        self->is_ended_ = true;
        self->cancel_timer();
        if (!self->is_over_) return void(self->waiting_ = done);
      }
      done.done(done.context, GTR_OK, {});
    };
    co_await self->host_.complete(start);
  }

 private:
  using Clock = std::chrono::steady_clock;

  // False where the plugin stops.
  Task<bool> pause() {
    while (true) {
      auto start = [this](gtr_completion done) {
        const std::lock_guard lock(mutex_);
        const auto now = Clock::now();
        is_moved_ = false;
        if (is_ended_ || due_ <= now) return host_.post([done] { done.done(done.context, GTR_OK, {}); });
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - now);
        timer_ = host_.executor().start_timer(host_.raw(), static_cast<std::uint64_t>(left.count()), done);
      };
      const Result<std::string> passed = co_await host_.complete(start);
      const std::lock_guard lock(mutex_);
      timer_ = 0;
      if (is_ended_ || (!passed && !is_moved_)) co_return false;
      if (due_ > Clock::now()) continue;
      due_ = Clock::time_point::max();  // until wake() or the end of the run says otherwise
      co_return true;
    }
  }
  void judge(const Result<void>& done) {
    const std::string why = done ? "" : done.error().detail.empty() ? "it gave no reason" : done.error().detail;
    const std::lock_guard lock(mutex_);
    due_ = std::min(due_, Clock::now() + pause_after(static_cast<bool>(done)));
    if (is_ended_ || why == failing_) return;
    failing_ = why;
    if (done) return host_.info("it works again", {{"what", settings_.what}});
    host_.warn("something that is done regularly has failed; it is tried again",
               {{"what", settings_.what}, {"why", why}});
  }
  // From a minute on up to a tenth more, so that hubs on one database come one by one.
  std::chrono::milliseconds pause_after(bool is_success) {
    const auto pause = is_success ? interval_ : settings_.retry.value_or(interval_);
    if (pause < std::chrono::minutes(1)) return pause;
    return pause + std::chrono::milliseconds(random_() % static_cast<std::uint64_t>(pause.count() / 10));
  }
  void cancel_timer() {
    is_moved_ = true;
    if (timer_ != 0) host_.executor().cancel_timer(host_.raw(), timer_);
  }
  void set_over() {
    gtr_completion waiting{};
    {
      const std::lock_guard lock(mutex_);
      is_over_ = is_ended_ = true;
      waiting = waiting_;
    }
    if (waiting.done != nullptr) waiting.done(waiting.context, GTR_OK, {});
  }

  Host& host_;
  const std::chrono::milliseconds interval_;
  const Work work_;
  const Every settings_;
  std::mutex mutex_;  // guards what follows
  std::minstd_rand random_{std::random_device{}()};
  Clock::time_point due_;  // of the next run
  std::uint64_t timer_ = 0;
  bool is_moved_ = false;  // the timer was cancelled because of due_
  bool is_ended_ = false, is_over_ = false;
  std::string failing_;       // why the last run failed; empty: it did not
  gtr_completion waiting_{};  // for the end
};

}  // namespace detail

// Of Host::every. A copy is the same ticker; the work goes on without any.
class Ticker {
 public:
  Ticker() = default;
  explicit Ticker(std::shared_ptr<detail::Periodic> work) : work_(std::move(work)) {}
  // The next run begins at once, or within so long, where it would begin later; a run that is under way is followed by
  // another. Any thread; returns at once. Nothing where the plugin stops, or without a work.
  void wake(std::chrono::milliseconds within = {}) const {
    if (work_) work_->wake(within);
  }

 private:
  std::shared_ptr<detail::Periodic> work_;
};

template <class F>
Ticker Host::every(std::chrono::milliseconds interval, F work, Every settings) {
  auto periodic =
      std::make_shared<detail::Periodic>(*this, interval, detail::as_work(std::move(work)), std::move(settings));
  if (!at_stop([periodic] { return detail::Periodic::end(periodic); })) return {};
  run(detail::Periodic::run(periodic));
  return Ticker(periodic);
}

template <class F>
Ticker Host::every(std::chrono::milliseconds interval, F work) {
  return every(interval, std::move(work), Every{});
}

}  // namespace gatetorio
