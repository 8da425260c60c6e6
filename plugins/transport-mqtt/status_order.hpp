// Commands of apps come over MQTT, statuses over the guard's socket. An app may have seen a status, which the broker
// gives to both, before the hub has: so its command waits here until the hub has it too.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace gatetorio::transport_mqtt {

// Any thread; `then` runs within the call that ends its waiting, and must not block.
class StatusOrder {
 public:
  // When the status of this number has come: perhaps at once. With 1,000 that wait already, at once too.
  void after(std::uint64_t number, std::function<void()> then) {
    {
      const std::lock_guard lock(mutex_);
      if (number > last_ && waiting_.size() < kMostWaiting) {
        waiting_.emplace(number, std::move(then));
        return;
      }
    }
    then();
  }

  void heard(std::uint64_t number) { end(number, number); }

  // A guard came, and begins after this number. What was on its way from an earlier one does not come any more.
  void begin(std::uint64_t number) { end(number, UINT64_MAX); }

 private:
  void end(std::uint64_t last, std::uint64_t due) {
    std::vector<std::function<void()>> ended;
    {
      const std::lock_guard lock(mutex_);
      last_ = last;
      while (!waiting_.empty() && waiting_.begin()->first <= due) {
        ended.push_back(std::move(waiting_.begin()->second));
        waiting_.erase(waiting_.begin());
      }
    }
    for (const auto& then : ended) then();
  }

  static constexpr std::size_t kMostWaiting = 1'000;

  std::mutex mutex_;  // guards what follows
  std::uint64_t last_ = 0;
  std::multimap<std::uint64_t, std::function<void()>> waiting_;
};

}  // namespace gatetorio::transport_mqtt
