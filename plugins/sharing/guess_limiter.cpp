#include "guess_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>

namespace gatetorio::sharing {

namespace {

constexpr std::size_t kMaxEntries = 100'000;

}  // namespace

std::string address_group(std::string_view peer) {
  const std::string text(peer);
  in6_addr address{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return text;
  const std::string bytes(reinterpret_cast<const char*>(address.s6_addr), sizeof address.s6_addr);
  const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&address);
  return is_mapped ? bytes : bytes.substr(0, 8);
}

double GuessLimiter::spent_now(const Spent& spent, double per_minute, Clock::time_point now) {
  const double minutes = std::chrono::duration<double>(now - spent.at).count() / 60;
  return std::max(0.0, spent.guesses - minutes * per_minute);
}

std::uint32_t GuessLimiter::wait_s(const Table& table, const std::string& key, double per_minute,
                                   Clock::time_point now) {
  const auto found = table.find(key);
  if (found == table.end()) return 0;
  const double over = spent_now(found->second, per_minute, now) - (per_minute - 1);
  return over <= 0 ? 0 : static_cast<std::uint32_t>(std::ceil(over / per_minute * 60));
}

void GuessLimiter::count(Table& table, std::string key, double per_minute, Clock::time_point now) {
  if (table.size() >= kMaxEntries) {
    std::erase_if(table, [&](const auto& entry) { return spent_now(entry.second, per_minute, now) <= 0; });
    if (table.size() >= kMaxEntries) table.clear();  // the other table still holds
  }
  Spent& spent = table[std::move(key)];
  spent = {std::min(per_minute, spent_now(spent, per_minute, now) + 1), now};
}

std::uint32_t GuessLimiter::wait_s(std::string_view principal, std::string_view peer, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return std::max(wait_s(principals_, std::string(principal), by_principal_, now),
                  wait_s(addresses_, address_group(peer), by_address_, now));
}

void GuessLimiter::count(std::string_view principal, std::string_view peer, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  count(principals_, std::string(principal), by_principal_, now);
  count(addresses_, address_group(peer), by_address_, now);
}

}  // namespace gatetorio::sharing
