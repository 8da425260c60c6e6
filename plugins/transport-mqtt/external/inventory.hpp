// What RabbitMQ holds of the hub's people at one moment: their connections, and what their queues are bound to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "external/management.hpp"

namespace gatetorio::transport_mqtt {

struct BrokerConnection {
  std::string client_id;             // empty: not one of MQTT
  std::int64_t connected_at_us = 0;  // UTC, by the broker's clock; 0: it does not say
};

struct BrokerBinding {
  std::string client_id;  // whose queue it is; the client may be away
  std::string routing_key;
};

struct BrokerHoldings {
  std::vector<BrokerConnection> connections;
  std::vector<BrokerBinding> bindings;
};

using Inventory = std::map<std::string, BrokerHoldings>;  // by user name; principals alone

// "mqtt-subscription-device-17-xqos1" -> "device-17-x"; nothing for another queue.
std::optional<std::string_view> client_of_queue(std::string_view queue);
// "device-17-x" -> "device-17"; nothing for a client id that cannot be a principal's.
std::optional<std::string> owner_of_client(std::string_view client_id);
// A pattern of RabbitMQ for the queues of one user name, and for those of all principals.
std::string queue_pattern(std::string_view username);
inline constexpr std::string_view kQueuePattern = "^mqtt-subscription-[a-z]+-[0-9]";

// Adds what the management's answers list. False where one cannot be read.
bool read_connections(std::string_view json, std::string_view vhost, Inventory& inventory);
bool read_bindings(std::string_view json, Inventory& inventory);

// The connections of one user name. Errors: kUnsupported where no management is known; else as below.
boost::asio::awaitable<Result<std::vector<BrokerConnection>>> list_connections(const Management& management,
                                                                               class ManagementHealth& health,
                                                                               std::string username);
// Everything that there is. Errors: kUnavailable, kTimeout; `failed` is told of the answer.
boost::asio::awaitable<Result<Inventory>> take_inventory(const Management& management, class ManagementHealth& health);

}  // namespace gatetorio::transport_mqtt
