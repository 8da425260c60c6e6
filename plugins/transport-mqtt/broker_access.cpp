#include "broker_access.hpp"

#include "gatetorio/credentials.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 100'000;
constexpr std::uint64_t kAskAgainMs = 200;

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

Task<void> BrokerAccess::keep_comparing(std::chrono::seconds pause) {
  while (true) {
    const bool go_on = co_await host_.sleep(static_cast<std::uint64_t>(std::chrono::milliseconds(pause).count()));
    if (!go_on) co_return;
    co_await compare_all();
  }
}

Task<void> BrokerAccess::compare_all() {
  if (server_ == nullptr) co_return;
  const std::vector<PrincipalId> all = principals_.all();
  for (const PrincipalId& principal : all) {
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
