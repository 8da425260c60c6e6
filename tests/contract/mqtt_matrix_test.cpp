// Section 5, generated: every way to send, by every kind of principal, on both topics, of its own device and a foreign
// one, with the name as it was, changed, and given to another device while the sender was connected. What must be heard
// is, by whom it must be, and nothing else by anybody.
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <iostream>
#include <set>

#include "shared_hub.hpp"

namespace gatetorio::testing {
namespace {

enum class Way { kQos0, kQos1, kRetained, kWillOfDropped, kWillOfTakenOver };
enum class Name { kKept, kChanged, kGivenAway };
constexpr const char* kRoles[] = {"device", "owner", "engineer", "readonly"};

// A device with a gate and an owner's app that hear all that they may, whatever the device is called.
struct Place {
  TestDevice device;
  TestUser owner;
  std::unique_ptr<MqttClient> gate, app;

  explicit Place(const std::string& name = {}) : device(make_device(shared_hub().http(), name)) {
    owner = new_user(device, "owner");
    gate = std::make_unique<MqttClient>();
    app = std::make_unique<MqttClient>();
    REQUIRE(gate->connect(shared_hub().mqtt_port(), login_of(device)) == kMqttOk);
    REQUIRE(gate->subscribe("gatetorio/+/commands") == kGrantedQos1);
    REQUIRE(app->connect(shared_hub().mqtt_port(), login_of(shared_hub().http(), owner)) == kMqttOk);
    REQUIRE(app->subscribe("gatetorio/+/status") == kGrantedQos1);
  }
};

struct Cell {
  std::string id;
  bool is_command, is_own, is_heard;
  std::unique_ptr<MqttClient> sender = std::make_unique<MqttClient>();
  MqttLogin login;

  std::string payload() const { return R"({"action":")" + id + "\"}"; }
};

bool may_send(std::string_view role, bool is_command, Way way) {
  if (!is_command) return role == "device";
  return (role == "owner" || role == "engineer") && (way == Way::kQos0 || way == Way::kQos1);
}

std::vector<Cell> make_cells(const Place& own, const Place& foreign, Way way, Name name) {
  std::vector<Cell> cells;
  for (const char* role : kRoles) {
    const bool is_device = std::string_view(role) == "device";
    const TestUser user = is_device ? TestUser{} : new_user(own.device, role);
    for (const bool is_command : {false, true}) {
      for (const bool is_own : {false, true}) {
        Cell cell;
        cell.id = unique("cell");
        cell.is_command = is_command;
        cell.is_own = is_own;
        cell.is_heard = is_own && name == Name::kKept && may_send(role, is_command, way);
        cell.login = is_device ? login_of(own.device) : login_of(shared_hub().http(), user);
        cell.login.client_id = unique("sender");
        const TestDevice& target = (is_own ? own : foreign).device;
        if (way == Way::kWillOfDropped || way == Way::kWillOfTakenOver) {
          cell.login.will_topic = is_command ? target.commands : target.status;
          cell.login.will_payload = cell.payload();
        }
        REQUIRE(cell.sender->connect(shared_hub().mqtt_port(), cell.login) == kMqttOk);
        cells.push_back(std::move(cell));
      }
    }
  }
  return cells;
}

void send(Cell& cell, const TestDevice& target, Way way) {
  const std::string& topic = cell.is_command ? target.commands : target.status;
  if (way == Way::kWillOfDropped) return cell.sender->drop();
  if (way == Way::kWillOfTakenOver) {
    MqttClient another;
    cell.login.will_topic.clear();
    another.connect(shared_hub().mqtt_port(), cell.login);
    return another.disconnect();
  }
  cell.sender->publish(topic, cell.payload(), way == Way::kQos0 ? 0 : 1, way == Way::kRetained);
  cell.sender->received_so_far();
}

// What was heard up to a mark of the client's own, as "<who> <action>".
class Heard {
 public:
  void listen(const std::string& who, MqttClient& client) {
    for (const MqttMessage& message : client.received_so_far()) {
      all_.insert(who + " " + std::string(boost::json::parse(message.payload).at("action").as_string()));
    }
  }
  bool contains(const std::string& what) const { return all_.contains(what); }
  const std::set<std::string>& all() const { return all_; }

 private:
  std::set<std::string> all_;
};

TEST_CASE("whatever way a message is sent, it is heard by whom it must be and by nobody else") {
  const Way way = GENERATE(Way::kQos0, Way::kQos1, Way::kRetained, Way::kWillOfDropped, Way::kWillOfTakenOver);
  const Name name = GENERATE(Name::kKept, Name::kChanged, Name::kGivenAway);
  CAPTURE(way, name);
  Place own, foreign;
  std::vector<Cell> cells = make_cells(own, foreign, way, name);
  const std::string old_name = own.device.controller_id;
  std::string present_name = old_name;
  if (name != Name::kKept) {
    present_name = unique("moved");
    REQUIRE(client(own.owner.token).patch("/devices/" + old_name, {{"controller_id", present_name}}).status == 200);
  }
  const Place next(name == Name::kGivenAway ? old_name : std::string());

  std::set<std::string> expected;
  for (Cell& cell : cells) {
    send(cell, (cell.is_own ? own : foreign).device, way);
    if (cell.is_heard) expected.insert((cell.is_command ? "gate " : "app ") + cell.id);
  }
  const struct {
    const char* prefix;
    const Place* place;
    std::string controller_id;
  } places[] = {{"", &own, present_name},
                {"foreign ", &foreign, foreign.device.controller_id},
                {"next ", &next, next.device.controller_id}};
  for (const auto& [prefix, place, controller_id] : places) {
    const std::string topic = "gatetorio/" + controller_id + "/status";
    REQUIRE(place->gate->publish(topic, R"({"action":"mark"})") == kMqttOk);
    const JsonObject mark{{"controller_id", controller_id}, {"command", JsonObject{{"action", "mark"}}}};
    REQUIRE(client(place->owner.token).post("/commands/send", mark).status == 202);
    for (const char* who : {"gate mark", "app mark"}) expected.insert(prefix + std::string(who));
  }
  Heard heard;
  const auto listen = [&] {
    for (const auto& [prefix, place, controller_id] : places) {
      heard.listen(prefix + std::string("gate"), *place->gate);
      heard.listen(prefix + std::string("app"), *place->app);
    }
  };
  CHECK(eventually([&] {
    listen();
    return std::all_of(expected.begin(), expected.end(), [&](const auto& what) { return heard.contains(what); });
  }));
  listen();
  CHECK(heard.all() == expected);
  CHECK(cells.size() == 16);
  std::cout << "ways to send: " << cells.size() << " cells, " << (heard.all() == expected ? "none" : "some")
            << " unexpected\n";
}

}  // namespace
}  // namespace gatetorio::testing
