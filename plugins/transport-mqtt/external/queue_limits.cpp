#include "external/queue_limits.hpp"

#include <boost/json.hpp>

#include "external/inventory.hpp"
#include "gatetorio/encoding.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace json = boost::json;

constexpr std::string_view kName = "gatetorio";

// A second: the shortest life of a command. The bytes: what waits for one client that does not read.
json::object definition() { return {{"expires", 1'000}, {"message-ttl", 1'000}, {"max-length-bytes", 4'194'304}}; }

json::object policy() {
  return {{"pattern", kQueuePattern}, {"apply-to", "queues"}, {"priority", 1'000}, {"definition", definition()}};
}

bool is_ours(std::string_view text) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(text, wrong);
  if (wrong || !parsed.is_object()) return false;
  for (const auto& [key, value] : policy()) {
    const auto* found = parsed.get_object().if_contains(key);
    if (found == nullptr || *found != value) return false;
  }
  return true;
}

}  // namespace

std::string queue_limits_command(std::string_view vhost) {
  return "rabbitmqctl set_operator_policy -p '" + std::string(vhost) + "' --priority 1000 --apply-to queues " +
         std::string(kName) + " '" + std::string(kQueuePattern) + "' '" + json::serialize(definition()) + "'";
}

boost::asio::awaitable<Result<bool>> limit_queues(Host& host, const Management& management, ManagementHealth& health) {
  const std::string& vhost = management.settings().vhost;
  const std::string target = "/api/operator-policies/" + percent_encoded(vhost) + "/" + std::string(kName);
  const ManagementRequest look{"GET", target};
  const Result<ManagementAnswer> there = co_await management.ask(look);
  if (there && there->status == 200 && is_ours(there->body)) {
    health.works(Concern::kLimits);
    co_return true;
  }
  Result<ManagementAnswer> answer = there;
  if (there && (there->status == 200 || there->status == 404)) {
    const ManagementRequest put{"PUT", target, json::serialize(policy())};
    answer = co_await management.ask(put);
    if (answer && (answer->status == 201 || answer->status == 204)) {
      health.works(Concern::kLimits);
      host.info("the broker's queues of devices and users are limited now", {{"policy", kName}, {"vhost", vhost}});
      co_return true;
    }
  }
  health.failed(Concern::kLimits, "limit queues: " + queue_limits_command(vhost), answer);
  co_return Error{.status = Status::kUnavailable, .detail = "The broker's queues are not limited."};
}

}  // namespace gatetorio::transport_mqtt
