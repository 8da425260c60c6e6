#include "guess_limiter.hpp"

#include <algorithm>
#include <cmath>

#include "gatetorio/network.hpp"

namespace gatetorio::sharing {

namespace {

constexpr std::size_t kMaxEntries = 100'000;

}  // namespace

std::uint32_t GuessLimiter::wait_s(const Table& table, const std::string& key, const TokenRate& rate,
                                   Clock::time_point now) {
  const auto found = table.find(key);
  if (found == table.end()) return 0;
  return static_cast<std::uint32_t>(std::ceil(found->second.wait_s(rate, now)));
}

void GuessLimiter::count(Table& table, const std::string& key, const TokenRate& rate, Clock::time_point now) {
  if (table.size() >= kMaxEntries) {
    std::erase_if(table, [&](const auto& entry) { return entry.second.is_full(rate, now); });
    if (table.size() >= kMaxEntries) table.clear();  // the other table still holds
  }
  table.try_emplace(key, rate, now).first->second.spend(rate, now);
}

std::uint32_t GuessLimiter::wait_s(std::string_view principal, std::string_view peer, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return std::max(wait_s(principals_, std::string(principal), by_principal_, now),
                  wait_s(addresses_, network_of(peer, 32, 64), by_address_, now));
}

void GuessLimiter::count(std::string_view principal, std::string_view peer, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  count(principals_, std::string(principal), by_principal_, now);
  count(addresses_, network_of(peer, 32, 64), by_address_, now);
}

}  // namespace gatetorio::sharing
