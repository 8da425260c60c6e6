#include "address.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::transport_http {

TEST_CASE("a listen address is an IP address and a port") {
  const auto v4 = ListenAddress::parse("127.0.0.1:8080");
  REQUIRE(v4);
  CHECK(v4->text() == "127.0.0.1:8080");
  CHECK(v4->is_loopback());
  const auto v6 = ListenAddress::parse("[::1]:0");
  REQUIRE(v6);
  CHECK(v6->text() == "[::1]:0");
  CHECK(v6->is_loopback());
  CHECK(ListenAddress::parse("localhost:80")->host == "127.0.0.1");
  CHECK_FALSE(ListenAddress::parse("0.0.0.0:80")->is_loopback());
  CHECK_FALSE(ListenAddress::parse("[::]:80")->is_loopback());
  for (const auto* bad : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "hub.example:80",
                          "127.0.0.1:80x", "[127.0.0.1:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(ListenAddress::parse(bad));
  }
}

TEST_CASE("peers count by IPv4 address or by IPv6 /64") {
  const auto prefix = [](const char* text) { return parse_peer(text)->prefix; };
  CHECK(prefix("192.0.2.1") != prefix("192.0.2.2"));
  CHECK(prefix("::ffff:192.0.2.1") == prefix("192.0.2.1"));
  CHECK(prefix("2001:db8::1") == prefix("2001:db8::ffff:1"));
  CHECK(prefix("2001:db8:0:1::1") != prefix("2001:db8::1"));
  CHECK_FALSE(parse_peer("hub"));
}

TEST_CASE("networks contain their addresses and no others") {
  AddressSet set;
  REQUIRE(set.add("10.0.0.0/9"));
  REQUIRE(set.add("2001:db8::/33"));
  REQUIRE(set.add("192.0.2.7"));
  for (const auto* inside : {"10.127.1.1", "2001:db8:7fff::1", "192.0.2.7", "::ffff:10.1.1.1"}) {
    CAPTURE(inside);
    CHECK(set.contains(inside));
  }
  for (const auto* outside : {"10.128.0.0", "2001:db8:8000::1", "192.0.2.8", "::1", "", "x"}) {
    CAPTURE(outside);
    CHECK_FALSE(set.contains(outside));
  }
  for (const auto* bad : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "hub/8"}) {
    CAPTURE(bad);
    CHECK_FALSE(set.add(bad));
  }
}

}  // namespace gatetorio::transport_http
