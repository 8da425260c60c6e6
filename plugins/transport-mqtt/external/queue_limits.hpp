// No message waits at RabbitMQ for longer than a command may live, and no queue outlives its connection by more than a
// second, whatever its configuration says: an operator policy, which the hub sets and looks after. RabbitMQ before 3.13
// has no message expiry in MQTT, and its queues survive its restart.
#pragma once

#include "external/management_health.hpp"

namespace gatetorio::transport_mqtt {

// True where the broker has the policy, or has taken it. Where not, the log says the command that sets it.
boost::asio::awaitable<Result<bool>> limit_queues(Host& host, const Management& management, ManagementHealth& health);

// For the log and the documentation.
std::string queue_limits_command(std::string_view vhost);

}  // namespace gatetorio::transport_mqtt
