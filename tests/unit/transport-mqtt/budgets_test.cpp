// What one principal or address may take, by moved clocks.
#include "broker/budgets.hpp"

#include <catch2/catch_test_macros.hpp>

#include "broker/policy.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using namespace std::chrono_literals;

const Budgets::Clock::time_point kStart{1h};

TEST_CASE("a bucket gives its burst at once, then its rate, and tells who goes on all the same") {
  constexpr TokenRate kRate{.per_second = 10, .most = 100};
  TokenBucket bucket(kRate, kStart);
  for (int i = 0; i < 100; ++i) CHECK(take_from(bucket, kRate, 1, kStart) == Answer::kYes);
  CHECK(take_from(bucket, kRate, 1, kStart) == Answer::kNo);
  CHECK(take_from(bucket, kRate, 1, kStart + 1s) == Answer::kYes);
  for (int i = 0; i < 107; ++i) CHECK(take_from(bucket, kRate, 1, kStart + 1s) != Answer::kFarBeyond);
  CHECK(take_from(bucket, kRate, 1, kStart + 1s) == Answer::kFarBeyond);
  CHECK(take_from(bucket, kRate, 1, kStart + 1s) == Answer::kFarBeyond);
  CHECK_FALSE(bucket.is_full(kRate, kStart + 20s));
  CHECK(bucket.is_full(kRate, kStart + 22s));
}

TEST_CASE("messages and bytes are counted by principal") {
  Budgets budgets({.client_messages = 1, .client_kilobytes = 1});
  for (int i = 0; i < 20; ++i) CHECK(budgets.publish("user-1", 10, kStart) == Answer::kYes);
  CHECK(budgets.publish("user-1", 10, kStart) == Answer::kNo);
  CHECK(budgets.publish("user-2", 20 * 1024, kStart) == Answer::kYes);
  CHECK(budgets.publish("user-2", 1, kStart) == Answer::kNo);
  CHECK(budgets.counts().at(static_cast<std::size_t>(Budget::messages)) == 1);
  CHECK(budgets.counts().at(static_cast<std::size_t>(Budget::bytes)) == 1);
}

TEST_CASE("zero is no limit") {
  Budgets budgets({.client_messages = 0, .client_kilobytes = 0, .address_connections = 0});
  for (int i = 0; i < 10'000; ++i) REQUIRE(budgets.publish("user-1", 100'000, kStart) == Answer::kYes);
  for (int i = 0; i < 10'000; ++i) budgets.opened("192.0.2.1");
  CHECK(budgets.has_room("192.0.2.1"));
}

TEST_CASE("an address is an IPv4 address or an IPv6 /64, and loopback is not counted") {
  CHECK(customer_of("192.0.2.1") == "192.0.2.1");
  CHECK(customer_of("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(customer_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  Budgets budgets({.address_connections = 2});
  budgets.opened("2001:db8:1:2::1");
  CHECK(budgets.has_room("2001:db8:1:2::3"));
  budgets.opened("2001:db8:1:2::2");
  CHECK_FALSE(budgets.has_room("2001:db8:1:2::3"));
  CHECK(budgets.has_room("2001:db8:1:3::3"));
  budgets.closed("2001:db8:1:2::1");
  CHECK(budgets.has_room("2001:db8:1:2::3"));
  for (int i = 0; i < 10; ++i) budgets.opened("127.0.0.1");
  CHECK(budgets.has_room("127.0.0.1"));
}

TEST_CASE("a name with many wrong passwords from an address is asked about no more for a while, then all from there") {
  Budgets budgets({});
  for (int i = 0; i < 50; ++i) {
    CHECK(budgets.may_ask("192.0.2.1", "device-1", kStart));
    budgets.was_wrong("192.0.2.1", "device-1", kStart);
  }
  budgets.was_wrong("192.0.2.1", "device-1", kStart);
  CHECK_FALSE(budgets.may_ask("192.0.2.1", "device-1", kStart));
  CHECK(budgets.may_ask("192.0.2.1", "device-2", kStart));
  CHECK(budgets.may_ask("192.0.2.2", "device-1", kStart));
  CHECK(budgets.may_ask("192.0.2.1", "device-1", kStart + 1s));
  for (int i = 0; i < 600; ++i) budgets.was_wrong("192.0.2.1", "user-" + std::to_string(i), kStart + 1s);
  CHECK_FALSE(budgets.may_ask("192.0.2.1", "device-2", kStart + 1s));
  CHECK(budgets.may_ask("192.0.2.2", "device-2", kStart + 1s));
  for (int i = 0; i < 1'000; ++i) budgets.was_wrong("127.0.0.1", "device-1", kStart);
  CHECK(budgets.may_ask("127.0.0.1", "device-1", kStart));
}

TEST_CASE("last wills have a budget") {
  Budgets budgets({});
  for (int i = 0; i < 30; ++i) CHECK(budgets.will("device-1", kStart) == Answer::kYes);
  CHECK(budgets.will("device-1", kStart) == Answer::kNo);
  CHECK(budgets.will("device-1", kStart + 11s) == Answer::kYes);
}

TEST_CASE("whoever is over a budget is told of once a minute, with how often, and thousands are not named one by one") {
  Budgets budgets({});
  budgets.exceeded(Budget::messages, "user-1");
  budgets.exceeded(Budget::messages, "user-1");
  auto due = budgets.due(kStart);
  REQUIRE(due.size() == 1);
  CHECK(due[0].who == "user-1");
  CHECK(due[0].times == 2);
  budgets.exceeded(Budget::messages, "user-1");
  CHECK(budgets.due(kStart + 30s).empty());
  CHECK(budgets.due(kStart + 61s).size() == 1);
  CHECK(budgets.due(kStart + 200s).empty());
  for (int i = 0; i < 5'000; ++i) budgets.exceeded(Budget::silent_sockets, "198.51.100." + std::to_string(i));
  due = budgets.due(kStart + 300s);
  CHECK(due.size() == 1'001);
  std::uint64_t times = 0;
  for (const auto& excess : due) times += excess.times;
  CHECK(times == 5'000);
}

TEST_CASE("a filter could match a topic of some device, or it only costs") {
  for (const char* filter : {"#", "+/#", "gatetorio/#", "gatetorio/+/status", "gatetorio/+/commands", "+/+/+",
                             "gatetorio/+/+", "gatetorio/gate1/#", "+/gate1/status", "gatetorio/+/status/#"}) {
    CAPTURE(filter);
    CHECK(could_match("gatetorio", filter));
  }
  const std::string long_name(65, 'x');
  for (const std::string& filter :
       {std::string("+"), std::string("+/+"), std::string("+/+/+/+"), std::string("other/+/status"),
        std::string("gatetorio/+/state"), std::string("gatetorio/+/status/+"), "+/" + long_name + "/status"}) {
    CAPTURE(filter);
    CHECK_FALSE(could_match("gatetorio", filter));
  }
  CHECK(could_match("site/a", "site/a/+/status"));
  CHECK(could_match("site/a", "site/+/+/status"));
  CHECK_FALSE(could_match("site/a", "site/+/status"));
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
