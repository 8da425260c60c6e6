#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "core/config/hub_options.hpp"
#include "core/config/schema.hpp"

namespace gatetorio::core {

TEST_CASE("a schema with a fault is refused in words that name it", "[config]") {
  struct Row {
    std::string_view schema, error;
  };
  const Row rows[] = {
      {"{", "the options must be a JSON array"},
      {"{}", "the options must be a JSON array"},
      {"[1]", "option 1: must be an object"},
      {R"([{"name": "a"}])", "option 1: needs a 'type'"},
      {R"([{"name": "a", "type": "text"}])",
       "option 'a': 'type' must be one of string, integer, number, boolean, string_list, enum, secret, table"},
      {R"([{"name": "A", "type": "string"}])", "option 'A': 'name' must be snake_case"},
      {R"([{"type": "string"}])", "option 1: 'name' must be snake_case"},
      {R"([{"name": "a", "type": "string"}, {"name": "a", "type": "string"}])", "option 'a': is declared twice"},
      {R"([{"name": "a", "type": "enum"}])", "option 'a': an enum needs 'choices'"},
      {R"([{"name": "a", "type": "enum", "choices": [1]}])", "option 'a': 'choices' must be a list of strings"},
      {R"([{"name": "a", "type": "enum", "choices": ["x"], "default": "y"}])",
       R"(option 'a': 'default' "y" is not one of "x")"},
      {R"([{"name": "a", "type": "integer", "min": "1"}])", "option 'a': 'min' must be a number"},
      {R"([{"name": "a", "type": "integer", "min": 2, "max": 1}])", "option 'a': 'min' is above 'max'"},
      {R"([{"name": "a", "type": "integer", "default": 9, "max": 5, "unit": "seconds"}])",
       "option 'a': 'default' 9 is not integer (seconds, at most 5)"},
      {R"([{"name": "a", "type": "secret", "default": "x"}])",
       "option 'a': a secret has no 'default' and no 'example'"},
      {R"([{"name": "a", "type": "integer", "secret": true}])", "option 'a': only a string can be marked 'secret'"},
      {R"([{"name": "a", "type": "string", "required": "yes"}])", "option 'a': 'required' must be true or false"},
      {R"([{"name": "a", "type": "string", "help": 3}])", "option 'a': 'help' must be a string"},
  };
  for (const Row& row : rows) {
    INFO(row.schema);
    const Result<Schema> schema = parse_schema(row.schema);
    REQUIRE_FALSE(schema);
    CHECK(schema.error().detail == row.error);
  }
}

TEST_CASE("attributes of a later version are ignored, and no options are fine", "[config]") {
  CHECK(parse_schema("[]")->empty());
  CHECK(parse_schema("")->empty());
  const Result<Schema> schema = parse_schema(R"([{"name": "a", "type": "string", "new_attribute": {}}])");
  REQUIRE(schema);
  CHECK(schema->size() == 1);
}

TEST_CASE("the hub's own options are a valid schema", "[config]") {
  REQUIRE(hub_schema().size() == 11);
  for (const Option& option : hub_schema()) {
    INFO(option.name);
    CHECK(option.help.size() > 20);
    CHECK((option.is_required || !option.default_value.is_null()));
  }
}

TEST_CASE("a plugin id is fit to name a file", "[config]") {
  for (const char* id : {"a", "storage-x", "x2", "a-b-c"}) CHECK(is_plugin_id(id));
  for (const char* id : {"", "-a", "a-", "a--b", "A", "a_b", "a.b", "../a", "a/b", "a b", "\xc3\xa4"}) {
    INFO(id);
    CHECK_FALSE(is_plugin_id(id));
  }
  CHECK_FALSE(is_plugin_id(std::string(65, 'a')));
}

}  // namespace gatetorio::core
