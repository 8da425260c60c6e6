#include "request.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "credential.hpp"
#include "ignoring_case.hpp"

namespace gatetorio::transport_http {

TEST_CASE("words are the same in any case, and what stands behind them is not read") {
  // Heap blocks of exactly these bytes, so that AddressSanitizer sees a read beyond them.
  const auto same = [](const std::string& a, const std::string& b) {
    const std::vector<char> first(a.begin(), a.end()), second(b.begin(), b.end());
    return equals_ignoring_case({first.data(), first.size()}, {second.data(), second.size()});
  };
  CHECK(same("", ""));
  CHECK(same("For", "for"));
  CHECK(same("foR", "fOr"));
  CHECK(same("X-Request-ID", "x-request-Id"));
  CHECK_FALSE(same("for", "fo"));
  CHECK_FALSE(same("fo", "for"));
  CHECK_FALSE(same("for", "fot"));
  CHECK_FALSE(same("[", "{"));
  CHECK_FALSE(same("@", "`"));
  CHECK_FALSE(same("\xc4", "\xe4"));
}

TEST_CASE("JSON bodies are recognised by their type") {
  for (const auto* good :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
        "application/merge-patch+json", "application/json; profile=x", "APPLICATION/JSON;CHARSET=utf8",
        "application/json ; charset = \"utf8\"", "application/json; charset=Utf-8; x=y", "application/json;"}) {
    CAPTURE(good);
    CHECK(is_json_type(good));
  }
  for (const auto* bad :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/jsonx",
        "+json", "json", "application/json; charset=utf-16", "application/json; charset=\"\""}) {
    CAPTURE(bad);
    CHECK_FALSE(is_json_type(bad));
  }
}

TEST_CASE("media types are the same in any case and with any parameters") {
  CHECK(is_media_type("Application/Offset+Octet-Stream", "application/offset+octet-stream"));
  CHECK(is_media_type("text/plain;charset=utf-8", "text/plain"));
  CHECK_FALSE(is_media_type("text/plainer", "text/plain"));
  CHECK_FALSE(is_media_type("", "text/plain"));
}

TEST_CASE("a client may choose a harmless request id only") {
  CHECK(is_request_id("a"));
  CHECK(is_request_id("Az0._-"));
  CHECK(is_request_id(std::string(64, 'x')));
  CHECK_FALSE(is_request_id(std::string(65, 'x')));
  for (const auto* bad : {"", "a b", "a\x1b[31m", "\xC3\xA4", "a/b"}) CHECK_FALSE(is_request_id(bad));
}

TEST_CASE("the first media type of Accept is what the caller prefers") {
  CHECK(first_media_type("image/png;q=0.8, image/svg+xml") == "image/png");
  CHECK(first_media_type("*/*") == "");
  CHECK(first_media_type("") == "");
}

TEST_CASE("credentials come from the Authorization header or the session cookie") {
  Request request;
  CHECK(read_credential(request).scheme == "");
  request.cookie = "theme=dark; gatetorio_session=s3cret; x=y";
  request.csrf_token = "csrf";
  request.method = Method::kPost;
  CHECK(read_credential(request).scheme == "cookie");
  request.method = Method::kGet;
  CHECK(read_credential(request).scheme == "cookie-read");
  const HeaderField trick[] = {{"X-HTTP-Method-Override", "DELETE"}};
  request.fields = trick;
  CHECK(read_credential(request).scheme == "cookie");
  request.fields = {};
  CHECK(read_credential(request).secret == "s3cret");
  CHECK(read_credential(request).name == "csrf");
  const HeaderField lines[] = {{"Cookie", "theme=dark"}, {"cookie", "gatetorio_session=second"}};
  request.cookie = lines[0].second;
  request.fields = lines;
  CHECK(read_credential(request).secret == "second");
  request.cookie = "gatetorio_session=planted; __Host-gatetorio_session=own";
  CHECK(read_credential(request).secret == "own");
  request.fields = {};
  request.authorization = "bearer  gtd_abc";
  CHECK(read_credential(request).scheme == "bearer");
  CHECK(read_credential(request).secret == "gtd_abc");
  request.cookie = {};
  for (const auto* none : {"Basic abc", "Bearer", "Bearer ", "gtd_abc"}) {
    CAPTURE(none);
    request.authorization = none;
    CHECK(read_credential(request).secret == "");
  }
}

TEST_CASE("a write from another site is recognised") {
  Request request;
  request.host = "hub:8080";
  request.method = Method::kPost;
  CHECK(is_same_origin(request));
  request.origin = "http://hub:8080";
  CHECK(is_same_origin(request));
  for (const auto* other : {"http://evil", "null", "http://hub", "http://hub:8080.evil"}) {
    CAPTURE(other);
    request.origin = other;
    CHECK_FALSE(is_same_origin(request));
  }
  request.method = Method::kGet;
  CHECK(is_same_origin(request));
}

}  // namespace gatetorio::transport_http
