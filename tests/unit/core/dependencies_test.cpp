#include "core/plugin/dependencies.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::core {
namespace {

std::string order_of(const std::vector<Needs>& plugins) {
  const auto order = start_order(plugins);
  if (!order) return order.error().detail;
  std::string names;
  for (const std::size_t index : *order) names.append(names.empty() ? "" : " ").append(plugins[index].id);
  return names;
}

}  // namespace

TEST_CASE("providers start before those that require them, else the given order stays", "[dependencies]") {
  struct Row {
    const char* what;
    std::vector<Needs> plugins;
    const char* expected;
  };
  const Row table[] = {
      {"nothing", {}, ""},
      {"no needs", {{"b", {}, {}}, {"a", {}, {}}, {"c", {}, {}}}, "b a c"},
      {"a need", {{"user", {}, {"sql/1"}}, {"other", {}, {}}, {"store", {"sql/1"}, {}}}, "other store user"},
      {"a chain", {{"c", {}, {"y"}}, {"b", {"y"}, {"x"}}, {"a", {"x"}, {}}}, "a b c"},
      {"two providers of one", {{"u", {}, {"auth"}}, {"p", {"auth"}, {}}, {"q", {"auth"}, {}}}, "p q u"},
      {"its own need", {{"self", {"x"}, {"x"}}}, "self"},
      {"a circle",
       {{"a", {"x"}, {"y"}}, {"b", {"y"}, {"x"}}, {"c", {}, {}}},
       "these plugins require each other in a circle: a, b"},
      {"behind a circle",
       {{"a", {"x"}, {"y"}}, {"b", {"y"}, {"x"}}, {"d", {}, {"x"}}},
       "these plugins require each other in a circle: a, b, d"},
      {"nobody provides it",
       {{"a", {}, {"sql/1"}}},
       "plugin 'a' requires sql/1, which no enabled plugin provides; add one that does to hub.plugins"},
      {"another version",
       {{"a", {}, {"sql/2"}}, {"s", {"sql/1"}, {}}},
       "plugin 'a' requires sql/2, which no enabled plugin provides; add one that does to hub.plugins"}};
  for (const Row& row : table) {
    CAPTURE(row.what);
    CHECK(order_of(row.plugins) == row.expected);
  }
}

}  // namespace gatetorio::core
