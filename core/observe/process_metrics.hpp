// What the operating system says about this process, under Prometheus' standard names.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace gatetorio::core {

// process_cpu_seconds_total, process_open_fds, process_max_fds, process_resident_memory_bytes,
// process_virtual_memory_bytes, process_start_time_seconds, process_threads. Reads /proc; one that cannot be read is
// left out. Any thread.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace gatetorio::core
