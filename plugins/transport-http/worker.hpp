// One I/O thread: an io_context of its own, the connections that live on it, their deadlines, and the inbox through
// which other threads hand over answers.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <gatetorio/job_threads.hpp>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "connection_table.hpp"
#include "counters.hpp"
#include "exchange.hpp"
#include "settings.hpp"
#include "stream_text.hpp"

namespace gatetorio::transport_http {

class Session;

// Something for a connection that happened on another thread. It keeps the connection alive until it is delivered.
struct Delivery {
  enum class Kind : std::uint8_t {
    kAnswer,
    kStreamStart,
    kStreamData,
    kStreamEnd,
    kRelease,
    kReceive,
    kWritten,
    kSent,
    kCut
  };
  std::shared_ptr<Session> session;
  Kind kind = Kind::kRelease;
  std::uint64_t exchange = 0;  // the one that kCut is for
};

// What all threads of a server share.
struct Shared {
  Shared(const Settings& from, RequestHandler& to)
      : settings(from),
        handler(to),
        table(from.max_connections, from.max_connections_per_address),
        shares(std::make_shared<Shares>(from.pools())) {}
  const Settings settings;
  RequestHandler& handler;
  ConnectionTable table;
  const std::shared_ptr<Shares> shares;  // what a client was given may be given back later
  StreamTexts stream_texts;
  Counters counters;
  Complaints complaints;
  std::atomic<std::uint32_t> refused_connections{0};  // that still wait for their peers to read why
  // Any thread: who has used up a share or is too slow; at most once a minute for each. Must not throw.
  std::function<void(std::string_view reason, std::string_view who)> on_complaint = [](auto, auto) {};
  void complain(Refusal why, std::string_view who);
  // Any thread: what escaped some work for a connection, which is closed then. Must not throw.
  std::function<void(std::string_view what)> on_fault = [](std::string_view) {};
  JobThreads files{"http-file", 2, [this](std::string_view what) { on_fault(what); }};
  std::function<void()> on_tick;  // on the first thread, several times a second
};

// Sessions hold their worker, so that a late answer finds it even after the server has gone. Unless it says otherwise a
// function is for the worker's own thread.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  using Clock = std::chrono::steady_clock;

  Worker(std::shared_ptr<Shared> shared, bool first);
  ~Worker();

  void run();  // any thread: starts the thread
  // Any thread: closes idle connections at once, the others after their answer, all after `bound`. `drained` is called
  // once, on the worker's thread, when none is left.
  void drain(std::chrono::milliseconds bound, std::function<void()> drained);
  // Another thread: closes everything and joins. Later deliveries are dropped.
  void stop();

  void add(Session& session);
  void remove(Session& session);
  bool deliver(Delivery delivery);  // any thread; false: the worker has stopped

  boost::asio::io_context& context() { return context_; }
  Shared& shared() { return *shared_; }
  // The time of the last tick; good enough for deadlines and cheaper than asking.
  Clock::time_point now() const { return now_; }
  bool draining() const { return draining_.load(std::memory_order_relaxed); }  // any thread
  // True on the thread of this worker.
  bool is_current() const;
  std::uint64_t next_request_number();
  // Room for bytes that nobody wants; all connections of the worker read them over each other.
  std::array<char, 64 * 1024>& scratch() { return scratch_; }

 private:
  void tick();
  void take_deliveries();
  void close_all();
  void notify_if_drained();

  std::shared_ptr<Shared> shared_;
  const bool first_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  bool is_stopping_ = false;  // the timer is not started again
  std::chrono::milliseconds tick_length_;
  Clock::time_point now_ = Clock::now();
  std::vector<Session*> sessions_;
  std::uint64_t request_number_;
  std::atomic<bool> draining_{false};
  Clock::time_point drain_deadline_ = Clock::time_point::max();
  std::function<void()> drained_;
  std::thread thread_;

  std::mutex inbox_mutex_;
  std::vector<Delivery> inbox_;
  bool inbox_scheduled_ = false;
  bool inbox_closed_ = false;
  std::vector<Delivery> delivering_;
  std::array<char, 64 * 1024> scratch_;
};

}  // namespace gatetorio::transport_http
