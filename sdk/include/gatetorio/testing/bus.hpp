// The event bus of a fake host: as that of the hub, but it can be told to lose events.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "gatetorio/abi/event.h"
#include "gatetorio/testing/record.hpp"

namespace gatetorio::testing {

// Something that a plugin, or the test, told.
struct Told {
  std::string plugin;
  std::string topic;
  std::string key;
  std::string payload;  // JSON
  std::uint64_t sequence = 0;
};

class Bus {
 public:
  explicit Bus(Work& work) : work_(work) {}

  void publish(const Party& from, std::string_view topic, std::string_view key, std::string_view payload) {
    const auto guard = work_.lock();
    const Told& event =
        told_.emplace_back(Told{from.id, std::string(topic), std::string(key), std::string(payload), told_.size() + 1});
    const bool is_lost = to_lose_ > 0;
    if (is_lost) --to_lose_;
    for (auto& [number, subscription] : subscriptions_) {
      if (subscription.topic == topic) is_lost ? void(++subscription.lost) : queue(number, subscription, event);
    }
  }
  std::uint64_t subscribe(const Party& who, const gtr_subscription& wanted) {
    const auto guard = work_.lock();
    if (wanted.capacity < 1 || wanted.capacity > 1'000'000 || wanted.policy > GTR_COALESCE_BY_KEY) return 0;
    subscriptions_[++last_] = {&who, std::string(to_view(wanted.topic)), wanted, {}, 0};
    return last_;
  }
  void unsubscribe(std::uint64_t number) {
    const auto guard = work_.lock();
    subscriptions_.erase(number);
  }
  void close(const Party& who) {
    const auto guard = work_.lock();
    std::erase_if(subscriptions_, [&](const auto& each) { return each.second.who == &who; });
  }
  // The next `count` events reach no subscriber. The first one after them tells that something is missing.
  void lose(std::size_t count) {
    const auto guard = work_.lock();
    to_lose_ = count;
  }
  std::vector<Told> told() const {
    const auto guard = work_.lock();
    return told_;
  }

 private:
  struct Subscription {
    const Party* who = nullptr;
    std::string topic;
    gtr_subscription wanted{};
    std::deque<Told> waiting;
    std::uint64_t lost = 0;
  };

  void queue(std::uint64_t number, Subscription& subscription, const Told& event) {
    auto& waiting = subscription.waiting;
    if (subscription.wanted.policy == GTR_COALESCE_BY_KEY) {
      std::erase_if(waiting, [&](const Told& other) { return other.key == event.key; });
    }
    if (waiting.size() >= subscription.wanted.capacity) {
      ++subscription.lost;
      waiting.pop_front();
      if (subscription.wanted.policy == GTR_WHEN_FULL_DETACH) return detach(subscription);
    }
    waiting.push_back(event);
    work_.post(subscription.who, [this, number] { deliver(number); });
  }
  void detach(Subscription& subscription) {
    subscription.topic.clear();  // nothing has it
    subscription.waiting.assign(1, Told{});
  }
  void deliver(std::uint64_t number) {
    Told event;
    gtr_event raw{sizeof(gtr_event), {}, {}, {}, 0, 0};
    gtr_subscription wanted{};
    {
      const auto guard = work_.lock();
      const auto found = subscriptions_.find(number);
      if (found == subscriptions_.end() || found->second.waiting.empty()) return;
      event = std::move(found->second.waiting.front());
      found->second.waiting.pop_front();
      raw.lost = found->second.lost;
      wanted = found->second.wanted;
    }
    raw.topic = to_bytes(event.topic);
    raw.key = to_bytes(event.key);
    raw.payload = to_bytes(event.payload);
    raw.sequence = event.sequence;
    wanted.handler(wanted.context, &raw);
  }

  Work& work_;
  std::map<std::uint64_t, Subscription> subscriptions_;
  std::vector<Told> told_;
  std::uint64_t last_ = 0;
  std::size_t to_lose_ = 0;
};

}  // namespace gatetorio::testing
