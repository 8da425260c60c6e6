#include "target.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::transport_http {
namespace {

std::string joined(const Target& target) {
  std::string text;
  for (const auto segment : target.segments()) text.append("[").append(segment).append("]");
  for (const auto& [name, value] : target.query()) text.append(name).append("=").append(value).append(";");
  return text;
}

}  // namespace

TEST_CASE("targets are decoded piece by piece") {
  struct Row {
    const char* target;
    const char* expected;
  };
  const Row rows[] = {
      {"/", "[]"},
      {"/devices/gate-7", "[devices][gate-7]"},
      {"/devices/", "[devices][]"},
      {"//devices", "[][devices]"},
      {"/a%2Fb/c", "[a/b][c]"},
      {"/%E2%82%AC", "[\xE2\x82\xAC]"},
      {"/a+b?q=a+b%2B", "[a+b]q=a b+;"},
      {"/a?", "[a]"},
      {"/a?x", "[a]x=;"},
      {"/a?x=1&&y=2", "[a]x=1;y=2;"},
      {"/a?x=a=b", "[a]x=a=b;"},
      {"/a?x=/../", "[a]x=/../;"},
      {"http://hub:80/a/b?c=d", "[a][b]c=d;"},
      {"/a%25b", "[a%b]"},
  };
  Target target;
  for (const auto& row : rows) {
    CAPTURE(row.target);
    CHECK(target.parse(row.target) == "");
    CHECK(joined(target) == row.expected);
  }
}

TEST_CASE("doubtful targets are refused") {
  const std::string many_segments = [] {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "/a";
    return text;
  }();
  const std::string many_params = [] {
    std::string text = "/?";
    for (int i = 0; i < 40; ++i) text += "a" + std::to_string(i) + "=1&";
    return text;
  }();
  Target target;
  for (const std::string& bad : {std::string(""),
                                 std::string("*"),
                                 std::string("a/b"),
                                 std::string("hub:80"),
                                 std::string("http://hub"),
                                 std::string("/%"),
                                 std::string("/%4"),
                                 std::string("/%zz"),
                                 std::string("/%4g"),
                                 std::string("/%00"),
                                 std::string("/%0d%0a"),
                                 std::string("/%7f"),
                                 std::string("/%ff"),
                                 std::string("/%c0%af"),
                                 std::string("/%ed%a0%80"),
                                 std::string("/\xff"),
                                 std::string("/."),
                                 std::string("/a/../b"),
                                 std::string("/%2e%2e/b"),
                                 std::string("/a#b"),
                                 std::string("/a?x=%"),
                                 std::string("/a?%ff=1"),
                                 std::string("/a?x=1&x=2"),
                                 std::string("/a?x=1&%78=2"),
                                 many_segments,
                                 many_params}) {
    CAPTURE(bad);
    CHECK(target.parse(bad) != "");
  }
}

TEST_CASE("views stay good when many pieces are escaped") {
  Target target;
  REQUIRE(target.parse("/%61%61%61%61%61%61%61%61%61/%62%62%62%62%62%62%62%62%62?%63=%64%64%64%64%64%64%64%64%64") ==
          "");
  CHECK(joined(target) == "[aaaaaaaaa][bbbbbbbbb]c=ddddddddd;");
}

}  // namespace gatetorio::transport_http
