// The event bus: in memory, at most once, FIFO per publisher and key for each subscriber. A publisher never waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/runtime/executor.hpp"
#include "gatetorio/abi/event.h"

namespace gatetorio::core {

class HandlerWaits;

inline constexpr std::uint64_t kDefaultQueueBytes = 64u << 20;

class Bus {
 public:
  struct Subscriber {
    std::string topic;
    std::uint32_t policy = GTR_WHEN_FULL_DROP_OLDEST;
    std::uint32_t capacity = 1;
    gtr_event_fn handler = nullptr;
    void* context = nullptr;
    Lane* lane = nullptr;                          // where the handler runs; outlives the bus
    std::function<void()> on_lost = {};            // once for each event dropped; any thread, must not call the bus
    std::uint64_t max_bytes = kDefaultQueueBytes;  // of topic, key and payload that may wait
  };

  Bus();
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  // Any thread. The bytes are copied.
  void publish(std::string_view topic, std::string_view key, std::string_view payload);
  // Returns a number for unsubscribe.
  std::uint64_t subscribe(Subscriber subscriber);
  // Returns when no handler of it is running. At once where that handler could not end before this call does: where
  // the calling thread is in it, or in one for whose end it waits in `unsubscribe` itself.
  void unsubscribe(std::uint64_t subscription);

  // False where no event that was published before this call waits for a handler on this lane, or is in one. Else calls
  // `then` once, when those have ended or will not come any more: on any thread, perhaps within this call, and with
  // the bus locked: it may only hand work on.
  bool when_caught_up(const Lane& lane, std::function<void()> then);

  // Handlers on this lane run from now on; before, events wait in their queues.
  void open(const Lane& lane);
  // No handler on this lane begins any more. Does not wait for one that is running.
  void shut(const Lane& lane);

 private:
  class Queue;
  std::vector<std::shared_ptr<Queue>> behind_on(const Lane& lane) const;

  const std::unique_ptr<HandlerWaits> waits_;
  mutable std::shared_mutex mutex_;  // guards all below
  std::unordered_map<std::string, std::vector<std::shared_ptr<Queue>>> topics_;
  std::map<std::uint64_t, std::shared_ptr<Queue>> by_number_;
  std::unordered_map<const Lane*, std::vector<std::shared_ptr<Queue>>> by_lane_;
  std::set<const Lane*> open_;
  std::uint64_t last_number_ = 0;
  std::atomic<std::uint64_t> last_sequence_ = 0;  // not guarded: publishers share the mutex
};

}  // namespace gatetorio::core
