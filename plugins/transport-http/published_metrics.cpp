#include "published_metrics.hpp"

namespace gatetorio::transport_http {

PublishedMetrics::PublishedMetrics(const Host& host, const Counters& counters) : counters_(counters) {
  constexpr std::array<std::string_view, 5> kClasses = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  std::size_t next = 0;
  for (std::size_t i = 0; i < kClasses.size(); ++i) {
    totals_[next++] = {host.counter("gatetorio_http_requests_total", "Requests, by the class of their answer's status.",
                                    {{"status", kClasses[i]}}),
                       &counters.responses[i + 1]};
  }
  for (std::size_t i = 0; i < kRefusalNames.size(); ++i) {
    totals_[next++] = {host.counter("gatetorio_http_rejected_total", "Requests and connections turned away, by reason.",
                                    {{"reason", kRefusalNames[i]}}),
                       &counters.refusals[i]};
  }
  connections_ = host.gauge("gatetorio_http_connections", "Open connections.");
  streams_ = host.gauge("gatetorio_http_streams", "Open event streams.");
  certificate_ends_ = host.gauge("gatetorio_http_certificate_expires_seconds",
                                 "When the certificate ends, in seconds since 1970; 0: none.");
}

void PublishedMetrics::set_certificate_end(Timestamp end) {
  certificate_ends_.set(static_cast<double>(end.us / kMicrosecondsPerSecond));
}

void PublishedMetrics::publish() {
  const std::lock_guard lock(mutex_);
  for (auto& series : totals_) {
    const auto now = series.source->load(std::memory_order_relaxed);
    if (now == series.published) continue;
    series.metric.add(static_cast<double>(now - series.published));
    series.published = now;
  }
  connections_.set(static_cast<double>(counters_.connections.load(std::memory_order_relaxed)));
  streams_.set(static_cast<double>(counters_.streams.load(std::memory_order_relaxed)));
}

}  // namespace gatetorio::transport_http
