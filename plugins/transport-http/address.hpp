// Addresses: the one to listen on, sets of networks, and the key by which a peer is counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatetorio::transport_http {

// An IP address of a peer: canonical text, and the number under which connections and rates are counted. One IPv4
// address counts alone, one IPv6 /64 counts as one peer, because a single host can take any address of its /64.
struct PeerAddress {
  std::string text;
  std::uint64_t prefix = 0;
};

struct ListenAddress {
  std::string host;  // an IP address
  std::uint16_t port = 0;

  // Reads "127.0.0.1:8080", "[::1]:8080" or "localhost:8080". Port 0 takes a free one. Nothing where it is neither.
  static std::optional<ListenAddress> parse(std::string_view text);
  bool is_loopback() const;
  std::string text() const;
};

// Reads an address; IPv4 inside IPv6 counts as IPv4. Nothing where `text` is no IP address.
std::optional<PeerAddress> parse_peer(std::string_view text);

// Networks in CIDR form. Immutable after setup; then any thread may ask.
class AddressSet {
 public:
  // Adds "10.0.0.0/8", "::1" and the like; false where `text` is none.
  bool add(std::string_view text);
  bool empty() const { return networks_.empty(); }
  bool contains(std::string_view address) const;

 private:
  struct Network {
    std::string bytes;  // 4 or 16 of them
    unsigned bits;
  };
  std::vector<Network> networks_;
};

}  // namespace gatetorio::transport_http
