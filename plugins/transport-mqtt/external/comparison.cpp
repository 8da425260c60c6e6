// Revocation's comparison of what the broker lists with the rights of the moment.
#include <algorithm>
#include <chrono>

#include "external/revocation.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::chrono::milliseconds kTryAgain(1'000), kLookForOld(2'000);
// RabbitMQ lists bindings at once, connections when their first statistics come: after five seconds, where nobody
// changed that.
constexpr std::chrono::seconds kAllListed{20};

bool hears(const BrokerHoldings& holdings, const std::string& client_id, const std::string& topic) {
  return std::any_of(holdings.bindings.begin(), holdings.bindings.end(), [&](const BrokerBinding& binding) {
    return binding.client_id == client_id && topic_of_routing_key(binding.routing_key) == topic;
  });
}

}  // namespace

// The first run may begin before the ticker is there: hence the mutex.
void Revocation::begin_comparing() {
  const std::lock_guard lock(mutex_);
  began_comparing_ = std::chrono::steady_clock::now();
  comparison_ = host_.every(std::chrono::seconds(options_.recheck_seconds), [this] { return compare_again(); },
                            {.what = "the comparison of rights at the broker", .first = std::chrono::milliseconds(0)});
}

void Revocation::compare_soon(std::chrono::milliseconds within) {
  const std::lock_guard lock(mutex_);
  comparison_.wake(within);
}

// Why it could not be done has been told by whoever asked the broker.
Task<void> Revocation::compare_again() {
  const bool are_all_listed = std::chrono::steady_clock::now() - began_comparing_ >= kAllListed;
  const Result<void> compared = co_await compare_all();
  if (!compared) co_return compare_soon(kTryAgain);
  has_compared_ = true;
  if (!looks_for_old_) co_return;
  if (!are_all_listed) co_return compare_soon(kLookForOld);
  const std::lock_guard lock(mutex_);
  looks_for_old_ = false;
  let_in_.clear();
}

Task<Result<void>> Revocation::compare_all() {
  const Inventory inventory = co_await ok(take_inventory_());
  for (const auto& [username, holdings] : inventory) {
    if (host_.is_ending()) co_return Error{.status = Status::kCancelled, .detail = "The hub is stopping."};
    co_await ok(judge(username, holdings));
  }
  co_return Result<void>();
}

Task<Result<void>> Revocation::judge(std::string username, BrokerHoldings holdings) {
  const std::uint64_t before = mark();
  const BrokerClientRights client = co_await ok(rights_of(username));
  bool is_too_much = holds_too_much(client, holdings);
  if (!is_too_much && looks_for_old_) {
    const Marks marks = co_await ok(marks_of(username));
    is_too_much = may_be_old(client, holdings, marks);
  }
  if (!is_too_much) {
    told(client.policy, before);
    co_return Result<void>();
  }
  {
    const std::lock_guard lock(mutex_);
    forget(username);
  }
  host_.info("a client is thrown out of the broker: it may have more there than it should", {{"principal", username}});
  evictions_.evict(username);
  for (const BrokerBinding& binding : holdings.bindings) {
    const std::string topic = topic_of_routing_key(binding.routing_key);
    const Topic parsed = parse_topic(options_.topic_prefix, topic);
    if (parsed.kind == TopicKind::kCommands && !decisions_.may_subscribe(client, topic)) {
      evictions_.evict(username, std::string(parsed.controller_id));
    }
  }
  co_return Result<void>();
}

// By what can be seen, or by what it was told.
bool Revocation::holds_too_much(const BrokerClientRights& client, const BrokerHoldings& holdings) {
  if (!client.may_connect()) return true;
  const bool hears_too_much =
      std::any_of(holdings.bindings.begin(), holdings.bindings.end(), [&](const BrokerBinding& binding) {
        return !decisions_.may_subscribe(client, topic_of_routing_key(binding.routing_key));
      });
  if (hears_too_much) return true;
  const std::lock_guard lock(mutex_);
  const auto known = told_.find(client.policy.username);
  return known != told_.end() && !covers(client.policy, known->second);
}

// What an earlier process of the hub allowed it to publish cannot be seen, nor when its password ends: that is in the
// book.
bool Revocation::may_be_old(const BrokerClientRights& client, const BrokerHoldings& holdings, const Marks& marks) {
  const std::string own(own_controller(client.policy));
  const std::string commands = topic_of(options_.topic_prefix, own, TopicKind::kCommands);
  return std::any_of(holdings.connections.begin(), holdings.connections.end(), [&](const BrokerConnection& connection) {
    {
      const std::lock_guard lock(mutex_);
      if (let_in_.contains(connection.client_id)) return false;
    }
    const auto entry = book_.find(connection.client_id, connection.connected_at_us);  // of a device
    // One that knew the device by another name listens under that name.
    if (!own.empty())
      return !(entry && entry->controller_id == own) && !hears(holdings, connection.client_id, commands);
    return options_.external_app_commands || has_ended(connection, marks);
  });
}

}  // namespace gatetorio::transport_mqtt
