#include "broker_access.hpp"

#include <set>
#include <utility>

#include "gatetorio/credentials.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 100'000;
constexpr std::uint64_t kAskAgainMs = 200;
constexpr std::size_t kPasswordsAtOnce = 500;

}  // namespace

void BrokerAccess::subscribe() {
  // A lost change would be a right that lives on.
  const OnGap on_gap = [this] { host_.run(compare_all()); };
  // Of several changes only the last counts: what a principal may do now is looked up, not carried by the event.
  subscriptions_.push_back(Subscription::to<AccessChanged>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const AccessChanged& event) {
        access_changed({event.kind, event.id});
      },
      on_gap));
  subscriptions_.push_back(Subscription::to<CredentialsReplaced>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const CredentialsReplaced& event) {
        end_sessions({event.kind, event.id});
      },
      [this] {
        for (const PrincipalId& principal : principals_.all()) end_sessions(principal);  // whoever it was
      }));
  subscriptions_.push_back(Subscription::to<CredentialsEnded>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const CredentialsEnded& event) {
        host_.run(password_ended({event.kind, event.id}));
      },
      [this] {
        for (const PrincipalId& principal : principals_.all()) host_.run(password_ended(principal));  // whoever it was
      }));
  subscriptions_.push_back(Subscription::to<DeviceRenamed>(
      host_, WhenFull::kCoalesceByKey, kQueue, [this](const DeviceRenamed& event) { device_changed(event.device_id); },
      on_gap));
  subscriptions_.push_back(Subscription::to<DeviceDeleted>(
      host_, WhenFull::kCoalesceByKey, kQueue, [this](const DeviceDeleted& event) { device_changed(event.device_id); },
      on_gap));
}

void BrokerAccess::answer(ConnectRequest request, LinkServer::Reply reply) {
  host_.post([this, request = std::move(request), reply = std::move(reply)] { host_.run(decide(request, reply)); });
}

void BrokerAccess::judge_absent(std::vector<std::string> usernames) {
  host_.post([this, usernames = std::move(usernames)] {
    for (const std::string& username : usernames) {
      const auto named = parse_principal_name(username);
      if (!named) continue;
      const std::uint64_t ticket = principals_.begin(Principal{.kind = named->kind, .id = named->id});
      host_.run(find_out(*named, ticket, &LinkServer::correct_policy));
    }
  });
}

Task<bool> BrokerAccess::introduce(std::int64_t device_id) {
  const PrincipalId device{"device", device_id};
  if (server_ == nullptr) co_return false;
  const std::uint64_t ticket = principals_.begin(Principal{.kind = device.kind, .id = device.id});
  co_await find_out(device, ticket, &LinkServer::correct_policy);
  co_return true;
}

Task<void> BrokerAccess::decide(ConnectRequest request, LinkServer::Reply reply) {
  const auto named = parse_principal_name(request.username);
  bool told = !named;
  if (told) reply({});
  while (!told) {
    const std::uint64_t changes = changes_of(named->id);
    const Result<Principal> principal = co_await authenticate(host_, request.username, request.password);
    // A principal has one user name. Whatever else an authenticator let in would be a second key to the same rights.
    if (!principal || principal->who() != *named) {
      reply({});
      co_return;
    }
    // It was enrolled anew, at another hub: who came before it is somebody else.
    if (has_other_credentials(*named, fingerprint(principal->subject))) end_sessions(*named);
    const std::uint64_t ticket = principals_.begin(*principal);
    if (changes_of(named->id) != changes) continue;  // the password may have been replaced since
    const Result<Grants> grants = co_await access_.call_within<AccessControl::List>(kListDeadlineMs, *principal);
    if (!grants) {
      reply({});
      co_return;
    }
    told = principals_.commit(principal->who(), ticket, grants->grants, [&reply, &principal](const Policy& policy) {
      reply({.allow = policy.valid, .policy = policy, .valid_until_us = principal->valid_until_us});
    });
  }
}

void BrokerAccess::begin_comparing(std::chrono::seconds pause) {
  host_.every(pause, [this] { return compare_all(); }, {.what = "the comparison of rights at the broker"});
}

// Passwords that another hub has replaced, or taken away: here they were found right and are remembered.
Task<void> BrokerAccess::compare_passwords() {
  std::vector<PrincipalId> some;
  std::vector<PrincipalId> all = principals_.all();  // kind by kind
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(credentials_, [&](const auto& entry) { return !principals_.find(entry.first); });
  }
  for (PrincipalId& principal : all) {
    const bool is_full = some.size() == kPasswordsAtOnce || (!some.empty() && some.front().kind != principal.kind);
    if (is_full) {
      std::vector<PrincipalId> full;
      full.swap(some);
      co_await compare_passwords_of(std::move(full), false);
    }
    some.push_back(std::move(principal));
  }
  if (!some.empty()) co_await compare_passwords_of(std::move(some), false);
}

