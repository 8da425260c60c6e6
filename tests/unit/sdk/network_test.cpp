// Callers from one network count as one.
#include "gatetorio/network.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio {
namespace {

TEST_CASE("addresses of one IPv4 /24 are one network, whether they come as IPv4 or inside IPv6") {
  CHECK(network_of("198.51.100.7", 24, 56) == "198.51.100.0/24");
  CHECK(network_of("198.51.100.255", 24, 56) == network_of("198.51.100.1", 24, 56));
  CHECK(network_of("::ffff:198.51.100.9", 24, 56) == "198.51.100.0/24");
  CHECK(network_of("198.51.101.7", 24, 56) != network_of("198.51.100.7", 24, 56));
}

TEST_CASE("addresses of one IPv6 /56 are one network") {
  CHECK(network_of("2001:db8:1:2300::1", 24, 56) == "2001:db8:1:2300::/56");
  CHECK(network_of("2001:db8:1:23ff:ffff:ffff:ffff:ffff", 24, 56) == "2001:db8:1:2300::/56");
  CHECK(network_of("2001:DB8:1:2301:0:0:0:9", 24, 56) == "2001:db8:1:2300::/56");
  CHECK(network_of("2001:db8:1:2400::1", 24, 56) != network_of("2001:db8:1:2300::1", 24, 56));
}

TEST_CASE("a whole address is itself, in its one spelling") {
  CHECK(network_of("192.0.2.1", 32, 64) == "192.0.2.1");
  CHECK(network_of("::ffff:192.0.2.1", 32, 64) == "192.0.2.1");
  CHECK(network_of("2001:DB8:0:0::1", 32, 128) == "2001:db8::1");
}

TEST_CASE("a network may end inside a byte, or be all addresses") {
  CHECK(network_of("198.51.103.7", 22, 56) == "198.51.100.0/22");
  CHECK(network_of("2001:db8:1:2345::1", 24, 60) == "2001:db8:1:2340::/60");
  CHECK(network_of("198.51.100.7", 0, 0) == "0.0.0.0/0");
  CHECK(network_of("2001:db8::1", 0, 0) == "::/0");
}

TEST_CASE("what is no address stands for itself") {
  CHECK(network_of("", 24, 56) == "");
  CHECK(network_of("a local socket", 24, 56) == "a local socket");
  CHECK(network_of("198.51.100.07", 24, 56) == "198.51.100.07");
}

}  // namespace
}  // namespace gatetorio
