// The server's counters as metrics of the hub.
#pragma once

#include <array>
#include <cstdint>
#include <gatetorio/host.hpp>

#include "counters.hpp"

namespace gatetorio::transport_http {

// Counting on the hot path is a plain atomic; this carries the differences over, several times a second.
class PublishedMetrics {
 public:
  PublishedMetrics(const Host& host, const Counters& counters);
  void publish();  // from one thread at a time

 private:
  struct Series {
    Metric metric;
    const std::atomic<std::uint64_t>* source = nullptr;
    std::uint64_t published = 0;
  };
  const Counters& counters_;
  std::array<Series, 5 + kRefusalNames.size()> totals_;
  Metric connections_;
  Metric streams_;
};

}  // namespace gatetorio::transport_http
