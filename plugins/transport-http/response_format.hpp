// Responses as bytes: everything of one response goes into one buffer, for one write.
#pragma once

#include <string>
#include <string_view>

#include "exchange.hpp"

namespace gatetorio::transport_http {

struct ResponseFrame {
  std::string_view request_id;
  bool keep_alive = false;
  bool announce_keep_alive = false;  // HTTP/1.0 peers want to be told
  bool head_only = false;            // answer to HEAD: headers as for GET, no body
  std::string_view cors;             // complete lines for browsers
};

// Appends a complete response. Every one carries Date, X-Request-Id, Cache-Control: no-store (unless the extra headers
// say otherwise) and X-Content-Type-Options: nosniff. Any thread.
void append_response(std::string& out, const ResponseFrame& frame, const Reply& reply);

// Appends the head of a response whose body of `length` bytes follows by other ways.
void append_file_head(std::string& out, const ResponseFrame& frame, const Reply& reply, std::uint64_t length);

// Appends the head of an event stream, chunked or (HTTP/1.0) ended by closing.
void append_stream_head(std::string& out, const ResponseFrame& frame, bool chunked);

// Appends what stands before the bytes of a chunk. Returns how much that is.
std::size_t append_chunk_head(std::string& out, std::size_t size);

inline constexpr std::string_view kEndOfChunk = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace gatetorio::transport_http
