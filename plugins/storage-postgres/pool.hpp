// Threads, each with a connection of its own, and the bounded queue from which they take.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "detour.hpp"
#include "entry.hpp"

namespace gatetorio::storage_postgres {

struct PoolSettings {
  Access access = Access::kRead;
  std::size_t threads = 1;
  std::size_t max_waiting = 10'000;            // batches; above it kUnavailable
  std::chrono::milliseconds max_wait{2000};    // in the queue; after it kUnavailable
  std::chrono::milliseconds stop_grace{2000};  // after it, what still waits at shutdown is cancelled
  std::size_t max_together = 64;               // batches that one thread takes at once
  bool is_shared_fairly = true;                // a thread leaves to the others their part of what waits
};

class Pool {
 public:
  // Runs entries on a connection; afterwards each has results or a failure.
  using Serve = std::function<void(Connection&, std::span<Entry>)>;
  // Told of each change: +1 for a connection that was opened, -1 for one that is gone.
  using Changed = std::function<void(int change)>;

  // Starts the threads, which connect by themselves and again after each loss, with a growing pause between attempts.
  // `login` and `observer` must outlive this object; `serve` runs on several threads.
  Pool(const Login& login, PoolSettings settings, Serve serve, Changed changed, const Observer& observer);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();  // shuts down and waits

  // Queues a batch; one that meets somebody's lock goes on in the detour (detour.hpp). `done` comes on one of the
  // threads; on the calling thread where too many wait or no connection is open (kUnavailable), or after shutdown()
  // (kCancelled). From any thread.
  void submit(Entry entry);

  // Takes no more; what waits is run, or cancelled after the grace or where the pool only reads. `closed` comes on the
  // last thread as its last act. Only the first call counts.
  void shutdown(std::function<void()> closed);
  // Waits for the end of the threads, after shutdown(). Once.
  void join();
  std::size_t waiting();

 private:
  using Clock = std::chrono::steady_clock;
  // What one thread has.
  struct Worker {
    std::unique_ptr<Connection> connection;
    std::chrono::milliseconds pause;  // before the next attempt to connect
    bool is_hopeful = true;
  };
  void loop();
  bool take(std::vector<Entry>& entries);
  std::size_t share() const;
  void connect(Worker& worker);
  void disconnect(Worker& worker);
  void run(Worker& worker, std::vector<Entry>& entries);
  void give_up(Worker& worker, std::vector<Entry>& entries);
  void rest(Worker& worker);
  void look(Worker& worker);
  void finish(std::span<Entry> entries);
  void answer(Entry& entry);
  void set_open(int change);
  void refuse_waiting(const Error& error);
  std::vector<Entry> take_late(Clock::time_point now);
  void leave();

  const Login& login_;
  const PoolSettings settings_;
  const Serve serve_;
  const Changed changed_;
  const Observer& observer_;
  StopTime stop_connecting_;  // from shutdown() on
  StopTime stop_waiting_;     // from the end of the grace on

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Entry> queue_;
  std::size_t open_ = 0;  // connections
  std::size_t hopeful_;   // threads that have a connection or have not yet failed to get one: while there are any,
                          // requests wait instead of being refused
  std::size_t running_;   // threads, the detour's too
  std::string why_away_;  // of the last attempt to connect that failed
  bool stopping_ = false;
  Clock::time_point stop_deadline_;
  std::function<void()> closed_;

  std::unique_ptr<Detour> detour_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace gatetorio::storage_postgres
