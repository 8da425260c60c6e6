#include "worker.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <gatetorio/contain.hpp>
#include <gatetorio/secret.hpp>

#include "session.hpp"

namespace gatetorio::transport_http {
namespace {

thread_local const Worker* current_worker = nullptr;

std::chrono::milliseconds tick_for(const Deadlines& deadlines) {
  const auto shortest = std::min({deadlines.head, deadlines.body, deadlines.idle, deadlines.reply, deadlines.write,
                                  deadlines.linger, deadlines.heartbeat, deadlines.pace});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace

void Shared::complain(Refusal why, std::string_view who) {
  counters.count_refusal(why);
  const auto reason = kRefusalNames[static_cast<std::size_t>(why)];
  if (complaints.is_due(reason, who)) on_complaint(reason, who);
}

Worker::Worker(std::shared_ptr<Shared> shared, bool first)
    : shared_(std::move(shared)),
      first_(first),
      work_(boost::asio::make_work_guard(context_)),
      timer_(context_),
      tick_length_(tick_for(shared_->settings.deadlines)),
      request_number_(KeyedHash()("")) {}  // one that nobody guesses

Worker::~Worker() = default;

void Worker::run() {
  tick();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "http-io");
    current_worker = this;
    while (!contain([this] { context_.run(); }, shared_->on_fault)) {
      // What is for one connection is contained there; whatever else escapes must not leave the others without a
      // thread.
    }
    current_worker = nullptr;
  });
}

bool Worker::is_current() const { return current_worker == this; }

std::uint64_t Worker::next_request_number() {
  // splitmix64: distinct for 2^64 requests, and it tells nobody how many there were.
  std::uint64_t mixed = request_number_ += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
  return mixed ^ mixed >> 31;
}

void Worker::add(Session& session) {
  session.place_ = sessions_.size();
  sessions_.push_back(&session);
}

void Worker::remove(Session& session) {
  sessions_[session.place_] = sessions_.back();
  sessions_[session.place_]->place_ = session.place_;
  sessions_.pop_back();
  notify_if_drained();
}

void Worker::tick() {
  now_ = Clock::now();
  // Backwards, since a session that ends takes itself out and moves the last one to its place.
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    if (i < sessions_.size()) sessions_[i]->guarded([&session = *sessions_[i], this] { session.check_deadline(now_); });
  }
  if (now_ >= drain_deadline_) close_all();
  notify_if_drained();
  if (first_ && shared_->on_tick) contain(shared_->on_tick, shared_->on_fault);
  if (is_stopping_) return;  // it had run out before it could be cancelled
  timer_.expires_after(tick_length_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) tick();
  });
}

bool Worker::deliver(Delivery delivery) {
  bool schedule = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    if (inbox_closed_) return false;
    inbox_.push_back(std::move(delivery));
    schedule = !std::exchange(inbox_scheduled_, true);
  }
  if (schedule) boost::asio::post(context_, [this] { take_deliveries(); });
  return true;
}

void Worker::take_deliveries() {
  {
    const std::lock_guard lock(inbox_mutex_);
    inbox_scheduled_ = false;
    delivering_.swap(inbox_);
  }
  for (auto& delivery : delivering_) {
    delivery.session->guarded([&delivery] { delivery.session->on_delivery(delivery); });
  }
  delivering_.clear();
}

void Worker::drain(std::chrono::milliseconds bound, std::function<void()> drained) {
  draining_.store(true, std::memory_order_relaxed);
  boost::asio::post(context_, [this, bound, done = std::move(drained)]() mutable {
    drained_ = std::move(done);
    drain_deadline_ = Clock::now() + bound;
    for (std::size_t i = sessions_.size(); i-- > 0;) {
      if (i < sessions_.size()) sessions_[i]->guarded([&session = *sessions_[i]] { session.begin_drain(); });
    }
    notify_if_drained();
  });
}

void Worker::notify_if_drained() {
  if (!drained_ || !sessions_.empty()) return;
  const auto drained = std::exchange(drained_, nullptr);
  drained();
}

void Worker::close_all() {
  while (!sessions_.empty()) sessions_.back()->close();
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] {
    close_all();
    is_stopping_ = true;
    timer_.cancel();
    work_.reset();
  });
  thread_.join();
  std::vector<Delivery> dropped;
  {
    const std::lock_guard lock(inbox_mutex_);
    inbox_closed_ = true;
    dropped.swap(inbox_);
  }
  for (auto& delivery : dropped) {
    if (delivery.kind == Delivery::Kind::kReceive || delivery.kind == Delivery::Kind::kWritten) {
      delivery.session->end_receiving(GTR_CANCELLED);  // somebody waits for it
    }
  }
}

}  // namespace gatetorio::transport_http
