// A request as a connection reads it: the head, the questions asked about its fields, the body in any pieces.
#include "request.hpp"

#include <algorithm>
#include <optional>

#include "chunk_decoder.hpp"
#include "content_range.hpp"
#include "credential.hpp"
#include "fuzz.hpp"
#include "request_parser.hpp"

using namespace gatetorio;
using namespace gatetorio::transport_http;
using fuzz::Exact;

namespace {

constexpr std::size_t kMaxBody = 256;
constexpr std::size_t kMaxHead = 8 * 1024;

bool lies_in(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// What was understood, written down again. The method comes from the text: of those without a name only that is known.
std::string written(const Request& request, std::string_view method) {
  std::string text(method);
  text.append(" ").append(request.target).append(" HTTP/1.").append(std::to_string(request.minor_version));
  text.append("\r\n");
  for (const auto& [name, value] : request.fields) text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n";
}

void check_fields(const Request& request, std::string_view head) {
  for (const auto& [name, value] : request.fields) {
    FUZZ_HOLDS(!name.empty() && lies_in(name, head) && lies_in(value, head));
    FUZZ_HOLDS(name.find_first_of("\r\n: ") == name.npos &&
               value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos);
    FUZZ_HOLDS(!request.header(name).empty() || value.empty() || request.is_ambiguous(name));
    std::string buffer;
    FUZZ_HOLDS(request.list(name, buffer).find(value) != std::string_view::npos);
    for (const std::string_view text : {name, value}) {
      is_request_id(text);
      is_json_type(text);
      is_form_type(text);
      FUZZ_HOLDS(lies_in(first_media_type(text), head));
      const std::string_view cookie = cookie_value(text, "gatetorio_session");
      FUZZ_HOLDS(lies_in(cookie, head));
      static const std::vector<std::string> kOffered = {"image/svg+xml", "image/png"};
      const auto chosen = choose_media_type(text, kOffered);
      FUZZ_HOLDS(chosen == kOffered[0] || chosen == kOffered[1]);
    }
  }
  const auto credential = read_credential(request);
  FUZZ_HOLDS(lies_in(credential.secret, head) && lies_in(credential.name, head));
  if (const auto pair = read_basic(request)) FUZZ_HOLDS(pair->find(':') != std::string::npos);
  is_same_origin(request);
}

void check_range(const Request& request) {
  constexpr std::string_view kTag = "\"abc\"";
  const RangeRequest wanted{request.header("Range"), request.header("If-Range"), request.header("If-None-Match")};
  for (const std::uint64_t total : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    const auto answer = choose_range(wanted, total, kTag);
    if (answer.status == 206) {
      FUZZ_HOLDS(answer.length > 0 && answer.length <= total && answer.offset <= total - answer.length);
    } else {
      FUZZ_HOLDS(answer.status == 304 || answer.status == 416 || (answer.status == 200 && answer.length == total));
    }
    FUZZ_HOLDS(range_headers(answer, total, kTag).ends_with("\r\n"));
  }
}

struct Body {
  unsigned status = 0;
  bool done = false;
  std::string text;
  std::size_t used = 0;
};

// Reads the body in pieces of the given sizes, as a session does: what was not taken comes again with the next piece.
template <class Next>
Body read_body(const std::string& head, std::string_view bytes, Next next) {
  RequestParser parser(kMaxBody);
  Exact kept(head);
  Body out;
  if (parser.parse_head(kept.view()) || parser.body_too_large()) return {413, false, {}, 0};
  for (std::size_t end = 0; !parser.done() && end < bytes.size();) {
    end = std::min(bytes.size(), end + next());
    Exact window(bytes.substr(out.used, end - out.used));
    std::size_t used = 0;
    const auto rejection = parser.parse_body(window.view(), &used);
    FUZZ_HOLDS(used <= window.size());
    out.used += used;
    out.status = rejection.status;
    if (parser.done() && !rejection) out.text = parser.request().body;
    if (rejection) break;
  }
  out.done = parser.done() && out.status == 0;
  return out;
}

// The decoder of bodies that go into a file.
std::optional<Body> read_chunks(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  Body out;
  while (out.used < bytes.size() && !decoder.done()) {
    Exact piece(bytes.substr(out.used, step));
    std::size_t used = 0, kept = 0;
    if (!decoder.decode(piece.data(), piece.size(), &used, &kept)) return std::nullopt;
    FUZZ_HOLDS(kept <= used && used <= piece.size() && (used == piece.size() || decoder.done()));
    out.text.append(piece.data(), kept);
    out.used += used;
  }
  out.done = decoder.done();
  return out;
}

void check_body(const std::string& head, std::string_view bytes, bool is_chunked) {
  const Body at_once = read_body(head, bytes, [&] { return bytes.size(); });
  const Body by_byte = read_body(head, bytes, [] { return std::size_t{1}; });
  fuzz::Pieces sizes(bytes);
  const Body in_pieces = read_body(head, bytes, [&] { return sizes.next(); });
  for (const Body& other : {by_byte, in_pieces}) {
    FUZZ_HOLDS(other.done == at_once.done);
    FUZZ_HOLDS(!other.done || (other.text == at_once.text && other.used == at_once.used));
  }
  FUZZ_HOLDS(at_once.text.size() <= kMaxBody);
  if (!is_chunked) return;
  const auto whole = read_chunks(bytes, bytes.size() + 1), split = read_chunks(bytes, 3);
  FUZZ_HOLDS(whole.has_value() == split.has_value());
  if (whole) FUZZ_HOLDS(whole->done == split->done && whole->text == split->text && whole->used == split->used);
  // Two readings of where a body ends are how one client's request becomes another's. The decoder may refuse more.
  if (!at_once.done || !whole) return;
  FUZZ_HOLDS(whole->done && whole->text == at_once.text && whole->used == at_once.used);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  while (text.starts_with('\r') || text.starts_with('\n')) text.remove_prefix(1);
  const auto end = text.find("\r\n\r\n");
  const Exact head(text.substr(0, end == text.npos ? text.size() : end + 4));
  if (head.size() > kMaxHead) return 0;
  RequestParser parser(kMaxBody);
  const auto rejection = parser.parse_head(head.view());
  FUZZ_HOLDS(!rejection || (rejection.status >= 400 && !rejection.detail.empty()));
  if (rejection) return 0;
  FUZZ_HOLDS(end != text.npos && parser.head_done());
  const Request& request = parser.request();
  check_fields(request, head.view());
  check_range(request);

  const std::string again = written(request, head.view().substr(0, head.view().find(' ')));
  RequestParser second(kMaxBody);
  FUZZ_HOLDS(!second.parse_head(again));
  FUZZ_HOLDS(second.request().target == request.target && second.request().method == request.method);
  FUZZ_HOLDS(second.request().chunked == request.chunked && second.request().content_length == request.content_length);
  FUZZ_HOLDS(std::ranges::equal(second.request().fields, request.fields));
  FUZZ_HOLDS(written(second.request(), again.substr(0, again.find(' '))) == again);

  check_body(std::string(head.view()), text.substr(head.size()), request.chunked);
  return 0;
}
