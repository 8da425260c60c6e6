#include "core/bus/bus.hpp"

#include <algorithm>
#include <deque>
#include <iterator>

#include "core/bus/waits.hpp"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

namespace {

struct Event {
  std::string topic;
  std::string key;
  std::string payload;
  std::uint64_t sequence = 0;

  std::uint64_t bytes() const { return topic.size() + key.size() + payload.size(); }
};

}  // namespace

// One subscription: what waits, and the one task at a time that delivers it.
class Bus::Queue : public std::enable_shared_from_this<Bus::Queue> {
 public:
  explicit Queue(Subscriber subscriber) : subscriber_(std::move(subscriber)) {}
  const std::string& topic() const { return subscriber_.topic; }
  const Lane* lane() const { return subscriber_.lane; }
  bool is_behind() const { return behind_.load() != 0; }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    if (!waiting_.empty() || detached_) schedule();
    count();
  }

  // Calls it at the end of what waits now; at once where nothing does.
  void when_caught_up(const std::function<void()>& then) {
    {
      const std::lock_guard lock(mutex_);
      if (behind_.load() != 0) {
        caught_up_.push_back({ended_ + behind_.load(), then});
        return;
      }
    }
    then();
  }

  void push(const std::shared_ptr<const Event>& event) {
    const std::lock_guard lock(mutex_);
    if (closed_ || detached_) return;
    if (subscriber_.policy == GTR_COALESCE_BY_KEY && replace(event)) return schedule();
    while (!waiting_.empty() && !has_room_for(*event)) {
      if (!make_room()) return schedule();
    }
    waiting_.push_back(event);
    bytes_ += event->bytes();
    if (subscriber_.policy == GTR_COALESCE_BY_KEY) by_key_[event->key] = std::prev(waiting_.end());
    count();
    schedule();
  }

  // No handler begins any more.
  void shut() {
    std::vector<std::function<void()>> caught_up;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      forget_waiting();
      caught_up = take_caught_up();
    }
    for (const auto& then : caught_up) then();
  }

  // Waits for a handler that is running, unless the calling thread is in a handler for whose end that one waits.
  void close(HandlerWaits& waits) {
    shut();
    const Queue* const caller = running_here;
    if (caller == this) return;
    if (caller != nullptr && !waits.begin(caller, this)) return;
    {
      std::unique_lock lock(mutex_);
      handler_ended_.wait(lock, [this] { return !is_delivering_; });
    }
    if (caller != nullptr) waits.end(caller);
  }

 private:
  struct Waiter {
    std::uint64_t due;  // when so many events have ended
    std::function<void()> then;
  };

  // With mutex_ held, after each change of what waits.
  void count() {
    const bool is_served = open_ && !closed_ && !detached_;
    behind_ = is_served ? waiting_.size() + (is_delivering_ ? 1 : 0) : 0;
  }

  // With mutex_ held; they are called without it.
  std::vector<std::function<void()>> take_caught_up() {
    count();
    std::vector<std::function<void()>> taken;
    while (!caught_up_.empty() && (caught_up_.front().due <= ended_ || behind_.load() == 0)) {
      taken.push_back(std::move(caught_up_.front().then));
      caught_up_.pop_front();
    }
    return taken;
  }

  // One event may always wait, however large it is.
  bool has_room_for(const Event& event) const {
    return waiting_.size() < subscriber_.capacity && bytes_ + event.bytes() <= subscriber_.max_bytes;
  }

  // Takes the place of a waiting event with the same key; the order of keys stays. A larger one may push out the
  // oldest.
  bool replace(const std::shared_ptr<const Event>& event) {
    const auto found = by_key_.find(event->key);
    if (found == by_key_.end()) return false;
    bytes_ += event->bytes();
    bytes_ -= (*found->second)->bytes();
    *found->second = event;
    while (bytes_ > subscriber_.max_bytes && waiting_.size() > 1) make_room();
    return true;
  }

  void forget_waiting() {
    ended_ += waiting_.size();
    waiting_.clear();
    by_key_.clear();
    bytes_ = 0;
  }

  // False where the subscription ended instead.
  bool make_room() {
    lost();
    if (subscriber_.policy == GTR_WHEN_FULL_DETACH) {
      detached_ = true;
      forget_waiting();
      return false;
    }
    bytes_ -= waiting_.front()->bytes();
    by_key_.erase(waiting_.front()->key);
    waiting_.pop_front();
    ++ended_;
    return true;
  }

  void lost() {
    ++lost_;
    if (subscriber_.on_lost) subscriber_.on_lost();
  }

  // With mutex_ held.
  void schedule() {
    if (scheduled_ || !open_) return;
    scheduled_ = true;
    subscriber_.lane->post([self = shared_from_this()] { self->deliver(); });
  }

  void deliver() {
    constexpr int kTurn = 64;  // then the lane's other tasks have theirs
    for (int i = 0; i < kTurn; ++i) {
      std::shared_ptr<const Event> event;
      std::uint64_t lost = 0;
      {
        const std::lock_guard lock(mutex_);
        if (closed_ || (waiting_.empty() && !detached_)) {
          scheduled_ = false;
          return;
        }
        if (!waiting_.empty()) {
          event = std::move(waiting_.front());
          bytes_ -= event->bytes();
          if (subscriber_.policy == GTR_COALESCE_BY_KEY) by_key_.erase(event->key);
          waiting_.pop_front();
        }
        lost = lost_;
        is_delivering_ = true;
      }
      try {
        call(event.get(), lost);
      } catch (...) {
        if (event) end_turn();
        throw;  // to the lane, which reports it; the next event comes nevertheless
      }
      if (!event) return;  // the end of the subscription was told, nothing follows; scheduled_ stays set
    }
    end_turn();
  }

  void end_turn() {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    if (!waiting_.empty() || detached_) schedule();
  }

  void call(const Event* event, std::uint64_t lost) {
    // However the handler ends, whoever waits for its end goes on.
    struct Running {
      Running(Queue* queue, bool has_event) : self(queue), has_event(has_event) { running_here = self; }
      ~Running() {
        running_here = nullptr;
        std::vector<std::function<void()>> caught_up;
        {
          const std::lock_guard lock(self->mutex_);
          self->is_delivering_ = false;
          if (has_event) ++self->ended_;
          caught_up = self->take_caught_up();
          self->handler_ended_.notify_all();
        }
        for (const auto& then : caught_up) then();
      }
      Queue* self;
      bool has_event;
    };
    const Running running(this, event != nullptr);
    gtr_event raw{sizeof(gtr_event), {nullptr, 0}, {nullptr, 0}, {nullptr, 0}, lost, 0};
    if (event != nullptr) {
      raw.topic = to_bytes(event->topic);
      raw.key = to_bytes(event->key);
      raw.payload = to_bytes(event->payload);
      raw.sequence = event->sequence;
    }
    subscriber_.handler(subscriber_.context, &raw);
  }

  static thread_local const Queue* running_here;  // whose handler the thread is in

  const Subscriber subscriber_;
  std::condition_variable handler_ended_;
  std::mutex mutex_;  // guards all below
  std::list<std::shared_ptr<const Event>> waiting_;
  std::unordered_map<std::string, std::list<std::shared_ptr<const Event>>::iterator> by_key_;
  std::uint64_t bytes_ = 0;  // of the waiting
  std::uint64_t lost_ = 0;
  std::uint64_t ended_ = 0;                // handled, lost or forgotten
  std::deque<Waiter> caught_up_;           // in the order of `due`
  std::atomic<std::uint64_t> behind_ = 0;  // waiting or in the handler; read without mutex_
  bool open_ = false;
  bool scheduled_ = false;
  bool closed_ = false;
  bool detached_ = false;
  bool is_delivering_ = false;
};

