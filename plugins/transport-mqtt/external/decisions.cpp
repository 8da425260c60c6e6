#include "external/decisions.hpp"

#include <algorithm>

#include "gatetorio/secret.hpp"
#include "gatetorio/time.hpp"
#include "principals.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::size_t kMostClientId = 200;

}  // namespace

bool owns_client_id(std::string_view username, std::string_view client_id) {
  if (username.empty() || !client_id.starts_with(username) || client_id.size() > kMostClientId) return false;
  const bool is_plain = std::all_of(client_id.begin(), client_id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == ':';
  });
  return is_plain && (client_id.size() == username.size() || client_id[username.size()] == '-');
}

std::string topic_of_routing_key(std::string_view routing_key) {
  if (routing_key.find_first_of("/+") != std::string_view::npos) return {};
  std::string topic(routing_key);
  std::replace(topic.begin(), topic.end(), '.', '/');
  std::replace(topic.begin(), topic.end(), '*', '+');
  return topic;
}

bool Decisions::is_hub(std::string_view username, std::string_view password) const {
  return !options_.external_password.empty() && username == options_.external_username &&
         is_same_secret(password, options_.external_password.reveal());
}

Task<Result<BrokerClientRights>> Decisions::connect(std::string username, std::string password, std::string client_id) {
  BrokerClientRights client;
  if (is_hub(username, password)) {
    client.is_hub = true;
    co_return client;
  }
  const auto named = parse_principal_name(username);
  if (!named || !owns_client_id(username, client_id)) co_return client;
  std::string mark = fingerprint(sha256(password));
  const Result<Principal> principal = co_await authenticate(host_, username, std::move(password));
  if (!principal && principal.error().status == Status::kUnauthenticated) co_return client;
  if (!principal) co_return principal.error();
  // Later questions carry the name alone.
  if (principal->who() != *named) co_return client;
  Result<BrokerClientRights> found = co_await rights(std::move(username));
  if (found) {
    found->password_ends_us = principal->valid_until_us;
    found->password_mark = std::move(mark);
  }
  co_return found;
}

Task<Result<BrokerClientRights>> Decisions::rights(std::string username) {
  BrokerClientRights client;
  client.is_hub = !username.empty() && username == options_.external_username;
  const auto named = parse_principal_name(username);
  if (client.is_hub || !named) co_return client;
  const Principal principal{.kind = named->kind, .id = named->id};
  const Result<Grants> grants = co_await access_.call_within<AccessControl::List>(kListDeadlineMs, principal);
  if (!grants && grants.error().status != Status::kNotFound) co_return grants.error();
  client.policy = make_policy(*named, grants ? grants->grants : std::vector<Access>());
  const std::int64_t now_us = now().us;
  std::erase_if(client.policy.rules,
                [now_us](const Rule& rule) { return rule.expires_at_us != 0 && rule.expires_at_us <= now_us; });
  client.policy.valid = !client.policy.rules.empty();
  co_return client;
}

bool Decisions::may_publish(const BrokerClientRights& client, std::string_view topic, bool retained) const {
  if (retained) return false;
  const Topic parsed = parse_topic(options_.topic_prefix, topic);
  if (client.is_hub) return parsed.kind != TopicKind::kOther;
  if (parsed.kind == TopicKind::kCommands && !options_.external_app_commands) return false;
  return transport_mqtt::may_publish(client.policy, parsed, now().us);
}

bool Decisions::may_subscribe(const BrokerClientRights& client, std::string_view filter) const {
  if (client.is_hub) return filter == options_.topic_prefix + "/+/status";
  // As may_receive, because there is no later question: a wildcard is no topic of anybody's.
  return may_receive(client.policy, parse_topic(options_.topic_prefix, filter), now().us);
}

}  // namespace gatetorio::transport_mqtt
