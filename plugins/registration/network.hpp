// Which callers count as one where a number of them is limited.
#pragma once

#include <string>
#include <string_view>

namespace gatetorio::registration {

// The network of a peer's address: the first 24 bits of IPv4 ("198.51.100.0/24"), the first 56 of IPv6. IPv4 inside
// IPv6 is IPv4. Other text stands for itself.
std::string network_of(std::string_view peer);

}  // namespace gatetorio::registration
