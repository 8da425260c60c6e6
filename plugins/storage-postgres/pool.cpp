#include "pool.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "exchange.hpp"
#include "gatetorio/contain.hpp"

namespace gatetorio::storage_postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100}, kLongestPause{5000};
constexpr milliseconds kLook{500};            // how soon an idle thread notices that its connection has ended
constexpr milliseconds kServerGrace{2000};    // beyond the statement timeout, for the server to say so
constexpr std::size_t kMostBytes = 4u << 20;  // of batches that are sent together

Error closing() { return {.status = Status::kCancelled, .detail = "The database is closing."}; }
Error overloaded() {
  return {.status = Status::kUnavailable, .detail = "The database is overloaded.", .retry_after_s = 1};
}
Error away() {
  return {.status = Status::kUnavailable, .detail = "The database cannot be reached.", .retry_after_s = 2};
}

// Hubs that lost the same database do not come back at the same moment.
milliseconds jittered(milliseconds pause) {
  thread_local std::minstd_rand random(std::random_device{}());
  return pause / 2 + milliseconds(std::uniform_int_distribution<std::int64_t>(0, pause.count() / 2)(random));
}

bool is_lost(const Entry& entry) {
  // kTimeout: the server may have committed it. Only what certainly had no effect may be run again.
  return entry.failure && entry.failure->remedy == Remedy::kReconnect &&
         entry.failure->error.status == Status::kUnavailable;
}

}  // namespace

Pool::Pool(const Login& login, PoolSettings settings, Serve serve, Changed changed, const Observer& observer)
    : login_(login),
      settings_(settings),
      serve_(std::move(serve)),
      changed_(std::move(changed)),
      observer_(observer),
      hopeful_(settings.threads),
      running_(settings.threads + 1),
      detour_(std::make_unique<Detour>(
          login, DetourSettings{.access = settings.access, .max_wait = settings.max_wait}, serve_,
          [this](Entry& entry) { answer(entry); }, [this] { leave(); }, observer)) {
  for (std::size_t i = 0; i < settings_.threads; ++i) threads_.emplace_back([this] { loop(); });
}

Pool::~Pool() {
  shutdown([] {});
  join();
}

void Pool::join() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  detour_->join();
}

void Pool::submit(Entry entry) {
  entry.since = Clock::now();
  if (detour_->is_for(entry.batch)) return detour_->add(std::move(entry));
  std::unique_lock lock(mutex_);
  const bool is_away = hopeful_ == 0;
  if (!stopping_ && !is_away && queue_.size() < settings_.max_waiting) {
    const auto late = take_late(entry.since);
    queue_.push_back(std::move(entry));
    lock.unlock();
    wake_.notify_one();
    for (const Entry& old : late) old.done(overloaded());
    return;
  }
  const Error error = stopping_ ? closing() : is_away ? away() : overloaded();
  lock.unlock();
  entry.done(error);
}

void Pool::shutdown(std::function<void()> closed) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_deadline_ = Clock::now() + settings_.stop_grace;
    closed_ = std::move(closed);
    stop_connecting_.set(Clock::now());
    stop_waiting_.set(stop_deadline_);
  }
  if (settings_.access == Access::kRead) refuse_waiting(closing());
  detour_->shutdown();
  wake_.notify_all();
}

std::size_t Pool::waiting() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Pool::loop() {
  Worker worker{.connection = nullptr, .pause = kFirstPause};
  std::vector<Entry> entries;
  const auto told = [this](std::string_view what) { observer_.problem("a pool's thread caught an exception", what); };
  for (bool goes_on = true; goes_on;) {
    if (!worker.connection) contain([&] { connect(worker); }, told);
    if (!worker.connection) {
      rest(worker);
      const std::lock_guard lock(mutex_);
      goes_on = !stopping_;
      continue;
    }
    goes_on = take(entries);
    if (entries.empty() && goes_on) contain([&] { look(worker); }, told);
    if (!entries.empty() && !contain([&] { run(worker, entries); }, told)) give_up(worker, entries);
    if (worker.connection && !worker.connection->is_alive()) disconnect(worker);
  }
  if (worker.connection) disconnect(worker);
  leave();
}

void Pool::connect(Worker& worker) {
  auto session = login_.connect(settings_.access, stop_connecting_);
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    const bool is_open = static_cast<bool>(session);
    if (is_open != worker.is_hopeful) hopeful_ += is_open ? std::size_t{1} : static_cast<std::size_t>(-1);
    worker.is_hopeful = is_open;
    // Said once for each loss, not once for each attempt and each thread.
    is_news = !is_open && why_away_ != session.error().detail;
    why_away_ = is_open ? std::string() : session.error().detail;
  }
  if (!session) {
    if (is_news) observer_.problem("the database cannot be used", session.error().detail);
    return;
  }
  const auto patience = login_.statement_timeout() + kServerGrace;
  worker.connection = std::make_unique<Connection>(*std::move(session), patience, stop_waiting_);
  worker.pause = kFirstPause;
  set_open(+1);
}

