#include <catch2/catch_test_macros.hpp>
#include <gatetorio/identifiers.hpp>
#include <gatetorio/json.hpp>

namespace gatetorio {
namespace {

BOOST_DEFINE_ENUM_CLASS(Level, owner, readonly)

struct Part {
  Integer<1, 12> month;
  std::optional<bool> on;
};
BOOST_DESCRIBE_STRUCT(Part, (), (month, on))

struct Input {
  ControllerId name;
  Level level = Level::owner;
  std::optional<std::string> note;
  std::vector<Part> parts;
  double ratio = 0;
  std::int32_t narrow = 0;
  Object any;
};
BOOST_DESCRIBE_STRUCT(Input, (), (name, level, note, parts, ratio, narrow, any))

constexpr std::string_view kGood =
    R"({"name":"gate-1","level":"readonly","note":null,"parts":[{"month":12,"on":true},{"month":1}],)"
    R"("ratio":1,"narrow":-5,"any":{"x":[1]},"unknown":true})";

// kGood with one member replaced.
std::string with(std::string_view member, std::string_view value) {
  auto object = boost::json::parse(kGood).as_object();
  object[member] = boost::json::parse(value);
  return boost::json::serialize(object);
}

}  // namespace

TEST_CASE("a described struct is read, unknown members are ignored") {
  const Result<Input> in = json::parse<Input>(kGood);
  REQUIRE(in);
  CHECK(in->name.value == "gate-1");
  CHECK(in->level == Level::readonly);
  CHECK_FALSE(in->note);
  REQUIRE(in->parts.size() == 2);
  CHECK(in->parts[0].month == 12);
  CHECK(in->parts[0].on == true);
  CHECK_FALSE(in->parts[1].on);
  CHECK(in->ratio == 1.0);
  CHECK(in->narrow == -5);
  CHECK(boost::json::serialize(in->any.value) == R"({"x":[1]})");
}

TEST_CASE("what is wrong with a field is said with its pointer") {
  struct Row {
    std::string_view member, value, pointer, words;
  };
  const Row table[] = {
      {"name", R"("a/b")", "/name",
       "must be 1 to 64 characters: letters, digits, _ and -, the first a letter or digit"},
      {"name", R"("")", "/name", "must be 1 to 64 characters: letters, digits, _ and -, the first a letter or digit"},
      {"name", "7", "/name", "must be a string"},
      {"level", R"("admin")", "/level", "must be one of owner, readonly"},
      {"level", R"("owner\u0000x")", "/level", "must be one of owner, readonly"},
      {"note", "[]", "/note", "must be a string"},
      {"parts", "{}", "/parts", "must be an array"},
      {"parts", R"([{"month":3},{"month":13}])", "/parts/1/month", "must be a whole number from 1 to 12"},
      {"parts", R"([{"month":1.5}])", "/parts/0/month", "must be a whole number from 1 to 12"},
      {"parts", R"([{"month":1e300}])", "/parts/0/month", "must be a whole number from 1 to 12"},
      {"parts", R"([{}])", "/parts/0/month", "is required"},
      {"parts", R"([7])", "/parts/0", "must be an object"},
      {"parts", R"([{"month":1,"on":"yes"}])", "/parts/0/on", "must be true or false"},
      {"ratio", "true", "/ratio", "must be a number"},
      {"ratio", "1e999", "/ratio", "must be a number"},
      {"ratio", "0e999", "/ratio", "must be a number"},
      {"narrow", "4294967296", "/narrow", "must be a whole number from -2147483648 to 2147483647"},
      {"any", "[]", "/any", "must be an object"}};
  for (const Row& row : table) {
    CAPTURE(row.member, row.value);
    const Result<Input> in = json::parse<Input>(with(row.member, row.value));
    REQUIRE_FALSE(in);
    CHECK(in.error().status == Status::kInvalid);
    REQUIRE(in.error().fields.size() == 1);
    CHECK(in.error().fields[0].pointer == row.pointer);
    CHECK(in.error().fields[0].detail == row.words);
  }
}

TEST_CASE("all wrong fields are told at once") {
  const Result<Input> in = json::parse<Input>("{}");
  REQUIRE_FALSE(in);
  CHECK(in.error().fields.size() == 6);  // all but the optional one
}

TEST_CASE("text that is not JSON is malformed") {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}{}"), std::string("{\"a\":\"\xff\"}"), deep}) {
    CAPTURE(text);
    const Result<Input> in = json::parse<Input>(text);
    REQUIRE_FALSE(in);
    CHECK(in.error().status == Status::kMalformed);
  }
}

TEST_CASE("what is written can be read again") {
  Input in = *json::parse<Input>(kGood);
  in.note = "quote \" backslash \\ control \n\x01 and \xc3\xa4";
  const std::string text = json::write(in);
  CHECK(text.find("\\u000a\\u0001") != std::string::npos);
  const Result<Input> back = json::parse<Input>(text);
  REQUIRE(back);
  CHECK(back->note == in.note);
  CHECK(json::write(*back) == text);
}

TEST_CASE("times are written in RFC 3339") {
  CHECK(json::write(Timestamp{1'000'500'000}) == R"("1970-01-01T00:16:40.500Z")");
}

TEST_CASE("the schema says what the reader takes") {
  const auto schema = json::schema<Input>();
  const auto& properties = schema.at("properties").as_object();
  CHECK(boost::json::serialize(schema.at("required")) == R"(["name","level","parts","ratio","narrow","any"])");
  CHECK(boost::json::serialize(properties.at("level")) == R"({"type":"string","enum":["owner","readonly"]})");
  CHECK(boost::json::serialize(properties.at("name")) ==
        R"({"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9][A-Za-z0-9_-]*$"})");
  CHECK(boost::json::serialize(properties.at("parts").at("items").at("properties").at("month")) ==
        R"({"type":"integer","minimum":1,"maximum":12})");
  CHECK(boost::json::serialize(properties.at("any")) == R"({"type":"object"})");
}

TEST_CASE("an error survives its trip through JSON") {
  const Error error{.status = Status::kInvalid,
                    .detail = "Some \"fields\"\nare wrong.",
                    .fields = {{"/a~1b", "is required"}, {"", "must be an object"}},
                    .retry_after_s = 7,
                    .statement = 3};
  const Error back = error_from_json(GTR_INVALID, to_json(error));
  CHECK(back.status == error.status);
  CHECK(back.detail == error.detail);
  REQUIRE(back.fields.size() == 2);
  CHECK(back.fields[0].pointer == "/a~1b");
  CHECK(back.fields[1].detail == "must be an object");
  CHECK(back.retry_after_s == 7);
  CHECK(back.statement == 3);
}

TEST_CASE("an error that another program made badly still is an error") {
  for (const std::string_view text :
       {"", "nonsense", "[]", "7", R"({"detail":7,"errors":7,"retry_after_s":"x","statement":{}})",
        R"({"errors":[7,{},{"pointer":1,"detail":2},{"pointer":"/a"}]})", R"({"retry_after_s":-1})",
        R"({"retry_after_s":99999999999})"}) {
    CAPTURE(text);
    const Error error = error_from_json(GTR_FULL, text);
    CHECK(error.status == Status::kFull);
    CHECK(error.fields.empty());
    CHECK(error.retry_after_s == 0);
  }
}

}  // namespace gatetorio
