// What one client may hold at a time of what all clients share: requests under way, transfers, event streams,
// connections. Counted by address and by credential, so that whoever has used up a share is refused alone.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace gatetorio::transport_http {

enum class Pool : std::uint8_t { kRequests, kTransfers, kStreams, kConnections };
inline constexpr std::size_t kPools = 4;

struct PoolLimits {
  std::uint32_t total = ~0u;
  std::uint32_t per_address = ~0u;
  std::uint32_t per_credential = ~0u;
};

// Who holds something. `credential`: a keyed hash of what was shown; 0: nothing was. `is_exempt`: only the total
// counts.
struct Holder {
  std::uint64_t prefix = 0;
  std::uint64_t credential = 0;
  bool is_exempt = false;
};

enum class Full : std::uint8_t { kNo, kTotal, kAddress, kCredential };

// Thread-safe.
class Shares {
 public:
  explicit Shares(const std::array<PoolLimits, kPools>& limits) : limits_(limits) {}

  // Takes one of the pool. Every kNo is owed a `leave` with the same arguments.
  Full enter(Pool pool, const Holder& holder);
  void leave(Pool pool, const Holder& holder);

  // Whose a credential is ("user:17"), kept for as long as something is held with it.
  void set_name(std::uint64_t credential, std::string_view name);
  // Empty where nobody has said it.
  std::string name_of(std::uint64_t credential) const;

 private:
  static constexpr std::size_t kLocks = 16;
  struct Held {
    std::array<std::uint32_t, kPools> counts{};
    std::string name;
    bool is_nothing() const { return counts == std::array<std::uint32_t, kPools>{}; }
  };
  struct Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, Held> held;
  };
  using Table = std::array<Shard, kLocks>;

  static Shard& shard_of(Table& table, std::uint64_t key);
  static bool take(Table& table, std::uint64_t key, Pool pool, std::uint32_t most);
  static void give_back(Table& table, std::uint64_t key, Pool pool);

  const std::array<PoolLimits, kPools> limits_;
  std::array<std::atomic<std::uint32_t>, kPools> totals_{};
  Table addresses_;
  Table credentials_;
};

// Which complaints are due in the log: one a minute about each client and reason, some dozens a minute in all.
class Complaints {
 public:
  // True where it is to be written now. Thread-safe.
  bool is_due(std::string_view reason, std::string_view who);

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;  // guards the following
  Clock::time_point minute_began_{};
  boost::unordered_flat_map<std::size_t, bool> said_;  // hashes of what was said in this minute
};

}  // namespace gatetorio::transport_http
