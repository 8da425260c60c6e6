#include "core/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "core/observe/escape.hpp"
#include "core/observe/log.hpp"
#include "core/observe/process_metrics.hpp"

namespace gatetorio::core {
namespace {

constexpr std::string_view kProcessPrefix = "process_";

using Labels = std::map<std::string, std::string>;

const prometheus::Histogram::BucketBoundaries& buckets() {
  static const prometheus::Histogram::BucketBoundaries kSeconds = {
      0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return kSeconds;
}

class Counter final : public Metric {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(counter) {}
  void add(double value) override {
    if (std::isfinite(value) && value > 0) counter_.Increment(value);
  }
  void set(double) override {}

 private:
  prometheus::Counter& counter_;
};

class Gauge final : public Metric {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void add(double value) override {
    if (std::isfinite(value)) gauge_.Increment(value);
  }
  void set(double value) override {
    if (std::isfinite(value)) gauge_.Set(value);
  }

 private:
  prometheus::Gauge& gauge_;
};

class Histogram final : public Metric {
 public:
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void add(double value) override {
    if (std::isfinite(value)) histogram_.Observe(value);
  }
  void set(double) override {}

 private:
  prometheus::Histogram& histogram_;
};

class Nothing final : public Metric {
 public:
  void add(double) override {}
  void set(double) override {}
};

struct Family {
  MetricKind kind;
  std::map<Labels, std::unique_ptr<Metric>> series;
};

void sort_page(std::vector<prometheus::MetricFamily>& page) {
  std::sort(page.begin(), page.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (prometheus::MetricFamily& family : page) {
    const auto by_label = [](const prometheus::ClientMetric& a, const prometheus::ClientMetric& b) {
      const auto less = [](const auto& x, const auto& y) {
        return std::tie(x.name, x.value) < std::tie(y.name, y.value);
      };
      return std::lexicographical_compare(a.label.begin(), a.label.end(), b.label.begin(), b.label.end(), less);
    };
    std::sort(family.metric.begin(), family.metric.end(), by_label);
  }
}

}  // namespace

struct Metrics::State {
  Log& log;
  std::string data_dir{};
  prometheus::Registry registry{};
  std::mutex mutex{};
  std::map<std::string, Family, std::less<>> families{};  // guarded by mutex
  std::set<std::string> warned{};                         // guarded by mutex
  Nothing nothing{};

  // Throws where the name or a label is not valid.
  std::unique_ptr<Metric> make(MetricKind kind, const std::string& name, const std::string& help,
                               const Labels& labels) {
    if (kind == MetricKind::kCounter) {
      return std::make_unique<Counter>(
          prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({labels.begin(), labels.end()}));
    }
    if (kind == MetricKind::kGauge) {
      return std::make_unique<Gauge>(
          prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({labels.begin(), labels.end()}));
    }
    return std::make_unique<Histogram>(prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(
        {labels.begin(), labels.end()}, buckets()));
  }

  Metric* refuse(const std::string& name, std::string_view why) {
    if (warned.size() < kMaxSeriesPerName && warned.insert(name).second) {
      log.write(LogLevel::kWarn, "metrics", "a metric is not counted", {{"metric", name}, {"reason", why}});
    }
    return &nothing;
  }
};

Metrics::Metrics(Log& log) : state_(new State{log}) {}

Metrics::~Metrics() = default;

Metric* Metrics::get(MetricKind kind, std::string_view name, std::string_view help,
                     std::span<const MetricLabel> labels) {
  const std::string key(name);
  Labels wanted;
  for (const MetricLabel& label : labels) wanted.emplace(label.name, as_utf8(label.value));
  const std::lock_guard lock(state_->mutex);
  if (kind > MetricKind::kHistogram) return state_->refuse(key, "unknown kind");
  if (name.substr(0, kProcessPrefix.size()) == kProcessPrefix) return state_->refuse(key, "a name of the hub's own");
  const auto family = state_->families.find(name);
  if (family != state_->families.end()) {
    if (family->second.kind != kind) return state_->refuse(key, "the name is taken by another kind");
    const auto series = family->second.series.find(wanted);
    if (series != family->second.series.end()) return series->second.get();
    if (family->second.series.size() >= kMaxSeriesPerName) return state_->refuse(key, "too many label values");
  }
  try {
    std::unique_ptr<Metric> made = state_->make(kind, key, as_utf8(help), wanted);
    Family& home = state_->families.try_emplace(key, Family{kind, {}}).first->second;
    return home.series.emplace(std::move(wanted), std::move(made)).first->second.get();
  } catch (const std::exception& error) {
    return state_->refuse(key, error.what());
  }
}

void Metrics::set_data_dir(std::string folder) { state_->data_dir = std::move(folder); }

std::string Metrics::render() const {
  std::vector<prometheus::MetricFamily> page = state_->registry.Collect();
  for (prometheus::MetricFamily& family : process_metrics(state_->data_dir)) page.push_back(std::move(family));
  sort_page(page);
  return prometheus::TextSerializer().Serialize(page);
}

}  // namespace gatetorio::core
