// Which handler waits in `unsubscribe` for the end of which other. A circle of them would wait for ever.
#pragma once

#include <mutex>
#include <unordered_map>

namespace gatetorio::core {

// A handler is named by the address of its queue: a queue runs one handler at a time, which waits for one other at
// most.
class HandlerWaits {
 public:
  // False where `handler` waits for `caller`, itself or through others: then `caller` must not wait for it.
  bool begin(const void* caller, const void* handler) {
    const std::lock_guard lock(mutex_);
    for (auto next = waits_for_.find(handler); next != waits_for_.end(); next = waits_for_.find(next->second)) {
      if (next->second == caller) return false;
    }
    waits_for_[caller] = handler;
    return true;
  }
  void end(const void* caller) {
    const std::lock_guard lock(mutex_);
    waits_for_.erase(caller);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<const void*, const void*> waits_for_;
};

}  // namespace gatetorio::core
