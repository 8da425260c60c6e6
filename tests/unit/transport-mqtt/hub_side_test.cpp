// What the hub's side remembers: principals with their rights, and who is connected.
#include <catch2/catch_test_macros.hpp>

#include "device_gateway.hpp"
#include "gatetorio/plugin.hpp"
#include "options.hpp"
#include "principals.hpp"
#include "session_book.hpp"
#include "websocket_bridge.hpp"

namespace gatetorio::transport_mqtt {
namespace {

Access access(std::int64_t device_id, std::string name, std::string level) {
  return {device_id, std::move(name), std::move(level), 0};
}

Principal user() {
  Principal principal;
  principal.kind = "user";
  principal.id = 7;
  return principal;
}

TEST_CASE("grants become rules, and no grant makes no valid principal") {
  const auto policy =
      make_policy(user().who(), {access(2, "b", "owner"), access(1, "a", "engineer"), access(3, "c", "readonly"),
                                 access(4, "d", "self"), access(5, "e", "something new")});
  REQUIRE(policy.valid);
  REQUIRE(policy.rules.size() == 4);
  CHECK(policy.rules[0] == Rule{"a", false, true, true, 0, 1});
  CHECK(policy.rules[1] == Rule{"b", false, true, true, 0, 2});
  CHECK(policy.rules[2] == Rule{"c", false, false, true, 0, 3, std::vector<std::string>()});
  CHECK(policy.rules[3] == Rule{"d", true, false, false, 0, 4});
  CHECK_FALSE(make_policy(user().who(), {}).valid);
}

TEST_CASE("an answer that was under way when access changed is not told") {
  Principals principals;
  int told = 0;
  const auto tell = [&](const Policy&) { ++told; };
  CHECK_FALSE(principals.changed(user().who()));
  const auto old_ticket = principals.begin(user());
  CHECK(principals.begin(user()) == old_ticket);  // two phones of one user do not disturb each other
  const auto new_ticket = principals.changed(user().who());
  REQUIRE(new_ticket);
  CHECK_FALSE(principals.commit(user().who(), old_ticket, {access(1, "a", "owner")}, tell));
  CHECK(principals.commit(user().who(), *new_ticket, {access(1, "a", "owner")}, tell));
  CHECK(told == 1);
  CHECK(principals.with_access_to(1).size() == 1);
  CHECK(principals.with_access_to(2).empty());
  CHECK(principals.find({"user", 7})->id == 7);
}

TEST_CASE("a principal comes with its first session and leaves with its last") {
  std::vector<std::string> news;
  SessionBook book([&](const std::string& username, bool connected, const std::string&) {
    news.push_back((connected ? "+" : "-") + username);
  });
  book.opened({1, "a", "x", ""});
  book.opened({2, "a", "x", ""});
  book.closed({1, "a", "x", ""});
  book.closed({1, "a", "x", ""});
  CHECK(news == std::vector<std::string>{"+a"});
  book.closed({2, "a", "x", ""});
  CHECK(news == std::vector<std::string>{"+a", "-a"});
}

TEST_CASE("a new list of sessions tells of the difference only") {
  std::vector<std::string> news;
  SessionBook book([&](const std::string& username, bool connected, const std::string&) {
    news.push_back((connected ? "+" : "-") + username);
  });
  book.opened({1, "a", "x", ""});
  book.opened({2, "b", "y", ""});
  news.clear();
  book.replace({{2, "b", "y", ""}, {3, "c", "z", ""}});
  CHECK(news == std::vector<std::string>{"+c", "-a"});
  CHECK(book.size() == 2);
}

TEST_CASE("options that would serve in the clear or fit nothing are refused") {
  struct Row {
    const char* option;
    void (*change)(Options&);
  };
  const Row rows[] = {
      {"listen", [](Options& o) { o.listen = "0.0.0.0:1883"; }},
      {"listen", [](Options& o) { o.listen = "1883"; }},
      {"websocket_listen", [](Options& o) { o.websocket_listen = "192.0.2.1:9001"; }},
      {"tls_listen", [](Options& o) { o.tls_listen = "0.0.0.0:8883"; }},
      {"topic_prefix", [](Options& o) { o.topic_prefix = "a/#"; }},
      {"external_url", [](Options& o) { o.broker = "external"; }},
  };
  for (const Row& row : rows) {
    Options options;
    row.change(options);
    INFO(row.option);
    try {
      broker_settings(options);
      FAIL("was accepted");
    } catch (const OptionError& e) {
      CHECK(e.option == row.option);
    }
  }
  Options open;
  open.listen = "0.0.0.0:1883";
  open.allow_plain_mqtt = true;
  CHECK(broker_settings(open).listen.port == 1883);
}

TEST_CASE("only a proxy on this machine tells whose a WebSocket is, by the last address that it has written") {
  CHECK(client_behind("192.0.2.9", "203.0.113.9") == "192.0.2.9");
  for (const char* header :
       {"203.0.113.9", "198.51.100.7, 203.0.113.9", "1.2.3.4,203.0.113.9:4711", "x, \"203.0.113.9\""}) {
    CHECK(client_behind("127.0.0.1", header) == "203.0.113.9");
  }
  CHECK(client_behind("::1", "[2001:db8::1]:4711") == "2001:db8::1");
  CHECK(client_behind("::1", "2001:db8::1") == "2001:db8::1");
  for (const char* header : {"", "unknown", "127.0.0.1", "203.0.113.9, ::1", "203.0.113.9,", "1.2.3.4.5"}) {
    CHECK(client_behind("127.0.0.1", header) == "127.0.0.1");
  }
}

TEST_CASE("devices are told the listener that they should use") {
  Options options;
  BrokerSettings settings = broker_settings(options);
  auto told = public_endpoint(options, settings, {1883, 0, 0});
  CHECK(told.host == "127.0.0.1");
  CHECK(told.port == 1883);
  CHECK_FALSE(told.tls);
  settings.tls_listen = {"192.0.2.1", 0};
  settings.websocket_listen = {"::1", 0};
  told = public_endpoint(options, settings, {1883, 8883, 9001});
  CHECK(told.tls);
  CHECK(told.host == "192.0.2.1");
  CHECK(told.port == 8883);
  CHECK(told.websocket_url == "ws://[::1]:9001/");
  options.public_host = "hub.example.org";
  options.public_port = 443;
  told = public_endpoint(options, settings, {1883, 8883, 9001});
  CHECK(told.host == "hub.example.org");
  CHECK(told.port == 443);
  options.broker = "external";
  options.external_url = "ssl://broker.example.org:8884";
  options.public_host.clear();
  options.public_port = 0;
  told = public_endpoint(options, settings, {});
  CHECK(told.host == "broker.example.org");
  CHECK(told.port == 8884);
  CHECK(told.tls);
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
