// JSON as pieces of its text: nothing is rewritten.
#include "gatetorio/json_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "gatetorio/json.hpp"

namespace gatetorio {
namespace {

std::string value_of(std::string_view object, std::string_view name) {
  return std::string(json::find_member(json::members(object), name).value_or("none"));
}

TEST_CASE("a member of a JSON object is found as the text that it came as", "[json]") {
  const std::string_view text =
      " { \"a\" : 12.0 ,\"b\":[15.0, {\"c\":\"}]\\\"\"}], "
      "\"long\":123456789012345678901234567890,\"s\":\"x\\\\\",\"o\":{ } } ";
  CHECK(value_of(text, "a") == "12.0");
  CHECK(value_of(text, "b") == "[15.0, {\"c\":\"}]\\\"\"}]");
  CHECK(value_of(text, "long") == "123456789012345678901234567890");
  CHECK(value_of(text, "s") == "\"x\\\\\"");
  CHECK(value_of(text, "o") == "{ }");
  CHECK(value_of(text, "c") == "none");
  CHECK(json::members(text).size() == 5);
}

TEST_CASE("a name with escapes is the name that it stands for, and of repeated names the last counts", "[json]") {
  CHECK(value_of("{\"\\u0061\":1}", "a") == "1");
  CHECK(value_of("{\"a\":1,\"a\":2}", "a") == "2");
  CHECK(json::members("{}").empty());
}

TEST_CASE("the values of a list are found as the text that they came as", "[json]") {
  const auto list = json::elements(" [ 12.0,{\"a\":[1,2]} , \"],\" ,null, [ ] ]");
  CHECK(list == std::vector<std::string_view>{"12.0", "{\"a\":[1,2]}", "\"],\"", "null", "[ ]"});
  CHECK(json::elements("[]").empty());
  CHECK(json::elements("{}").empty());
}

struct Parcel {
  std::int64_t weight = 0;
  ObjectText content;
  std::optional<ObjectText> note;
};
BOOST_DESCRIBE_STRUCT(Parcel, (), (weight, content, note))

TEST_CASE("an object is written as the text that it was read as", "[json]") {
  const std::string_view body = "{\"weight\":1,\"content\":{\"n\":12.0, \"m\":1e2}}";
  const auto parsed = boost::json::parse(body);
  Parcel parcel;
  json::Errors errors;
  json::read_member(parsed.at("content"), body, "content", parcel.content, errors);
  CHECK(errors.empty());
  CHECK(json::write(parcel) == "{\"weight\":0,\"content\":{\"n\":12.0, \"m\":1e2},\"note\":null}");
  json::read_member(parsed.at("weight"), body, "weight", parcel.note, errors);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].pointer == "/weight");
}

}  // namespace
}  // namespace gatetorio
