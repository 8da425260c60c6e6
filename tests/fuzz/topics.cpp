// Names that travel in texts: topics, filters, ids, addresses. One line each; the first two are a filter and a topic.
#include <charconv>

#include "address.hpp"
#include "broker/payload.hpp"
#include "broker/policy.hpp"
#include "fuzz.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/time.hpp"

using namespace gatetorio;
using namespace gatetorio::transport_mqtt;

namespace {

// MQTT 5, section 4.7, as simply as it can be said.
bool matches(std::string_view filter, std::string_view topic, bool is_over = false) {
  const auto cut = [](std::string_view& text, bool& over) {
    const auto end = text.find('/');
    const auto level = text.substr(0, end);
    over = end == text.npos;
    text = over ? std::string_view() : text.substr(end + 1);
    return level;
  };
  bool filter_over = false, topic_over = false;
  const auto level = cut(filter, filter_over);
  if (level == "#") return true;
  if (is_over) return false;  // the filter goes on, the topic does not
  const auto name = cut(topic, topic_over);
  if (level != "+" && level != name) return false;
  if (filter_over) return topic_over;
  return topic_over ? filter == "#" : matches(filter, topic);
}

bool is_filter(std::string_view filter) {
  for (std::size_t at = 0; at < filter.size(); ++at) {
    const bool starts = at == 0 || filter[at - 1] == '/', ends = at + 1 == filter.size() || filter[at + 1] == '/';
    if ((filter[at] == '+' || filter[at] == '#') && !(starts && ends)) return false;
    if (filter[at] == '#' && at + 1 != filter.size()) return false;
  }
  return !filter.empty();
}

void check_topic(std::string_view text) {
  for (const std::string_view prefix : {"gatetorio", "a/b"}) {
    const Topic topic = parse_topic(prefix, text);
    if (topic.kind == TopicKind::kOther) continue;
    FUZZ_HOLDS(topic_of(prefix, topic.controller_id, topic.kind) == text);  // one spelling
    FUZZ_HOLDS(topic.controller_id.find_first_of("/+#") == text.npos && !topic.controller_id.empty());
  }
  const Address to = parse_address(text);
  if (to.kind != TopicKind::kOther) FUZZ_HOLDS(address(to.device_id, to.kind) == text);
}

void check_name(std::string_view text) {
  if (const auto id = parse_id(text)) FUZZ_HOLDS(std::to_string(*id) == text);
  if (const auto named = parse_principal_name(text)) FUZZ_HOLDS(name_of(*named) == text);
  const bool has_size = text.size() >= 1 && text.size() <= 64;
  if (has_size && ControllerIdRule::valid(text)) {
    FUZZ_HOLDS(HardwareIdRule::valid(text));  // by their letters: the one has fewer
    FUZZ_HOLDS(parse_topic("gatetorio", topic_of("gatetorio", text, TopicKind::kStatus)).controller_id == text);
  }
  if (LabelRule<128>::valid(text)) FUZZ_HOLDS(utf8::valid(text));
  FUZZ_HOLDS(utf8::length(text) <= text.size());
}

void check_address(std::string_view text) {
  using namespace transport_http;
  if (const auto peer = parse_peer(text)) {
    const auto again = parse_peer(peer->text);
    FUZZ_HOLDS(again && again->text == peer->text && again->prefix == peer->prefix);
    AddressSet alone;
    FUZZ_HOLDS(alone.add(peer->text) && alone.contains(text) &&
               !alone.contains("192.0.2.254") == (peer->text != "192.0.2.254"));
  }
  AddressSet network;
  if (network.add(text)) FUZZ_HOLDS(network.contains(text.substr(0, text.find('/'))));
  if (const auto listen = ListenAddress::parse(text)) {
    const auto again = ListenAddress::parse(listen->text());
    FUZZ_HOLDS(again && again->host == listen->host && again->port == listen->port);
  }
}

void check_time(std::string_view text) {
  const auto at = parse_rfc3339_us(text);
  if (!at || *at < 0) return;
  const auto again = parse_rfc3339_us(to_rfc3339({*at}));
  FUZZ_HOLDS(again && *again == *at / 1000 * 1000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact input(fuzz::text_of(data, size));
  std::string_view rest = input.view();
  const fuzz::Exact filter(fuzz::next_line(rest)), topic(fuzz::next_line(rest));
  if (is_filter(filter.view())) {
    FUZZ_HOLDS(filter_matches(filter.view(), topic.view()) == matches(filter.view(), topic.view()));
  } else {
    filter_matches(filter.view(), topic.view());
  }
  for (rest = input.view(); !rest.empty();) {
    const fuzz::Exact line(fuzz::next_line(rest));
    check_topic(line.view());
    check_name(line.view());
    check_address(line.view());
    check_time(line.view());
  }
  return 0;
}
