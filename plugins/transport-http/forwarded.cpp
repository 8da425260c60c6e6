#include "forwarded.hpp"

#include <algorithm>
#include <string>

#include "ignoring_case.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kXForwardedFor = "X-Forwarded-For";
constexpr std::string_view kForwarded = "Forwarded";

bool same(std::string_view a, std::string_view b) { return equals_ignoring_case(a, b); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// True where the quotation mark at `at` is one and not escaped.
bool is_quote(std::string_view text, std::size_t at) {
  if (text[at] != '"') return false;
  std::size_t slashes = 0;
  while (slashes < at && text[at - 1 - slashes] == '\\') ++slashes;
  return slashes % 2 == 0;
}

// Cuts the last element off a list. From the right, so that an open quotation mark which a client sent does not swallow
// what our proxy has added behind it.
std::string_view last_element(std::string_view& list) {
  bool quoted = false;
  for (std::size_t at = list.size(); at-- > 0;) {
    if (is_quote(list, at)) quoted = !quoted;
    if (list[at] != ',' || quoted) continue;
    const auto element = trim(list.substr(at + 1));
    list = list.substr(0, at);
    return element;
  }
  const auto element = trim(list);
  list = {};
  return element;
}

// Cuts the first part off, up to a separator that is not in quotes.
std::string_view first_part(std::string_view& rest, char separator) {
  bool quoted = false;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    if (is_quote(rest, at)) quoted = !quoted;
    if (rest[at] != separator || quoted) continue;
    const auto part = trim(rest.substr(0, at));
    rest = rest.substr(at + 1);
    return part;
  }
  const auto part = trim(rest);
  rest = {};
  return part;
}

// The "for" of an element of Forwarded; empty where it has none.
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    auto pair = first_part(element, ';');
    const auto name = first_part(pair, '=');
    if (same(name, "for")) return trim(pair);
  }
  return {};
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    plain.push_back(text[at]);
  }
  return plain;
}

// Digits, or what RFC 7239 lets a proxy write instead of them.
bool is_port(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  });
}

// The address without the port behind it; empty where there is something else behind it.
std::string_view without_port(std::string_view hop) {
  if (hop.starts_with('[')) {
    const auto end = hop.find(']');
    if (end == std::string_view::npos) return {};
    const auto rest = hop.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return {};
    return hop.substr(1, end - 1);
  }
  const auto colon = hop.find(':');
  const bool has_port = colon != std::string_view::npos && hop.find(':', colon + 1) == std::string_view::npos;
  if (!has_port) return hop;
  return is_port(hop.substr(colon + 1)) ? hop.substr(0, colon) : std::string_view{};
}

}  // namespace

std::optional<PeerAddress> parse_hop(std::string_view text) {
  const std::string hop = unquote(trim(text));
  if (hop == "unix:") return parse_peer("127.0.0.1");  // nginx behind a socket of this machine
  auto address = without_port(trim(hop));
  if (address.find(':') != std::string_view::npos)
    address = address.substr(0, address.find('%'));  // a zone of the proxy's
  return parse_peer(address);
}

std::optional<PeerAddress> forwarded_client(const Request& request, const AddressSet& trusted, ClientHeader header) {
  if (header == ClientHeader::kEither) {
    const bool has_usual = std::any_of(request.fields.begin(), request.fields.end(),
                                       [](const auto& field) { return same(field.first, kXForwardedFor); });
    header = has_usual ? ClientHeader::kXForwardedFor : ClientHeader::kForwarded;
  }
  const bool is_standard = header == ClientHeader::kForwarded;
  std::optional<PeerAddress> client;
  // Several lines are one list, in their order.
  for (auto field = request.fields.rbegin(); field != request.fields.rend(); ++field) {
    if (!same(field->first, is_standard ? kForwarded : kXForwardedFor)) continue;
    for (auto list = field->second; !list.empty();) {
      const auto element = last_element(list);
      if (element.empty()) continue;
      auto hop = parse_hop(is_standard ? for_of(element) : element);
      if (!hop) return client;
      client = std::move(hop);
      if (!trusted.contains(client->text)) return client;
    }
  }
  return client;
}

}  // namespace gatetorio::transport_http
