// A request as the rest of the server sees it, as views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatetorio::transport_http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
constexpr std::size_t kMethodCount = 8;

Method method_from(std::string_view name);
std::string_view method_name(Method method);

// A line of the head.
using HeaderField = std::pair<std::string_view, std::string_view>;

// The head of a request. Views into the connection's buffer, valid until the response is given.
struct Request {
  Method method = Method::kOther;
  int minor_version = 1;
  bool keep_alive = false;
  bool chunked = false;
  std::uint64_t content_length = 0;
  std::string_view target;
  std::string_view host;
  std::string_view content_type;
  std::string_view accept;  // of several lines the first; see `list`
  std::string_view authorization;
  std::string_view cookie;  // of several lines the first
  std::string_view csrf_token;
  std::string_view origin;
  std::string_view request_id;
  std::string_view last_event_id;
  bool expects_continue = false;  // and may be sent 100 Continue
  std::string_view body;

  // Every line of the head, in order, those above included: how many there may be is for the limit on its bytes alone.
  std::span<const HeaderField> fields;
  // The first line of that name, in any case; empty where there is none.
  std::string_view header(std::string_view name) const;
  // True where several lines of that name say different things.
  bool is_ambiguous(std::string_view name) const;
  // All lines of that name as the one list that they are (RFC 9110 section 5.3). `buffer` holds it where it is needed.
  std::string_view list(std::string_view name, std::string& buffer) const;
};

// An answer that the server gives itself, before any handler.
struct Rejection {
  unsigned status = 0;  // 0: none
  std::string_view detail;
  explicit operator bool() const { return status != 0; }
};

// True for what a client may choose as X-Request-Id: 1 to 64 of A-Z a-z 0-9 . _ -
bool is_request_id(std::string_view text);

// True where both are the same media type, whatever their case and parameters.
bool is_media_type(std::string_view content_type, std::string_view wanted);

// True for application/json and anything/…+json, with charset utf-8 (also written utf8) or none.
bool is_json_type(std::string_view content_type);

// True for application/x-www-form-urlencoded.
bool is_form_type(std::string_view content_type);

// The first media type of an Accept header, without parameters; empty for any.
std::string_view first_media_type(std::string_view accept);

// Of the media types on offer the one that an Accept header likes best (RFC 9110 section 12.5.1); the first where it
// likes none or several the same.
std::string_view choose_media_type(std::string_view accept, const std::vector<std::string>& offered);

// True for what may stand in a header line: printable ASCII, so nothing that ends one.
bool is_header_text(std::string_view text);

// Value of a cookie, or empty.
std::string_view cookie_value(std::string_view cookies, std::string_view name);

}  // namespace gatetorio::transport_http
