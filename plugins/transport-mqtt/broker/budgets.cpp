#include "broker/budgets.hpp"

#include <algorithm>

namespace gatetorio::transport_mqtt {
namespace {

constexpr double kBurstSeconds = 20;
constexpr TokenRate kConnects{.per_second = 5, .most = 60};
constexpr TokenRate kWrongOfName{.per_second = 5, .most = 50};
constexpr TokenRate kWrongOfAll{.per_second = 50, .most = 500};
constexpr TokenRate kWills{.per_second = 0.2, .most = 30};
constexpr std::chrono::minutes kTellAgain{1};
// Of one budget; the others who are over it count among the nameless then.
constexpr std::size_t kMostTold = 1'000;
constexpr std::size_t kMostNetworks = 20'000;

// Of an option: as much a second, or twenty seconds' worth at once.
TokenRate rate_of(std::int64_t limit) {
  const auto rate = static_cast<double>(limit);
  return {.per_second = rate, .most = kBurstSeconds * rate};
}

}  // namespace

Answer take_from(TokenBucket& bucket, const TokenRate& rate, double amount, TokenBucket::Clock::time_point now) {
  bucket.spend(rate, now, amount, -rate.most);
  const double level = bucket.level(rate, now);
  return level >= 0 ? Answer::kYes : level > -rate.most ? Answer::kNo : Answer::kFarBeyond;
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

Budgets::Budgets(Limits limits)
    : limits_(limits), messages_(rate_of(limits.client_messages)), bytes_(rate_of(limits.client_kilobytes * 1024)) {}

Budgets::Account& Budgets::account(const std::string& username, Clock::time_point now) {
  const auto found = accounts_.find(username);
  if (found != accounts_.end()) return found->second;
  const Account full{.connects = TokenBucket(kConnects, now),
                     .messages = TokenBucket(messages_, now),
                     .bytes = TokenBucket(bytes_, now),
                     .wills = TokenBucket(kWills, now)};
  return accounts_.emplace(username, full).first->second;
}

Answer Budgets::judge(Answer answer, Budget budget, const std::string& username) {
  if (answer != Answer::kYes) exceeded(budget, username);
  return answer;
}

Answer Budgets::connect(const std::string& username, Clock::time_point now) {
  if (limits_.client_connections == 0) return Answer::kYes;
  return judge(take_from(account(username, now).connects, kConnects, 1, now), Budget::connects, username);
}

Answer Budgets::will(const std::string& username, Clock::time_point now) {
  if (limits_.client_messages == 0) return Answer::kYes;
  return judge(take_from(account(username, now).wills, kWills, 1, now), Budget::wills, username);
}

Answer Budgets::publish(const std::string& username, std::size_t bytes, Clock::time_point now) {
  Account& its = account(username, now);
  Answer count = Answer::kYes, size = Answer::kYes;
  if (limits_.client_messages != 0)
    count = judge(take_from(its.messages, messages_, 1, now), Budget::messages, username);
  if (limits_.client_kilobytes != 0) {
    size = judge(take_from(its.bytes, bytes_, static_cast<double>(bytes), now), Budget::bytes, username);
  }
  return std::max(count, size);
}

// Guesses at one name bar that name for their address; only very many bar all that come from there.
bool Budgets::may_ask(std::string_view peer, std::string_view username, Clock::time_point now) {
  const std::string network = customer_of(peer);
  for (const std::string& key : {network, network + " " + std::string(username)}) {
    const auto found = wrong_.find(key);
    if (found == wrong_.end() || found->second.bucket.level(found->second.rate, now) >= 0) continue;
    exceeded(Budget::logins, peer);
    return false;
  }
  return true;
}

void Budgets::was_wrong(std::string_view peer, std::string_view username, Clock::time_point now) {
  if (is_loopback(peer)) return;
  if (wrong_.size() >= kMostNetworks) wrong_.clear();
  const std::string network = customer_of(peer);
  const auto count = [&](std::string key, const TokenRate& rate) {
    Guesses& guesses = wrong_.try_emplace(std::move(key), Guesses{rate, TokenBucket(rate, now)}).first->second;
    take_from(guesses.bucket, rate, 1, now);
  };
  count(network + " " + std::string(username), kWrongOfName);
  count(network, kWrongOfAll);
}

bool Budgets::has_room(std::string_view peer) const {
  if (limits_.address_connections == 0 || is_loopback(peer)) return true;
  const auto found = networks_.find(customer_of(peer));
  return found == networks_.end() || found->second < limits_.address_connections;
}

void Budgets::opened(std::string_view peer) { ++networks_[customer_of(peer)]; }

void Budgets::closed(std::string_view peer) {
  const auto found = networks_.find(customer_of(peer));
  if (found != networks_.end() && --found->second <= 0) networks_.erase(found);
}

void Budgets::exceeded(Budget budget, std::string_view who, std::uint64_t times) {
  const auto index = static_cast<std::size_t>(budget);
  counts_.at(index) += times;
  auto& told = told_.at(index);
  std::string name(who);
  if (told.size() >= kMostTold && !told.contains(name)) name.clear();
  told[std::move(name)].times += times;
}

std::vector<Budgets::Excess> Budgets::due(Clock::time_point now) {
  std::vector<Excess> list;
  for (std::size_t index = 0; index < kBudgets; ++index) {
    auto& all = told_.at(index);
    for (auto entry = all.begin(); entry != all.end();) {
      auto& [who, told] = *entry;
      const bool was_told = told.at != Clock::time_point();
      if (was_told && now - told.at < kTellAgain) {
        ++entry;
      } else if (told.times == 0) {
        entry = all.erase(entry);
      } else {
        list.push_back({who, static_cast<Budget>(index), told.times});
        told = {0, now};
        ++entry;
      }
    }
  }
  return list;
}

void Budgets::sweep(Clock::time_point now) {
  std::erase_if(accounts_, [this, now](const auto& entry) {
    const Account& its = entry.second;
    return its.connects.is_full(kConnects, now) && its.messages.is_full(messages_, now) &&
           its.bytes.is_full(bytes_, now) && its.wills.is_full(kWills, now);
  });
  std::erase_if(wrong_, [now](const auto& entry) { return entry.second.bucket.is_full(entry.second.rate, now); });
}

}  // namespace gatetorio::transport_mqtt
