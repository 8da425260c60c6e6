#include "external/questions.hpp"

#include <boost/json.hpp>

#include "external/inventory.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::string_view kBrokerName = "broker";  // of HTTP Basic
constexpr std::uint64_t kWaitMs = 25;
constexpr int kMostWaits = 40;

Reply<Bytes> text(std::string_view words) { return Bytes{"text/plain", std::string(words)}; }
Reply<Bytes> verdict(bool allowed) { return text(allowed ? "allow" : "deny"); }
Reply<Object> json_verdict(bool allowed) { return Object{{{"result", allowed ? "allow" : "deny"}}}; }

// The queue that RabbitMQ makes for the subscriptions of this client, or of any client of the hub's.
bool is_own_queue(const RabbitQuestion& asked, bool is_hub) {
  const auto client = client_of_queue(asked.name.value_or(""));
  if (!client || !owns_client_id(*asked.username, *client)) return false;
  return is_hub || asked.client_id == *client;
}

// RabbitMQ 4 asks whether whoever deletes a queue may configure it: the hub deletes those of clients that lost a right.
bool may_delete(const RabbitQuestion& asked, const BrokerClientRights& client) {
  return client.is_hub && asked.permission == "configure" && client_of_queue(asked.name.value_or("")).has_value();
}

bool is_set(const OptionalText& flag) { return flag && !flag->empty() && *flag != "false" && *flag != "0"; }

// Unix seconds when the first of the client's rights, or its password, ends; 0 where none does.
std::int64_t first_end_s(const BrokerClientRights& client) {
  std::int64_t first_us = client.password_ends_us;
  for (const Rule& rule : client.policy.rules) {
    if (rule.expires_at_us != 0 && (first_us == 0 || rule.expires_at_us < first_us)) first_us = rule.expires_at_us;
  }
  return first_us / kMicrosecondsPerSecond;
}

}  // namespace

void Questions::declare() {
  authenticator_.on<Authenticator::Authenticate>(&Questions::authenticate);
  authenticator_.provide(Authenticator::kId, "bearer:" + std::string(kBrokerSecretPrefix));
  authenticator_.provide(Authenticator::kId, "password:" + std::string(kBrokerName));
  const auto spec = [](std::string_view id, std::string_view path, std::string_view summary) {
    return OperationSpec{.id = id,
                         .method = "POST",
                         .path = path,
                         .summary = summary,
                         .callers = {{"broker"}},
                         .form_body = true,
                         .basic = true};
  };
  const auto rabbit = [&](std::string_view id, std::string_view path, std::string_view summary) {
    OperationSpec made = spec(id, path, summary);
    made.content_types = {"text/plain"};
    return made;
  };
  set_.add(rabbit("broker.rabbitmq.user", "/broker/rabbitmq/user", "RabbitMQ asks: may this client connect?"),
           &Questions::user)
      .add(rabbit("broker.rabbitmq.vhost", "/broker/rabbitmq/vhost", "RabbitMQ asks: may it use this virtual host?"),
           &Questions::vhost)
      .add(rabbit("broker.rabbitmq.resource", "/broker/rabbitmq/resource",
                  "RabbitMQ asks: may it use this queue or exchange?"),
           &Questions::resource)
      .add(rabbit("broker.rabbitmq.topic", "/broker/rabbitmq/topic", "RabbitMQ asks: may it use this topic?"),
           &Questions::topic)
      .add(spec("broker.emqx.authenticate", "/broker/emqx/authenticate", "EMQX asks: may this client connect?"),
           &Questions::emqx_authenticate)
      .add(spec("broker.emqx.authorize", "/broker/emqx/authorize", "EMQX asks: may it publish or subscribe?"),
           &Questions::emqx_authorize);
}

Task<Result<Principal>> Questions::authenticate(Credential credential) {
  const std::string& secret = options_.broker_secret.reveal();
  const bool is_named = credential.scheme != "password" || credential.name == kBrokerName;
  if (options_.managed() || secret.empty() || !is_named || !is_same_secret(credential.secret, secret)) {
    co_return Error{.status = Status::kUnauthenticated, .detail = "The credential is not valid."};
  }
  co_return Principal{.kind = "broker", .id = 1, .name = std::string(kBrokerName)};
}

// Who is being thrown out waits for its end, which is near where the broker's management answers, and is refused where
// not.
Task<bool> Questions::is_barred(std::string username) {
  for (int attempt = 0; revocation_.is_barred(username); ++attempt) {
    if (attempt == kMostWaits) co_return true;
    const bool go_on = co_await host_.sleep(kWaitMs);
    if (!go_on) co_return true;
  }
  co_return false;
}

