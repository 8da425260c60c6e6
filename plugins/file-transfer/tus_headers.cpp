#include "tus_headers.hpp"

#include <charconv>
#include <ctime>

#include "gatetorio/encoding.hpp"

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

std::string disposition(const std::string& name) {
  std::string ascii;
  for (const char c : name) {
    const bool is_ascii = c >= ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '%';
    ascii.push_back(is_ascii ? c : '_');
  }
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + percent_encoded(name);
}

}  // namespace

std::vector<RequestHeader> tus_request_headers() {
  return {
      {"Tus-Resumable", "tus_resumable"}, {"Upload-Offset", "upload_offset"}, {"Upload-Checksum", "upload_checksum"}};
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

std::optional<std::int64_t> parse_upload_offset(const std::optional<std::string>& text) {
  std::int64_t value = 0;
  if (!text || text->starts_with('-')) return std::nullopt;
  const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (wrong != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

std::optional<UploadChecksum> parse_upload_checksum(const std::string& text) {
  const auto space = text.find(' ');
  if (space == std::string::npos) return std::nullopt;
  std::optional<std::string> digest = from_base64(std::string_view(text).substr(space + 1));
  UploadChecksum sum{text.substr(0, space), digest.value_or(std::string())};
  const std::size_t wanted = sum.algorithm == "sha1" ? 20 : sum.algorithm == "sha256" ? 32 : 0;
  return wanted != 0 && sum.digest.size() == wanted ? std::optional(std::move(sum)) : std::nullopt;
}

Headers progress_headers(const Transfers::Progress& progress) {
  Headers headers{{"Upload-Offset", std::to_string(progress.offset)},
                  {"Upload-Length", std::to_string(progress.length)}};
  if (progress.offset < progress.length) headers.emplace_back("Upload-Expires", http_date(progress.upload_until));
  return headers;
}

Headers download_headers(const File& file) {
  const std::string raw = from_hex(file.sha256);
  return {{"Content-Disposition", disposition(file.name)}, {"Repr-Digest", "sha-256=:" + to_base64(raw) + ":"}};
}

}  // namespace gatetorio::file_transfer
