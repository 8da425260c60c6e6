#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/observe/log.hpp"
#include "core/observe/metrics.hpp"

namespace gatetorio::core {
namespace {

struct Observed {
  std::ostringstream log_text;
  Log log{{LogFormat::kText, LogLevel::kInfo}, log_text};
  Metrics metrics{log};

  Metric* get(MetricKind kind, std::string_view name, const std::vector<MetricLabel>& labels = {}) {
    return metrics.get(kind, name, "Help.", labels);
  }
  // The lines of the page that are not the process' own.
  std::string page() const {
    std::istringstream lines(metrics.render());
    std::string out;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("process_") == std::string::npos) out += line + "\n";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("counters and gauges are shown sorted, in the text format", "[metrics]") {
  Observed observed;
  observed.get(MetricKind::kGauge, "demo_temperature")->set(2.5);
  observed.get(MetricKind::kCounter, "demo_calls_total", {{"way", "out"}})->add(2);
  observed.get(MetricKind::kCounter, "demo_calls_total", {{"way", "in"}})->add(1);
  observed.get(MetricKind::kGauge, "demo_temperature")->add(-1);
  CHECK(observed.page() ==
        "# HELP demo_calls_total Help.\n"
        "# TYPE demo_calls_total counter\n"
        "demo_calls_total{way=\"in\"} 1\n"
        "demo_calls_total{way=\"out\"} 2\n"
        "# HELP demo_temperature Help.\n"
        "# TYPE demo_temperature gauge\n"
        "demo_temperature 1.5\n");
}

TEST_CASE("the same name and labels give the same series in any order", "[metrics]") {
  Observed observed;
  Metric* one = observed.get(MetricKind::kCounter, "demo_total", {{"a", "1"}, {"b", "2"}});
  CHECK(observed.get(MetricKind::kCounter, "demo_total", {{"b", "2"}, {"a", "1"}}) == one);
  CHECK(observed.get(MetricKind::kCounter, "demo_total", {{"a", "1"}}) != one);
  CHECK(observed.metrics.get(MetricKind::kCounter, "demo_total", "Other help.", {}) != one);
}

TEST_CASE("a histogram has buckets from 50 us to 10 s", "[metrics]") {
  Observed observed;
  Metric* seconds = observed.get(MetricKind::kHistogram, "demo_seconds");
  for (const double value : {0.00004, 0.003, 20.0}) seconds->add(value);
  const std::string page = observed.page();
  CHECK(page.find("# TYPE demo_seconds histogram\n") != std::string::npos);
  CHECK(page.find("demo_seconds_bucket{le=\"5e-05\"} 1\n") != std::string::npos);
  CHECK(page.find("demo_seconds_bucket{le=\"0.005\"} 2\n") != std::string::npos);
  CHECK(page.find("demo_seconds_bucket{le=\"10\"} 2\n") != std::string::npos);
  CHECK(page.find("demo_seconds_bucket{le=\"+Inf\"} 3\n") != std::string::npos);
  CHECK(page.find("demo_seconds_count 3\n") != std::string::npos);
}

TEST_CASE("a name that cannot be counted is warned of once and does no harm", "[metrics]") {
  struct Row {
    MetricKind kind;
    std::string_view name;
    std::vector<MetricLabel> labels;
  };
  const Row rows[] = {
      {MetricKind::kGauge, "demo_total", {}},
      {MetricKind::kHistogram, "demo_total", {{"a", "b"}}},
      {MetricKind::kCounter, "no spaces", {}},
      {MetricKind::kCounter, "", {}},
      {MetricKind::kCounter, "demo_other", {{"bad-label", "x"}}},
      {MetricKind::kGauge, "process_open_fds", {}},
      {static_cast<MetricKind>(9), "demo_kind", {}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Observed observed;
    observed.get(MetricKind::kCounter, "demo_total")->add(1);
    const std::string before = observed.page();
    for (int i = 0; i < 3; ++i) {
      Metric* metric = observed.get(row.kind, row.name, row.labels);
      REQUIRE(metric != nullptr);
      metric->add(1);
      metric->set(1);
    }
    CHECK(observed.page() == before);
    const std::string text = observed.log_text.str();
    CHECK(text.find("WARN metrics: a metric is not counted") != std::string::npos);
    CHECK(text.find('\n') == text.size() - 1);
  }
}

TEST_CASE("labels that hold what clients send cannot fill the memory", "[metrics]") {
  Observed observed;
  for (std::size_t i = 0; i < 2 * Metrics::kMaxSeriesPerName; ++i) {
    const std::string value = std::to_string(i);
    observed.get(MetricKind::kCounter, "demo_total", {{"client", value}})->add(1);
  }
  const std::string page = observed.page();
  const auto lines = static_cast<std::size_t>(std::count(page.begin(), page.end(), '\n'));
  CHECK(lines == Metrics::kMaxSeriesPerName + 2);
  CHECK(observed.log_text.str().find("too many label values") != std::string::npos);
}

TEST_CASE("label values cannot forge a line of the page", "[metrics]") {
  Observed observed;
  observed.get(MetricKind::kGauge, "demo", {{"v", "a\"\nforged 1\n\\\xff"}})->set(1);
  CHECK(observed.page().find("demo{v=\"a\\\"\\nforged 1\\n\\\\\xef\xbf\xbd\"} 1\n") != std::string::npos);
}

TEST_CASE("values that are no numbers, and negative steps of a counter, are ignored", "[metrics]") {
  Observed observed;
  const double infinite = std::numeric_limits<double>::infinity();
  for (const MetricKind kind : {MetricKind::kCounter, MetricKind::kGauge, MetricKind::kHistogram}) {
    Metric* metric = observed.get(kind, "demo_" + std::to_string(static_cast<int>(kind)));
    for (const double value : {std::nan(""), infinite, -infinite}) metric->add(value);
    metric->set(std::nan(""));
  }
  Metric* counter = observed.get(MetricKind::kCounter, "demo_0");
  counter->add(-1);
  counter->set(7);
  const std::string page = observed.page();
  CHECK(page.find("\ndemo_0 0\n") != std::string::npos);
  CHECK(page.find("\ndemo_1 0\n") != std::string::npos);
  CHECK(page.find("\ndemo_2_count 0\n") != std::string::npos);
}

TEST_CASE("the process describes itself under the standard names", "[metrics]") {
  Observed observed;
  const std::string page = observed.metrics.render();
  for (const char* name :
       {"process_cpu_seconds_total", "process_open_fds", "process_max_fds", "process_resident_memory_bytes",
        "process_virtual_memory_bytes", "process_start_time_seconds", "process_threads"}) {
    INFO(name);
    const std::size_t at = page.find("\n" + std::string(name) + " ");
    REQUIRE(at != std::string::npos);
    const double value = std::stod(page.substr(at + 2 + std::string_view(name).size()));
    CHECK((value > 0 || std::string_view(name) == "process_cpu_seconds_total"));
  }
}

TEST_CASE("the disk of the hub's data is told of, and one that is not there is not", "[metrics]") {
  Observed observed;
  const auto value_of = [&observed](const std::string& name) {
    const std::string page = observed.metrics.render();
    const std::size_t at = page.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(page.substr(at + 2 + name.size()));
  };
  CHECK(value_of("gatetorio_disk_size_bytes") == -1);
  observed.metrics.set_data_dir("/tmp");
  CHECK(value_of("gatetorio_disk_size_bytes") > 0);
  CHECK(value_of("gatetorio_disk_available_bytes") <= value_of("gatetorio_disk_size_bytes"));
  observed.metrics.set_data_dir("/nowhere/at/all");
  CHECK(value_of("gatetorio_disk_available_bytes") == -1);
}

TEST_CASE("series may be made, counted and shown from several threads", "[metrics]") {
  Observed observed;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&observed] {
        for (int i = 0; i < 500; ++i) {
          const std::string value = std::to_string(i % 5);
          observed.get(MetricKind::kCounter, "demo_total", {{"v", value}})->add(1);
          if (i % 100 == 0) observed.metrics.render();
        }
      });
    }
  }
  CHECK(observed.page().find("demo_total{v=\"3\"} 400\n") != std::string::npos);
}

}  // namespace gatetorio::core