Task<Result<BrokerClientRights>> Questions::connect(OptionalText username, OptionalText password,
                                                    OptionalText client_id) {
  const bool barred = co_await is_barred(username.value_or(""));
  if (barred) co_return BrokerClientRights();
  const std::uint64_t mark = revocation_.mark();
  Result<BrokerClientRights> client =
      co_await decisions_.connect(username.value_or(""), password.value_or(""), client_id.value_or(""));
  if (!client || !client->policy.valid) co_return client;
  if (revocation_.is_barred(*username)) co_return BrokerClientRights();
  revocation_.told(client->policy, mark);
  revocation_.let_in(*client, *client_id);
  co_return client;
}

Task<Result<BrokerClientRights>> Questions::rights(OptionalText username) {
  const std::uint64_t mark = revocation_.mark();
  Result<BrokerClientRights> client = co_await decisions_.rights(username.value_or(""));
  if (!client || !client->policy.valid) co_return client;
  if (revocation_.is_barred(*username)) co_return BrokerClientRights();
  revocation_.told(client->policy, mark);
  co_return client;
}

Task<Result<Reply<Bytes>>> Questions::user(Call, RabbitQuestion asked) {
  const std::string username = asked.username.value_or(""), password = asked.password.value_or("");
  if (options_.external_management_url.empty() && !has_warned_.exchange(true)) {
    host_.warn("whoever loses a right stays connected to RabbitMQ: set external_management_url");
  }
  // The hub closes connections through RabbitMQ's management, which asks here as well.
  if (decisions_.is_hub(username, password)) co_return text("allow administrator");
  const BrokerClientRights client = co_await ok(connect(username, password, asked.client_id));
  co_return verdict(client.may_connect());
}

Task<Result<Reply<Bytes>>> Questions::vhost(Call, RabbitQuestion asked) {
  const BrokerClientRights client = co_await ok(rights(asked.username));
  co_return verdict(client.may_connect() && asked.vhost == options_.external_vhost);
}

Task<Result<Reply<Bytes>>> Questions::resource(Call, RabbitQuestion asked) {
  const BrokerClientRights client = co_await ok(rights(asked.username));
  if (!client.may_connect() || asked.vhost != options_.external_vhost) co_return verdict(false);
  if (asked.resource == "exchange") {
    co_return verdict(asked.name == "amq.topic" && (asked.permission == "read" || asked.permission == "write"));
  }
  co_return verdict(asked.resource == "queue" && (is_own_queue(asked, client.is_hub) || may_delete(asked, client)));
}

Task<Result<Reply<Bytes>>> Questions::topic(Call, RabbitQuestion asked) {
  const BrokerClientRights client = co_await ok(rights(asked.username));
  const std::string topic = topic_of_routing_key(asked.routing_key.value_or(""));
  const bool is_topic =
      asked.vhost == options_.external_vhost && asked.name == "amq.topic" && asked.resource == "topic";
  if (asked.permission == "write") co_return verdict(is_topic && decisions_.may_publish(client, topic, false));
  co_return verdict(is_topic && asked.permission == "read" && decisions_.may_subscribe(client, topic));
}

Task<Result<Reply<Object>>> Questions::emqx_authenticate(Call, EmqxQuestion asked) {
  const BrokerClientRights client = co_await ok(connect(asked.username, asked.password, asked.clientid));
  Reply<Object> answer = json_verdict(client.may_connect());
  // No list of rights: EMQX would go by it until the client reconnects, and so would one that was revoked.
  if (const std::int64_t end = first_end_s(client); end != 0) answer.value.value["expire_at"] = end;
  co_return answer;
}

Task<Result<Reply<Object>>> Questions::emqx_authorize(Call, EmqxQuestion asked) {
  const BrokerClientRights client = co_await ok(rights(asked.username));
  const std::string topic = asked.topic.value_or("");
  const bool is_owner = client.is_hub || owns_client_id(asked.username.value_or(""), asked.clientid.value_or(""));
  if (asked.action == "publish") {
    co_return json_verdict(is_owner && decisions_.may_publish(client, topic, is_set(asked.retain)));
  }
  co_return json_verdict(is_owner && asked.action == "subscribe" && decisions_.may_subscribe(client, topic));
}

}  // namespace gatetorio::transport_mqtt