thread_local const Bus::Queue* Bus::Queue::running_here = nullptr;

Bus::Bus() : waits_(std::make_unique<HandlerWaits>()) {}
Bus::~Bus() = default;

void Bus::publish(std::string_view topic, std::string_view key, std::string_view payload) {
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(std::string(topic));
  if (found == topics_.end() || found->second.empty()) return;
  const auto event = std::make_shared<const Event>(
      Event{std::string(topic), std::string(key), std::string(payload), ++last_sequence_});
  for (const auto& queue : found->second) queue->push(event);
}

std::uint64_t Bus::subscribe(Subscriber subscriber) {
  const std::lock_guard lock(mutex_);
  const Lane* subscriber_lane = subscriber.lane;
  auto queue = std::make_shared<Queue>(std::move(subscriber));
  if (open_.contains(subscriber_lane)) queue->open();
  topics_[queue->topic()].push_back(queue);
  by_lane_[subscriber_lane].push_back(queue);
  by_number_[++last_number_] = std::move(queue);
  return last_number_;
}

void Bus::unsubscribe(std::uint64_t subscription) {
  std::shared_ptr<Queue> queue;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_number_.find(subscription);
    if (found == by_number_.end()) return;
    queue = std::move(found->second);
    by_number_.erase(found);
    std::erase(topics_[queue->topic()], queue);
    std::erase(by_lane_[queue->lane()], queue);
  }
  queue->close(*waits_);
}

std::vector<std::shared_ptr<Bus::Queue>> Bus::behind_on(const Lane& lane) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<Queue>> behind;
  const auto found = by_lane_.find(&lane);
  if (found == by_lane_.end()) return behind;
  std::ranges::copy_if(found->second, std::back_inserter(behind), [](const auto& queue) { return queue->is_behind(); });
  return behind;
}

bool Bus::when_caught_up(const Lane& lane, std::function<void()> then) {
  const auto behind = behind_on(lane);
  if (behind.empty()) return false;
  const auto left = std::make_shared<std::atomic<std::size_t>>(behind.size());
  for (const auto& queue : behind) {
    queue->when_caught_up([left, then] {
      if (--*left == 0) then();
    });
  }
  return true;
}

void Bus::open(const Lane& lane) {
  const std::lock_guard lock(mutex_);
  open_.insert(&lane);
  for (const auto& queue : by_lane_[&lane]) queue->open();
}

void Bus::shut(const Lane& lane) {
  const std::lock_guard lock(mutex_);
  open_.erase(&lane);
  for (const auto& queue : by_lane_[&lane]) queue->shut();
}

}  // namespace gatetorio::core
