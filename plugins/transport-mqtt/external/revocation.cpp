#include "external/revocation.hpp"

#include <algorithm>

#include "gatetorio/time.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 1'000'000;  // a lost change would be a right that lives on
constexpr std::uint64_t kAskAgainMs = 200;
constexpr std::uint64_t kTickMs = 200;
constexpr std::uint64_t kSettleMs = 300;

bool covers(const Rule& now, const Rule& before) {
  return now.controller_id == before.controller_id && now.is_self >= before.is_self &&
         now.may_command >= before.may_command && now.may_read_status >= before.may_read_status &&
         (now.expires_at_us == 0 || (before.expires_at_us != 0 && now.expires_at_us >= before.expires_at_us));
}

void take_ended(std::set<std::pair<std::int64_t, std::string>>& ends_us, std::vector<std::string>& ended) {
  const std::int64_t now_us = now().us;
  while (!ends_us.empty() && ends_us.begin()->first <= now_us) {
    ended.push_back(ends_us.begin()->second);
    ends_us.erase(ends_us.begin());
  }
}

}  // namespace

bool covers(const Policy& now, const Policy& before) {
  return std::all_of(before.rules.begin(), before.rules.end(), [&now](const Rule& old_rule) {
    return std::any_of(now.rules.begin(), now.rules.end(), [&](const Rule& rule) { return covers(rule, old_rule); });
  });
}

void Revocation::subscribe() {
  subscriptions_.push_back(Subscription::to<AccessChanged>(
      host_, WhenFull::kCoalesceByKey, kQueue, [this](const AccessChanged& event, std::uint64_t) {
        ++changes_;
        host_.run(compare(event.kind + "-" + std::to_string(event.id)));
      }));
  subscriptions_.push_back(Subscription::to<DeviceRenamed>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const DeviceRenamed& event, std::uint64_t) { device_changed(event.old_controller_id); }));
  subscriptions_.push_back(Subscription::to<DeviceDeleted>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const DeviceDeleted& event, std::uint64_t) { device_changed(event.controller_id); }));
}

void Revocation::told(const Policy& policy, std::uint64_t mark) {
  {
    const std::lock_guard lock(mutex_);
    remember(policy);
  }
  if (mark != changes_) host_.run(compare_later(policy.username));
}

void Revocation::ends_at(const std::string& username, std::int64_t at_us) {
  const std::lock_guard lock(mutex_);
  password_ends_us_.emplace(at_us, username);
}

void Revocation::remember(const Policy& policy) {
  forget(policy.username);
  for (const Rule& rule : policy.rules) {
    if (rule.expires_at_us != 0) ends_us_.emplace(rule.expires_at_us, policy.username);
  }
  told_[policy.username] = policy;
}

void Revocation::forget(const std::string& username) {
  const auto known = told_.find(username);
  if (known == told_.end()) return;
  for (const Rule& rule : known->second.rules) ends_us_.erase({rule.expires_at_us, username});
  told_.erase(known);
}

void Revocation::device_changed(const std::string& old_controller_id) {
  ++changes_;
  std::vector<std::string> concerned;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [username, policy] : told_) {
      const bool is_concerned = std::any_of(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) {
        return rule.controller_id == old_controller_id;
      });
      if (is_concerned) concerned.push_back(username);
    }
  }
  for (std::string& username : concerned) host_.run(compare(std::move(username)));
}

// Closes also where it cannot know: the connection may be older than this process.
Task<void> Revocation::compare(std::string username) {
  while (true) {
    auto looking = decisions_.rights(username);
    const Result<BrokerClientRights> client = co_await looking;
    if (client) {
      bool may_stay = false;
      {
        const std::lock_guard lock(mutex_);
        const auto known = told_.find(username);
        may_stay = known != told_.end() && covers(client->policy, known->second);
        if (may_stay) remember(client->policy);
        else forget(username);
      }
      if (!may_stay) close_(username);
      co_return;
    }
    host_.warn("what a principal may do cannot be found out; it is asked again", {{"principal", username}});
    auto sleeping = host_.sleep(kAskAgainMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
  }
}

// When the broker has had the time to make of our answer a connection that can be closed.
Task<void> Revocation::compare_later(std::string username) {
  auto sleeping = host_.sleep(kSettleMs);
  const bool go_on = co_await sleeping;
  if (!go_on) co_return;
  auto comparing = compare(std::move(username));
  co_await comparing;
}

Task<void> Revocation::watch_ends() {
  while (true) {
    auto sleeping = host_.sleep(kTickMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    std::vector<std::string> ended;
    {
      const std::lock_guard lock(mutex_);
      take_ended(ends_us_, ended);
      take_ended(password_ends_us_, ended);
    }
    for (const std::string& username : ended) close_(username);
  }
}

}  // namespace gatetorio::transport_mqtt
