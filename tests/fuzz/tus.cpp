// The headers of uploads, the names of downloads, and signed URLs. Lines of the input: Upload-Offset, Upload-Checksum,
// a file's name, then file_id, holder, expires, key and signature of a URL.
#include <sodium.h>

#include "fuzz.hpp"
#include "gatetorio/secret.hpp"
#include "tus_headers.hpp"
#include "url_signer.hpp"

using namespace gatetorio;
using namespace gatetorio::file_transfer;

namespace {

void check_offset(const std::string& text) {
  const auto offset = parse_upload_offset(text);
  if (!offset) return;
  FUZZ_HOLDS(*offset >= 0 && text.find_first_not_of("0123456789") == text.npos);
  FUZZ_HOLDS(parse_upload_offset(std::to_string(*offset)) == offset);
}

void check_checksum(const std::string& text) {
  const auto sum = parse_upload_checksum(text);
  if (!sum) return;
  FUZZ_HOLDS(sum->digest.size() == (sum->algorithm == "sha1" ? 20 : 32));
  char encoded[64];
  sodium_bin2base64(encoded, sizeof encoded, reinterpret_cast<const unsigned char*>(sum->digest.data()),
                    sum->digest.size(), sodium_base64_VARIANT_ORIGINAL);
  FUZZ_HOLDS(text == sum->algorithm + " " + encoded);  // one spelling
}

int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

// The name goes into a header: it must not end it, nor the quotation marks, and must be found in it.
void check_name(const std::string& name) {
  File file{};
  file.name = name;
  file.sha256 = std::string(64, 'a');
  const std::string line = download_headers(file).front().second;
  constexpr std::string_view kPlain = "attachment; filename=\"", kEncoded = "\"; filename*=UTF-8''";
  FUZZ_HOLDS(line.starts_with(kPlain));
  for (const char c : line) FUZZ_HOLDS(c >= ' ' && c < '\x7f');
  const auto end = line.find('"', kPlain.size());
  FUZZ_HOLDS(end == kPlain.size() + name.size() && line.compare(end, kEncoded.size(), kEncoded) == 0);
  std::string decoded;
  for (std::size_t at = end + kEncoded.size(); at < line.size(); ++at) {
    if (line[at] != '%') {
      decoded.push_back(line[at]);
      continue;
    }
    FUZZ_HOLDS(at + 2 < line.size() && hex_value(line[at + 1]) >= 0 && hex_value(line[at + 2]) >= 0);
    decoded.push_back(static_cast<char>(hex_value(line[at + 1]) * 16 + hex_value(line[at + 2])));
    at += 2;
  }
  FUZZ_HOLDS(decoded == name);
}

// Only the very words that were signed are believed.
void check_url(const SignedInput& url) {
  static const Holder kHolder{{"user", 17}, ""};
  static const UrlSigner* signer = [] {
    auto* made = new UrlSigner;
    made->set_keys({{1, {"secret", {1}}}, {2, {"other", {2}}}});
    return made;
  }();
  if (const auto named = UrlSigner::holder_named_by(url)) FUZZ_HOLDS(name_of(*named) == *url.holder);
  const auto ticket = signer->verify(Direction::kUpload, url, kHolder, {0});
  if (!ticket) return;
  const std::string again = signer->sign(Direction::kUpload, *ticket);
  FUZZ_HOLDS(*url.key != "2" || again == "/uploads/" + url.file_id + "?holder=" + *url.holder + "&expires=" +
                                             *url.expires + "&key=" + *url.key + "&signature=" + *url.signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact input(fuzz::text_of(data, size));
  std::string_view rest = input.view();
  const auto line = [&rest] { return std::string(fuzz::next_line(rest)); };
  check_offset(line());
  check_checksum(line());
  check_name(line());
  SignedInput url;
  url.file_id = line();
  url.holder = line();
  url.expires = line();
  url.key = line();
  url.signature = line();
  check_url(url);
  return 0;
}
