#include "network.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace gatetorio::registration {

namespace {

constexpr std::size_t kKeptBytes4 = 3, kKeptBytes6 = 7, kMappedAt = 12;

std::string network_4(const unsigned char* address) {
  in_addr network{};
  std::copy_n(address, kKeptBytes4, reinterpret_cast<unsigned char*>(&network));
  char text[INET_ADDRSTRLEN];
  return std::string(::inet_ntop(AF_INET, &network, text, sizeof text)) + "/24";
}

}  // namespace

std::string network_of(std::string_view peer) {
  const std::string text(peer);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return network_4(reinterpret_cast<const unsigned char*>(&v4));
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return network_4(v6.s6_addr + kMappedAt);
  std::fill(v6.s6_addr + kKeptBytes6, v6.s6_addr + sizeof v6.s6_addr, static_cast<unsigned char>(0));
  char network[INET6_ADDRSTRLEN];
  return std::string(::inet_ntop(AF_INET6, &v6, network, sizeof network)) + "/56";
}

}  // namespace gatetorio::registration
