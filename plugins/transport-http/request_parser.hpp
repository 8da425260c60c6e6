// Reading requests off a connection: Beast's parser for the syntax, and our stricter rules on top.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "request.hpp"

namespace gatetorio::transport_http {

// One for each connection, used for one request after the other. Not thread-safe.
class RequestParser {
 public:
  explicit RequestParser(std::size_t max_body_bytes);
  ~RequestParser();

  // Reads a whole head, from the request line to the empty line. Refused with 400: bad syntax, folded lines, repeated
  // Host, Content-Length, Transfer-Encoding, Content-Type, Authorization or Origin, none or a bad Host in HTTP/1.1, a
  // length that is not a number, Transfer-Encoding together with Content-Length or in HTTP/1.0; with 501 another
  // transfer coding than chunked; with 505 another version; with 417 an expectation other than 100-continue. Views of
  // the request point into `head`, and its fields into this object; both last until the next head.
  Rejection parse_head(std::string_view head);

  // True where the body is announced to be, or is already, over the limit.
  bool body_too_large() const;

  // Feeds bytes of the body; `*used` of them were taken, the rest waits until there are more. 400 and 413 as above.
  Rejection parse_body(std::string_view bytes, std::size_t* used);

  // True when head and body are complete; `request().body` is set then, and valid while the bytes are.
  bool done() const;
  const Request& request() const;
  // True after a head from which the connection's framing is known.
  bool head_done() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatetorio::transport_http
