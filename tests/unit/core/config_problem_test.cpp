#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.hpp"
#include "core/config/problem.hpp"
#include "core/config/toml_reader.hpp"

namespace gatetorio::core {

TEST_CASE("a misspelt key is recognised, a different one is not", "[config]") {
  const std::vector<std::string_view> keys = {"listen", "ttl_seconds", "ttl_minutes", "log", "url", "policy"};
  struct Row {
    std::string_view written, meant;
  };
  const Row rows[] = {
      {"lsiten", "listen"},
      {"listne", "listen"},
      {"liste", "listen"},
      {"Listen", "listen"},
      {"lstn", ""},
      {"ttl_second", "ttl_seconds"},
      {"ttl", ""},
      {"poli", "policy"},
      {"lgo", "log"},
      {"ulr", "url"},
      {"x", ""},
      {"", ""},
      {"completely_else", ""},
      {"ttl_minuets", "ttl_minutes"},
      {"ur", ""},
      {"polciy", "policy"},
      {std::string_view(), ""},
      {"pol", "policy"},
  };
  for (const Row& row : rows) {
    INFO(row.written);
    CHECK(closest(row.written, keys) == row.meant);
  }
  CHECK(closest(std::string(100'000, 'x'), keys).empty());
  CHECK(did_you_mean("lsiten", keys) == "; did you mean 'listen'?");
  CHECK(did_you_mean("x", keys).empty());
}

TEST_CASE("the operator's text cannot break the line of a message", "[config]") {
  CHECK(in_quotes("a\nb\x1b[31m\"") == R"("a\nb\x1b[31m\"")");
  CHECK(in_quotes("\xff") == R"("\xff")");
  const std::string cut = in_quotes(std::string(59, 'a') + "\xc3\xa4" + "b");
  CHECK(cut == "\"" + std::string(59, 'a') + "...\"");  // not in the middle of a character
}

TEST_CASE("a problem names its place as far as it is known", "[config]") {
  const auto file = std::make_shared<const std::string>("a.toml");
  CHECK(Problem{{file, 3, 5}, "hub.x", "is wrong"}.to_line() == "a.toml:3:5: hub.x: is wrong");
  CHECK(Problem{{file}, "", "is gone"}.to_line() == "a.toml: is gone");
  CHECK(Problem{{}, "hub.x", "is wrong"}.to_line() == "hub.x: is wrong");
}

TEST_CASE("a file that cannot be read is an error that says why", "[config]") {
  Problems problems;
  read_toml_file("/no/such/file.toml", "file.toml", problems);
  read_toml_file("/", "/", problems);
  REQUIRE(problems.errors.size() == 2);
  CHECK(problems.errors[0].to_line() == "file.toml: cannot be read: No such file or directory");
  CHECK(problems.errors[1].to_line() == "/: cannot be read: is a directory");
}

TEST_CASE("the value of --set is TOML where it reads as one value, else a string", "[config]") {
  struct Row {
    std::string_view argument, type;
  };
  const Row rows[] = {
      {"a=1", "integer"},     {"a=true", "boolean"}, {"a=1.5", "number"},         {"a=\"x\"", "string"},
      {"a=[1]", "list"},      {"a={b=1}", "table"},  {"a=127.0.0.1:0", "string"}, {"a=", "string"},
      {"a=1\nb=2", "string"}, {"a=x=y", "string"},   {"a=1\n[b]", "string"},      {"a=\"open", "string"},
  };
  for (const Row& row : rows) {
    INFO(row.argument);
    Problems problems;
    const NodeTable table = parse_set(row.argument, problems);
    REQUIRE(problems.errors.empty());
    REQUIRE(table.size() == 1);
    CHECK(table[0].name == "a");
    CHECK(type_name(table[0].node) == row.type);
  }
}

TEST_CASE("hostile TOML is refused with a message of one line", "[config]") {
  const std::string deep(100'000, '[');
  const std::string texts[] = {"a=" + deep, "\xff\xfe", "a = \"\n\"", std::string("a\0b", 3), "a = \x1b[31m"};
  for (const std::string& text : texts) {
    Problems problems;
    parse_toml(text, "x", problems);
    REQUIRE(problems.errors.size() == 1);
    const std::string line = problems.errors[0].to_line();
    CHECK(line.find_first_of("\n\x1b") == std::string::npos);
  }
}

}  // namespace gatetorio::core
