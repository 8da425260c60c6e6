// Who a request comes from when proxies stand in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "address.hpp"
#include "request.hpp"

namespace gatetorio::transport_http {

// Which header names the client. kEither: X-Forwarded-For where it is there, else Forwarded (RFC 7239). Nearly every
// proxy writes the first and passes on whatever it gets of the second, so that a client could write that one itself.
enum class ClientHeader : std::uint8_t { kEither, kXForwardedFor, kForwarded };

// One hop of either header: "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711", in quotes or not.
// Nothing for "unknown", an obfuscated identifier ("_gate"), or what is neither.
std::optional<PeerAddress> parse_hop(std::string_view text);

// The client of a request whose peer is a trusted proxy: read from right to left, since each hop adds its peer at the
// end, the first address that is not a proxy of ours. What stands left of that its sender may have made up, and is not
// looked at. At a hop that names no address the search ends: the proxy before it is the last that is known for sure.
// Nothing where not even that is there; the peer itself is the client then.
std::optional<PeerAddress> forwarded_client(const Request& request, const AddressSet& trusted, ClientHeader header);

}  // namespace gatetorio::transport_http
