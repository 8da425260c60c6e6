#include "url_signer.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::file_transfer {
namespace {

constexpr std::int64_t kNow = 1'800'000'000LL * kMicrosecondsPerSecond;
const Holder kHolder{{"user", 17}, ""};
const Ticket kTicket{7, kHolder, {kNow + 60 * kMicrosecondsPerSecond}};

// A URL's query as the input of an operation.
SignedInput parse(const std::string& url) {
  SignedInput input;
  const auto slash = url.rfind('/'), mark = url.find('?');
  input.file_id = url.substr(slash + 1, mark - slash - 1);
  for (std::size_t at = mark + 1; at < url.size();) {
    const auto end = std::min(url.find('&', at), url.size());
    const std::string part = url.substr(at, end - at), name = part.substr(0, part.find('='));
    const std::string value = part.substr(part.find('=') + 1);
    if (name == "holder") input.holder = value;
    if (name == "expires") input.expires = value;
    if (name == "key") input.key = value;
    if (name == "signature") input.signature = value;
    at = end + 1;
  }
  return input;
}

TEST_CASE("a signed URL says what it was made for") {
  UrlSigner signer;
  CHECK(signer.sign(Direction::kDownload, kTicket).empty());
  signer.set_keys({{1, {"secret", {1}}}});
  const std::string url = signer.sign(Direction::kDownload, kTicket);
  CHECK(url.starts_with("/downloads/7?holder=user-17&expires=1800000060&key=1&signature="));
  const auto ticket = signer.verify(Direction::kDownload, parse(url), kHolder, {kNow});
  REQUIRE(ticket);
  CHECK(ticket->file_id == 7);
  CHECK(ticket->holder == kHolder);
}

TEST_CASE("a URL ends at its second") {
  UrlSigner signer;
  signer.set_keys({{1, {"secret", {1}}}});
  const SignedInput url = parse(signer.sign(Direction::kDownload, kTicket));
  CHECK(signer.verify(Direction::kDownload, url, kHolder, {kTicket.expires_at.us - 1}));
  CHECK_FALSE(signer.verify(Direction::kDownload, url, kHolder, kTicket.expires_at));
}

TEST_CASE("whatever is altered makes a URL worthless") {
  UrlSigner signer;
  signer.set_keys({{1, {"secret", {1}}}, {2, {"other", {2}}}});
  const SignedInput good = parse(signer.sign(Direction::kUpload, kTicket));
  REQUIRE(signer.verify(Direction::kUpload, good, kHolder, {kNow}));
  CHECK_FALSE(signer.verify(Direction::kDownload, good, kHolder, {kNow}));
  std::vector<SignedInput> bad(9, good);
  bad[0].file_id = "8";
  bad[1].holder = "user-18";
  bad[2].holder = "admin-17";
  bad[3].expires = "1800009999";
  bad[4].key = "1";
  bad[5].signature->front() ^= 1;
  bad[6].signature->pop_back();
  bad[7].signature.reset();
  bad[8].file_id = "07";
  for (const SignedInput& url : bad) CHECK_FALSE(signer.verify(Direction::kUpload, url, kHolder, {kNow}));
}

TEST_CASE("a URL is one holder's, and of one of its credentials") {
  UrlSigner signer;
  signer.set_keys({{1, {"secret", {1}}}});
  const Holder device{{"device", 17}, "0123456789abcdef"};
  const SignedInput url = parse(signer.sign(Direction::kUpload, {7, device, kTicket.expires_at}));
  CHECK(signer.verify(Direction::kUpload, url, device, {kNow}));
  for (const Holder& other : {Holder{{"device", 18}, "0123456789abcdef"},
                              {{"user", 17}, "0123456789abcdef"},
                              {{"device", 17}, "fedcba9876543210"},
                              {{"device", 17}, ""}}) {
    CAPTURE(name_of(other.who), other.credentials);
    CHECK_FALSE(signer.verify(Direction::kUpload, url, other, {kNow}));
  }
}

TEST_CASE("a holder and a file have one spelling each, even where the signature fits") {
  UrlSigner signer;
  signer.set_keys({{1, {"secret", {1}}}});
  for (const PrincipalId& who : {PrincipalId{"user-1", 7}, {"User", 7}, {"", 7}, {"user", 0}, {"user", -7}}) {
    CAPTURE(name_of(who));
    const Holder holder{who, ""};
    const SignedInput url = parse(signer.sign(Direction::kUpload, {7, holder, kTicket.expires_at}));
    CHECK_FALSE(UrlSigner::holder_named_by(url));
    CHECK_FALSE(signer.verify(Direction::kUpload, url, holder, {kNow}));
  }
  const SignedInput negative = parse(signer.sign(Direction::kUpload, {-7, kHolder, kTicket.expires_at}));
  CHECK_FALSE(signer.verify(Direction::kUpload, negative, kHolder, {kNow}));
}

TEST_CASE("a new key signs and the old one still verifies, until it is gone") {
  UrlSigner signer;
  signer.set_keys({{1, {"secret", {1}}}});
  const SignedInput old = parse(signer.sign(Direction::kDownload, kTicket));
  signer.set_keys({{1, {"secret", {1}}}, {2, {"newer", {2}}}});
  CHECK(parse(signer.sign(Direction::kDownload, kTicket)).key == "2");
  CHECK(signer.verify(Direction::kDownload, old, kHolder, {kNow}));
  signer.set_keys({{2, {"newer", {2}}}});
  CHECK_FALSE(signer.verify(Direction::kDownload, old, kHolder, {kNow}));
}

}  // namespace
}  // namespace gatetorio::file_transfer
