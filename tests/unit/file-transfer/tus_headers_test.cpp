#include "tus_headers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace gatetorio::file_transfer {

TEST_CASE("an upload's offset is decimal digits and nothing else") {
  CHECK(parse_upload_offset("0") == 0);
  CHECK(parse_upload_offset("70") == 70);
  CHECK(parse_upload_offset("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  for (const char* bad : {"", "-0", "-1", "+1", " 1", "1 ", "0x1", "1.0", "9223372036854775808"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_upload_offset(bad));
  }
  CHECK_FALSE(parse_upload_offset(std::nullopt));
}

TEST_CASE("an upload's checksum has one spelling") {
  const auto sum = parse_upload_checksum("sha1 hvfkN/qlp/zhXR3cuerq6jd2Z7g=");
  REQUIRE(sum);
  CHECK(sum->algorithm == "sha1");
  CHECK(sum->digest.size() == 20);
  const std::string bad[] = {"sha1",
                             "sha1 ",
                             "SHA1 hvfkN/qlp/zhXR3cuerq6jd2Z7g=",
                             "md5 hvfkN/qlp/zhXR3cuerq6jd2Z7g=",
                             "sha256 hvfkN/qlp/zhXR3cuerq6jd2Z7g=",
                             "sha1  hvfkN/qlp/zhXR3cuerq6jd2Z7g=",
                             "sha1 hvfkN/qlp/zhXR3cuerq6jd2Z7g",
                             "sha1 hvfkN/qlp/zhXR3cuerq6jd2Z7h=",
                             "sha1 hvfkN_qlp_zhXR3cuerq6jd2Z7g=",
                             "sha1 hvfkN\x92qlp\xafzhXR3cuerq6jd2Z7g=",
                             "sha1 hvfkN\xffqlp/zhXR3cuerq6jd2Z7g="};
  for (const std::string& text : bad) {
    CAPTURE(text);
    CHECK_FALSE(parse_upload_checksum(text));
  }
}

}  // namespace gatetorio::file_transfer
