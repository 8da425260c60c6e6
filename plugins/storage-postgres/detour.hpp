// Where batches wait that met a lock of somebody else's: on a connection of their own, in the way of none of the
// others.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connection.hpp"
#include "entry.hpp"

namespace gatetorio::storage_postgres {

struct DetourSettings {
  Access access = Access::kRead;
  std::chrono::milliseconds max_wait{2000};  // since the entry was submitted; after it kUnavailable
};

// Each entry is tried again and again for a moment, those that wait for different statements in turn, until the lock is
// gone or the entry is too old. A statement that met a lock is remembered for a while: what holds it comes here at
// once, so that a locked table costs the others one short wait and not one for each request.
class Detour {
 public:
  using Serve = std::function<void(Connection&, std::span<Entry>)>;
  using Finish = std::function<void(Entry&)>;  // answers an entry; exactly once each
  // Starts the thread, which connects when there is something to do. `login` and `observer` must outlive this object.
  // `ended`: the thread's last act, after shutdown().
  Detour(const Login& login, DetourSettings settings, Serve serve, Finish finish, std::function<void()> ended,
         const Observer& observer);
  ~Detour();  // shuts down and waits
  Detour(const Detour&) = delete;
  Detour& operator=(const Detour&) = delete;

  // Whether a statement of the batch met a lock lately. From any thread.
  bool is_for(std::string_view batch);
  // Takes an entry that failed with Remedy::kAside, or for which is_for() holds. From any thread.
  void add(Entry entry);
  // What waits is cancelled, what comes is refused. Only the first call counts.
  void shutdown();
  void join();

 private:
  using Clock = std::chrono::steady_clock;
  // Entries that wait for the same statement, the next to be tried in front.
  struct Lane {
    std::string text;
    std::deque<Entry> entries;
    bool is_free = false;  // one of them came through
  };
  void loop();
  std::vector<Entry> take_late(Clock::time_point now);
  bool attempt(Lane& lane);
  bool connect();
  std::string blocking_text(std::string_view batch);
  void forget(const std::string& text);
  void refuse(std::vector<Entry> entries, const Error& error);

  const Login& login_;
  const DetourSettings settings_;
  const Serve serve_;
  const Finish finish_;
  const std::function<void()> ended_;
  const Observer& observer_;
  StopTime stop_;
  std::unique_ptr<Connection> connection_;  // the thread's

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::list<Lane> lanes_;
  std::unordered_map<std::string, Clock::time_point> blocked_;  // statements, since when
  bool stopping_ = false;

  std::atomic<bool> has_blocked_{false};  // so that is_for() costs nothing as long as nobody holds a lock
  std::thread thread_;                    // last: it uses all of the above
};

}  // namespace gatetorio::storage_postgres
