// Pages of other origins that may use the API from a browser (the Fetch standard's CORS protocol).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "request.hpp"

namespace gatetorio::transport_http {

// Origins that are allowed. Immutable after setup; then any thread may ask.
class Origins {
 public:
  // Adds "https://app.example.org", "capacitor://localhost" and the like, as a browser would write it: in small letters
  // and without the usual port. Returns an empty string, or what is wrong with it. "*" and "null" are no origins:
  // anybody is either of them.
  std::string_view add(std::string_view text);
  bool empty() const { return origins_.empty(); }
  bool contains(std::string_view origin) const;

 private:
  std::vector<std::string> origins_;
};

// Headers of requests and answers that pages of allowed origins may send and read, besides those that operations
// declare.
inline constexpr std::string_view kUsualRequestHeaders =
    "Authorization, Content-Type, Accept, Range, If-Range, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, "
    "X-Requested-With, X-HTTP-Method-Override";
inline constexpr std::string_view kUsualResponseHeaders =
    "X-Request-Id, Retry-After, WWW-Authenticate, Allow, ETag, Accept-Ranges, Content-Range";

// The lines that every answer to `request` carries where any origin is allowed. Credentials that the browser adds by
// itself (cookies) are never allowed: the session cookie belongs to the hub's own pages.
std::string cors_lines(const Request& request, const Origins& allowed, std::string_view exposed_headers);

// True for the question of a browser whether it may send a request: an OPTIONS that no page can send.
bool is_preflight(const Request& request);

// The lines that answer it, besides those of cors_lines. `known_headers` are named where it asks for none, or in a form
// that cannot be repeated. Which method the path takes the request itself will show.
std::string preflight_lines(const Request& request, std::string_view known_headers);

}  // namespace gatetorio::transport_http
