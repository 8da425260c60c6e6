// Request targets: what is decoded is clean, and means the same when it is encoded again.
#include "target.hpp"

#include "fuzz.hpp"

using namespace gatetorio;
using fuzz::Exact;
using transport_http::Target;

namespace {

// Every byte as an escape where that can matter.
void encode(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_plain) {
      out.push_back(c);
    } else {
      out.append({'%', kHex[(c >> 4) & 15], kHex[c & 15]});
    }
  }
}

std::string written(const Target& target) {
  std::string out;
  for (const auto segment : target.segments()) encode(out += '/', segment);
  for (const auto& [name, value] : target.query()) {
    encode(out += out.find('?') == out.npos ? '?' : '&', name);
    encode(out += '=', value);
  }
  return out;
}

void check(const Target& target, std::string_view text) {
  FUZZ_HOLDS(!target.segments().empty() && target.segments().size() <= Target::kMaxSegments);
  FUZZ_HOLDS(target.query().size() <= Target::kMaxQueryParams);
  FUZZ_HOLDS(target.raw_path().starts_with('/') && text.find(target.raw_path()) != text.npos);
  for (const auto segment : target.segments()) {
    FUZZ_HOLDS(segment != "." && segment != ".." && transport_http::is_clean_text(segment));
  }
  for (auto one = target.query().begin(); one != target.query().end(); ++one) {
    FUZZ_HOLDS(transport_http::is_clean_text(one->first) && transport_http::is_clean_text(one->second));
    for (auto other = target.query().begin(); other != one; ++other) FUZZ_HOLDS(other->first != one->first);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target reused;  // as on a connection: one after the other
  const Exact input(fuzz::text_of(data, size));
  Target fresh;
  const auto wrong = fresh.parse(input.view());
  FUZZ_HOLDS(reused.parse(input.view()) == wrong);
  if (!wrong.empty()) return 0;
  check(fresh, input.view());
  FUZZ_HOLDS(reused.segments() == fresh.segments() && reused.query() == fresh.query());

  const std::string again = written(fresh);
  Target second;
  FUZZ_HOLDS(second.parse(again).empty());
  FUZZ_HOLDS(second.segments() == fresh.segments() && second.query() == fresh.query());
  FUZZ_HOLDS(written(second) == again);
  return 0;
}
