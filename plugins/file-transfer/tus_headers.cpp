#include "tus_headers.hpp"

#include <sodium.h>

#include <charconv>
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

std::string to_base64(const std::string& raw) {
  std::string text(sodium_base64_encoded_len(raw.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
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
  UploadChecksum sum{text.substr(0, space), std::string(64, '\0')};
  std::size_t size = 0;
  const std::string encoded = text.substr(space + 1);
  const int wrong =
      sodium_base642bin(reinterpret_cast<unsigned char*>(sum.digest.data()), sum.digest.size(), encoded.data(),
                        encoded.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  const std::size_t wanted = sum.algorithm == "sha1" ? 20 : sum.algorithm == "sha256" ? 32 : 0;
  if (wrong != 0 || wanted == 0 || size != wanted) return std::nullopt;
  sum.digest.resize(size);
  // libsodium 1.0.18 reads bytes from 0x80 on as '/'.
  return to_base64(sum.digest) == encoded ? std::optional(std::move(sum)) : std::nullopt;
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
