// Who may do what on which topic: the decision alone, without a broker, a socket or a clock of its own. The Mosquitto
// guard asks it for every subscription and every delivery; external brokers' questions come to the same functions.
//
//   principal        publishes                    receives
//   device           its own <prefix>/<id>/status  its own <prefix>/<id>/commands
//   owner, engineer  /commands of its devices      /status of its devices
//   readonly         nothing                       /status of its devices
//
// What announces a file on /status is delivered only to those who may have such files. External brokers do not show the
// hub what they deliver: there it reaches everybody who receives /status.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/identity.hpp"

namespace gatetorio::transport_mqtt {

// What a principal may do with the topics of one device.
struct Rule {
  std::string controller_id;       // what the device was called when the rule was made
  bool is_self = false;            // the principal is that device
  bool may_command = false;        // publish on /commands
  bool may_read_status = false;    // receive /status
  std::int64_t expires_at_us = 0;  // UTC; judged at each question. 0: never
  std::int64_t device_id = 0;      // whom the rule is about, whoever has the name by now
  FileKinds file_kinds = {};       // it hears of these files on /status
  friend bool operator==(const Rule&, const Rule&) = default;
};
BOOST_DESCRIBE_STRUCT(Rule, (),
                      (controller_id, is_self, may_command, may_read_status, expires_at_us, device_id, file_kinds))

// A password that the hub has confirmed.
struct Password {
  std::string hash;                 // SHA-256, 32 bytes
  std::int64_t valid_until_us = 0;  // UTC; 0: until it is replaced
};
BOOST_DESCRIBE_STRUCT(Password, (), (hash, valid_until_us))

// A principal as the broker knows it. One that is not `valid` may do nothing and loses its live sessions.
struct Policy {
  std::string username;
  std::string kind;  // "device" or "user"
  std::int64_t id = 0;
  bool valid = false;
  std::vector<Password> passwords;  // those confirmed so far
  std::vector<Rule> rules;          // sorted by controller id: see sort_rules
};
BOOST_DESCRIBE_STRUCT(Policy, (), (username, kind, id, valid, passwords, rules))

// Puts the rules into the order that the questions below rely on.
void sort_rules(Policy& policy);

// The principal's rule for this name, or null where it has none that is valid at `now_us` (UTC microseconds).
const Rule* find_rule(const Policy& policy, std::string_view controller_id, std::int64_t now_us);

enum class TopicKind { kOther, kCommands, kStatus };

// A topic taken apart. `controller_id` points into the text that was parsed.
struct Topic {
  TopicKind kind = TopicKind::kOther;
  std::string_view controller_id;
};

// Parses "<prefix>/<controller_id>/commands" or ".../status"; everything else, wildcards included, is kOther. The
// prefix may have several levels.
Topic parse_topic(std::string_view prefix, std::string_view topic);

// Where the hub publishes for a device: "$gatetorio/devices/17/commands". The guard puts the device's present topic in
// its place, so that no message goes by a name that has changed hands on the way.
struct Address {
  TopicKind kind = TopicKind::kOther;
  std::int64_t device_id = 0;
};
std::string address(std::int64_t device_id, TopicKind kind);
// kOther for what is no address.
Address parse_address(std::string_view topic);

// "<prefix>/<controller_id>/commands" or ".../status".
std::string topic_of(std::string_view prefix, std::string_view controller_id, TopicKind kind);

// Does the MQTT filter match the topic (MQTT 5, section 4.7)?
bool filter_matches(std::string_view filter, std::string_view topic);

// May the principal publish on this topic / receive from it, at `now_us` (UTC microseconds)? Wills are publishes.
bool may_publish(const Policy& policy, const Topic& topic, std::int64_t now_us);
bool may_receive(const Policy& policy, const Topic& topic, std::int64_t now_us);

// Could the filter match a topic of any device? One that cannot only costs the broker time with every message.
bool could_match(std::string_view prefix, std::string_view filter);

// May it subscribe? An exact topic as may_receive says. A wildcard that could match is accepted, because each delivery
// is judged anew, but topics that begin with '$' ($SYS, $CONTROL, shared subscriptions) are not: a shared subscription
// could swallow messages that another principal waits for.
bool may_subscribe(const Policy& policy, std::string_view prefix, std::string_view filter, std::int64_t now_us);

// The controller that the principal is, or empty where it is not a device.
std::string_view own_controller(const Policy& policy);

}  // namespace gatetorio::transport_mqtt
