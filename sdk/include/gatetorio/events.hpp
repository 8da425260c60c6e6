// Typed events over abi/event.h. An event is a described struct with a kTopic; it travels as a JSON object.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gatetorio/host.hpp"

namespace gatetorio {

enum class WhenFull : std::uint32_t {
  kDropOldest = GTR_WHEN_FULL_DROP_OLDEST,
  kDetach = GTR_WHEN_FULL_DETACH,
  kCoalesceByKey = GTR_COALESCE_BY_KEY,
};

// Tells whoever listens. Never waits.
template <class Event>
void publish(const Host& host, const Event& event, std::string_view key) {
  const std::string payload = json::write(event);
  host.events().publish(host.raw(), to_bytes(Event::kTopic), to_bytes(key), to_bytes(payload));
}

// What a subscriber does when events were lost, because its queue was full or an event could not be read. Whoever keeps
// something that events change reads it anew.
using OnGap = std::function<void()>;
// For whom a lost event is only news that was missed.
inline const OnGap kGapIsHarmless = [] {};

// A subscription ends with the object. Keep it as a member of the plugin.
class Subscription {
 public:
  // `on_gap` runs where the handler does, before the next event.
  template <class Event>
  static Subscription to(Host& host, WhenFull policy, std::uint32_t capacity, std::function<void(const Event&)> handler,
                         OnGap on_gap) {
    return to_ordered<Event>(
        host, policy, capacity, [handler = std::move(handler)](const Event& event, std::uint64_t) { handler(event); },
        std::move(on_gap));
  }
  // The same for who must know which of two events of different topics came first: the one with the lower `sequence`.
  template <class Event>
  static Subscription to_ordered(Host& host, WhenFull policy, std::uint32_t capacity,
                                 std::function<void(const Event&, std::uint64_t sequence)> handler, OnGap on_gap) {
    return Subscription(host, Event::kTopic, policy, capacity,
                        [&host, handler = std::move(handler), on_gap = std::move(on_gap),
                         lost = std::uint64_t{0}](const gtr_event& raw) mutable {
                          if (std::exchange(lost, raw.lost) != raw.lost) on_gap();
                          if (raw.topic.size == 0) return;  // detached
                          const Result<Event> event = json::parse<Event>(to_view(raw.payload));
                          if (event) return handler(*event, raw.sequence);
                          host.error("an event cannot be read", {{"topic", Event::kTopic}});
                          on_gap();
                        });
  }

  Subscription(Host& host, std::string_view topic, WhenFull policy, std::uint32_t capacity,
               std::function<void(const gtr_event&)> handler)
      : host_(&host), handler_(std::make_unique<Boxed>(Boxed{&host, std::move(handler)})) {
    const gtr_subscription wanted{sizeof(gtr_subscription),
                                  to_bytes(topic),
                                  static_cast<std::uint32_t>(policy),
                                  capacity,
                                  &Subscription::deliver,
                                  handler_.get(),
                                  0};
    number_ = host.events().subscribe(host.raw(), &wanted);
    if (number_ == 0) throw SetupError("cannot subscribe to " + std::string(topic));
  }
  Subscription(Subscription&& other) noexcept
      : host_(other.host_), handler_(std::move(other.handler_)), number_(std::exchange(other.number_, 0)) {}
  Subscription& operator=(Subscription&&) = delete;
  ~Subscription() {
    if (number_ != 0) host_->events().unsubscribe(host_->raw(), number_);
  }

 private:
  struct Boxed {
    Host* host;
    std::function<void(const gtr_event&)> call;
  };
  static void deliver(void* context, const gtr_event* event) {
    auto* boxed = static_cast<Boxed*>(context);
    try {
      boxed->call(*event);
    } catch (...) {
      boxed->host->log_exception("an event handler failed", std::current_exception());
    }
  }

  Host* host_;
  std::unique_ptr<Boxed> handler_;
  std::uint64_t number_ = 0;
};

}  // namespace gatetorio
