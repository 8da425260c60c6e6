#include "external/revocation.hpp"

#include <algorithm>

#include "gatetorio/time.hpp"
#include "principals.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 10'000;  // of events; after a gap everything is compared
constexpr std::uint64_t kAskAgainMs = 200;
constexpr std::chrono::milliseconds kTick(200);
constexpr std::uint64_t kSettleMs = 300;
constexpr int kLooksForEnded = 2;
constexpr std::uint64_t kListedMs = 6'000;

bool covers(const Rule& now, const Rule& before) {
  return now.device_id == before.device_id && now.controller_id == before.controller_id &&
         now.is_self >= before.is_self && now.may_command >= before.may_command &&
         now.may_read_status >= before.may_read_status &&
         (now.expires_at_us == 0 || (before.expires_at_us != 0 && now.expires_at_us >= before.expires_at_us));
}

void take_ended(std::set<std::pair<std::int64_t, std::string>>& ends_us, std::set<std::string>& ended) {
  const std::int64_t now_us = now().us;
  while (!ends_us.empty() && ends_us.begin()->first <= now_us) {
    ended.insert(ends_us.begin()->second);
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
  const auto lost = [this] { events_were_lost(); };
  subscriptions_.push_back(Subscription::to<AccessChanged>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const AccessChanged& event) {
        ++changes_;
        host_.run(compare(name_of(PrincipalId{event.kind, event.id})));
      },
      lost));
  // Each look finds all that have ended until then. One that was missed ends with the next comparison.
  subscriptions_.push_back(Subscription::to<CredentialsEnded>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const CredentialsEnded& event) {
        host_.run(password_ended(name_of(PrincipalId{event.kind, event.id})));
      },
      lost));
  // A name that was lost is held back until its former owner is gone: of two such events each counts.
  subscriptions_.push_back(Subscription::to<DeviceRenamed>(
      host_, WhenFull::kDropOldest, kQueue,
      [this](const DeviceRenamed& event) { device_lost_name(event.device_id, event.old_controller_id); }, lost));
  subscriptions_.push_back(Subscription::to<DeviceDeleted>(
      host_, WhenFull::kDropOldest, kQueue,
      [this](const DeviceDeleted& event) { device_lost_name(event.device_id, event.controller_id); }, lost));
}

void Revocation::events_were_lost() {
  ++changes_;
  compare_soon({});
}

void Revocation::told(const Policy& policy, std::uint64_t mark) {
  {
    const std::lock_guard lock(mutex_);
    remember(policy);
  }
  if (mark != changes_) host_.run(compare_later(policy.username));
}

void Revocation::let_in(const BrokerClientRights& client, const std::string& client_id) {
  const BookEntry entry{client.password_ends_us, std::string(own_controller(client.policy)), client.password_mark};
  book_.let_in(client_id, entry, now().us);
  password_ends(client.policy.username, client.password_ends_us);
  const std::lock_guard lock(mutex_);
  if (looks_for_old_) let_in_.insert(client_id);
}

bool Revocation::is_known(const std::string& username) const {
  const std::lock_guard lock(mutex_);
  return told_.contains(username);
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

void Revocation::device_lost_name(std::int64_t device_id, const std::string& name) {
  ++changes_;
  const std::string device = name_of(PrincipalId{"device", device_id});
  evictions_.evict(device, name);
  std::vector<std::string> concerned;
  {
    const std::lock_guard lock(mutex_);
    forget(device);
    for (const auto& [username, policy] : told_) {
      const bool is_concerned = std::any_of(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) {
        return rule.device_id == device_id || rule.controller_id == name;
      });
      if (is_concerned) concerned.push_back(username);
    }
  }
  for (std::string& username : concerned) host_.run(compare(std::move(username)));
}

