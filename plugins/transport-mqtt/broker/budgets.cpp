#include "broker/budgets.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::duration;

constexpr double kBurstSeconds = 20;
constexpr double kConnectsPerSecond = 5, kMostConnects = 60;
constexpr double kWrongPerSecond = 5, kMostWrong = 50, kNames = 10;
constexpr double kWillsPerSecond = 0.2, kMostWills = 30;
constexpr std::chrono::minutes kTellAgain{1};
// Of one budget; the others who are over it count among the nameless then.
constexpr std::size_t kMostTold = 1'000;
constexpr std::size_t kMostNetworks = 20'000;

}  // namespace

double Bucket::level(Clock::time_point now) const {
  return std::min(most_, level_ + rate_ * duration<double>(now - at_).count());
}

Bucket::Answer Bucket::take(double amount, Clock::time_point now) {
  level_ = level(now) - amount;
  at_ = now;
  if (level_ >= 0) return Answer::kYes;
  if (level_ > -most_) return Answer::kNo;
  level_ = -most_;
  return Answer::kFarBeyond;
}

std::string network_of(std::string_view address) {
  in6_addr parsed{};
  const std::string text(address);
  if (::inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) return text.substr(text.rfind(':') + 1);
  std::memset(parsed.s6_addr + 8, 0, 8);
  char out[INET6_ADDRSTRLEN];
  return std::string(::inet_ntop(AF_INET6, &parsed, out, sizeof out)) + "/64";
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

Budgets::Account& Budgets::account(const std::string& username, Clock::time_point now) {
  const auto found = accounts_.find(username);
  if (found != accounts_.end()) return found->second;
  const auto bucket = [now](std::int64_t rate, double seconds) {
    return Bucket(static_cast<double>(rate), static_cast<double>(rate) * seconds, now);
  };
  return accounts_
      .emplace(
          username,
          Account{Bucket(kConnectsPerSecond, kMostConnects, now), bucket(limits_.client_messages, kBurstSeconds),
                  bucket(limits_.client_kilobytes * 1024, kBurstSeconds), Bucket(kWillsPerSecond, kMostWills, now)})
      .first->second;
}

Budgets::Answer Budgets::judge(Bucket& bucket, std::int64_t limit, double amount, Budget budget,
                               const std::string& username, Clock::time_point now) {
  if (limit == 0) return Answer::kYes;
  const Answer answer = bucket.take(amount, now);
  if (answer != Answer::kYes) exceeded(budget, username);
  return answer;
}

Budgets::Answer Budgets::connect(const std::string& username, Clock::time_point now) {
  return judge(account(username, now).connects, limits_.client_connections, 1, Budget::connects, username, now);
}

Budgets::Answer Budgets::will(const std::string& username, Clock::time_point now) {
  return judge(account(username, now).wills, limits_.client_messages, 1, Budget::wills, username, now);
}

Budgets::Answer Budgets::publish(const std::string& username, std::size_t bytes, Clock::time_point now) {
  Account& its = account(username, now);
  const Answer count = judge(its.messages, limits_.client_messages, 1, Budget::messages, username, now);
  const Answer size =
      judge(its.bytes, limits_.client_kilobytes, static_cast<double>(bytes), Budget::bytes, username, now);
  return std::max(count, size);
}

// Guesses at one name bar that name for their address; only very many bar all that come from there.
bool Budgets::may_ask(std::string_view peer, std::string_view username, Clock::time_point now) {
  const std::string network = network_of(peer);
  for (const std::string& key : {network, network + " " + std::string(username)}) {
    const auto found = wrong_.find(key);
    if (found == wrong_.end() || found->second.take(0, now) == Answer::kYes) continue;
    exceeded(Budget::logins, peer);
    return false;
  }
  return true;
}

void Budgets::was_wrong(std::string_view peer, std::string_view username, Clock::time_point now) {
  if (is_loopback(peer)) return;
  if (wrong_.size() >= kMostNetworks) wrong_.clear();
  const std::string network = network_of(peer);
  const Bucket of_name(kWrongPerSecond, kMostWrong, now), of_all(kNames * kWrongPerSecond, kNames * kMostWrong, now);
  wrong_.try_emplace(network, of_all).first->second.take(1, now);
  wrong_.try_emplace(network + " " + std::string(username), of_name).first->second.take(1, now);
}

bool Budgets::has_room(std::string_view peer) const {
  if (limits_.address_connections == 0 || is_loopback(peer)) return true;
  const auto found = networks_.find(network_of(peer));
  return found == networks_.end() || found->second < limits_.address_connections;
}

void Budgets::opened(std::string_view peer) { ++networks_[network_of(peer)]; }

void Budgets::closed(std::string_view peer) {
  const auto found = networks_.find(network_of(peer));
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
  std::erase_if(accounts_, [now](const auto& entry) {
    const Account& its = entry.second;
    return its.connects.is_full(now) && its.messages.is_full(now) && its.bytes.is_full(now) && its.wills.is_full(now);
  });
  std::erase_if(wrong_, [now](const auto& entry) { return entry.second.is_full(now); });
}

}  // namespace gatetorio::transport_mqtt
