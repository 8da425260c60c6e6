#include "detour.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "batch_texts.hpp"
#include "gatetorio/contain.hpp"

namespace gatetorio::storage_postgres {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kRemembered{30};  // a statement, since it last met a lock
constexpr std::chrono::seconds kIdle{10};        // then the connection is closed
constexpr milliseconds kPause{10};               // between attempts: the server has others to serve too
constexpr std::size_t kMostTogether = 64;        // of a lane that is free again
constexpr milliseconds kServerGrace{2000};

Error busy() { return {.status = Status::kUnavailable, .detail = "The database is busy.", .retry_after_s = 1}; }
Error closing() { return {.status = Status::kCancelled, .detail = "The database is closing."}; }

bool is_stuck(const Entry& entry) { return entry.failure && entry.failure->remedy == Remedy::kAside; }

}  // namespace

Detour::Detour(const Login& login, DetourSettings settings, Serve serve, Finish finish, std::function<void()> ended,
               const Observer& observer)
    : login_(login),
      settings_(settings),
      serve_(std::move(serve)),
      finish_(std::move(finish)),
      ended_(std::move(ended)),
      observer_(observer),
      thread_([this] { loop(); }) {}

Detour::~Detour() {
  shutdown();
  join();
}

void Detour::join() {
  if (thread_.joinable()) thread_.join();
}

bool Detour::is_for(std::string_view batch) {
  if (!has_blocked_) return false;
  const std::lock_guard lock(mutex_);
  return !blocking_text(batch).empty();
}

// With the lock held. Empty where none of its statements met a lock lately.
std::string Detour::blocking_text(std::string_view batch) {
  const auto now = Clock::now();
  std::string text;
  find_statement(batch, [&](std::int32_t, std::string_view sql) {
    const auto found = blocked_.find(std::string(sql));
    if (found == blocked_.end() || now - found->second > kRemembered) return false;
    text = found->first;
    return true;
  });
  return text;
}

void Detour::add(Entry entry) {
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    entry.failure = Failure{.error = closing()};
    return finish_(entry);
  }
  std::string text;
  bool is_new = false;
  if (is_stuck(entry)) {
    text = text_at(entry.batch, entry.failure->error.statement);
    is_new = blocked_.insert_or_assign(text, Clock::now()).second;
    has_blocked_ = true;
  } else {
    text = blocking_text(entry.batch);
  }
  const auto same = [&](const Lane& lane) { return lane.text == text; };
  auto lane = std::find_if(lanes_.begin(), lanes_.end(), same);
  if (lane == lanes_.end()) lane = lanes_.insert(lanes_.end(), Lane{.text = text, .entries = {}});
  lane->entries.push_back(std::move(entry));
  lock.unlock();
  wake_.notify_one();
  if (!is_new) return;
  observer_.problem("another session holds a lock: what needs it waits aside, and is refused with 503 when it is late",
                    text.empty() ? "COMMIT" : text);
}

void Detour::shutdown() {
  std::vector<Entry> rest;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_.set(Clock::now());
    for (Lane& lane : lanes_) std::move(lane.entries.begin(), lane.entries.end(), std::back_inserter(rest));
    lanes_.clear();
    wake_.notify_one();
  }
  refuse(std::move(rest), closing());
}

void Detour::loop() {
  for (;;) {
    Lane lane;
    std::vector<Entry> late;
    {
      std::unique_lock lock(mutex_);
      const auto has_work = [this] { return stopping_ || !lanes_.empty(); };
      if (!wake_.wait_for(lock, kIdle, has_work)) connection_.reset();
      wake_.wait(lock, has_work);
      if (stopping_) break;
      late = take_late(Clock::now());
      if (!lanes_.empty()) {
        lane = std::move(lanes_.front());
        lanes_.pop_front();
      }
    }
    refuse(std::move(late), busy());
    if (lane.entries.empty()) continue;
    const bool is_through = attempt(lane);
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      refuse({std::make_move_iterator(lane.entries.begin()), std::make_move_iterator(lane.entries.end())}, closing());
      break;
    }
    // More of its kind may have come meanwhile.
    const auto more = std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane& l) { return l.text == lane.text; });
    if (more != lanes_.end()) {
      std::move(more->entries.begin(), more->entries.end(), std::back_inserter(lane.entries));
      lanes_.erase(more);
    }
    if (!lane.entries.empty()) lanes_.push_back(std::move(lane));
    if (!is_through) wake_.wait_for(lock, kPause, [this] { return stopping_; });
  }
  connection_.reset();
  ended_();
}

// Of all lanes, those that have waited too long. With the lock held.
std::vector<Entry> Detour::take_late(Clock::time_point now) {
  std::vector<Entry> late;
  for (auto lane = lanes_.begin(); lane != lanes_.end();) {
    std::deque<Entry> rest;
    for (Entry& entry : lane->entries) {
      if (now - entry.since > settings_.max_wait) {
        late.push_back(std::move(entry));
      } else {
        rest.push_back(std::move(entry));
      }
    }
    lane->entries = std::move(rest);
    lane = lane->entries.empty() ? lanes_.erase(lane) : std::next(lane);
  }
  return late;
}

bool Detour::connect() {
  if (connection_ && connection_->is_alive()) return true;
  connection_.reset();
  auto session = login_.connect(settings_.access, stop_);
  if (!session) return false;
  connection_ = std::make_unique<Connection>(*std::move(session), login_.statement_timeout() + kServerGrace, stop_);
  return true;
}

// Tries the first of the lane, or several where one came through before; those that meet a lock again go to its end.
// Whether one came through.
bool Detour::attempt(Lane& lane) {
  std::vector<Entry> entries;
  const std::size_t most = lane.is_free ? kMostTogether : 1;
  for (; entries.size() < most && !lane.entries.empty(); lane.entries.pop_front()) {
    entries.push_back(std::move(lane.entries.front()));
  }
  if (!connect()) {
    refuse(std::move(entries), stop_.has_come() ? closing() : busy());
    return false;
  }
  for (Entry& entry : entries) entry.reset();
  const auto told = [this](std::string_view what) {
    observer_.problem("the detour's thread caught an exception", what);
  };
  if (!contain([&] { serve_(*connection_, entries); }, told)) {
    connection_.reset();
    refuse(std::move(entries), {.status = Status::kTimeout, .detail = "The effect is unknown."});
    return false;
  }
  bool is_through = false;
  for (Entry& entry : entries) {
    if (stop_.has_come() && entry.failure && entry.failure->error.status == Status::kUnavailable) {
      entry.failure = Failure{.error = closing()};
    }
    if (is_stuck(entry)) {
      lane.entries.push_back(std::move(entry));
      continue;
    }
    is_through = true;
    finish_(entry);
  }
  if (connection_->is_broken()) connection_.reset();
  lane.is_free = is_through;
  if (is_through) forget(lane.text);
  return is_through;
}

void Detour::forget(const std::string& text) {
  const std::lock_guard lock(mutex_);
  blocked_.erase(text);
  has_blocked_ = !blocked_.empty();
}

void Detour::refuse(std::vector<Entry> entries, const Error& error) {
  for (Entry& entry : entries) {
    entry.failure = Failure{.error = error};
    finish_(entry);
  }
}

}  // namespace gatetorio::storage_postgres
