// How many connections there are, in all and from each address.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace gatetorio::transport_http {

// Thread-safe.
class ConnectionTable {
 public:
  ConnectionTable(std::uint32_t max_total, std::uint32_t max_per_address)
      : max_total_(max_total), max_per_address_(max_per_address) {}

  // Counts a connection from `prefix` (PeerAddress); false, and not counted, where that would be one too many. Every
  // true is owed a `leave`. `exempt`: only the total limits it (a proxy of ours).
  bool enter(std::uint64_t prefix, bool exempt) {
    const std::lock_guard lock(mutex_);
    if (total_ >= max_total_) return false;
    auto& count = by_prefix_[prefix];
    if (!exempt && count >= max_per_address_) return false;
    ++count;
    ++total_;
    return true;
  }

  void leave(std::uint64_t prefix) {
    const std::lock_guard lock(mutex_);
    const auto found = by_prefix_.find(prefix);
    if (found == by_prefix_.end()) return;
    --total_;
    if (--found->second == 0) by_prefix_.erase(found);
  }

 private:
  const std::uint32_t max_total_;
  const std::uint32_t max_per_address_;
  std::mutex mutex_;
  std::uint32_t total_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> by_prefix_;
};

}  // namespace gatetorio::transport_http
