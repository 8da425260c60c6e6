#include "request_parser.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kMaxBody = 64;

unsigned status_of(const std::string& head) { return RequestParser(kMaxBody).parse_head(head).status; }

std::string with(const std::string& headers) { return "POST /a HTTP/1.1\r\nHost: hub\r\n" + headers + "\r\n"; }

}  // namespace

TEST_CASE("heads are accepted or refused as a careful server does") {
  struct Row {
    std::string head;
    unsigned status;
  };
  const Row rows[] = {
      {with(""), 0},
      {"GET / HTTP/1.0\r\n\r\n", 0},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {with("Host: other\r\n"), 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: \r\n\r\n", 0},
      {with("Content-Length: 5\r\n"), 0},
      {with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {with("Content-Length: 5, 5\r\n"), 400},
      {with("Content-Length: +5\r\n"), 400},
      {with("Content-Length: -1\r\n"), 400},
      {with("Content-Length: 0x5\r\n"), 400},
      {with("Content-Length: 99999999999999999999\r\n"), 400},
      {with("Content-Length: 64\r\n"), 0},
      {with("Transfer-Encoding: chunked\r\n"), 0},
      {with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
      {with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {with("Transfer-Encoding: xchunked\r\n"), 501},
      {with("Transfer-Encoding: chunked, identity\r\n"), 501},
      {with("Transfer-Encoding : chunked\r\n"), 400},
      {with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 400},
      {"POST / HTTP/1.0\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {with("X: a\r\n b\r\n"), 400},
      {with("X: a\r\n\tb\r\n"), 400},
      {with("X: \r\n \r\n"), 400},
      {with("Origin: http://a\r\nOrigin: http://b\r\n"), 400},
      {"POST / HTTP/1.0\r\nExpect: tea\r\n\r\n", 0},
      {with("Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400},
      {with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
      {with("Expect: 100-continue\r\nContent-Length: 5\r\n"), 0},
      {with("Expect: tea\r\n"), 417},
      {"GET / HTTP/2.0\r\nHost: hub\r\n\r\n", 505},
      {"GET / HTTP/1.1\nHost: hub\r\n\r\n", 505},
      {"GET  / HTTP/1.1\r\nHost: hub\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: hub\r\n\r\n", 505},
      {"G<T / HTTP/1.1\r\nHost: hub\r\n\r\n", 400},
      {with("Bad Name: x\r\n"), 400},
      {with(std::string("X: a\0b\r\n", 8)), 400},
  };
  for (const auto& row : rows) {
    CAPTURE(row.head);
    CHECK(status_of(row.head) == row.status);
  }
}

TEST_CASE("the headers that matter are found whatever their case") {
  RequestParser parser(kMaxBody);
  const auto head = with(
      "authorization: Bearer t\r\nACCEPT: image/png\r\nx-request-id: id-1\r\nlast-event-id: 7\r\nx-csrf-token: c\r\n"
      "Cookie: a=b\r\nOrigin: http://hub\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Type: application/json\r\n");
  REQUIRE_FALSE(parser.parse_head(head));
  const auto& request = parser.request();
  CHECK(parser.done());
  CHECK(request.method == Method::kPost);
  CHECK(request.target == "/a");
  CHECK(request.keep_alive);
  CHECK(request.authorization == "Bearer t");
  CHECK(request.accept == "image/png");
  CHECK(request.request_id == "id-1");
  CHECK(request.last_event_id == "7");
  CHECK(request.csrf_token == "c");
  CHECK(request.cookie == "a=b");
  CHECK(request.header("X-FORWARDED-FOR") == "192.0.2.1");
  CHECK(request.content_type == "application/json");
}

TEST_CASE("every header counts, however many come before it") {
  for (const int crowd : {0, 15, 16, 17, 40, 200, 1000}) {
    CAPTURE(crowd);
    std::string headers;
    for (int i = 0; i < crowd; ++i) headers += "X-" + std::to_string(i) + ":\r\n";
    const auto head = with(headers + "Range: bytes=1-2\r\nUpload-Checksum: sha1 x\r\n");
    RequestParser parser(kMaxBody);
    REQUIRE_FALSE(parser.parse_head(head));
    CHECK(parser.request().header("range") == "bytes=1-2");
    CHECK(parser.request().header("UPLOAD-CHECKSUM") == "sha1 x");
    CHECK(parser.request().fields.size() == static_cast<std::size_t>(crowd) + 3);
  }
}

TEST_CASE("several lines of one name are one list, or a contradiction") {
  RequestParser parser(kMaxBody);
  const auto head = with("Accept: a/b\r\nUpload-Offset: 1\r\naccept: c/d, e/f\r\nupload-offset: 2\r\nX: 1\r\nX: 1\r\n");
  REQUIRE_FALSE(parser.parse_head(head));
  const auto& request = parser.request();
  std::string buffer;
  CHECK(request.list("Accept", buffer) == "a/b, c/d, e/f");
  CHECK(request.list("Host", buffer) == "hub");
  CHECK(request.list("If-Match", buffer).empty());
  CHECK(request.is_ambiguous("Upload-Offset"));
  CHECK_FALSE(request.is_ambiguous("X"));
  CHECK_FALSE(request.is_ambiguous("If-Match"));
}

TEST_CASE("only HTTP/1.1 is told to go on") {
  RequestParser parser(kMaxBody);
  const std::string lines = "Host: hub\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";
  const std::string newer = "POST / HTTP/1.1\r\n" + lines, older = "POST / HTTP/1.0\r\n" + lines;
  REQUIRE_FALSE(parser.parse_head(newer));
  CHECK(parser.request().expects_continue);
  REQUIRE_FALSE(parser.parse_head(older));
  CHECK_FALSE(parser.request().expects_continue);
}

TEST_CASE("a body is taken in whatever pieces it comes") {
  const std::string chunked = with("Transfer-Encoding: chunked\r\n");
  struct Row {
    std::string head;
    std::string bytes;
    std::string body;
  };
  const Row rows[] = {{with("Content-Length: 5\r\n"), "hello", "hello"},
                      {chunked, "5\r\nhello\r\n0\r\n\r\n", "hello"},
                      {chunked, "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX: y\r\n\r\n", "hello"},
                      {chunked, "1\r\n0\r\n2\r\n00\r\n000\r\n\r\n", "000"},
                      {chunked, "0\r\n\r\n", ""},
                      {chunked, "00;x=y\r\n\r\n", ""},
                      {chunked, "0\r\nX: y\r\n\r\n", ""}};
  for (const auto& [head, bytes, body] : rows) {
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
      CAPTURE(bytes, step);
      RequestParser parser(kMaxBody);
      REQUIRE_FALSE(parser.parse_head(head));
      std::string waiting;
      std::string kept;  // the body may point into what was fed last
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        kept = waiting + bytes.substr(at, step);
        std::size_t used = 0;
        REQUIRE_FALSE(parser.parse_body(kept, &used));
        waiting = kept.substr(used);
      }
      CHECK(parser.done());
      CHECK(parser.request().body == body);
    }
  }
}

TEST_CASE("a chunked body that grows over the limit is refused") {
  RequestParser parser(kMaxBody);
  REQUIRE_FALSE(parser.parse_head(with("Transfer-Encoding: chunked\r\n")));
  std::size_t used = 0;
  REQUIRE_FALSE(parser.parse_body("20\r\n" + std::string(32, 'x') + "\r\n", &used));
  CHECK(parser.parse_body("\r\n21\r\n" + std::string(33, 'x') + "\r\n", &used).status == 413);
}

TEST_CASE("a chunk that is no chunk is refused") {
  for (const auto* bad : {"x\r\n", "5\r\nhelloX0\r\n\r\n", "-1\r\n", "fffffffffffffffff\r\n"}) {
    CAPTURE(bad);
    RequestParser parser(kMaxBody);
    REQUIRE_FALSE(parser.parse_head(with("Transfer-Encoding: chunked\r\n")));
    std::size_t used = 0;
    const auto status = parser.parse_body(bad, &used).status;
    CHECK((status == 400 || status == 413));
  }
}

}  // namespace gatetorio::transport_http
