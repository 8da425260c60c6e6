#include "login_brake.hpp"

#include <algorithm>

#include "gatetorio/network.hpp"

namespace gatetorio::admin {

namespace {

// Whose attempts are counted together.
std::string network(const std::string& peer) { return network_of(peer, 32, 64); }

}  // namespace

std::optional<std::chrono::milliseconds> LoginBrake::enter(const std::string& name, const std::string& peer,
                                                           Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  Entry& address = entry_of(addresses_, network(peer), kOfAddress, at);
  if (address.waiting >= kMostWaiting) return std::nullopt;
  Entry& account = entry_of(names_, name, kOfName, at);
  ++address.waiting;
  ++account.waiting;
  const double seconds = std::max(account.bucket.wait_s(kOfName, at), address.bucket.wait_s(kOfAddress, at));
  const auto wait = std::chrono::duration<double>(seconds);
  return std::min(kLongest, std::chrono::duration_cast<std::chrono::milliseconds>(wait));
}

void LoginBrake::left(const std::string& name, const std::string& peer, bool was_right, Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  Entry& address = entry_of(addresses_, network(peer), kOfAddress, at);
  Entry& account = entry_of(names_, name, kOfName, at);
  address.waiting = std::max(0, address.waiting - 1);
  account.waiting = std::max(0, account.waiting - 1);
  if (was_right) return;
  address.bucket.spend(kOfAddress, at);
  account.bucket.spend(kOfName, at);
}

LoginBrake::Entry& LoginBrake::entry_of(Table& table, const std::string& key, const TokenRate& rate,
                                        Clock::time_point at) {
  const auto found = table.find(key);
  if (found != table.end()) return found->second;
  if (table.size() >= kMostKept) {
    std::erase_if(
        table, [&](const auto& entry) { return entry.second.waiting == 0 && entry.second.bucket.is_full(rate, at); });
  }
  // Still full: of those whose guesses are known some are forgotten, rather than that the table grows.
  if (table.size() >= kMostKept) {
    std::erase_if(table, [](const auto& entry) { return entry.second.waiting == 0; });
  }
  return table.emplace(key, Entry(TokenBucket(rate, at))).first->second;
}

}  // namespace gatetorio::admin
