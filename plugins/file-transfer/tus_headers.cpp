#include "tus_headers.hpp"

#include <sodium.h>

#include <ctime>

namespace gatetorio::file_transfer {

namespace {

// "Tue, 24 Nov 2026 07:00:00 GMT"
std::string http_date(Timestamp time) {
  const std::time_t seconds = time.us / kMicrosecondsPerSecond;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  return std::string(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

std::string disposition(const std::string& name) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string ascii, encoded;
  for (const char c : name) {
    const bool is_ascii = c >= ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '%';
    ascii.push_back(is_ascii ? c : '_');
    if (is_plain(c)) {
      encoded.push_back(c);
    } else {
      encoded.push_back('%');
      encoded.push_back(kDigits[(c >> 4) & 15]);
      encoded.push_back(kDigits[c & 15]);
    }
  }
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + encoded;
}

}  // namespace

std::vector<RequestHeader> tus_request_headers() {
  return {{"Tus-Resumable", "tus_resumable"},
          {"Upload-Offset", "upload_offset"},
          {"Upload-Checksum", "upload_checksum"}};
}

std::vector<ResponseHeader> tus_response_headers() {
  return {{"Tus-Resumable", kTusVersion},
          {"Tus-Version", kTusVersion},
          {"Tus-Extension", "expiration,checksum,termination"},
          {"Tus-Checksum-Algorithm", "sha1,sha256"},
          {"Tus-Max-Size"},
          {"Upload-Offset"},
          {"Upload-Length"},
          {"Upload-Expires"}};
}

Headers progress_headers(const Transfers::Progress& progress) {
  Headers headers{{"Upload-Offset", std::to_string(progress.offset)}, {"Upload-Length", std::to_string(progress.length)}};
  if (progress.offset < progress.length) headers.emplace_back("Upload-Expires", http_date(progress.upload_until));
  return headers;
}

Headers download_headers(const File& file) {
  const std::string raw = from_hex(file.sha256);
  std::string encoded(sodium_base64_encoded_len(raw.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  encoded.pop_back();
  return {{"Content-Disposition", disposition(file.name)}, {"Repr-Digest", "sha-256=:" + encoded + ":"}};
}

}  // namespace gatetorio::file_transfer
