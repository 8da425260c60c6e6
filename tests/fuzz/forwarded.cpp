// Chains of proxies: whatever a client puts into the headers, it is not believed.
#include "forwarded.hpp"

#include "fuzz.hpp"

using namespace gatetorio;
using namespace gatetorio::transport_http;
using fuzz::Exact;

namespace {

const AddressSet& trusted() {
  static const AddressSet set = [] {
    AddressSet made;
    for (const char* network : {"127.0.0.1", "10.0.0.0/8", "fd00::/8"}) made.add(network);
    return made;
  }();
  return set;
}

std::string client_of(const std::vector<HeaderField>& fields, ClientHeader header) {
  Request request;
  request.fields = fields;
  const auto client = forwarded_client(request, trusted(), header);
  if (!client) return {};
  const auto again = parse_peer(client->text);
  FUZZ_HOLDS(again && again->text == client->text && again->prefix == client->prefix);
  return client->text;
}

constexpr std::size_t kMostLines = 6;

// The first lines of the input are header lines: those that begin with 'F' of Forwarded, the others of X-Forwarded-For.
std::vector<HeaderField> fields_of(std::string_view text) {
  std::vector<HeaderField> fields;
  while (!text.empty() && fields.size() < kMostLines) {
    const auto line = fuzz::next_line(text);
    const bool is_standard = line.starts_with('F');
    fields.emplace_back(is_standard ? "Forwarded" : "x-forwarded-for", is_standard ? line.substr(1) : line);
  }
  return fields;
}

struct Hop {
  std::string_view usual;
  std::string_view standard;
  std::string_view address;
};
constexpr Hop kClients[] = {{"203.0.113.7", "for=203.0.113.7", "203.0.113.7"},
                            {"203.0.113.7:4711", "for=\"203.0.113.7:4711\";proto=https", "203.0.113.7"},
                            {"2001:db8::1", "proto=https;For=\"[2001:db8::1]\"", "2001:db8::1"},
                            {"[2001:db8::1]:443", "by=_x; for=\"[2001:db8::1]:443\"", "2001:db8::1"}};

// What our proxies add at the end names the client, whatever stands before it: in one line with it, or in others.
void check_believed(const std::vector<HeaderField>& sent, const Hop& client, bool is_standard, ClientHeader header) {
  const std::string_view name = is_standard ? "Forwarded" : "X-Forwarded-For";
  const std::string hop(is_standard ? client.standard : client.usual);
  const std::string proxy = is_standard ? ", for=10.0.0.1;by=\"[fd00::2]\"" : ", 10.0.0.1";
  auto fields = sent;
  fields.emplace_back(name, hop);
  FUZZ_HOLDS(client_of(fields, header) == client.address);
  const std::string behind_proxy = hop + proxy;
  fields.back().second = behind_proxy;
  FUZZ_HOLDS(client_of(fields, header) == client.address);
  for (const auto& [sent_name, value] : sent) {
    const std::string joined = std::string(value) + ", " + behind_proxy;
    fields.back().second = joined;
    FUZZ_HOLDS(client_of(fields, header) == client.address);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Exact input(fuzz::text_of(data, size));
  const auto fields = fields_of(input.view());
  for (const auto header : {ClientHeader::kEither, ClientHeader::kXForwardedFor, ClientHeader::kForwarded}) {
    const std::string client = client_of(fields, header);
    if (client.empty() || trusted().contains(client)) continue;
    // The search has ended there: what is put before it changes nothing.
    auto longer = fields;
    const bool uses_standard = header == ClientHeader::kForwarded;
    longer.insert(longer.begin(),
                  {uses_standard ? "Forwarded" : "X-Forwarded-For", "for=198.51.100.9, \"198.51.100.9"});
    const bool has_switched =
        header == ClientHeader::kEither && client_of(fields, ClientHeader::kXForwardedFor) != client;
    if (!has_switched) FUZZ_HOLDS(client_of(longer, header) == client);
  }
  for (const Hop& client : kClients) {
    check_believed(fields, client, false, ClientHeader::kXForwardedFor);
    check_believed(fields, client, false, ClientHeader::kEither);
    check_believed(fields, client, true, ClientHeader::kForwarded);
  }
  for (const auto& field : fields) {
    const auto hop = parse_hop(field.second);
    if (hop) FUZZ_HOLDS(parse_hop(hop->text) && parse_hop(hop->text)->text == hop->text);
  }
  return 0;
}
