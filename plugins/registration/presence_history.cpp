#include "presence_history.hpp"

#include <algorithm>

namespace gatetorio::registration {

namespace {

constexpr std::uint64_t kBusyMs = 10;
constexpr std::size_t kPeriodsPerBatch = 500;
constexpr std::size_t kMostDue = 200'000;  // ended ones beyond that are lost while the database is away
constexpr std::int64_t kAliveUs = 10 * kMicrosecondsPerSecond;

}  // namespace

void PresenceHistory::settle(std::int64_t device_id, Moment at, std::string_view via, std::string_view ended_by) {
  const std::lock_guard lock(mutex_);
  const bool is_online = book_.shown({.device = {.id = device_id}}, at).is_online;
  const auto open = open_.find(device_id);
  if (is_online == (open != open_.end())) return;
  if (is_online) {
    open_[device_id] = {at.wall.us, via};
    return note({.device_id = device_id, .begun_at_us = at.wall.us, .via = via});
  }
  note({.device_id = device_id,
        .begun_at_us = open->second.begun_at_us,
        .ended_at_us = std::max(open->second.begun_at_us, at.wall.us),
        .via = open->second.via,
        .ended_by = ended_by});
  open_.erase(open);
}

// A period that begins and ends between two writes is one row of one write.
void PresenceHistory::note(const PresencePeriod& period) {
  const Key key{period.device_id, period.begun_at_us};
  const bool is_open = period.ended_at_us == kForeverUs;
  if (!is_open && due_.size() >= kMostDue && !due_.contains(key)) {
    ++dropped_;
    return;
  }
  due_[key] = period;
}

void PresenceHistory::forget(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  open_.erase(device_id);
  due_.erase(due_.lower_bound({device_id, 0}), due_.upper_bound({device_id, kForeverUs}));
}

// In turn, so that nobody waits for ever.
std::vector<PresencePeriod> PresenceHistory::take_due() {
  std::vector<PresencePeriod> periods;
  const std::lock_guard lock(mutex_);
  while (periods.size() < kPeriodsPerBatch && !due_.empty()) {
    auto next = due_.upper_bound(last_taken_);
    if (next == due_.end()) next = due_.begin();
    last_taken_ = next->first;
    periods.push_back(next->second);
    due_.erase(next);
  }
  return periods;
}

void PresenceHistory::put_back(const std::vector<PresencePeriod>& periods) {
  const std::lock_guard lock(mutex_);
  // What has changed meanwhile is newer.
  for (const PresencePeriod& period : periods) due_.try_emplace({period.device_id, period.begun_at_us}, period);
}

bool PresenceHistory::begin_writing() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(is_writing_, true);
}

Task<void> PresenceHistory::write() {
  if (!begin_writing()) co_return;
  const bool is_written = co_await write_due();
  if (is_failing_ == is_written) {
    is_failing_ = !is_written;
    is_failing_ ? host_.warn("the history of presence cannot be written; it is tried again until it can")
                : host_.info("the history of presence is written again");
  }
  const std::lock_guard lock(mutex_);
  is_writing_ = false;
}

Task<void> PresenceHistory::flush() {
  while (!begin_writing()) {
    const bool go_on = co_await host_.sleep(kBusyMs);
    if (!go_on) co_return;
  }
  alive_at_ = {};
  co_await write_due();
  const std::lock_guard lock(mutex_);
  is_writing_ = false;
}

// False: the database is away, and what was not written is due again.
Task<bool> PresenceHistory::write_due() {
  if (!has_ended_left_) {
    const bool has_ended = co_await end_what_was_left();
    if (!has_ended) co_return false;
    has_ended_left_ = true;
  }
  while (true) {
    const std::vector<PresencePeriod> periods = take_due();
    const Timestamp at = now();
    const bool is_news = at.us - alive_at_.us >= kAliveUs || at < alive_at_;
    if (periods.empty() && !is_news) co_return true;
    const Result<bool> saved = co_await repository_.save_periods(periods, at);
    if (!saved) {
      put_back(periods);
      co_return false;
    }
    alive_at_ = at;
    if (std::exchange(is_alive_, true) && !*saved) rise();
    std::int64_t dropped = 0;
    {
      const std::lock_guard lock(mutex_);
      dropped = std::exchange(dropped_, 0);
    }
    if (dropped > 0) {
      host_.error("periods of presence could not be written for too long and are lost",
                  {{"periods", std::to_string(dropped)}});
    }
  }
}

// This hub was away from the database for so long that another one took it for dead: what it knows is told again.
void PresenceHistory::rise() {
  host_.warn("this hub was taken for dead; it writes again who is connected to it");
  book_.write_all_again();
  const std::lock_guard lock(mutex_);
  for (const auto& [device_id, open] : open_) {
    note({.device_id = device_id, .begun_at_us = open.begun_at_us, .via = open.via});
  }
}

// Before anything of this run is written: all of this hub's that is open is an earlier one's.
Task<bool> PresenceHistory::end_what_was_left() {
  while (true) {
    const Result<std::int64_t> ended = co_await repository_.end_open_periods(kPeriodsPerBatch);
    if (!ended) co_return false;
    if (*ended == 0) co_return true;
  }
}

}  // namespace gatetorio::registration
