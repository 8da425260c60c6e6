// Which part of a file a request asks for (RFC 9110 sections 13 and 14), and the head of the answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatetorio::transport_http {

struct RangeRequest {
  std::string_view range;          // "bytes=0-99", or empty
  std::string_view if_range;       // an entity tag, or empty
  std::string_view if_none_match;  // entity tags, or empty
};

// The answer: 200 with everything, 206 with a part, 304, or 416.
struct RangeAnswer {
  unsigned status = 200;
  std::uint64_t offset = 0;  // within the content
  std::uint64_t length = 0;
};

// `total`: bytes of the content; `etag`: its strong entity tag with quotes. One range is served; several, a unit other
// than bytes, or what cannot be read is answered with everything, as the RFC allows.
RangeAnswer choose_range(const RangeRequest& request, std::uint64_t total, std::string_view etag);

// Header lines that go with it: ETag, Accept-Ranges, Content-Range.
std::string range_headers(const RangeAnswer& answer, std::uint64_t total, std::string_view etag);

}  // namespace gatetorio::transport_http
