#include "overview.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::admin {
namespace {

TEST_CASE("metrics are summed by name, and by what became of it where a label says so") {
  const auto sums = summed_metrics(
      "# HELP a_total Help {with} braces.\n# TYPE a_total counter\n"
      "a_total{operation=\"x\",outcome=\"success\"} 2\n"
      "a_total{operation=\"y\",outcome=\"success\"} 3.5\n"
      "a_total{operation=\"y\",outcome=\"refused\"} 1\n"
      "b_seconds_bucket{le=\"0.1\"} 7\n"
      "b_seconds_sum{operation=\"x\"} 0.5\n"
      "b_seconds_sum{operation=\"y\"} 0.25\n"
      "c 1e+06");
  CHECK(sums.at("a_total{success}").as_double() == 5.5);
  CHECK(sums.at("a_total{refused}").as_double() == 1);
  CHECK(sums.at("b_seconds_sum").as_double() == 0.75);
  CHECK(sums.at("c").as_double() == 1e6);
  CHECK(sums.size() == 4);
  CHECK(summed_metrics("").empty());
}

}  // namespace
}  // namespace gatetorio::admin