// What cannot be read is read the next time; an authenticator of somebody else's may not tell.
Task<Result<void>> BrokerAccess::compare_passwords_of(std::vector<PrincipalId> some, bool ends_sessions) {
  const bool are_users = some.front().kind == "user";
  if (!are_users && some.front().kind != "device") co_return Result<void>();
  ServiceClient& passwords = are_users ? user_passwords_ : device_passwords_;
  if (!passwords.available()) co_return Result<void>();
  PasswordsQuery query;
  std::vector<std::uint64_t> changes;
  for (const PrincipalId& principal : some) {
    query.ids.push_back(principal.id);
    changes.push_back(changes_of(principal.id));
  }
  const Result<KnownPasswords> known = co_await passwords.call_within<FindPasswords>(kListDeadlineMs, std::move(query));
  if (!known) co_return known.error();
  for (std::size_t i = 0; i < some.size(); ++i) {
    if (changes_of(some[i].id) == changes[i]) compare_password(some[i], known->passwords, ends_sessions);
  }
  co_return Result<void>();
}

void BrokerAccess::compare_password(const PrincipalId& principal, const std::vector<KnownPassword>& all,
                                    bool ends_sessions) {
  std::set<std::string> marks;
  std::string credentials;
  for (const KnownPassword& known : all) {
    if (known.id != principal.id) continue;
    marks.insert(known.mark);
    credentials = known.credentials;
  }
  const bool is_unexpected = server_->keep_passwords(name_of(principal), marks);
  if (has_other_credentials(principal, credentials) || (is_unexpected && ends_sessions)) end_sessions(principal);
}

// Than those with which it was last let in, or compared.
bool BrokerAccess::has_other_credentials(const PrincipalId& principal, const std::string& credentials) {
  if (credentials.empty()) return false;
  const std::lock_guard lock(mutex_);
  const auto [known, is_first] = credentials_.try_emplace(principal, credentials);
  return !is_first && std::exchange(known->second, credentials) != credentials;
}

// The guard ends sessions when their password ends as it was told; here is found what has ended otherwise.
Task<void> BrokerAccess::password_ended(PrincipalId principal) {
  while (principals_.find(principal) && server_ != nullptr) {
    std::vector<PrincipalId> alone(1, principal);
    const Result<void> compared = co_await compare_passwords_of(std::move(alone), true);
    if (compared || compared.error().status == Status::kUnsupported) co_return;
    const bool go_on = co_await host_.sleep(kAskAgainMs);
    if (!go_on) co_return;
  }
}

Task<void> BrokerAccess::compare_all() {
  if (server_ == nullptr) co_return;
  co_await compare_passwords();
  const std::vector<PrincipalId> all = principals_.all();
  for (const PrincipalId& principal : all) {
    if (host_.is_ending()) co_return;  // the plugin waits for this to end
    const auto ticket = principals_.changed(principal);
    if (!ticket) continue;
    co_await find_out(principal, *ticket, &LinkServer::correct_policy);
  }
}

void BrokerAccess::access_changed(const PrincipalId& principal) {
  ++changes_of(principal.id);
  const auto ticket = principals_.changed(principal);
  if (ticket && server_ != nullptr) host_.run(find_out(principal, *ticket, &LinkServer::set_policy));
}

// Without rights there is no session; then it gets what it has.
void BrokerAccess::end_sessions(const PrincipalId& principal) {
  const auto ticket = principals_.changed(principal);
  if (!ticket || server_ == nullptr) return;
  principals_.commit(principal, *ticket, {}, [this](const Policy& nothing) { server_->set_policy(nothing); });
  host_.run(find_out(principal, *ticket, &LinkServer::set_policy));
}

void BrokerAccess::device_changed(std::int64_t device_id) {
  access_changed({"device", device_id});  // also one that has no access to itself any more
  for (const PrincipalId& principal : principals_.with_access_to(device_id)) access_changed(principal);
}

// Asks until there is an answer; until then the principal may do nothing, but keeps its connection.
Task<void> BrokerAccess::find_out(PrincipalId principal, std::uint64_t ticket, Tell how) {
  const Principal who{.kind = principal.kind, .id = principal.id};
  const auto tell = [this, how](const Policy& policy) { (server_->*how)(policy); };
  const auto suspend = [this](const Policy& policy) {
    Policy suspended = policy;
    suspended.valid = true;
    server_->set_policy(std::move(suspended));
  };
  while (true) {
    const Result<Grants> grants = co_await access_.call_within<AccessControl::List>(kListDeadlineMs, who);
    const bool is_known = grants || grants.error().status == Status::kNotFound;
    if (is_known) {
      principals_.commit(principal, ticket, grants ? grants->grants : std::vector<Access>(), tell);
      co_return;
    }
    if (!principals_.commit(principal, ticket, {}, suspend)) co_return;
    host_.warn("what a principal may do cannot be found out; it may do nothing until then",
               {{"principal", key_of(principal)}, {"why", grants.error().detail}});
    const bool go_on = co_await host_.sleep(kAskAgainMs);
    if (!go_on) co_return;
  }
}

}  // namespace gatetorio::transport_mqtt
