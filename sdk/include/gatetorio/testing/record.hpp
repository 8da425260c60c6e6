// What plugins tell the host about themselves: log lines, facts, announcements and metrics.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gatetorio/abi/host.h"
#include "gatetorio/abi/log.h"
#include "gatetorio/abi/metric.h"
#include "gatetorio/result.hpp"
#include "gatetorio/testing/work.hpp"

namespace gatetorio::testing {

struct HostParts;

// A plugin as the fake host knows it, or the test itself. What the plugin holds as its gtr_host.
struct Party : gtr_host {
  HostParts* parts = nullptr;
  std::string id;
};

struct LogLine {
  std::string plugin;
  std::uint32_t level = GTR_LOG_INFO;
  std::string message;
  std::map<std::string, std::string> fields;
};

class Record {
 public:
  using Labels = std::map<std::string, std::string>;

  explicit Record(Work& work) : work_(work) {}

  void write(const Party& from, std::uint32_t level, gtr_bytes message, const gtr_field* fields, std::uint32_t count) {
    const auto guard = work_.lock();
    lines_.push_back({from.id, level, std::string(to_view(message)), map_of(fields, count)});
  }
  std::vector<LogLine> lines() const {
    const auto guard = work_.lock();
    return lines_;
  }

  // Facts and announcements by name.
  void set(std::string_view name, std::string value) {
    const auto guard = work_.lock();
    words_[std::string(name)] = std::move(value);
  }
  // Empty: nobody said so.
  std::string word(const std::string& name) const {
    const auto guard = work_.lock();
    const auto found = words_.find(name);
    return found == words_.end() ? std::string() : found->second;
  }

  gtr_metric* metric(gtr_bytes name, const gtr_field* labels, std::uint32_t count) {
    const auto guard = work_.lock();
    return reinterpret_cast<gtr_metric*>(&series_[{std::string(to_view(name)), map_of(labels, count)}]);
  }
  static void add(gtr_metric* metric, double value) { series_of(metric).fetch_add(value); }
  static void set_metric(gtr_metric* metric, double value) { series_of(metric).store(value); }
  // Of a histogram the sum of what was recorded. 0 for a series that is not there.
  double metric_value(const std::string& name, const Labels& labels) const {
    const auto guard = work_.lock();
    const auto found = series_.find({name, labels});
    return found == series_.end() ? 0 : found->second.load();
  }

 private:
  using Series = std::atomic<double>;

  static Labels map_of(const gtr_field* fields, std::uint32_t count) {
    Labels map;
    for (std::uint32_t i = 0; i < count; ++i) {
      map[std::string(to_view(fields[i].name))] = std::string(to_view(fields[i].value));
    }
    return map;
  }
  static Series& series_of(gtr_metric* metric) { return *reinterpret_cast<Series*>(metric); }

  Work& work_;
  std::vector<LogLine> lines_;
  std::map<std::string, std::string> words_;
  std::map<std::pair<std::string, Labels>, Series> series_;
};

}  // namespace gatetorio::testing
