#include "address.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace gatetorio::transport_http {
namespace {

using boost::asio::ip::address;

std::optional<address> read_address(std::string_view text) {
  if (text.empty() || text.size() > 64) return std::nullopt;
  boost::system::error_code error;
  auto read = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (read.is_v6() && read.to_v6().is_v4_mapped()) {
    read = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, read.to_v6());
  }
  return read;
}

std::string bytes_of(const address& from) {
  if (from.is_v4()) {
    const auto bytes = from.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto bytes = from.to_v6().to_bytes();
  return {bytes.begin(), bytes.end()};
}

// IPv4 is told apart by its upper half, which no unicast IPv6 prefix has.
std::uint64_t prefix_of(const address& from) {
  if (from.is_v4()) return 0xFFFFFFFF00000000u | from.to_v4().to_uint();
  std::uint64_t prefix = 0;
  const auto bytes = from.to_v6().to_bytes();
  for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | bytes[i];
  return prefix;
}

template <typename Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool same_prefix(std::string_view a, std::string_view b, unsigned bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
    const unsigned taken = bits < 8 ? bits : 8;
    const auto mask = static_cast<unsigned char>(0xFF00u >> taken);
    if (((a[i] ^ b[i]) & mask) != 0) return false;
    bits -= taken;
  }
  return true;
}

}  // namespace

std::optional<ListenAddress> ListenAddress::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = read_number<std::uint16_t>(text.substr(colon + 1));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  const auto address = read_address(host);
  if (!port || !address || (address->is_v6() && !bracketed)) return std::nullopt;
  return ListenAddress{address->to_string(), *port};
}

bool ListenAddress::is_loopback() const {
  const auto address = read_address(host);
  return address && address->is_loopback();
}

std::string ListenAddress::text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<PeerAddress> parse_peer(std::string_view text) {
  const auto address = read_address(text);
  if (!address) return std::nullopt;
  return PeerAddress{address->to_string(), prefix_of(*address)};
}

bool AddressSet::add(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = read_address(text.substr(0, slash));
  if (!address) return false;
  auto bytes = bytes_of(*address);
  auto bits = static_cast<unsigned>(bytes.size() * 8);
  if (slash != std::string_view::npos) {
    const auto given = read_number<unsigned>(text.substr(slash + 1));
    if (!given || *given > bits) return false;
    bits = *given;
  }
  networks_.push_back({std::move(bytes), bits});
  return true;
}

bool AddressSet::contains(std::string_view text) const {
  if (networks_.empty()) return false;
  const auto address = read_address(text);
  if (!address) return false;
  const auto bytes = bytes_of(*address);
  for (const auto& network : networks_) {
    if (network.bytes.size() == bytes.size() && same_prefix(network.bytes, bytes, network.bits)) return true;
  }
  return false;
}

}  // namespace gatetorio::transport_http