// Asks until there is an answer, or the hub stops.
Task<Result<BrokerClientRights>> Revocation::rights_of(std::string username) {
  bool has_said = false;
  while (true) {
    Result<BrokerClientRights> client = co_await decisions_.rights(username);
    if (client) co_return client;
    if (!std::exchange(has_said, true)) {
      host_.warn("what a principal may do cannot be found out; it is asked again", {{"principal", username}});
    }
    const bool go_on = co_await host_.sleep(kAskAgainMs);
    if (!go_on) co_return Error{.status = Status::kCancelled, .detail = "The hub is stopping."};
  }
}

Task<void> Revocation::compare(std::string username) {
  const Result<BrokerClientRights> client = co_await rights_of(username);
  if (!client) co_return;
  bool is_known = false, may_stay = false;
  {
    const std::lock_guard lock(mutex_);
    const auto known = told_.find(username);
    is_known = known != told_.end();
    may_stay = is_known && covers(client->policy, known->second);
    if (may_stay)
      remember(client->policy);
    else
      forget(username);
  }
  if (may_stay) co_return;
  if (is_known)
    evictions_.evict(username);
  else
    evictions_.evict_if_there(username);  // let in by another process of the hub, if at all
}

// When the broker has had the time to make of our answer a connection that can be closed.
Task<void> Revocation::compare_later(std::string username) {
  const bool go_on = co_await host_.sleep(kSettleMs);
  if (!go_on) co_return;
  co_await compare(std::move(username));
}

// By what is stored now, not by what was known when somebody was let in. Whoever came with a password that goes on
// stays. Of others, let in by another hub or by a process whose book is lost, nobody knows with which each has come.
Task<void> Revocation::password_ended(std::string username) {
  for (int looks = 0; looks < kLooksForEnded;) {
    const Result<Marks> marks = co_await marks_of(username);
    Result<std::vector<BrokerConnection>> connections = co_await list_connections_(username);
    if (!connections && connections.error().status == Status::kUnsupported) co_return;
    const bool is_known = marks && connections;
    const bool has_one = is_known && std::any_of(connections->begin(), connections->end(),
                                                 [&](const auto& one) { return has_ended(one, *marks); });
    if (has_one) {
      evictions_.evict(username);
      co_return;
    }
    if (is_known) ++looks;
    // The broker lists a connection some seconds after it began; and it may be out of reach.
    const std::uint64_t pause_ms = is_known ? kListedMs : kAskAgainMs;
    const bool go_on = co_await host_.sleep(pause_ms);
    if (!go_on) co_return;
  }
}

// The marks of the passwords that a user has. None of another principal, whose passwords have no end.
Task<Result<Revocation::Marks>> Revocation::marks_of(std::string username) {
  const auto named = parse_principal_name(username);
  Marks marks;
  if (!named || named->kind != "user") co_return marks;
  PasswordsQuery query;
  query.ids.push_back(named->id);
  const KnownPasswords known =
      co_await ok(user_passwords_.call_within<FindPasswords>(kListDeadlineMs, std::move(query)));
  for (const KnownPassword& password : known.passwords) marks.insert(password.mark);
  co_return marks;
}

bool Revocation::has_ended(const BrokerConnection& connection, const Marks& marks) const {
  const auto entry = book_.find(connection.client_id, connection.connected_at_us);
  return !entry || !marks.contains(entry->password_mark);
}

void Revocation::password_ends(const std::string& username, std::int64_t ends_us) {
  if (ends_us == 0) return;
  const std::lock_guard lock(mutex_);
  password_ends_us_.emplace(ends_us, username);
}

void Revocation::watch_ends() {
  host_.every(kTick, [this] { evict_ended(); }, {.what = "the ends of rights at the broker"});
}

void Revocation::evict_ended() {
  std::set<std::string> ended;
  {
    const std::lock_guard lock(mutex_);
    take_ended(ends_us_, ended);
    take_ended(password_ends_us_, ended);
    for (const std::string& username : ended) forget(username);
  }
  for (const std::string& username : ended) evictions_.evict(username);
}

}  // namespace gatetorio::transport_mqtt
