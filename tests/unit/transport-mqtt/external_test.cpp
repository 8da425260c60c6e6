// The parts of dealing with an external broker that need none.
#include <catch2/catch_test_macros.hpp>

#include "external/management.hpp"
#include "external/questions.hpp"
#include "gatetorio/plugin.hpp"

namespace gatetorio::transport_mqtt {
namespace {

Policy policy(std::vector<Rule> rules) {
  Policy made;
  made.username = "user-7";
  made.valid = true;
  made.rules = std::move(rules);
  sort_rules(made);
  return made;
}

TEST_CASE("a client id is one's own when it begins with one's whole user name") {
  CHECK(owns_client_id("device-1", "device-1"));
  CHECK(owns_client_id("device-1", "device-1-kitchen"));
  for (const char* foreign : {"", "device-12", "device-12-x", "device-", "xdevice-1", "device-1x"}) {
    CAPTURE(foreign);
    CHECK_FALSE(owns_client_id("device-1", foreign));
  }
  CHECK_FALSE(owns_client_id("", ""));
  CHECK_FALSE(owns_client_id("", "-x"));
}

TEST_CASE("a routing key stands for a topic, and one that no topic makes for none") {
  CHECK(topic_of_routing_key("gatetorio.front-gate.commands") == "gatetorio/front-gate/commands");
  CHECK(topic_of_routing_key("gatetorio.*.status") == "gatetorio/+/status");
  CHECK(topic_of_routing_key("#") == "#");
  CHECK(topic_of_routing_key("gatetorio/front-gate/commands").empty());
  CHECK(topic_of_routing_key("gatetorio.+.commands").empty());
}

TEST_CASE("rights that shrink in any way are noticed, rights that grow are not") {
  const Rule reads{"a", false, false, true, 0}, commands{"a", false, true, true, 0}, other{"b", false, true, true, 0};
  Rule ends = commands, ends_later = commands;
  ends.expires_at_us = 100;
  ends_later.expires_at_us = 200;
  CHECK(covers(policy({commands}), policy({commands})));
  CHECK(covers(policy({commands, other}), policy({commands})));
  CHECK(covers(policy({commands}), policy({reads})));
  CHECK(covers(policy({commands}), policy({ends})));
  CHECK(covers(policy({ends_later}), policy({ends})));
  CHECK_FALSE(covers(policy({ends}), policy({ends_later})));
  CHECK_FALSE(covers(policy({ends}), policy({commands})));
  CHECK_FALSE(covers(policy({reads}), policy({commands})));
  CHECK_FALSE(covers(policy({other}), policy({commands})));
  CHECK_FALSE(covers(policy({}), policy({reads})));
}

TEST_CASE("the management's address is a scheme, a host and a port") {
  const auto plain = ManagementAddress::parse("http://127.0.0.1:15672");
  REQUIRE(plain);
  CHECK(plain->host == "127.0.0.1");
  CHECK(plain->port == "15672");
  CHECK_FALSE(plain->tls);
  CHECK(ManagementAddress::parse("https://[::1]:15671/")->host == "::1");
  CHECK(ManagementAddress::parse("https://[::1]:15671/")->tls);
  for (const char* wrong : {"", "127.0.0.1:15672", "http://127.0.0.1", "http://:1", "http://a:b", "http://u:p@a:1",
                            "http://a:1/api", "ftp://a:1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(ManagementAddress::parse(wrong));
  }
}

TEST_CASE("options of an external broker that fit nothing are refused") {
  const std::string secret = "gtb_" + std::string(32, 'x');
  struct Row {
    const char* option;
    std::function<void(Options&)> change;
  };
  const Row rows[] = {
      {"external_username", [](Options& o) { o.external_username = "device-1"; }},
      {"external_management_url", [](Options& o) { o.external_management_url = "127.0.0.1"; }},
      {"broker_secret", [](Options& o) { o.broker_secret = Secret(std::string(40, 'x')); }},
      {"broker_secret", [](Options& o) { o.broker_secret = Secret("gtb_short"); }},
      {"broker_secret", [&](Options& o) { o.broker_secret = Secret(secret + "@"); }},
      {"topic_prefix", [&](Options& o) { o.broker_secret = Secret(secret), o.topic_prefix = "a.b"; }},
  };
  for (const Row& row : rows) {
    Options options;
    options.broker = "external";
    options.external_url = "tcp://127.0.0.1:1883";
    CHECK_NOTHROW(broker_settings(options));
    row.change(options);
    INFO(row.option);
    try {
      broker_settings(options);
      FAIL("was accepted");
    } catch (const OptionError& e) {
      CHECK(e.option == row.option);
    }
  }
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