void Pool::disconnect(Worker& worker) {
  worker.connection.reset();
  set_open(-1);
}

// At an idle session: a server that became read-only, or a pooler that gave the session away, is noticed before it
// harms.
void Pool::look(Worker& worker) {
  const Session& session = worker.connection->session();
  if (!session.is_pooled && session.access == Access::kRead) return;
  Exchange exchange(*worker.connection);
  exchange.check_session();
  exchange.sync();
  if (!exchange.finish()) worker.connection->give_up();
}

// Between two attempts to connect. Where no thread has a connection, nobody is kept waiting for one.
void Pool::rest(Worker& worker) {
  std::unique_lock lock(mutex_);
  if (hopeful_ == 0) {
    lock.unlock();
    refuse_waiting(away());
    lock.lock();
  }
  wake_.wait_for(lock, jittered(worker.pause), [this] { return stopping_; });
  worker.pause = std::min(2 * worker.pause, kLongestPause);
}

// Waits for work or a look at the connection, and takes what is there. False at the end.
bool Pool::take(std::vector<Entry>& entries) {
  std::vector<Entry> late, aside;
  bool goes_on = true;
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kLook, [this] { return stopping_ || !queue_.empty(); });
    const auto now = Clock::now();
    if (stopping_ && (queue_.empty() || now > stop_deadline_)) goes_on = false;
    late = take_late(now);
    std::size_t bytes = 0;
    const std::size_t most = goes_on ? share() : 0;
    while (!queue_.empty() && entries.size() < most && bytes < kMostBytes) {
      bytes += queue_.front().batch.size();
      (detour_->is_for(queue_.front().batch) ? aside : entries).push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
  }
  for (const Entry& entry : late) entry.done(overloaded());
  for (Entry& entry : aside) detour_->add(std::move(entry));
  return goes_on;
}

std::size_t Pool::share() const {
  if (!settings_.is_shared_fairly || open_ <= 1) return settings_.max_together;
  return std::min(settings_.max_together, queue_.size() / open_ + 1);
}

// Those at the front of the queue that have waited too long. With the lock held.
std::vector<Entry> Pool::take_late(Clock::time_point now) {
  std::vector<Entry> late;
  while (!stopping_ && !queue_.empty() && now - queue_.front().since > settings_.max_wait) {
    late.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return late;
}

void Pool::run(Worker& worker, std::vector<Entry>& entries) {
  serve_(*worker.connection, entries);
  // A connection may have ended while it was idle: what had no effect is tried once more on a new one.
  const auto lost = std::stable_partition(entries.begin(), entries.end(), [](const Entry& e) { return !is_lost(e); });
  finish({entries.begin(), lost});
  if (lost != entries.end()) {
    disconnect(worker);
    connect(worker);
    if (worker.connection) serve_(*worker.connection, {lost, entries.end()});
    finish({lost, entries.end()});
  }
  entries.clear();
}

// After an exception somewhere on the way: nobody knows what the server has done, nor what the connection is in.
void Pool::give_up(Worker& worker, std::vector<Entry>& entries) {
  if (worker.connection) disconnect(worker);
  for (Entry& entry : entries) {
    const Done done = std::exchange(entry.done, nullptr);
    if (done) done(Error{.status = Status::kTimeout, .detail = "The database's thread failed; the effect is unknown."});
  }
  entries.clear();
}

void Pool::finish(std::span<Entry> entries) {
  for (Entry& entry : entries) {
    if (entry.failure && entry.failure->remedy == Remedy::kAside) {
      detour_->add(std::move(entry));
    } else {
      answer(entry);
    }
  }
}

void Pool::answer(Entry& entry) {
  const Done done = std::exchange(entry.done, nullptr);
  if (!entry.failure) return done(std::move(entry.results));
  if (!entry.failure->log.empty()) {
    observer_.problem(settings_.access == Access::kRead ? "a read failed" : "a write failed", entry.failure->log);
  }
  done(std::move(entry.failure->error));
}

void Pool::set_open(int change) {
  {
    const std::lock_guard lock(mutex_);
    open_ += static_cast<std::size_t>(change);
  }
  changed_(change);
}

void Pool::refuse_waiting(const Error& error) {
  std::deque<Entry> rest;
  {
    const std::lock_guard lock(mutex_);
    rest.swap(queue_);
  }
  for (const Entry& entry : rest) entry.done(error);
}

// The last thread to end tidies up.
void Pool::leave() {
  std::function<void()> closed;
  {
    const std::lock_guard lock(mutex_);
    if (--running_ != 0) return;
    closed = std::exchange(closed_, {});
  }
  refuse_waiting(closing());
  closed();
}

}  // namespace gatetorio::storage_postgres
