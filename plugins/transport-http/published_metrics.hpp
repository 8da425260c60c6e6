// The server's counters as metrics of the hub.
#pragma once

#include <array>
#include <cstdint>
#include <gatetorio/host.hpp>
#include <mutex>

#include "counters.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::transport_http {

// Counting on the hot path is a plain atomic; this carries the differences over, several times a second
// and before the metrics are shown.
class PublishedMetrics {
 public:
  PublishedMetrics(const Host& host, const Counters& counters);
  void publish();  // any thread
  void set_certificate_end(Timestamp end);

 private:
  struct Series {
    Metric metric;
    const std::atomic<std::uint64_t>* source = nullptr;
    std::uint64_t published = 0;
  };
  const Counters& counters_;
  std::mutex mutex_;
  std::array<Series, 5 + kRefusalNames.size()> totals_;
  Metric connections_;
  Metric streams_;
  Metric certificate_ends_;
};

}  // namespace gatetorio::transport_http
