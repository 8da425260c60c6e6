// Who may do what at a broker of the operator's, in whatever form that broker asks: the questions of broker/policy.hpp
// with what the hub knows at this moment.
//
// Such a broker asks when a client connects, publishes and subscribes, but not before it delivers. So what our own
// guard leaves to the delivery is refused here: wildcards, and commands that apps publish themselves, which nobody
// stamps.
#pragma once

#include <string>
#include <string_view>

#include "broker/policy.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/services.hpp"
#include "options.hpp"

namespace gatetorio::transport_mqtt {

// Whoever the broker asks about. Where it is neither the hub nor valid, it may do nothing.
struct BrokerClientRights {
  bool is_hub = false;
  Policy policy;
  std::int64_t password_ends_us = 0;  // UTC; of `connect` only. 0: never
  std::string password_mark = {};     // of `connect` only: which it was (KnownPassword::mark)
  bool may_connect() const { return is_hub || policy.valid; }
};

// A client id must be the user name, or begin with it and '-', so that nobody takes over the session of another:
// "device-17", "user-5-phone". At most 200 letters, digits and - _ . : because it becomes a part of names and patterns
// at the broker.
bool owns_client_id(std::string_view username, std::string_view client_id);

// A routing key of RabbitMQ as the MQTT topic or filter that it stands for; empty where it stands for none.
std::string topic_of_routing_key(std::string_view routing_key);

// Usable from any thread. Errors of all: kUnavailable and the like, where the hub cannot look it up; then the broker
// must refuse.
class Decisions {
 public:
  Decisions(Host& host, const Options& options) : host_(host), options_(options), access_(host, AccessControl::kId) {}

  // A client connects.
  Task<Result<BrokerClientRights>> connect(std::string username, std::string password, std::string client_id);
  // The broker has let it in before, perhaps by the word of an earlier process of the hub.
  Task<Result<BrokerClientRights>> rights(std::string username);
  // The hub's own name and password at the broker, which also manage it.
  bool is_hub(std::string_view username, std::string_view password) const;

  // Nothing may be retained: it would be delivered to whoever has the name next.
  bool may_publish(const BrokerClientRights& client, std::string_view topic, bool retained) const;
  bool may_subscribe(const BrokerClientRights& client, std::string_view filter) const;

 private:
  Host& host_;
  const Options& options_;
  ServiceClient access_;
};

}  // namespace gatetorio::transport_mqtt
