// Callers from one network count as one.
#include "network.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::registration {
namespace {

TEST_CASE("addresses of one IPv4 /24 are one network, whether they come as IPv4 or inside IPv6") {
  CHECK(network_of("198.51.100.7") == "198.51.100.0/24");
  CHECK(network_of("198.51.100.255") == network_of("198.51.100.1"));
  CHECK(network_of("::ffff:198.51.100.9") == "198.51.100.0/24");
  CHECK(network_of("198.51.101.7") != network_of("198.51.100.7"));
}

TEST_CASE("addresses of one IPv6 /56 are one network") {
  CHECK(network_of("2001:db8:1:2300::1") == "2001:db8:1:2300::/56");
  CHECK(network_of("2001:db8:1:23ff:ffff:ffff:ffff:ffff") == "2001:db8:1:2300::/56");
  CHECK(network_of("2001:DB8:1:2301:0:0:0:9") == "2001:db8:1:2300::/56");
  CHECK(network_of("2001:db8:1:2400::1") != network_of("2001:db8:1:2300::1"));
}

TEST_CASE("what is no address stands for itself") {
  CHECK(network_of("") == "");
  CHECK(network_of("a local socket") == "a local socket");
  CHECK(network_of("198.51.100.07") == "198.51.100.07");
}

}  // namespace
}  // namespace gatetorio::registration
