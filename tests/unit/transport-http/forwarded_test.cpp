#include "forwarded.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace gatetorio::transport_http {
namespace {

using Lines = std::vector<HeaderField>;

// The client of a request with these lines, behind proxies in 10.0.0.0/8, 2001:db8:ff::/48 and this machine.
std::string client_of(const Lines& lines, ClientHeader header = ClientHeader::kEither) {
  AddressSet proxies;
  for (const auto* network : {"10.0.0.0/8", "2001:db8:ff::/48", "127.0.0.0/8"}) REQUIRE(proxies.add(network));
  Request request;
  request.fields = lines;
  const auto found = forwarded_client(request, proxies, header);
  return found ? found->text : std::string("none");
}

}  // namespace

TEST_CASE("a hop is an address with or without port, in brackets and quotes or not") {
  struct Row {
    const char* hop;
    const char* address;
  };
  const Row rows[] = {{"203.0.113.7", "203.0.113.7"},
                      {"203.0.113.7:41234", "203.0.113.7"},
                      {"203.0.113.7:", "203.0.113.7"},
                      {" \t203.0.113.7 ", "203.0.113.7"},
                      {"\"203.0.113.7:41234\"", "203.0.113.7"},
                      {"203.0.113.7:_gate", "203.0.113.7"},
                      {"2001:db8::1", "2001:db8::1"},
                      {"[2001:db8::1]", "2001:db8::1"},
                      {"[2001:db8::1]:4711", "2001:db8::1"},
                      {"\"[2001:DB8::1]:4711\"", "2001:db8::1"},
                      {"::ffff:203.0.113.7", "203.0.113.7"},
                      {"[::ffff:203.0.113.7]:80", "203.0.113.7"},
                      {"fe80::1%eth0", "fe80::1"},
                      {"[fe80::1%25eth0]:80", "fe80::1"},
                      {"unix:", "127.0.0.1"},
                      {"unknown", ""},
                      {"_SEVKISEK", ""},
                      {"gate.example.org", ""},
                      {"203.0.113.7:80:80", ""},
                      {"203.0.113.7 80", ""},
                      {"203.0.113.7:8 0", ""},
                      {"203.0.113", ""},
                      {"203.0.113.256", ""},
                      {"[2001:db8::1", ""},
                      {"[2001:db8::1]x", ""},
                      {"[2001:db8::1]80", ""},
                      {"2001:db8:::1", ""},
                      {"\"203.0.113.7", ""},
                      {"", ""},
                      {":", ""},
                      {"[]", ""}};
  for (const Row& row : rows) {
    CAPTURE(row.hop);
    const auto found = parse_hop(row.hop);
    CHECK((found ? found->text : "") == row.address);
  }
}

TEST_CASE("the client behind proxies is the last address that is not one of them") {
  struct Row {
    Lines lines;
    const char* client;
  };
  const Row rows[] = {
      {{}, "none"},
      {{{"X-Forwarded-For", ""}}, "none"},
      {{{"X-Forwarded-For", "203.0.113.9"}}, "203.0.113.9"},
      {{{"x-forwarded-for", "203.0.113.9"}}, "203.0.113.9"},
      {{{"X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.0.0.2"}}, "203.0.113.9"},
      {{{"X-Forwarded-For", "198.51.100.1,203.0.113.9:4711 ,10.0.0.2:80"}}, "203.0.113.9"},
      {{{"X-Forwarded-For", "198.51.100.1, [2001:db8:7::1]:443, [2001:db8:ff::2]:80"}}, "2001:db8:7::1"},
      {{{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
      // Empty elements are none (RFC 9110 section 5.6.1).
      {{{"X-Forwarded-For", ",203.0.113.9, , 10.0.0.2,"}}, "203.0.113.9"},
      // What stands left of the client is not looked at.
      {{{"X-Forwarded-For", "unknown, ;drop table, 203.0.113.9, 10.0.0.2"}}, "203.0.113.9"},
      {{{"X-Forwarded-For", "\"203.0.113.1, 203.0.113.9"}}, "203.0.113.9"},
      // A trusted proxy does not tell its peer: it is the last that is known.
      {{{"X-Forwarded-For", "203.0.113.9, unknown, 10.0.0.2"}}, "10.0.0.2"},
      {{{"X-Forwarded-For", "203.0.113.9, unknown"}}, "none"},
      {{{"X-Forwarded-For", "203.0.113.9, unix:"}}, "203.0.113.9"},
      // Several lines are one list.
      {{{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "203.0.113.9"}}, "203.0.113.9"},
      {{{"X-Forwarded-For", "203.0.113.9"}, {"Accept", "a/b"}, {"X-Forwarded-For", "10.0.0.2"}}, "203.0.113.9"},
      {{{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", ""}}, "203.0.113.9"},
      // Forwarded (RFC 7239).
      {{{"Forwarded", "for=203.0.113.9"}}, "203.0.113.9"},
      {{{"Forwarded", "For=\"[2001:db8:7::1]:4711\""}}, "2001:db8:7::1"},
      {{{"Forwarded",
         "for=198.51.100.1, by=10.0.0.1;FOR=203.0.113.9;proto=https;host=\"a,b;for=1.1.1.1\", for=10.0.0.2"}},
       "203.0.113.9"},
      {{{"forwarded", "for=203.0.113.9;proto=http"}, {"Forwarded", "for=10.0.0.2;by=_hub"}}, "203.0.113.9"},
      {{{"Forwarded", "for=\"203.0.113.9:_port\""}}, "203.0.113.9"},
      {{{"Forwarded", "for=\"\\2\\03.0.113.9\""}}, "203.0.113.9"},
      {{{"Forwarded", "for=203.0.113.9, for=_hidden, for=10.0.0.2"}}, "10.0.0.2"},
      {{{"Forwarded", "for=203.0.113.9, for=unknown"}}, "none"},
      {{{"Forwarded", "for=203.0.113.9, proto=https"}}, "none"},
      {{{"Forwarded", "203.0.113.9"}}, "none"},
      // A quotation mark that a client left open does not swallow what our proxy added.
      {{{"Forwarded", "for=\"198.51.100.1, for=203.0.113.9"}}, "203.0.113.9"},
      {{{"Forwarded", "for=\"x\\, for=\"[2001:db8:7::1]:4711\""}}, "2001:db8:7::1"},
      // Both: a proxy that passes Forwarded on as it came must not let clients choose their address.
      {{{"Forwarded", "for=198.51.100.1"}, {"X-Forwarded-For", "203.0.113.9"}}, "203.0.113.9"},
      {{{"Forwarded", "for=198.51.100.1"}, {"X-Forwarded-For", "unknown"}}, "none"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.lines.empty() ? "" : row.lines.front().second);
    CHECK(client_of(row.lines) == row.client);
  }
}

TEST_CASE("which header names the client can be chosen") {
  const Lines both = {{"Forwarded", "for=203.0.113.1"}, {"X-Forwarded-For", "203.0.113.2"}};
  CHECK(client_of(both, ClientHeader::kForwarded) == "203.0.113.1");
  CHECK(client_of(both, ClientHeader::kXForwardedFor) == "203.0.113.2");
  CHECK(client_of({{"Forwarded", "for=203.0.113.1"}}, ClientHeader::kXForwardedFor) == "none");
  CHECK(client_of({{"X-Forwarded-For", "203.0.113.2"}}, ClientHeader::kForwarded) == "none");
}

}  // namespace gatetorio::transport_http
