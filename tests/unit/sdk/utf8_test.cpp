#include <catch2/catch_test_macros.hpp>
#include <gatetorio/utf8.hpp>
#include <string>

namespace gatetorio {
namespace {

constexpr std::string_view kEuro = "\xe2\x82\xac", kDoor = "\xf0\x9f\x9a\xaa";

}  // namespace

TEST_CASE("characters are read one by one, whatever their length") {
  CHECK(utf8::first("a").code_point == 'a');
  CHECK(utf8::first("\xc3\xa4").code_point == 0xe4);
  CHECK(utf8::first(kEuro).code_point == 0x20ac);
  CHECK(utf8::first(kDoor).code_point == 0x1f6aa);
  CHECK(utf8::first(kDoor).bytes == 4);
  CHECK(utf8::first("\xf4\x8f\xbf\xbf").code_point == 0x10ffff);
  CHECK(utf8::length("") == 0);
  CHECK(utf8::length("T\xc3\xb6r " + std::string(kEuro) + std::string(kDoor)) == 6);
}

TEST_CASE("what is not UTF-8 is refused, and counts a character for each byte") {
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CAPTURE(bad);
    CHECK_FALSE(utf8::valid(bad));
    CHECK_FALSE(utf8::valid("a" + std::string(bad) + "b"));
  }
  CHECK(utf8::valid(""));
  CHECK(utf8::valid(std::string("a\0b", 3)));
  CHECK(utf8::length("\xff\xff") == 2);
}

TEST_CASE("what hides or commands is known, and what scripts and emoji need is not among it") {
  for (const char32_t c :
       {0x0,    0x7,    0x1b,   0x7f,   0x80,   0x85,   0x9b,   0x9f,   0xad,   0x61c,  0x180e, 0x200b,
        0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xfff9, 0xe0041}) {
    CAPTURE(static_cast<unsigned>(c));
    CHECK(utf8::is_hidden(c));
  }
  for (const char32_t c :
       {0x20, 0x7e, 0xa0, 0xe4, 0x416, 0x5d0, 0x627, 0x200c, 0x200d, 0x2010, 0x2027, 0xfe0f, 0x9580, 0x1f6aa}) {
    CAPTURE(static_cast<unsigned>(c));
    CHECK_FALSE(utf8::is_hidden(c));
  }
}

}  // namespace gatetorio
