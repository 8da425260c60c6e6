#include "chunk_decoder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

namespace gatetorio::transport_http {
namespace {

struct Decoded {
  std::string body;
  std::string rest;  // what was not taken
  bool done = false;
};

// Decodes in pieces of `step` bytes; nothing where the bytes are refused.
std::optional<Decoded> decode(std::string bytes, std::size_t step) {
  ChunkDecoder decoder;
  Decoded out;
  for (std::size_t at = 0; at < bytes.size() && !decoder.done(); at += step) {
    std::string piece = bytes.substr(at, step);
    std::size_t used = 0, kept = 0;
    if (!decoder.decode(piece.data(), piece.size(), &used, &kept)) return std::nullopt;
    out.body += piece.substr(0, kept);
    out.rest = piece.substr(used) + bytes.substr(std::min(at + step, bytes.size()));
  }
  out.done = decoder.done();
  return out;
}

}  // namespace

TEST_CASE("chunks are taken in whatever pieces they come, and what follows them is left") {
  const std::string bodies[] = {"5\r\nhello\r\n0\r\n\r\nGET", "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX: y\r\nZ:\r\n\r\nGET",
                                "0005 ; a=\"b\"\r\nhello\r\n000;end\r\n\r\nGET",
                                "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\nGET"};
  for (const auto& body : bodies) {
    for (std::size_t step = 1; step <= body.size(); ++step) {
      CAPTURE(body, step);
      const auto decoded = decode(body, step);
      REQUIRE(decoded);
      CHECK(decoded->done);
      CHECK(decoded->body == "hello");
      CHECK(decoded->rest == "GET");
    }
  }
}

TEST_CASE("chunks in capital digits and of any size pass") {
  const auto decoded = decode("1A\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n", 1000);
  REQUIRE(decoded);
  CHECK(decoded->body == std::string(26, 'x'));
  CHECK_FALSE(decode("fffffffffffffff\r\nabc", 1000)->done);
}

TEST_CASE("what are no chunks is refused") {
  const std::string bad[] = {"\r\n",
                             "x\r\n",
                             "-1\r\n",
                             "+5\r\nhello",
                             "0x5\r\nhello",
                             " 5\r\nhello",
                             "5\nhello\r\n0\r\n\r\n",
                             "5\r\nhelloX0\r\n\r\n",
                             "5\r\nhello\n0\r\n\r\n",
                             "5\r\nhello0\r\n\r\n",
                             "5;a\nb\r\nhello\r\n",
                             "5;a\rb\r\nhello\r\n",
                             std::string("5;a\0b\r\n", 7),
                             "1234567890abcdef\r\n",
                             "0\r\nX: a\nb\r\n\r\n",
                             "0\r\n\rX",
                             "5;" + std::string(20'000, 'x') + "\r\nhello\r\n0\r\n\r\n",
                             "0\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"};
  for (const auto& bytes : bad) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{100'000}}) {
      CAPTURE(bytes.substr(0, 40), step);
      CHECK_FALSE(decode(bytes, step));
    }
  }
}

TEST_CASE("extensions do not make a small body an endless one") {
  std::string bytes;
  for (int i = 0; i < 2'000; ++i) bytes += "1;ext=1234567890\r\nx\r\n";
  CHECK_FALSE(decode(bytes, 4096));
}

}  // namespace gatetorio::transport_http
