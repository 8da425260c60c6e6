#include "external/inventory.hpp"

#include <boost/json.hpp>

#include "external/management_health.hpp"
#include "gatetorio/encoding.hpp"
#include "gatetorio/identity.hpp"

namespace gatetorio::transport_mqtt {
namespace {

namespace json = boost::json;

constexpr std::string_view kQueueBegin = "mqtt-subscription-";
constexpr std::chrono::seconds kListDeadline{15};
constexpr std::size_t kMostClientId = 200;

std::string_view text_at(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

// RabbitMQ says it at different places, by its version.
std::string_view client_id_of(const json::object& connection) {
  for (const std::string_view place : {"variable_map", "client_properties"}) {
    const auto* found = connection.if_contains(place);
    if (found == nullptr || !found->is_object()) continue;
    if (const auto id = text_at(found->get_object(), "client_id"); !id.empty()) return id;
  }
  return text_at(connection, "client_id");
}

std::int64_t connected_at_us(const json::object& connection) {
  const auto* found = connection.if_contains("connected_at");  // milliseconds
  return found != nullptr && found->is_int64() ? found->get_int64() * 1'000 : 0;
}

// The elements of a JSON array of objects; nothing where it is none.
std::optional<json::array> rows_of(std::string_view text) {
  boost::system::error_code wrong;
  auto parsed = json::parse(text, wrong);
  if (wrong || !parsed.is_array()) return std::nullopt;
  for (const auto& row : parsed.get_array()) {
    if (!row.is_object()) return std::nullopt;
  }
  return std::move(parsed.get_array());
}

}  // namespace

std::optional<std::string_view> client_of_queue(std::string_view queue) {
  if (!queue.starts_with(kQueueBegin) || !(queue.ends_with("qos0") || queue.ends_with("qos1"))) return std::nullopt;
  queue.remove_prefix(kQueueBegin.size());
  if (queue.size() <= 4) return std::nullopt;
  queue.remove_suffix(4);
  return queue;
}

std::optional<std::string> owner_of_client(std::string_view client_id) {
  const auto dash = client_id.find('-');
  if (dash == std::string_view::npos || client_id.size() > kMostClientId) return std::nullopt;
  const auto end = client_id.find('-', dash + 1);
  const std::string_view name = client_id.substr(0, end);
  if (!parse_principal_name(name)) return std::nullopt;
  return std::string(name);
}

std::string queue_pattern(std::string_view username) {
  return "^" + std::string(kQueueBegin) + std::string(username) + "(-.*)?qos[01]$";
}

bool read_connections(std::string_view text, std::string_view vhost, Inventory& inventory) {
  const auto rows = rows_of(text);
  if (!rows) return false;
  for (const auto& row : *rows) {
    const json::object& connection = row.get_object();
    const std::string_view username = text_at(connection, "user");
    if (text_at(connection, "vhost") != vhost || !parse_principal_name(username)) continue;
    inventory[std::string(username)].connections.push_back(
        {std::string(client_id_of(connection)), connected_at_us(connection)});
  }
  return true;
}

bool read_bindings(std::string_view text, Inventory& inventory) {
  const auto rows = rows_of(text);
  if (!rows) return false;
  for (const auto& row : *rows) {
    const auto client = client_of_queue(text_at(row.get_object(), "destination"));
    const auto owner = client ? owner_of_client(*client) : std::nullopt;
    if (!owner) continue;
    inventory[*owner].bindings.push_back({std::string(*client), std::string(text_at(row.get_object(), "routing_key"))});
  }
  return true;
}

boost::asio::awaitable<Result<std::vector<BrokerConnection>>> list_connections(const Management& management,
                                                                               ManagementHealth& health,
                                                                               std::string username) {
  const ManagementRequest question{"GET", "/api/connections/username/" + percent_encoded(username), {}, kListDeadline};
  const Result<ManagementAnswer> answer = co_await management.ask(question);
  Inventory inventory;
  const bool is_none = answer && answer->status == 404;
  const bool is_read =
      answer && answer->status == 200 && read_connections(answer->body, management.settings().vhost, inventory);
  if (is_none || is_read) co_return std::move(inventory[username].connections);
  health.failed(Concern::kComparison, "list a user's connections", answer);
  if (!answer) co_return answer.error();
  co_return Error{.status = Status::kUnavailable, .detail = "The management's answer cannot be read."};
}

boost::asio::awaitable<Result<Inventory>> take_inventory(const Management& management, ManagementHealth& health) {
  const std::string& vhost = management.settings().vhost;
  const ManagementRequest questions[] = {
      {"GET",
       "/api/connections?columns=user,vhost,connected_at,client_id,variable_map.client_id,client_properties.client_id",
       {},
       kListDeadline},
      {"GET",
       "/api/exchanges/" + percent_encoded(vhost) + "/amq.topic/bindings/source?columns=destination,routing_key",
       {},
       kListDeadline}};
  Inventory inventory;
  for (const ManagementRequest& question : questions) {
    const Result<ManagementAnswer> answer = co_await management.ask(question);
    const bool is_about_connections = &question == &questions[0];
    const bool is_read = answer && answer->status == 200 &&
                         (is_about_connections ? read_connections(answer->body, vhost, inventory)
                                               : read_bindings(answer->body, inventory));
    if (is_read) continue;
    health.failed(Concern::kComparison, "list connections and bindings", answer);
    co_return Error{.status = Status::kUnavailable, .detail = "The broker does not list its connections."};
  }
  health.works(Concern::kComparison);
  co_return inventory;
}

}  // namespace gatetorio::transport_mqtt
