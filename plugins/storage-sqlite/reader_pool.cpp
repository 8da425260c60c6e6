#include "reader_pool.hpp"

#include <utility>

namespace gatetorio::storage_sqlite {
namespace {

std::optional<Failure> run_snapshot(Connection& connection, const std::string& batch, std::uint32_t statements,
                                    std::string& results) {
  // One statement is a snapshot by itself.
  if (statements == 1) return connection.run(batch, results);
  if (auto failure = connection.control("BEGIN")) return failure;
  std::optional<Failure> failure = connection.run(batch, results);
  if (connection.in_transaction()) {
    if (auto problem = connection.control("ROLLBACK"); problem && !failure) failure = std::move(problem);
  }
  return failure;
}

Error closing() { return {.status = Status::kCancelled, .detail = "The database is closing."}; }

}  // namespace

Result<std::unique_ptr<ReaderPool>> ReaderPool::open(const ConnectionSettings& settings, std::size_t readers,
                                                     std::size_t max_waiting, const Observer& observer) {
  std::unique_ptr<ReaderPool> pool(new ReaderPool(max_waiting, observer));
  for (std::size_t i = 0; i < readers; ++i) {
    auto connection = Connection::open(settings);
    if (!connection) return connection.error();
    pool->idle_.push_back(std::move(*connection));
  }
  return pool;
}

void ReaderPool::run(std::string batch, std::uint32_t statements, Done done) {
  Waiting work{std::move(batch), statements, std::move(done)};
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    if (closed_ || (idle_.empty() && waiting_.size() >= max_waiting_)) {
      const bool closed = closed_;
      lock.unlock();
      return work.done(
          closed ? closing()
                 : Error{.status = Status::kUnavailable, .detail = "The database is overloaded.", .retry_after_s = 1});
    }
    if (idle_.empty()) {
      waiting_.push_back(std::move(work));
      return;
    }
    connection = std::move(idle_.back());
    idle_.pop_back();
  }
  do {
    finish(*connection, std::move(work));
  } while (next(connection, work));
}

void ReaderPool::finish(Connection& connection, Waiting work) {
  std::string results;
  std::optional<Failure> failure = run_snapshot(connection, work.batch, work.statements, results);
  if (!failure) return work.done(std::move(results));
  if (!failure->log.empty()) observer_.problem("a read failed", failure->log);
  work.done(std::move(failure->error));
}

// Another batch for this connection, or false after giving the connection back.
bool ReaderPool::next(std::unique_ptr<Connection>& connection, Waiting& work) {
  std::unique_lock lock(mutex_);
  if (closed_) {
    lock.unlock();
    connection.reset();
    return false;
  }
  if (waiting_.empty()) {
    idle_.push_back(std::move(connection));
    return false;
  }
  work = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

void ReaderPool::close() {
  std::deque<Waiting> waiting;
  std::vector<std::unique_ptr<Connection>> idle;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting.swap(waiting_);
    idle.swap(idle_);
  }
  for (Waiting& work : waiting) work.done(closing());
}

}  // namespace gatetorio::storage_sqlite
