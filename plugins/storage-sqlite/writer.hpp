// The one thread that writes: a bounded queue, in order, committed in groups.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "checkpointer.hpp"
#include "connection.hpp"
#include "group.hpp"
#include "observer.hpp"

namespace gatetorio::storage_sqlite {

struct WriterSettings {
  std::size_t max_waiting = 10'000;  // batches; above it kUnavailable
  std::size_t max_group = 256;       // batches in one commit
  std::int64_t max_wal_bytes = std::int64_t{64} << 20;
  std::chrono::milliseconds stop_grace{3000};  // after it, what still waits at shutdown is cancelled
};

// Work that needs the connection for itself, in its place in the queue, outside of any transaction.
using Job = std::function<Result<std::string>(Connection&)>;

class Writer {
 public:
  // Starts the thread. `observer` must outlive this object.
  Writer(std::unique_ptr<Connection> connection, WriterSettings settings, const Observer& observer);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // shuts down and waits

  // Queues a batch that inspect() accepted. `done` comes on the writer's thread after the commit, in the order of
  // submission; on the calling thread where the queue is full (kUnavailable) or closed (kCancelled). From any thread.
  void submit(std::string batch, std::uint32_t statements, Done done);
  void submit(Job job, Done done);

  // Takes no more. What waits is committed, or cancelled after the grace; then the log is moved into the database, the
  // connection closed, and `closed` called on the writer's thread, as its last act. Only the first call counts.
  void shutdown(std::function<void()> closed);
  // Waits for the thread's end, after shutdown(). Once.
  void join();

 private:
  struct Item {
    Entry entry;
    Job job;  // where set, the entry has only a `done`
  };
  void enqueue(Item item);
  void loop();
  bool take(std::vector<Entry>& entries, Item& job);
  void commit(std::vector<Entry>& entries);
  void give_up(std::vector<Entry>& entries);
  void checkpoint();
  void cancel_waiting();

  const WriterSettings settings_;
  const Observer& observer_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Checkpointer> checkpointer_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Item> queue_;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point stop_deadline_;
  std::function<void()> closed_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace gatetorio::storage_sqlite
