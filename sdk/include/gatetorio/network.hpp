// Which callers count as one where a number of them is limited: a provider gives a customer one IPv4 address, but a
// whole IPv6 network.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace gatetorio {

namespace detail {

// The first `bits` of an address as text; with the number of them where that is not the whole address.
template <std::size_t Bytes>
std::string network_text(int family, std::array<unsigned char, Bytes> address, unsigned bits) {
  for (std::size_t i = 0; i < Bytes; ++i) {
    const std::size_t before = 8 * i;
    const unsigned kept = bits <= before ? 0 : bits - before >= 8 ? 8 : bits - static_cast<unsigned>(before);
    address[i] = static_cast<unsigned char>(address[i] & (0xff00U >> kept));
  }
  char text[INET6_ADDRSTRLEN];
  const std::string network = ::inet_ntop(family, address.data(), text, sizeof text);
  return bits >= 8 * Bytes ? network : network + "/" + std::to_string(bits);
}

}  // namespace detail

// The network of an address: its first `bits_4` of 32 bits ("198.51.100.0/24"), or `bits_6` of 128 ("2001:db8::/64");
// all of them: the address alone, in its one spelling. IPv4 inside IPv6 is IPv4. Text that is no address stands for
// itself. Any thread.
inline std::string network_of(std::string_view address, unsigned bits_4, unsigned bits_6) {
  constexpr std::size_t kMappedAt = 12;
  const std::string text(address);
  std::array<unsigned char, 4> v4{};
  std::array<unsigned char, 16> v6{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return detail::network_text(AF_INET, v4, bits_4);
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return text;
  constexpr std::array<unsigned char, kMappedAt> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), v6.begin())) {
    std::copy_n(v6.begin() + kMappedAt, v4.size(), v4.begin());
    return detail::network_text(AF_INET, v4, bits_4);
  }
  return detail::network_text(AF_INET6, v6, bits_6);
}

}  // namespace gatetorio
