#include "request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <optional>
#include <vector>

#include "ignoring_case.hpp"

namespace gatetorio::transport_http {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t kKeptBodyBytes = 8 * 1024;  // what an idle connection may hold on to
constexpr std::size_t kKeptFields = 64;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:[]%!$&'()*+,;=").find(c) != std::string_view::npos;
  });
}

// Takes what Beast recognises straight into a Request, without the map of fields that http::request would fill.
class Parser final : public http::basic_parser<true> {
 public:
  Parser(std::string_view head, std::size_t max_body_bytes, std::string& body, std::vector<HeaderField>& fields)
      : head_(head), max_body_bytes_(max_body_bytes), body_(body), fields_(fields) {
    eager(false);
    header_limit(static_cast<std::uint32_t>(head.size() + 1));
    body_limit(boost::none);  // ours comes later: a body that is streamed has none
  }

  Request request;
  std::string_view wrong;  // what is wrong with a field
  Rejection check() const;

 private:
  void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                       error_code&) override {
    request.method = method_from(method);
    request.target = target;
    request.minor_version = version % 10;
  }
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
  void on_field_impl(http::field name, boost::beast::string_view name_text, boost::beast::string_view value,
                     error_code& error) override;
  void on_header_impl(error_code&) override {
    request.keep_alive = keep_alive();
    request.fields = fields_;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(boost::beast::string_view bytes, error_code&) override {
    // The usual small body arrives in one piece: point at it instead of copying.
    if (body_.empty() && bytes.size() == request.content_length) {
      request.body = bytes;
    } else {
      body_.append(bytes.data(), bytes.size());
      request.body = body_;
    }
    return bytes.size();
  }
  // A chunk that would not fit is refused before it comes. A body that is streamed has no chunks.
  void on_chunk_header_impl(std::uint64_t size, boost::beast::string_view, error_code& error) override {
    if (size > max_body_bytes_ || body_.size() > max_body_bytes_ - size) error = http::error::body_limit;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes, error_code&) override {
    body_.append(bytes.data(), bytes.size());
    request.body = body_;
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  void once(std::string_view& into, std::string_view value, bool& seen, std::string_view complaint) {
    if (seen) wrong = complaint;
    seen = true;
    into = value;
  }

  bool lies_in_head(std::string_view text) const {
    return text.data() >= head_.data() && text.data() + text.size() <= head_.data() + head_.size();
  }

  std::string_view head_;
  std::size_t max_body_bytes_;
  std::string& body_;
  std::vector<HeaderField>& fields_;
  std::string_view length_;
  std::string_view encoding_;
  std::string_view expect_;
  bool has_host_ = false;
  bool has_length_ = false;
  bool has_encoding_ = false;
  bool has_type_ = false;
  bool has_authorization_ = false;
  bool has_origin_ = false;
};

void Parser::on_field_impl(http::field name, boost::beast::string_view name_text, boost::beast::string_view text,
                           error_code& error) {
  if (is_header_done()) return;  // trailers say nothing that we believe
  const std::string_view value = text.empty() ? std::string_view{} : std::string_view(text);
  if ((!value.empty() && !lies_in_head(value)) || !lies_in_head(name_text)) {  // Beast has put folded lines together
    error = http::error::bad_obs_fold;
    return;
  }
  fields_.emplace_back(name_text, value);
  switch (name) {
    case http::field::host:
      return once(request.host, value, has_host_, "More than one Host.");
    case http::field::content_length:
      return once(length_, value, has_length_, "More than one Content-Length.");
    case http::field::transfer_encoding:
      return once(encoding_, value, has_encoding_, "More than one Transfer-Encoding.");
    case http::field::content_type:
      return once(request.content_type, value, has_type_, "More than one Content-Type.");
    case http::field::authorization:
      return once(request.authorization, value, has_authorization_, "More than one Authorization.");
    case http::field::accept:
      if (request.accept.empty()) request.accept = value;
      return;
    case http::field::cookie:
      if (request.cookie.empty()) request.cookie = value;
      return;
    case http::field::origin:
      return once(request.origin, value, has_origin_, "More than one Origin.");
    case http::field::expect:
      // HTTP/1.0 knows no interim answers, so whatever it expects counts for nothing (RFC 9110 section 10.1.1).
      if (request.minor_version == 0) return;
      expect_ = value;
      request.expects_continue = equals_ignoring_case(value, "100-continue");
      return;
    default:
      break;
  }
  if (equals_ignoring_case(name_text, "X-Request-Id")) request.request_id = value;
  if (equals_ignoring_case(name_text, "X-CSRF-Token")) request.csrf_token = value;
  if (equals_ignoring_case(name_text, "Last-Event-ID")) request.last_event_id = value;
}

// What Beast lets pass and a careful server does not. Two readings of where a request ends are how one client's
// request becomes another's (request smuggling), so that anything doubtful is refused and the connection closed.
Rejection Parser::check() const {
  if (!wrong.empty()) return {400, wrong};
  if (has_length_ && has_encoding_) return {400, "Both Transfer-Encoding and Content-Length."};
  if (has_length_ && !is_number(length_)) return {400, "Content-Length is not a number."};
  if (has_encoding_ && request.minor_version == 0) return {400, "Transfer-Encoding in HTTP/1.0."};
  if (has_encoding_ && !equals_ignoring_case(encoding_, "chunked"))
    return {501, "Only the transfer coding \"chunked\" is known."};
  if (!has_host_ && request.minor_version == 1) return {400, "No Host."};
  if (!is_host(request.host)) return {400, "The Host is malformed."};
  if (!expect_.empty() && !equals_ignoring_case(expect_, "100-continue"))
    return {417, "Only 100-continue can be expected."};
  return {};
}

Rejection rejection_from(const error_code& error) {
  if (error == http::error::body_limit) return {413, "The body is larger than this server takes."};
  if (error == http::error::header_limit) return {431, "The request head is larger than this server takes."};
  if (error == http::error::bad_version) return {505, "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
  return {400, "The request is malformed."};
}

}  // namespace

struct RequestParser::State {
  std::size_t max_body_bytes;
  std::string body;
  std::size_t raw_body_bytes = 0;
  std::vector<HeaderField> fields;  // here, so that one request after the other uses the same memory
  std::optional<Parser> parser;
};

RequestParser::RequestParser(std::size_t max_body_bytes) : state_(new State{max_body_bytes, {}, 0, {}, {}}) {}
RequestParser::~RequestParser() = default;

Rejection RequestParser::parse_head(std::string_view head) {
  auto& body = state_->body;
  body.clear();
  if (body.capacity() > kKeptBodyBytes) body.shrink_to_fit();
  state_->raw_body_bytes = 0;
  auto& fields = state_->fields;
  if (fields.capacity() > kKeptFields) std::vector<HeaderField>().swap(fields);
  fields.clear();
  auto& parser = state_->parser.emplace(head, state_->max_body_bytes, body, fields);
  // Beast folds lines together, also those that are empty then and do not show it.
  if (head.find("\r\n ") != head.npos || head.find("\r\n\t") != head.npos) return {400, "A header line is folded."};
  error_code error;
  const auto used = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error) return parser.wrong.empty() ? rejection_from(error) : Rejection{400, parser.wrong};
  if (const auto rejection = parser.check()) return rejection;
  if (used != head.size() || !parser.is_header_done()) return {400, "The request is malformed."};
  parser.request.chunked = parser.chunked();
  parser.request.content_length = parser.content_length().value_or(0);
  return {};
}

