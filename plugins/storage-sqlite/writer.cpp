#include "writer.hpp"

#include <utility>

#include "gatetorio/contain.hpp"

namespace gatetorio::storage_sqlite {
namespace {

using Clock = std::chrono::steady_clock;

// So long without work is a quiet moment.
constexpr std::chrono::milliseconds kQuiet{200};

// Once: an entry that is finished has no `done` any more.
void finish(Entry& entry) {
  const Done done = std::exchange(entry.done, nullptr);
  if (entry.failure) return done(std::move(entry.failure->error));
  done(std::move(entry.results));
}

Error broken() { return {.status = Status::kInternal, .detail = "The database's thread failed; the log says why."}; }

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, WriterSettings settings, const Observer& observer)
    : settings_(settings),
      observer_(observer),
      connection_(std::move(connection)),
      checkpointer_(std::make_unique<Checkpointer>(*connection_, settings.max_wal_bytes)),
      thread_([this] { loop(); }) {}

Writer::~Writer() {
  shutdown([] {});
  join();
}

void Writer::join() {
  if (thread_.joinable()) thread_.join();
}

void Writer::submit(std::string batch, std::uint32_t statements, Done done) {
  enqueue({.entry = {.batch = std::move(batch), .statements = statements, .done = std::move(done)}, .job = {}});
}

void Writer::submit(Job job, Done done) {
  enqueue({.entry = {.batch = {}, .done = std::move(done)}, .job = std::move(job)});
}

void Writer::enqueue(Item item) {
  std::unique_lock lock(mutex_);
  if (!stopping_ && queue_.size() < settings_.max_waiting) {
    const bool writer_may_sleep = queue_.empty();
    queue_.push_back(std::move(item));
    lock.unlock();
    if (writer_may_sleep) wake_.notify_one();
    return;
  }
  const bool stopping = stopping_;
  lock.unlock();
  item.entry.done(
      stopping ? Error{.status = Status::kCancelled, .detail = "The database is closing."}
               : Error{.status = Status::kUnavailable, .detail = "The database is overloaded.", .retry_after_s = 1});
}

void Writer::shutdown(std::function<void()> closed) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  stopping_ = true;
  stop_deadline_ = Clock::now() + settings_.stop_grace;
  closed_ = std::move(closed);
  wake_.notify_one();
}

void Writer::loop() {
  std::vector<Entry> entries;
  Item job;
  while (take(entries, job)) {
    const auto told = [this](std::string_view what) {
      observer_.problem("the writer's thread caught an exception", what);
    };
    if (!entries.empty() && !contain([&] { commit(entries); }, told)) give_up(entries);
    if (job.job) {
      Result<std::string> result = broken();
      contain([&] { result = job.job(*connection_); }, told);
      if (connection_->in_transaction()) connection_->control("ROLLBACK");
      job.entry.done(std::move(result));
    }
    entries.clear();
    job = {};
    if (checkpointer_->overdue()) contain([this] { checkpoint(); }, told);
  }
  cancel_waiting();
  checkpointer_->truncate();
  checkpointer_.reset();
  connection_.reset();
  const std::function<void()> closed = std::exchange(closed_, {});
  closed();
}

// Waits for work and takes what is there: batches up to a group, or up to and with the first job. False at the end.
bool Writer::take(std::vector<Entry>& entries, Item& job) {
  std::unique_lock lock(mutex_);
  const auto awake = [this] { return stopping_ || !queue_.empty(); };
  while (!wake_.wait_for(lock, kQuiet, awake)) {
    if (!checkpointer_->worthwhile()) {
      wake_.wait(lock, awake);
      break;
    }
    lock.unlock();
    checkpoint();
    lock.lock();
  }
  if (stopping_ && (queue_.empty() || Clock::now() > stop_deadline_)) return false;
  while (!queue_.empty() && entries.size() < settings_.max_group && !job.job) {
    if (queue_.front().job) {
      job = std::move(queue_.front());
    } else {
      entries.push_back(std::move(queue_.front().entry));
    }
    queue_.pop_front();
  }
  return true;
}

void Writer::commit(std::vector<Entry>& entries) {
  const auto start = Clock::now();
  CommitReport report{.batches = entries.size()};
  report.succeeded = commit_group(*connection_, entries);
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  report.wal_bytes = checkpointer_->wal_bytes();
  for (Entry& entry : entries) {
    if (entry.failure && !entry.failure->log.empty()) observer_.problem("a write failed", entry.failure->log);
    finish(entry);
  }
  {
    const std::lock_guard lock(mutex_);
    report.waiting = queue_.size();
  }
  observer_.committed(report);
}

// After an exception somewhere in a commit. What was not answered yet may be committed or not: "internal" says neither.
void Writer::give_up(std::vector<Entry>& entries) {
  if (connection_->in_transaction()) connection_->control("ROLLBACK");
  for (Entry& entry : entries) {
    if (const Done done = std::exchange(entry.done, nullptr)) done(broken());
  }
}

void Writer::checkpoint() { observer_.checkpointed(checkpointer_->run()); }

void Writer::cancel_waiting() {
  std::deque<Item> rest;
  {
    const std::lock_guard lock(mutex_);
    rest.swap(queue_);
  }
  for (Item& item : rest) {
    item.entry.done(Error{.status = Status::kCancelled, .detail = "The database is closing."});
  }
}

}  // namespace gatetorio::storage_sqlite
