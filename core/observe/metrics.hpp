// Metrics in the Prometheus model: series made by the core and by plugins, and those of the process itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gatetorio::core {

class Log;

enum class MetricKind : std::uint8_t { kCounter = 0, kGauge = 1, kHistogram = 2 };  // as in the plugin ABI

struct MetricLabel {
  std::string_view name;
  std::string_view value;
};

// One series. Any thread. A value that is not finite is ignored.
class Metric {
 public:
  virtual ~Metric() = default;
  // Adds to a counter (negative values are ignored) or gauge, records in a histogram. Lock-free for the first two.
  virtual void add(double value) = 0;
  // Gauges only; ignored by the others.
  virtual void set(double value) = 0;
};

// Thread-safe. Histograms are of seconds, with buckets from 50 us to 10 s.
class Metrics {
 public:
  // One metric name takes so many series: labels that hold what clients send must not fill the memory.
  static constexpr std::size_t kMaxSeriesPerName = 500;

  // `log` outlives the metrics.
  explicit Metrics(Log& log);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The series of this name and these labels (in any order): the same one each time. Never NULL; owned here. Where the
  // name or a label is not valid, the name has another kind already or too many series, the answer counts nothing
  // and shows nowhere, and a warning is logged (once a name).
  Metric* get(MetricKind kind, std::string_view name, std::string_view help, std::span<const MetricLabel> labels = {});

  // Where the hub's data are: render() tells of that disk. Before the first render().
  void set_data_dir(std::string folder);

  // The page that Prometheus scrapes (text format 0.0.4), sorted by name and labels, with the process metrics. Takes
  // locks that only get() and histograms share.
  std::string render() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace gatetorio::core