bool RequestParser::body_too_large() const {
  return state_->parser->request.content_length > state_->max_body_bytes ||
         state_->body.size() > state_->max_body_bytes;
}

Rejection RequestParser::parse_body(std::string_view bytes, std::size_t* used) {
  *used = 0;
  auto& parser = *state_->parser;
  while (!parser.is_done() && *used < bytes.size()) {
    const std::string_view left = bytes.substr(*used);
    // Beast asserts that after "0\r\n" the rest of an end without trailers comes in one piece.
    if (parser.request.chunked && left.size() < kLastChunk.size() && left.front() == kLastChunk.front()) break;
    error_code error;
    const auto taken = parser.put(boost::asio::const_buffer(left.data(), left.size()), error);
    *used += taken;
    if (error == http::error::need_more) break;
    if (error) return rejection_from(error);
    if (body_too_large()) return {413, "The body is larger than this server takes."};
  }
  state_->raw_body_bytes += *used;
  // Chunk extensions and tiny chunks must not make a small body an endless one.
  if (parser.request.chunked && state_->raw_body_bytes > 4 * state_->max_body_bytes + 16 * 1024) {
    return {413, "The body is larger than this server takes."};
  }
  return {};
}

bool RequestParser::done() const { return state_->parser && state_->parser->is_done(); }
bool RequestParser::head_done() const { return state_->parser && state_->parser->is_header_done(); }
const Request& RequestParser::request() const { return state_->parser->request; }

}  // namespace gatetorio::transport_http
