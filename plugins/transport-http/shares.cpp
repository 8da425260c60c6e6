#include "shares.hpp"

#include <functional>

namespace gatetorio::transport_http {
namespace {

constexpr std::chrono::minutes kComplaintEvery{1};
constexpr std::size_t kComplaintsAMinute = 50;

constexpr std::size_t index_of(Pool pool) { return static_cast<std::size_t>(pool); }

}  // namespace

Shares::Shard& Shares::shard_of(Table& table, std::uint64_t key) {
  return table[((key ^ key >> 32) * 0x9E3779B97F4A7C15u) >> 60];
}

bool Shares::take(Table& table, std::uint64_t key, Pool pool, std::uint32_t most) {
  Shard& shard = shard_of(table, key);
  const std::lock_guard lock(shard.mutex);
  auto& count = shard.held[key].counts[index_of(pool)];
  if (count < most) {
    ++count;
    return true;
  }
  if (most == 0 && shard.held[key].is_nothing()) shard.held.erase(key);
  return false;
}

void Shares::give_back(Table& table, std::uint64_t key, Pool pool) {
  Shard& shard = shard_of(table, key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.held.find(key);
  if (found == shard.held.end()) return;
  --found->second.counts[index_of(pool)];
  if (found->second.is_nothing()) shard.held.erase(found);
}

Full Shares::enter(Pool pool, const Holder& holder) {
  const PoolLimits& limits = limits_[index_of(pool)];
  auto& total = totals_[index_of(pool)];
  Full full = Full::kTotal;
  if (total.fetch_add(1, std::memory_order_relaxed) < limits.total) {
    if (holder.is_exempt) return Full::kNo;
    full = Full::kAddress;
    if (take(addresses_, holder.prefix, pool, limits.per_address)) {
      if (holder.credential == 0 || take(credentials_, holder.credential, pool, limits.per_credential)) {
        return Full::kNo;
      }
      full = Full::kCredential;
      give_back(addresses_, holder.prefix, pool);
    }
  }
  total.fetch_sub(1, std::memory_order_relaxed);
  return full;
}

void Shares::leave(Pool pool, const Holder& holder) {
  totals_[index_of(pool)].fetch_sub(1, std::memory_order_relaxed);
  if (holder.is_exempt) return;
  give_back(addresses_, holder.prefix, pool);
  if (holder.credential != 0) give_back(credentials_, holder.credential, pool);
}

void Shares::set_name(std::uint64_t credential, std::string_view name) {
  Shard& shard = shard_of(credentials_, credential);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.held.find(credential);
  if (found != shard.held.end() && found->second.name.empty()) found->second.name = name;
}

std::string Shares::name_of(std::uint64_t credential) const {
  const Shard& shard = shard_of(const_cast<Table&>(credentials_), credential);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.held.find(credential);
  return found == shard.held.end() ? std::string() : found->second.name;
}

bool Complaints::is_due(std::string_view reason, std::string_view who) {
  const std::size_t key = std::hash<std::string_view>()(reason) * 31 + std::hash<std::string_view>()(who);
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  if (now - minute_began_ >= kComplaintEvery || minute_began_ == Clock::time_point{}) {
    minute_began_ = now;
    said_.clear();
  }
  return said_.size() < kComplaintsAMinute && said_.emplace(key, true).second;
}

}  // namespace gatetorio::transport_http
