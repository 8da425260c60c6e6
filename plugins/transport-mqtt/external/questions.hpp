// The questions of brokers as operations: the forms of RabbitMQ (rabbitmq_auth_backend_http) and of EMQX 5 (HTTP
// authentication and authorization). Answers only; what is allowed is decided in decisions.hpp.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "external/decisions.hpp"
#include "external/revocation.hpp"
#include "gatetorio/operations.hpp"

namespace gatetorio::transport_mqtt {

using OptionalText = std::optional<std::string>;

// Brokers leave out what they do not know.
struct RabbitQuestion {
  OptionalText username, password, vhost, client_id;  // of `user`; `vhost` has ip and tags, too
  OptionalText resource, name, permission;            // of `resource` and `topic`
  OptionalText routing_key;                           // of `topic`
};
BOOST_DESCRIBE_STRUCT(RabbitQuestion, (),
                      (username, password, vhost, client_id, resource, name, permission, routing_key))

struct EmqxQuestion {
  OptionalText username, password, clientid;
  OptionalText topic, action, retain;  // of `authorize`
};
BOOST_DESCRIBE_STRUCT(EmqxQuestion, (), (username, password, clientid, topic, action, retain))

// Lives as long as the plugin. Handlers run on the plugin's executor.
class Questions {
 public:
  Questions(Host& host, const Options& options, Decisions& decisions, Revocation& revocation)
      : host_(host),
        options_(options),
        decisions_(decisions),
        revocation_(revocation),
        set_(host, this),
        authenticator_(host, this) {}

  // In configure().
  void declare();

 private:
  Task<Result<Principal>> authenticate(Credential credential);
  Task<Result<Reply<Bytes>>> user(Call call, RabbitQuestion asked);
  Task<Result<Reply<Bytes>>> vhost(Call call, RabbitQuestion asked);
  Task<Result<Reply<Bytes>>> resource(Call call, RabbitQuestion asked);
  Task<Result<Reply<Bytes>>> topic(Call call, RabbitQuestion asked);
  Task<Result<Reply<Object>>> emqx_authenticate(Call call, EmqxQuestion asked);
  Task<Result<Reply<Object>>> emqx_authorize(Call call, EmqxQuestion asked);
  Task<bool> is_barred(std::string username);
  Task<Result<BrokerClientRights>> connect(OptionalText username, OptionalText password, OptionalText client_id);
  Task<Result<BrokerClientRights>> rights(OptionalText username);

  Host& host_;
  const Options& options_;
  Decisions& decisions_;
  Revocation& revocation_;
  std::atomic<bool> has_warned_ = false;
  OperationSet<Questions> set_;
  ServiceProvider<Questions> authenticator_;
};

}  // namespace gatetorio::transport_mqtt
