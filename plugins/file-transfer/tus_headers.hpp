// The headers of tus 1.0.0 and of downloads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/operations.hpp"
#include "transfers.hpp"

namespace gatetorio::file_transfer {

inline constexpr std::string_view kTusVersion = "1.0.0";

using Headers = std::vector<std::pair<std::string, std::string>>;

// What the operations of uploads take and give.
std::vector<RequestHeader> tus_request_headers();
std::vector<ResponseHeader> tus_response_headers();

// The value of Upload-Offset: decimal digits alone, up to 2^63 - 1. Nothing for whatever else.
std::optional<std::int64_t> parse_upload_offset(const std::optional<std::string>& text);

// "sha1 <base64>" or "sha256 <base64>", as Upload-Checksum says it; the digest in bytes, of the algorithm's size.
struct UploadChecksum {
  std::string algorithm;
  std::string digest;
};
std::optional<UploadChecksum> parse_upload_checksum(const std::string& text);

// Upload-Offset, Upload-Length, and until it is complete Upload-Expires.
Headers progress_headers(const Transfers::Progress& progress);

// Content-Disposition (RFC 6266, with the name in UTF-8 as RFC 8187 writes it) and Repr-Digest (RFC 9530).
Headers download_headers(const File& file);

}  // namespace gatetorio::file_transfer
