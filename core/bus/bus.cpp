#include "core/bus/bus.hpp"

#include <algorithm>

#include "gatetorio/result.hpp"

namespace gatetorio::core {

namespace {

struct Event {
  std::string topic;
  std::string key;
  std::string payload;
};

}  // namespace

// One subscription: what waits, and the one task at a time that delivers it.
class Bus::Queue : public std::enable_shared_from_this<Bus::Queue> {
 public:
  explicit Queue(Subscriber subscriber) : subscriber_(std::move(subscriber)) {}
  const std::string& topic() const { return subscriber_.topic; }
  bool is_on(const Lane& lane) const { return subscriber_.lane == &lane; }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    if (!waiting_.empty() || detached_) schedule();
  }

  void push(const std::shared_ptr<const Event>& event) {
    const std::lock_guard lock(mutex_);
    if (closed_ || detached_) return;
    if (subscriber_.policy == GTR_COALESCE_BY_KEY && replace(event)) return;
    if (waiting_.size() >= subscriber_.capacity && !make_room()) return schedule();
    waiting_.push_back(event);
    if (subscriber_.policy == GTR_COALESCE_BY_KEY) by_key_[event->key] = std::prev(waiting_.end());
    schedule();
  }

  // False where the calling thread is in the handler, so that waiting for its end would be for ever.
  bool shut() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
    by_key_.clear();
    return delivering_ != std::this_thread::get_id();
  }

  void close() {
    if (!shut()) return;
    const std::lock_guard wait(delivery_);
  }

 private:
  // Takes the place of a waiting event with the same key; the order of keys stays.
  bool replace(const std::shared_ptr<const Event>& event) {
    const auto found = by_key_.find(event->key);
    if (found == by_key_.end()) return false;
    *found->second = event;
    lost();
    return true;
  }

  // False where the subscription ended instead.
  bool make_room() {
    lost();
    if (subscriber_.policy == GTR_WHEN_FULL_DETACH) {
      detached_ = true;
      waiting_.clear();
      return false;
    }
    by_key_.erase(waiting_.front()->key);
    waiting_.pop_front();
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
    const std::lock_guard one_at_a_time(delivery_);
    for (int i = 0; i < kTurn; ++i) {
      std::shared_ptr<const Event> event;
      std::uint64_t lost = 0;
      {
        const std::lock_guard lock(mutex_);
        delivering_ = {};
        if (closed_ || (waiting_.empty() && !detached_)) {
          scheduled_ = false;
          return;
        }
        if (!waiting_.empty()) {
          event = std::move(waiting_.front());
          if (subscriber_.policy == GTR_COALESCE_BY_KEY) by_key_.erase(event->key);
          waiting_.pop_front();
        }
        lost = lost_;
        delivering_ = std::this_thread::get_id();
      }
      try {
        call(event.get(), lost);
      } catch (...) {
        end_turn(event != nullptr);
        throw;  // to the lane, which reports it; the next event comes nevertheless
      }
      if (!event) return end_turn(false);
    }
    end_turn(true);
  }

  // `more` false: the end of the subscription was told, nothing follows; scheduled_ stays set.
  void end_turn(bool more) {
    const std::lock_guard lock(mutex_);
    delivering_ = {};
    if (!more) return;
    scheduled_ = false;
    if (!waiting_.empty() || detached_) schedule();
  }

  void call(const Event* event, std::uint64_t lost) const {
    gtr_event raw{sizeof(gtr_event), {nullptr, 0}, {nullptr, 0}, {nullptr, 0}, lost};
    if (event != nullptr) {
      raw.topic = to_bytes(event->topic);
      raw.key = to_bytes(event->key);
      raw.payload = to_bytes(event->payload);
    }
    subscriber_.handler(subscriber_.context, &raw);
  }

  const Subscriber subscriber_;
  std::mutex delivery_;  // held while a handler runs; taken before mutex_
  std::mutex mutex_;     // guards all below
  std::list<std::shared_ptr<const Event>> waiting_;
  std::unordered_map<std::string, std::list<std::shared_ptr<const Event>>::iterator> by_key_;
  std::thread::id delivering_;
  std::uint64_t lost_ = 0;
  bool open_ = false;
  bool scheduled_ = false;
  bool closed_ = false;
  bool detached_ = false;
};

void Bus::publish(std::string_view topic, std::string_view key, std::string_view payload) {
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(std::string(topic));
  if (found == topics_.end() || found->second.empty()) return;
  const auto event = std::make_shared<const Event>(Event{std::string(topic), std::string(key), std::string(payload)});
  for (const auto& queue : found->second) queue->push(event);
}

std::uint64_t Bus::subscribe(Subscriber subscriber) {
  const std::lock_guard lock(mutex_);
  const Lane* subscriber_lane = subscriber.lane;
  auto queue = std::make_shared<Queue>(std::move(subscriber));
  if (open_.contains(subscriber_lane)) queue->open();
  topics_[queue->topic()].push_back(queue);
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
  }
  queue->close();
}

void Bus::open(const Lane& lane) {
  const std::lock_guard lock(mutex_);
  open_.insert(&lane);
  for (const auto& [number, queue] : by_number_) {
    if (queue->is_on(lane)) queue->open();
  }
}

void Bus::shut(const Lane& lane) {
  const std::lock_guard lock(mutex_);
  open_.erase(&lane);
  for (const auto& [number, queue] : by_number_) {
    if (queue->is_on(lane)) queue->shut();
  }
}

}  // namespace gatetorio::core
