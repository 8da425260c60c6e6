// The headers of tus 1.0.0 and of downloads.
#pragma once

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

// Upload-Offset, Upload-Length, and until it is complete Upload-Expires.
Headers progress_headers(const Transfers::Progress& progress);

// Content-Disposition (RFC 6266, with the name in UTF-8 as RFC 8187 writes it) and Repr-Digest (RFC 9530).
Headers download_headers(const File& file);

}  // namespace gatetorio::file_transfer
