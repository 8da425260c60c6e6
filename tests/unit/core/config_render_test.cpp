#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "core/config/hub_options.hpp"
#include "core/config/render.hpp"
#include "core/config/toml_reader.hpp"
#include "core/config/validate.hpp"

namespace gatetorio::core {
namespace {

std::vector<DeclaredPlugin> plugins() {
  const Result<Schema> schema = parse_schema(R"json([
    {"name": "ratio", "type": "number", "default": 0.5, "min": 0, "max": 1, "help": "A | bar."},
    {"name": "label", "type": "string", "default": "say \"hi\"\\", "help": "One\nline."},
    {"name": "origins", "type": "string_list", "default": ["a", "b"], "help": "Who."},
    {"name": "extra", "type": "table", "default": {"a b": {"c": [1, true]}}, "help": "Anything."},
    {"name": "mode", "type": "enum", "choices": ["x", "y"], "default": "x", "help": "How."},
    {"name": "limit", "type": "integer", "example": 7, "unit": "bytes", "help": "None if not set."},
    {"name": "password", "type": "secret", "help": "To open it."}
  ])json");
  REQUIRE(schema);
  return {{"demo", "Shows how.", *schema}, {"bare", "Has none.", {}}};
}

// Every `# key = value` line of the sample put into force, as an operator would.
std::string without_comment_marks(const std::string& sample) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = sample.find('\n', begin)) != std::string::npos; begin = end + 1) {
    std::string line = sample.substr(begin, end - begin);
    const std::size_t equals = line.find(" = ");
    const bool is_option = line.rfind("# ", 0) == 0 && equals != std::string::npos && line.find(' ', 2) == equals &&
                           line.find("password") == std::string::npos;
    out += (is_option ? line.substr(2) : line) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("the sample loads, as it is and with every default written out", "[config]") {
  const std::string sample = render_sample(plugins());
  for (const std::string& text : {sample, without_comment_marks(sample)}) {
    INFO(text);
    Problems problems;
    const NodeTable root = parse_toml(text, "sample", problems);
    for (const Problem& problem : problems.errors) FAIL_CHECK(problem.to_line());
    const Member* hub = find_member(root, "hub");
    REQUIRE(hub != nullptr);
    const auto options = validate(*hub->node.table(), hub_schema(), "hub", hub->at, problems);
    CHECK(boost::json::serialize(options.at("plugins")) == R"(["demo","bare"])");
    CHECK(options.at("data_dir") == "data");
    const Member* demo = find_member(*find_member(root, "plugins")->node.table(), "demo");
    REQUIRE(demo != nullptr);
    const auto values = validate(*demo->node.table(), plugins()[0].options, "plugins.demo", demo->at, problems);
    for (const Problem& problem : problems.errors) FAIL_CHECK(problem.to_line());
    CHECK(values.at("ratio") == 0.5);
    CHECK(values.at("label") == "say \"hi\"\\");
    CHECK(boost::json::serialize(values.at("extra")) == R"({"a b":{"c":[1,true]}})");
  }
}

TEST_CASE("the sample writes every option that the schema declares", "[config]") {
  const std::string sample = without_comment_marks(render_sample(plugins()));
  CHECK(sample.find("\nratio = 0.5\n") != std::string::npos);
  CHECK(sample.find("\nlimit = 7\n") != std::string::npos);  // the example, as there is no default
  CHECK(sample.find("# password = { file = \"path\" }\n") != std::string::npos);
  for (const Option& option : hub_schema()) CHECK(sample.find("\n" + option.name + " = ") != std::string::npos);
}

TEST_CASE("a number is written as TOML reads it, whole ones of any size", "[config]") {
  CHECK(to_toml(1.0) == "1");
  CHECK(to_toml(-0.25) == "-0.25");
  for (const double number : {1e15, 9223372036854774784.0, 9223372036854775808.0, -9223372036854775808.0,
                              1444444442444444444444.4444444441, -1e22, 1e23, 1e300, 5e-324}) {
    Problems problems;
    const NodeTable root = parse_toml("v = " + to_toml(number), "text", problems);
    INFO(to_toml(number));
    REQUIRE(problems.errors.empty());
    const auto* whole = std::get_if<std::int64_t>(&root.front().node.value);
    CHECK((whole != nullptr ? static_cast<double>(*whole) : std::get<double>(root.front().node.value)) == number);
  }
}

TEST_CASE("the reference has a row for every option, with its bars escaped", "[config]") {
  const std::string page = render_reference(plugins());
  CHECK(page.find("## `[hub]`") != std::string::npos);
  CHECK(page.find("| `ratio` | number | `0.5` | 0 to 1 | A \\| bar. |\n") != std::string::npos);
  CHECK(page.find("| `label` | string | `\"say \\\"hi\\\"\\\\\"` |  | One line. |\n") != std::string::npos);
  CHECK(page.find("| `mode` | `x` \\| `y` | `\"x\"` |  | How. |\n") != std::string::npos);
  CHECK(page.find("| `limit` | integer | not set | bytes | None if not set. |\n") != std::string::npos);
  CHECK(page.find("| `password` | secret | not set |  | To open it. Secret. |\n") != std::string::npos);
  CHECK(page.find("| `plugins` | string_list | required |") != std::string::npos);
  CHECK(page.find("## `[plugins.bare]`\n\nHas none.\n\nNo options.\n") != std::string::npos);
}

}  // namespace gatetorio::core
