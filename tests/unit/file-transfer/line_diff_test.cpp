#include "line_diff.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::file_transfer {
namespace {

TEST_CASE("a diff has the lines that went, came and stayed") {
  const struct {
    const char *from, *to, *diff;
  } cases[] = {
      {"", "", ""},
      {"a\nb\n", "a\nb\n", ""},
      {"a\nb\nc\n", "a\nc\n", " a\n-b\n c\n"},
      {"a\nc\n", "a\nb\nc\n", " a\n+b\n c\n"},
      {"a\nb\n", "a\nx\n", " a\n-b\n+x\n"},
      {"", "a\n", "+a\n"},
      {"a\n", "", "-a\n"},
      {"a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n"},
  };
  for (const auto& [from, to, diff] : cases) {
    CAPTURE(from, to);
    CHECK(line_diff(from, to) == diff);
  }
}

TEST_CASE("texts that have too little in common are not compared") {
  std::string from, to;
  for (int i = 0; i < 1'000; ++i) {
    from += "a" + std::to_string(i) + "\n";
    to += "b" + std::to_string(i) + "\n";
  }
  CHECK_FALSE(line_diff(from, to));
}

TEST_CASE("JSON is laid out with its members in order, other text is left alone") {
  CHECK(laid_out(R"({"b":[1,{}],"a":"x\ny"})") == "{\n  \"a\": \"x\\ny\",\n  \"b\": [\n    1,\n    {}\n  ]\n}\n");
  CHECK(laid_out(" { \"n\" : 12.0 , \"m\":[1e2, 123456789012345678901234567890],\"e\":[ ], \"n\":15.0}\n") ==
        "{\n  \"e\": [],\n  \"m\": [\n    1e2,\n    123456789012345678901234567890\n  ],\n  \"n\": 15.0\n}\n");
  CHECK(laid_out("speed = 5\n") == "speed = 5\n");
  CHECK(laid_out("5") == "5");
}

}  // namespace
}  // namespace gatetorio::file_transfer
