#include "broker/policy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "stack.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::string_view kPrefix = "gatetorio";
constexpr std::int64_t kNow = 1'000'000;

Rule rule(std::string id, bool may_command, bool may_read_status, std::int64_t expires_at_us = 0) {
  return {std::move(id), false, may_command, may_read_status, expires_at_us};
}

TEST_CASE("each principal may do exactly what the table of rights says") {
  struct Row {
    const char* who;
    const char* topic;
    bool publish, receive;
  };
  const auto row = GENERATE(values<Row>({
      {"device", "gatetorio/gate1/status", true, false},      {"device", "gatetorio/gate1/commands", false, true},
      {"device", "gatetorio/gate2/status", false, false},     {"device", "gatetorio/gate2/commands", false, false},
      {"owner", "gatetorio/gate1/commands", true, false},     {"owner", "gatetorio/gate1/status", false, true},
      {"owner", "gatetorio/gate2/commands", false, false},    {"owner", "gatetorio/gate2/status", false, false},
      {"readonly", "gatetorio/gate1/commands", false, false}, {"readonly", "gatetorio/gate1/status", false, true},
      {"expired", "gatetorio/gate1/commands", false, false},  {"expired", "gatetorio/gate1/status", false, false},
      {"revoked", "gatetorio/gate1/commands", false, false},  {"revoked", "gatetorio/gate1/status", false, false},
      {"owner", "gatetorio/gate1/other", false, false},       {"owner", "$SYS/broker/uptime", false, false},
      {"owner", "other/gate1/commands", false, false},        {"owner", "gatetorio//commands", false, false},
      {"owner", "gatetorio/gate1/commands/", false, false},   {"owner", "gatetorio/gate1", false, false},
  }));
  Policy policy = testing::user_policy("user-1", {rule("gate1", true, true)});
  const std::string who = row.who;
  if (who == "device") policy = testing::device_policy("device-1", "gate1");
  if (who == "readonly") policy.rules = {rule("gate1", false, true)};
  if (who == "expired") policy.rules = {rule("gate1", true, true, kNow)};
  if (who == "revoked") policy.valid = false;
  INFO(row.who << " " << row.topic);
  CHECK(may_publish(policy, parse_topic(kPrefix, row.topic), kNow) == row.publish);
  CHECK(may_receive(policy, parse_topic(kPrefix, row.topic), kNow) == row.receive);
}

TEST_CASE("a grant ends at its last moment and not before") {
  const Policy policy = testing::user_policy("user-1", {rule("gate1", true, true, kNow)});
  const Topic topic = parse_topic(kPrefix, "gatetorio/gate1/commands");
  CHECK(may_publish(policy, topic, kNow - 1));
  CHECK_FALSE(may_publish(policy, topic, kNow));
}

TEST_CASE("subscriptions are judged by their filter") {
  struct Row {
    const char* filter;
    bool allowed;
  };
  const auto row = GENERATE(values<Row>({{"gatetorio/gate1/status", true},
                                         {"gatetorio/gate1/commands", false},
                                         {"gatetorio/gate2/status", false},
                                         {"gatetorio/+/status", true},
                                         {"#", true},
                                         {"$SYS/#", false},
                                         {"$CONTROL/dynamic-security/v1", false},
                                         {"$share/group/gatetorio/gate1/status", false},
                                         {"$gatetorio/nowhere", false},
                                         {"", false}}));
  const Policy policy = testing::user_policy("user-1", {rule("gate1", true, true)});
  INFO(row.filter);
  CHECK(may_subscribe(policy, kPrefix, row.filter, kNow) == row.allowed);
}

TEST_CASE("among many rules the right one is found") {
  Policy policy = testing::user_policy("user-1", {});
  for (int i = 999; i >= 0; --i) policy.rules.push_back(rule("gate" + std::to_string(i), i % 2 == 0, true));
  sort_rules(policy);
  for (int i = 0; i < 1000; ++i) {
    const std::string topic = "gatetorio/gate" + std::to_string(i) + "/commands";
    CHECK(may_publish(policy, parse_topic(kPrefix, topic), kNow) == (i % 2 == 0));
  }
}

TEST_CASE("a prefix of several levels is a prefix") {
  CHECK(parse_topic("site/a", "site/a/gate1/status").controller_id == "gate1");
  CHECK(parse_topic("site/a", "site/ab/gate1/status").kind == TopicKind::kOther);
  CHECK(parse_topic("site/a", "site/a/" + std::string(65, 'x') + "/status").kind == TopicKind::kOther);
}

TEST_CASE("the hub addresses a device by its number, in one spelling") {
  CHECK(address(17, TopicKind::kCommands) == "$gatetorio/devices/17/commands");
  CHECK(parse_address("$gatetorio/devices/17/status").device_id == 17);
  CHECK(parse_address("$gatetorio/devices/17/status").kind == TopicKind::kStatus);
  for (const std::string_view topic :
       {"gatetorio/gate1/status", "$gatetorio/devices/017/status", "$gatetorio/devices/17/other",
        "$gatetorio/devices/17", "$gatetorio/devices//status", "$gatetorio/devices/1/status/"}) {
    INFO(topic);
    CHECK(parse_address(topic).kind == TopicKind::kOther);
  }
}

TEST_CASE("filters match topics as MQTT says") {
  struct Row {
    const char* filter;
    const char* topic;
    bool matches;
  };
  const auto row = GENERATE(values<Row>({{"a/b/c", "a/b/c", true},
                                         {"a/b", "a/b/c", false},
                                         {"a/b/c/d", "a/b/c", false},
                                         {"a/+/c", "a/b/c", true},
                                         {"a/+", "a/b/c", false},
                                         {"+/+/+", "a/b/c", true},
                                         {"a/#", "a/b/c", true},
                                         {"a/b/c/#", "a/b/c", true},
                                         {"#", "a/b/c", true},
                                         {"a/b/+/#", "a/b/c", true},
                                         {"b/#", "a/b/c", false},
                                         {"a//c", "a//c", true},
                                         {"a/+/c", "a//c", true},
                                         {"", "a", false}}));
  INFO(row.filter << " " << row.topic);
  CHECK(filter_matches(row.filter, row.topic) == row.matches);
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
